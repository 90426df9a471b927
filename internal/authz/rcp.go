package authz

import (
	"errors"
	"strings"

	"accord/internal/org"
	"accord/internal/policy/evaluate"
	"accord/internal/store"
)

// withRCP are the services of Accord that resource control policies apply to. [AWS:
// resource control policies, services that support them]
const withRCP = "sts:"

// mayMeetRCP reports whether resource control policies can apply to a call, whoever calls.
func (a *Authorizer) mayMeetRCP(c *Call) bool {
	return a.behavior.EnforcePolicies && strings.HasPrefix(c.Operation.Access.Action, withRCP)
}

// asksTheOwner reports whether the account that owns the resource of a call can have a say in
// it. Who is trusted in strict mode does not depend on a behavior.
func (a *Authorizer) asksTheOwner(c *Call) bool {
	return a.mayMeetRCP(c) || a.strict && c.Operation.Access.Action == assumeRole
}

// rcp returns the resource control policies of the account that owns the resource; nil if
// they cannot bind.
func (r *request) rcp() ([]evaluate.Level, error) {
	if !r.authorizer.mayMeetRCP(&r.Call) {
		return nil, nil
	}
	account, organization, err := r.resourceOwner()
	if err != nil {
		return nil, err
	}
	if organization == nil || organization.ManagedBy(account.ID) {
		return nil, nil
	}
	found, err := r.authorizer.policiesOf(r.View, organization, account)
	if err != nil {
		return nil, err
	}
	return found.rcp, nil
}

// resourceOwner is the account that owns the resource, with its organization; the latter is
// nil for an account that does not exist, too.
func (r *request) resourceOwner() (*org.Account, *org.Organization, error) {
	owner := r.resourceAccount()
	if owner == r.Account.ID {
		return r.Account, r.Organization, nil
	}
	found, err := r.View.AccountWithOrganization(owner)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	return &found.Account, found.Organization, err
}
