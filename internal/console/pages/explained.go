package pages

import (
	"encoding/json"
	"net/url"
	"strings"

	"accord/internal/ident"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

// explained is the question why a call was denied.
type explained struct {
	// Account is that of the caller, Path the page of it that answers.
	Account ident.AccountID
	Path    string
}

// Explain is the question why the call was denied, with the principal, the action, the resource
// and the condition keys of its record; nil for a call that was not denied, or of which no action
// is known.
func (h called) Explain() *explained {
	if h.Error == "" {
		return nil
	}
	var record cloudtrail.Record
	if json.Unmarshal([]byte(h.Text), &record) != nil {
		return nil
	}
	call, _ := cloudtrail.Map(&record)
	if call == nil || !call.Refused {
		return nil
	}
	q := url.Values{"principal": {record.Identity.ARN}, "action": {call.Asked[0].Action}}
	if !call.Asked[0].AnyResource {
		q.Set("resource", call.Asked[0].Resource)
	}
	if keys := model.Pairs(call.Keys); keys != nil {
		q.Set("context", strings.Join(keys, "\n"))
	}
	return &explained{call.Account, "/organization/accounts/" + string(call.Account) + "?" + q.Encode()}
}
