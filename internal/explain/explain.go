// Package explain says why a call is allowed or denied: every layer of the decision in
// order, the statement that decided, and for a denial the smallest change of policies that
// would allow it.
//
// It is pure: the organization comes in as a model.
package explain

import (
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/model"
)

// Explain explains a call. An error that is a *BadRequest is one of the request.
func Explain(o *model.Organization, request Request) (*Explanation, error) {
	state, err := model.NewBase(o).State(o)
	if err != nil {
		return nil, err
	}
	c := &call{Request: &request, state: state}
	if err := c.ask(); err != nil {
		return nil, err
	}
	if c.in, c.r, err = state.Inputs(&c.asked); err != nil {
		return nil, err
	}
	trace := evaluate.Explain(&c.in, &c.r)
	c.out = &Explanation{
		Organization: o.ID, Account: request.Account, AccountName: state.TargetName(request.Account.Target()), Principal: c.r.Principal.ARN,
		Action: request.Action, Resource: c.resourceText(), Decision: decisions[trace.Verdict], Keys: trace.Keys,
	}
	c.addLayers(&trace)
	c.decide(&trace.Judgment)
	c.addNotes()
	c.propose(&trace.Judgment)
	return c.out, nil
}

// propose proposes the changes that would allow a call that is not allowed.
func (c *call) propose(j *evaluate.Judgment) {
	switch {
	case j.Verdict == evaluate.Allowed:
		return
	case j.Verdict == evaluate.Depends && c.asked.AnyResource && slices.Contains(j.Keys, evaluate.UnknownResource):
		c.note("which change would allow it depends on the resource: name it")
		return
	}
	changes, then := c.smallestChange(j.Verdict)
	if then != nil {
		c.out.Changes, c.out.Then, c.out.ThenKeys = changes, decisions[then.Verdict], then.Keys
	}
}

func (c *call) note(text string) { c.out.Notes = append(c.out.Notes, text) }

// addLayers adds every layer in order, also those that do not apply.
func (c *call) addLayers(trace *evaluate.Trace) {
	for _, source := range inOrder {
		found := false
		for i := range trace.Layers {
			if t := &trace.Layers[i]; t.Source == source {
				found = true
				c.out.Layers = append(c.out.Layers, c.layer(t))
			}
		}
		if !found {
			c.out.Layers = append(c.out.Layers, Layer{Layer: model.LayerNames[source], Outcome: "does not apply", Why: c.whyNot(source)})
		}
	}
}

// layer is one layer, or one level of it.
func (c *call) layer(t *evaluate.TracedLayer) Layer {
	l := Layer{Layer: model.LayerNames[t.Source], Target: t.Target, Name: c.state.TargetName(ident.TargetID(t.Target))}
	for _, m := range t.Matches {
		s := c.statement(m.Policy, m.Statement, t.Target)
		s.Keys = m.Hangs
		l.Statements = append(l.Statements, s)
	}
	switch {
	case t.Least != t.Most:
		l.Outcome = "depends"
	case t.Least == evaluate.ExplicitDeny:
		l.Outcome = "denies"
	case t.Least == evaluate.Allow:
		l.Outcome = "allows"
	default:
		if l.Outcome = "does not allow"; !t.Needed {
			l.Why = "no Allow of it is needed here"
		}
	}
	return l
}

func (c *call) statement(p *evaluate.Named, s *evaluate.Statement, target string) Statement {
	out := Statement{Effect: "Allow", Name: p.Name, ARN: p.ARN, Target: target, Sid: s.Sid, Index: s.Index}
	if s.IsDeny() {
		out.Effect = "Deny"
	}
	if from := c.state.Source(p); from != nil {
		out.Policy, out.Line = from.Policy, from.Line(s.Index)
	}
	return out
}

// whyNot says why a layer does not apply.
func (c *call) whyNot(source evaluate.Source) string {
	o, p := c.state.Organization, c.asked.Principal
	enabled := func(t org.PolicyType) bool { return slices.Contains(o.Enabled, t) }
	switch source {
	case evaluate.SCP:
		switch {
		case p.Account == o.Management:
			return "it does not bind principals of the management account"
		case p.ServiceLinked:
			return "it does not bind service-linked roles"
		case !enabled(policy.ServiceControl):
			return "the policy type is not enabled"
		}
	case evaluate.RCP:
		switch {
		case !enabled(policy.ResourceControl):
			return "the policy type is not enabled"
		case c.asked.Owner == o.Management:
			return "it does not bind resources of the management account"
		case o.Account(c.asked.Owner) == nil:
			return "the resource belongs to an account outside of the organization"
		}
		return "it does not bind this call"
	case evaluate.ResourceBased:
		return "the policy of the resource is not known"
	case evaluate.IdentityBased:
		return "a root user has no identity-based policies"
	case evaluate.PermissionsBoundary:
		return "the principal has none"
	}
	return "the session has none, as far as is known"
}

// decide names what decided.
func (c *call) decide(j *evaluate.Judgment) {
	decided := &j.Least
	if j.Verdict == evaluate.Denied {
		decided = &j.Most
	}
	cause, denied := decided.Cause()
	if !denied {
		c.out.DecidedBy = c.allowing(decided)
		return
	}
	c.out.Because = cause.Text(c.r.Action)
	if cause.Statement != nil && cause.Policy != nil {
		s := c.statement(cause.Policy, cause.Statement, c.target(cause.Source, cause.Level))
		c.out.DecidedBy = &s
	}
}

// allowing is the statement that allows: of the identity, or of the policy of the resource, or of the last level.
func (c *call) allowing(d *evaluate.Decision) *Statement {
	for _, source := range []evaluate.Source{evaluate.IdentityBased, evaluate.ResourceBased, evaluate.SCP} {
		if l := &d.Layers[source]; l.Outcome == evaluate.Allow && l.Policy != nil && l.Statement != nil {
			s := c.statement(l.Policy, l.Statement, c.target(source, l.Level))
			return &s
		}
	}
	return nil
}

// addNotes says what the decision leaves out.
func (c *call) addNotes() {
	if c.asked.Owner != c.Account && c.in.Resource == nil && c.asked.Owner != c.state.Organization.Management {
		c.note("the resource belongs to another account: its resource-based policy has to allow the call too, and Accord does not know it")
	}
	if strings.HasPrefix(strings.ToLower(c.Action), "organizations:") && c.Account != c.state.Organization.Management {
		c.note("what the account may do as a member, a delegated administrator or by the delegation policy is another question, which is not asked here")
	}
}
