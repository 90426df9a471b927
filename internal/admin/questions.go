package admin

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strings"

	"accord/internal/explain"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
	"accord/internal/service/analysis"
	"accord/internal/snapshot"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

// maxQuestionBytes bounds the body of POST /whatif: it holds documents of policies, and
// records of calls.
const maxQuestionBytes = 8 << 20

// mostQuestions bounds what one request asks, and so the memory that its answer takes.
const mostQuestions = 2_000_000

// questions are the requests with a body that change nothing, with its bound: they are allowed
// without Writes, and not recorded. The API takes no policy as large as a body with one may be.
var questions = map[string]int64{"POST /whatif": maxQuestionBytes, "POST /diff": snapshot.MaxSize, "POST /policies/check": 1 << 20}

// seedPattern is that of the change whose record has the query instead of the body.
const seedPattern = "POST /seed"

// files are the changes whose body is a file, with its bound. It is not in their records.
var files = map[string]int64{seedPattern: seed.MaxSize, "PUT /snapshot": snapshot.MaxSize, "PUT /snapshots/{name}": snapshot.MaxSize}

// bodyLimit bounds the body of a request with a pattern.
func bodyLimit(pattern string) int64 {
	return cmp.Or(files[pattern], questions[pattern], maxBodyBytes)
}

// asBadRequest makes an error in a question one of the request.
func asBadRequest(err error) error {
	var ofAnalysis *analysis.BadRequest
	var ofExplain *explain.BadRequest
	var ofWhatIf *whatif.BadRequest
	var ofChange *change.Error
	if errors.As(err, &ofAnalysis) || errors.As(err, &ofExplain) || errors.As(err, &ofWhatIf) || errors.As(err, &ofChange) {
		return badRequest("%s", err)
	}
	return err
}

// ask waits until no other large question is being answered, and returns what ends this one.
func (s *Server) ask(ctx context.Context) (end func(), err error) {
	select {
	case s.asking <- struct{}{}:
		return func() { <-s.asking }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// state returns an organization as it is now, as the document that a seed is: ?organization=
// names it. Without a name it returns all organizations and all standalone accounts. One
// request at a time is answered.
func (s *Server) state(_ http.ResponseWriter, r *http.Request) (any, error) {
	end, err := s.ask(r.Context())
	if err != nil {
		return nil, err
	}
	defer end()
	d, err := s.Analyzer.State(r.Context(), ident.OrganizationID(r.URL.Query().Get("organization")))
	if err != nil {
		return nil, asBadRequest(err)
	}
	text, err := json.Marshal(d)
	return json.RawMessage(text), err
}

// model returns an organization as it is now, whole: ?organization= names it, if there are
// several.
func (s *Server) model(_ http.ResponseWriter, r *http.Request) (any, error) {
	o, err := s.Analyzer.Organization(r.Context(), ident.OrganizationID(r.URL.Query().Get("organization")))
	return o, asBadRequest(err)
}

// explain explains a call: ?account=, and principal, action, resource and context=KEY=VALUE;
// or with ?last=true the last denied call of the account in the journal.
func (s *Server) explain(_ http.ResponseWriter, r *http.Request) (any, error) {
	q := r.URL.Query()
	request := explain.Request{
		Account: ident.AccountID(q.Get("account")), Principal: q.Get("principal"), Action: q.Get("action"), Resource: q.Get("resource"),
	}
	var err error
	if request.Keys, err = model.ParseKeys(q["context"]); err != nil {
		return nil, badRequest("context: %s", err)
	}
	if q.Get("last") == "true" {
		if err := s.lastDenied(&request); err != nil {
			return nil, err
		}
	}
	explanation, err := s.Analyzer.Explain(r.Context(), request)
	return explanation, asBadRequest(err)
}

// lastDenied makes a request of the last denied call of an account, among the newest records of the
// journal.
func (s *Server) lastDenied(request *explain.Request) error {
	if s.Journal == nil {
		return errNoJournal
	}
	lines, _, err := s.Journal.Last(maxPageSize)
	if err != nil {
		return err
	}
	for i := len(lines) - 1; i >= 0; i-- {
		record := &cloudtrail.Record{}
		if json.Unmarshal([]byte(lines[i]), record) != nil {
			continue
		}
		call, _ := cloudtrail.Map(record)
		if call == nil || !call.Refused || call.Account != request.Account {
			continue
		}
		if request.Principal = record.Identity.ARN; request.Action == "" {
			request.Action = call.Asked[0].Action
			if !call.Asked[0].AnyResource {
				request.Resource = call.Asked[0].Resource
			}
		}
		for key, value := range call.Keys {
			if _, given := request.Keys[key]; !given {
				request.Keys[key] = value
			}
		}
		return nil
	}
	return badRequest("no call of the account %.40q was denied among the last %d records of the journal", request.Account, len(lines))
}

// policyBody is the body of POST /policies/check.
type policyBody struct {
	// Account is one of the organization whose quota is in force; empty for the default.
	Account ident.AccountID `json:"account"`
	Type    org.PolicyType  `json:"type"`
	Content string          `json:"content"`
}

// checkPolicy says what CreatePolicy would say of a type and a content. It changes nothing.
func (s *Server) checkPolicy(_ http.ResponseWriter, r *http.Request) (any, error) {
	var body policyBody
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	return s.Provider.CheckPolicy(r.Context(), body.Account, body.Type, body.Content)
}

// whatIfBody is the body of POST /whatif.
type whatIfBody struct {
	Organization ident.OrganizationID `json:"organization"`
	Changes      []change.Change      `json:"changes"`
	// Actions are names; without the member, the actions are those of package cloudtrail.
	Actions   []string          `json:"actions"`
	Resources []string          `json:"resources"`
	Accounts  []ident.AccountID `json:"accounts"`
	Regions   []string          `json:"regions"`
	// Context are condition keys, KEY=VALUE.
	Context []string `json:"context"`
	// Events are records of CloudTrail.
	Events []json.RawMessage `json:"events"`
	// MostPrincipals and MostRows bound what is asked about actions, and what is answered.
	MostPrincipals int `json:"mostPrincipals"`
	MostRows       int `json:"mostRows"`
}

// whatIf says what changes would do. It changes nothing. One request at a time is answered.
func (s *Server) whatIf(_ http.ResponseWriter, r *http.Request) (any, error) {
	end, err := s.ask(r.Context())
	if err != nil {
		return nil, err
	}
	defer end()
	var body whatIfBody
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	request := whatif.Request{Changes: body.Changes, Resources: body.Resources, Accounts: body.Accounts, Regions: body.Regions, MostQuestions: mostQuestions, MostPrincipals: body.MostPrincipals, MostRows: body.MostRows}
	if request.Keys, err = model.ParseKeys(body.Context); err != nil {
		return nil, badRequest("context: %s", err)
	}
	switch {
	case body.MostPrincipals < 0 || body.MostRows < 0:
		return nil, badRequest("mostPrincipals and mostRows are numbers from 1 on; 0 is no bound")
	case body.Actions != nil:
		if request.Actions, err = cloudtrail.ActionsNamed(body.Actions); err != nil {
			return nil, badRequest("actions: %s", err)
		}
	case body.Events == nil:
		request.Actions = cloudtrail.Actions()
	}
	if body.Events != nil {
		request.Records = recordsOf(body.Events)
	}
	report, err := s.Analyzer.WhatIf(r.Context(), body.Organization, request)
	return report, asBadRequest(err)
}

// recordsOf reads records one after the other.
func recordsOf(events []json.RawMessage) iter.Seq2[*cloudtrail.Record, error] {
	var all bytes.Buffer
	for _, e := range events {
		all.Write(e)
		all.WriteByte('\n')
	}
	return cloudtrail.Read(strings.NewReader(all.String()))
}
