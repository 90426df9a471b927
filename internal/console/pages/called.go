package pages

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/console/visit"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

// called is a record with what was decided about the call, and what repeats it.
type called struct {
	visit.Happened
	// asked is what policies decide of the call; nil if none do.
	asked     *cloudtrail.Call
	principal string
	// Duration is how long it took; empty if the server does not know that any more.
	Duration string
}

// newCalled reads what a call asked for. A record that is none of a call has nothing of it.
func newCalled(h visit.Happened) called {
	record := &cloudtrail.Record{}
	if h.Kind != "call" || json.Unmarshal([]byte(h.Text), record) != nil {
		return called{Happened: h}
	}
	asked, _ := cloudtrail.Map(record)
	return called{Happened: h, asked: asked, principal: record.Identity.ARN}
}

// Decision is what policies decided when the call was made; empty if they were not asked, or the
// call failed before.
func (h called) Decision() string {
	switch {
	case h.asked == nil || h.asked.Failed:
		return ""
	case h.asked.Refused:
		return "denied"
	}
	return "allowed"
}

// Why is the address that asks "may it …?" about the call, below the base; empty if policies
// decide nothing.
func (h called) Why() string {
	if h.asked == nil || len(h.asked.Asked) == 0 {
		return ""
	}
	first := h.asked.Asked[0]
	q := url.Values{"principal": {h.principal}, "action": {first.Action}}
	if !first.AnyResource && first.Resource != "*" {
		q.Set("resource", first.Resource)
	}
	if keys := model.Pairs(h.asked.Keys); keys != nil {
		q.Set("context", strings.Join(keys, "\n"))
	}
	return "/organization/accounts/" + string(h.asked.Account) + "?" + q.Encode()
}

// operationsOf are the operations of the services whose calls can be made to fail, by the names
// that records have for the services.
var operationsOf = map[string]map[string]*api.Operation{
	"organizations": orgapi.Operations, "sts": stsapi.Operations, "iam": iamapi.Operations,
}

// Exceptions are those that the operation can return.
func (h called) Exceptions() []string {
	operation := operationsOf[h.Source][h.Name]
	if operation == nil {
		return nil
	}
	return operation.Errors
}

// allOperations and allExceptions are what faults by hand can name.
func allOperations() (names []string) {
	for _, operations := range operationsOf {
		names = slices.AppendSeq(names, maps.Keys(operations))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func allExceptions() (names []string) {
	for _, operations := range operationsOf {
		for _, operation := range operations {
			names = append(names, operation.Errors...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
