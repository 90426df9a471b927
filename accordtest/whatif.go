package accordtest

import (
	"context"
	"errors"
	"strings"

	"accord/internal/explain"
	"accord/internal/ident"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

// PolicyChange is a change to an organization that WhatIf tries.
type PolicyChange = change.Change

// AttachDocument attaches a new policy with a document to targets: roots, units or accounts. The word
// root stands for the root.
func AttachDocument(document string, targets ...string) PolicyChange {
	return PolicyChange{Attach: "policy", Document: change.Document(document), Target: targets}
}

// AttachPolicy attaches a policy of the organization to targets.
func AttachPolicy(policy string, targets ...string) PolicyChange {
	return PolicyChange{Attach: policy, Target: targets}
}

// DetachPolicy detaches a policy from targets.
func DetachPolicy(policy string, targets ...string) PolicyChange {
	return PolicyChange{Detach: policy, Target: targets}
}

// UpdateDocument replaces the document of a policy.
func UpdateDocument(policy, document string) PolicyChange {
	return PolicyChange{Update: policy, Document: change.Document(document)}
}

// MoveTo moves an account to a root or a unit.
func MoveTo(account, parent string) PolicyChange { return PolicyChange{Move: account, To: parent} }

// Explanation is the decision on a call, and what led to it.
type Explanation = explain.Explanation

// Explain says whether a principal may do something, and why. The principal is the ARN of a user, a
// role, the session of a role or a root user. Keys are condition keys of the call, KEY=VALUE.
func (s *Server) Explain(principal, action, resource string, keys ...string) Explanation {
	s.t.Helper()
	request := explain.Request{Account: accountIn(principal), Principal: principal, Action: action, Resource: resource}
	var err error
	if request.Keys, err = model.ParseKeys(keys); err != nil {
		s.t.Fatalf("accordtest: explain: %v", err)
	}
	found, err := s.app.Analyzer.Explain(context.Background(), request)
	if err != nil {
		s.t.Fatalf("accordtest: explain: %v", err)
	}
	return *found
}

// accountIn is the account in an ARN.
func accountIn(arn string) ident.AccountID {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return ident.AccountID(parts[4])
	}
	return ""
}

// WhatIfReport is what changes would do.
type WhatIfReport struct{ whatif.Report }

// Questions are what a what-if asks about, for all users and roles.
type Questions struct {
	// Actions are names; one such as s3:* stands for the actions that Accord knows. Without any
	// they are the sensitive and everyday actions that it knows.
	Actions []string
	// Resources are the ARNs of the resources of the actions, which are not known otherwise.
	Resources []string
	// Accounts are those asked about, all without any; Regions those of the calls, which are not
	// known otherwise.
	Accounts []string
	Regions  []string
	// Keys are condition keys of all calls, KEY=VALUE; KEY alone is one that they do not have.
	Keys []string
}

// WhatIf says what changes to the only organization of the server would do, without making
// them: for all users and roles, and for the sensitive and everyday actions that Accord
// knows. WhatIfAbout asks about others.
func (s *Server) WhatIf(changes ...PolicyChange) WhatIfReport {
	s.t.Helper()
	return s.WhatIfAbout(Questions{}, changes...)
}

// WhatIfActions is WhatIf for the actions that it is given. A name such as s3:* stands for the
// actions that Accord knows.
func (s *Server) WhatIfActions(actions []string, changes ...PolicyChange) WhatIfReport {
	s.t.Helper()
	return s.WhatIfAbout(Questions{Actions: actions}, changes...)
}

// WhatIfAbout is WhatIf with the questions that it is given.
func (s *Server) WhatIfAbout(q Questions, changes ...PolicyChange) WhatIfReport {
	s.t.Helper()
	request := whatif.Request{Changes: changes, Actions: cloudtrail.Actions(), Resources: q.Resources, Regions: q.Regions}
	for _, id := range q.Accounts {
		request.Accounts = append(request.Accounts, ident.AccountID(id))
	}
	var ofActions error
	if q.Actions != nil {
		request.Actions, ofActions = cloudtrail.ActionsNamed(q.Actions)
	}
	keys, err := model.ParseKeys(q.Keys)
	request.Keys = keys
	report := &whatif.Report{}
	if err = errors.Join(ofActions, err); err == nil {
		report, err = s.app.Analyzer.WhatIf(context.Background(), "", request)
	}
	if err != nil {
		s.t.Fatalf("accordtest: what-if: %v", err)
	}
	return WhatIfReport{*report}
}

// Denied returns the accounts in which some principal would lose an action.
func (r WhatIfReport) Denied(action string) []string { return r.accounts(action, whatif.Denied) }

// Allowed returns the accounts in which some principal would get an action.
func (r WhatIfReport) Allowed(action string) []string { return r.accounts(action, whatif.Allowed) }

// Depends returns the accounts in which an action of some principal would depend on what is not known.
func (r WhatIfReport) Depends(action string) []string { return r.accounts(action, whatif.Depends) }

func (r WhatIfReport) accounts(action string, becomes whatif.Verdict) []string {
	var found []string
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.After != becomes || len(found) > 0 && found[len(found)-1] == string(row.Account) {
			continue
		}
		for _, a := range row.Actions {
			if a.Action == action {
				found = append(found, string(row.Account))
				break
			}
		}
	}
	return found
}
