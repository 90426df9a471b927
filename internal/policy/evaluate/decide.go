package evaluate

import "accord/internal/ident"

// Input is all that decides a request: the policies that apply to it.
type Input struct {
	// Identity are the identity-based policies of the caller: those of a user and of its
	// groups, or those of the role of a session.
	Identity []*Named
	// Boundary is the permissions boundary of the user or role.
	Boundary Limit
	// Session are the session policies. A federated user that was made without any has a
	// limit of none. [AWS: GetFederationToken]
	Session Limit
	// SCP are the service control policies on the path of the caller's account, from the
	// root to the account; nil if the type is disabled, or the account is in no
	// organization.
	SCP []Level
	// RCP are the resource control policies on the path of the account that owns the
	// resource; nil as above.
	RCP []Level
	// Resource is the policy of the resource, of any kind that names principals.
	Resource *Named
	// Management is the management account of the caller's organization. SCPs do not bind
	// its principals, and RCPs not its resources. For the management account of another
	// organization RCP is nil.
	Management ident.AccountID
	// ResourceAccount owns the resource.
	ResourceAccount ident.AccountID
	// CrossAccount says that both the policies of the caller's account and the policy of
	// the resource have to allow.
	CrossAccount bool
	// Standing says that the caller's account may do this without a grant in the policy of
	// the resource, which can only deny it. A member of an organization has such rights.
	Standing bool
}

// Level is one level of the tree with the policies of one type that are attached
// there.
type Level struct {
	Target   string // root, unit or account
	Policies []*Named
}

// Limit is a set of policies that give nothing and limit what others give. The union
// of its policies counts.
type Limit struct {
	Applies  bool
	Policies []*Named
}

// Source is one layer of a decision.
type Source int

// The layers.
const (
	SCP Source = iota
	RCP
	ResourceBased
	IdentityBased
	PermissionsBoundary
	SessionPolicies
	sources
)

// Outcome is the result of a set of policies for one request.
type Outcome int

// The outcomes.
const (
	ImplicitDeny Outcome = iota // nothing matches
	Allow                       // an Allow matches, and no Deny
	ExplicitDeny                // a Deny matches
)

// Layer is the result of one layer.
type Layer struct {
	// Applies is false for a layer that does not take part: it has no policies, its type
	// is disabled, or the caller is exempt from it.
	Applies bool
	// Needed says that the request needs an Allow of this layer. An explicit deny counts
	// also where no Allow is needed.
	Needed  bool
	Outcome Outcome
	// Level is the level of SCPs or RCPs that decided, in the order of the input: the one
	// with the Deny, or the first one that does not allow; of an Allow, the last one.
	Level int
	// Policy and Statement are what decided: the first Deny that matches, or else an
	// Allow. They are nil for an implicit deny.
	Policy    *Named
	Statement *Statement
}

// Denies reports whether the layer alone is enough to deny the request.
func (l *Layer) Denies() bool {
	return l.Outcome == ExplicitDeny || l.Needed && l.Outcome == ImplicitDeny
}

// Decision is the result for a request, with the results of all layers.
type Decision struct {
	Allowed bool
	Layers  [sources]Layer // by Source
}

// bypassedBy is the least grant in the policy of a resource with which a caller of the
// same account does not need an Allow of a layer. [AWS: policy evaluation logic,
// identities within one account]
var bypassedBy = [sources]grant{
	SCP:                 unreachable,
	RCP:                 unreachable,
	ResourceBased:       unreachable,
	IdentityBased:       roleGrant,
	PermissionsBoundary: userGrant,
	SessionPolicies:     sessionGrant,
}

// Decide decides a request. The order is that of AWS: an explicit deny in any layer,
// then RCPs and SCPs level by level, then the policy of the resource, which may allow
// without the layers after it, then the identity-based policies, the permissions
// boundary and the session policies. [AWS: policy evaluation logic]
func Decide(in *Input, r *Request) Decision {
	m := newMatcher(r, in.Boundary.Applies)
	return m.decide(in)
}

func (m *matcher) decide(in *Input) Decision {
	r := m.Request
	caller := &callers[r.Principal.Kind]
	var d Decision
	var named grant
	if caller.account && r.Principal.Account != in.Management && !r.Principal.ServiceLinked {
		d.Layers[SCP] = m.levels(in.SCP)
	}
	if in.ResourceAccount != in.Management && !r.isBeyondRCPs() {
		d.Layers[RCP] = m.levels(in.RCP)
	}
	if in.Resource != nil {
		d.Layers[ResourceBased], named = m.set([]*Named{in.Resource})
	}
	if caller.policies {
		d.Layers[IdentityBased], _ = m.set(in.Identity)
	}
	if in.Boundary.Applies {
		d.Layers[PermissionsBoundary], _ = m.set(in.Boundary.Policies)
	}
	if in.Session.Applies {
		d.Layers[SessionPolicies], _ = m.set(in.Session.Policies)
	}
	switch {
	case in.CrossAccount:
		named = noGrant
	case r.Simulated && named > noGrant:
		// The simulator takes each Allow for the strongest. [recorded]
		named = sessionGrant
	}
	d.Allowed = true
	for source := range d.Layers {
		l := &d.Layers[source]
		l.Needed = l.Applies && named < bypassedBy[source]
		if Source(source) == ResourceBased {
			l.Needed = in.needsResource(r.Principal.Kind)
		}
		d.Allowed = d.Allowed && !l.Denies()
	}
	return d
}

// needsResource reports whether the policy of the resource has to allow: another
// account's, one that decides alone who may use the resource, and that for a caller
// without policies of its own.
func (in *Input) needsResource(caller PrincipalKind) bool {
	if in.Standing {
		return false
	}
	return in.CrossAccount || !callers[caller].policies && caller != Root || in.Resource != nil && kinds[in.Resource.kind].explicit
}

// levels evaluates the policies of one type on a path. A Deny on any level denies, and
// each level has to allow. [AWS: SCP evaluation]
func (m *matcher) levels(levels []Level) Layer {
	var decided Layer
	for i := range levels {
		l, _ := m.set(levels[i].Policies)
		l.Level = i
		if l.Outcome == ExplicitDeny {
			return l
		}
		if i == 0 || decided.Outcome == Allow {
			decided = l
		}
	}
	return decided
}

// set evaluates policies whose union counts. The grant is that of the Allow which names
// the caller most strongly.
func (m *matcher) set(policies []*Named) (Layer, grant) {
	decided, strongest := Layer{Applies: true}, noGrant
	for _, p := range policies {
		for i := range p.statements {
			s := &p.statements[i]
			if !s.deny && (!s.allow || decided.Outcome == Allow && !kinds[p.kind].principals) {
				continue
			}
			named, ok := m.takes(s, p.kind)
			switch {
			case !ok:
			case s.deny:
				return Layer{Applies: true, Outcome: ExplicitDeny, Policy: p, Statement: s}, noGrant
			case decided.Outcome != Allow || named > strongest:
				decided.Outcome, decided.Policy, decided.Statement, strongest = Allow, p, s, named
			}
		}
	}
	return decided, strongest
}

// takes reports whether a statement is taken to match, and how strongly it names the caller.
func (m *matcher) takes(s *Statement, kind Kind) (named grant, ok bool) {
	if m.partial != nil {
		return m.counts(s, kind)
	}
	return m.matches(s, kind)
}
