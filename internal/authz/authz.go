// Package authz decides whether a principal may make a call: it gathers the policies that
// apply to the principal and to the resources of the call, and asks policy/evaluate.
//
// It decides in the transaction of the call, on the state that the call sees, so that a
// call that begins after a change of policies was answered is decided by them. What an
// account has to be for an operation, its standing, is another question, which package
// operation asks afterwards.
package authz

import (
	"accord/internal/api"
	"accord/internal/behavior"
	"accord/internal/ident"
	"accord/internal/policy/evaluate"
)

// New returns an Authorizer. In strict mode a role that is not stored does not exist.
func New(b behavior.Set, strict bool) *Authorizer {
	return &Authorizer{behavior: b, cache: newCache(), strict: strict}
}

// Verdict is the decision on a call.
type Verdict struct {
	// Denied is why the call is denied, for its caller; empty if it is not.
	Denied string
	// Delegated says that the delegation policy of the organization gives the call to
	// the account, whatever its standing is.
	Delegated bool
	// Gone says that the credentials are good for nothing: what they were issued for was
	// deleted, or the service takes none of their kind.
	Gone bool
	// Once says that the decision holds for this one request: a policy asked for the
	// address of the caller, or the time. Any other holds for each request of the same
	// credentials with the same input, in the same state.
	Once bool
}

// Decide decides a call: its action on each of its resources, and the actions that it
// depends on. [AWS: Service Authorization Reference]
func (a *Authorizer) Decide(c *Call) (Verdict, error) {
	if gone, denied := outside(c); gone || denied != "" {
		return Verdict{Gone: gone, Denied: denied}, nil
	}
	if c.Operation.Access.Undeniable || !a.behavior.EnforcePolicies {
		if alive, err := a.isAlive(c); err != nil || !alive {
			return Verdict{Gone: true}, err
		}
	}
	if c.Operation.Access.Undeniable {
		return Verdict{}, nil
	}
	r, err := a.request(c)
	switch {
	case r == nil:
		return Verdict{}, err
	case r.identity != nil && r.identity.gone:
		return Verdict{Gone: true}, nil
	}
	if denied, refused, err := r.refusesRoot(); err != nil || refused {
		return Verdict{Denied: denied}, err
	}
	resources, err := r.resources()
	if err != nil {
		return Verdict{}, err
	}
	action := actions.of(c.Operation.Access.Action)
	v := Verdict{Delegated: r.needsGrant()}
	for i := range resources {
		denied, granted, err := r.decide(action, &resources[i])
		if err != nil || denied != "" {
			return Verdict{Denied: denied}, err
		}
		v.Delegated = v.Delegated && granted
	}
	needed, err := r.dependent(resources)
	if err != nil {
		return Verdict{}, err
	}
	for _, n := range needed {
		denied, _, err := r.decide(n.action, n.on)
		if err != nil || denied != "" {
			return Verdict{Denied: denied}, err
		}
	}
	v.Once = r.once
	return v, nil
}

// isExempt reports whether no policy can bind the caller of a call: the root user of an
// account in no organization, or of a management account. Most callers are, and it costs
// them no query.
func (a *Authorizer) isExempt(c *Call) bool {
	return c.Caller.IsRootUser() && !c.Caller.Has(api.RootAssumed) && (c.Organization == nil || c.Organization.ManagedBy(c.Account.ID)) && !a.asksTheOwner(c)
}

// request gathers the policies that apply to the caller of a call; nil if none of them can
// bind it.
func (a *Authorizer) request(c *Call) (*request, error) {
	if a.isExempt(c) {
		return nil, nil
	}
	r := &request{Call: *c, authorizer: a, principal: principalOf(&c.Caller)}
	if a.behavior.EnforcePolicies {
		var err error
		if r.identity, err = r.identityOf(); err != nil {
			return nil, err
		}
		r.identify()
	}
	if c.Organization != nil && !c.Organization.ManagedBy(c.Account.ID) {
		if err := r.gather(); err != nil {
			return nil, err
		}
	}
	if r.identity == nil && r.scp == nil && r.delegation == nil && !a.asksTheOwner(c) {
		return nil, nil
	}
	if in, is := c.Input.(api.Subjected); is {
		r.subject = in.Subject()
	}
	return r, nil
}

// identify names the role of a session that was made before the role was stored, as the
// open sandbox permits.
func (r *request) identify() {
	if r.principal.Kind == evaluate.Role && r.identity != nil && r.identity.id != "" {
		r.principal.IssuerID = r.identity.id
	}
}

// decide decides one action on one resource. It returns why it is denied, and whether the
// delegation policy grants it.
func (r *request) decide(action evaluate.Action, on *resource) (denied string, granted bool, err error) {
	r.on = on
	in := evaluate.Input{SCP: r.scp, ResourceAccount: r.resourceAccount()}
	if r.Organization != nil {
		in.Management = r.Organization.Management
	}
	if in.RCP, err = r.rcp(); err != nil {
		return "", false, err
	}
	asked := evaluate.Request{Principal: r.principal, Action: action, Resource: on.arn, Context: r}
	if r.identity == nil {
		// The principal has all rights of its account.
		asked.Principal = r.unlimited()
	} else {
		in.Identity, in.Boundary, in.Session = r.identity.policies, r.identity.boundary, r.identity.session
		asked.Principal.ServiceLinked = r.identity.serviceLinked
	}
	if on.trust != nil {
		if err := r.trusting(&in, &asked, on); err != nil {
			return "", false, err
		}
	}
	d := evaluate.Decide(&in, &asked)
	if r.failed != nil || !d.Allowed {
		return r.text(&d, action), false, r.failed
	}
	if r.delegation == nil || !on.ours {
		return "", false, nil
	}
	denied, granted = r.askDelegation(in, asked)
	return denied, granted, r.failed
}

// MayMakeServiceLinkedRole decides whether the caller may make the role
// AWSServiceRoleForOrganizations in its account. [AWS: managed policy
// AWSOrganizationsFullAccess, for the condition key; assumed: the resource]
func (a *Authorizer) MayMakeServiceLinkedRole(c *Call) (bool, error) {
	r, err := a.request(c)
	if r == nil {
		return err == nil, err
	}
	partition := ident.Partition(c.Caller.Partition)
	denied, _, err := r.decide(actions.of("iam:CreateServiceLinkedRole"), &resource{
		arn:   partition.RoleARN(c.Account.ID, "aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations"),
		owner: c.Account.ID,
		keys:  []api.ContextKey{{Name: "iam:AWSServiceName", Value: "organizations.amazonaws.com"}},
	})
	return denied == "", err
}

// askDelegation asks the delegation policy about a call that the caller's own account
// allows. It owns what it grants, so that the call is one from another account. A member
// without any grant is refused by its standing. [recorded; assumed: the last]
func (r *request) askDelegation(in evaluate.Input, asked evaluate.Request) (denied string, granted bool) {
	in.Resource, in.CrossAccount = r.delegation.policy, true
	for _, arn := range []string{r.on.arn, r.on.template} {
		if arn == "" {
			continue
		}
		asked.Resource = arn
		d := evaluate.Decide(&in, &asked)
		switch {
		case d.Layers[evaluate.ResourceBased].Outcome == evaluate.ExplicitDeny:
			return r.text(&d, asked.Action), false
		case d.Allowed:
			granted = true
		case !granted:
			denied = r.text(&d, asked.Action)
		}
	}
	if granted || !r.needsGrant() || !r.isDelegate() {
		denied = ""
	}
	return denied, granted
}
