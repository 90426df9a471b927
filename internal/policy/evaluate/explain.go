package evaluate

import "accord/internal/policy/condition"

// Trace is a judgment with all that led to it.
type Trace struct {
	Judgment
	// Layers are the layers that apply, in the order of a decision; SCPs and RCPs level by
	// level.
	Layers []TracedLayer
	// Missing are the keys that the request does not have, or that are not known, and
	// statements of its action and resource ask for.
	Missing []string
}

// TracedLayer is a layer, or one level of it, with every statement that matches.
type TracedLayer struct {
	Source Source
	// Target is the level of SCPs and RCPs: a root, unit or account; Index is its place on
	// the path, from the root.
	Target string
	Index  int
	// Needed says that the request needs an Allow here.
	Needed bool
	// Least and Most are the outcomes with the values of keys that allow least, and most.
	Least, Most Outcome
	// Verdict is Denied if this layer alone denies the request.
	Verdict Verdict
	Matches []Match
}

// Match is a statement that matches the request.
type Match struct {
	Policy    *Named
	Statement *Statement
	// Hangs are the keys, as the policy names them, on whose values it depends whether the
	// statement matches; none if it matches with all of them.
	Hangs []string
}

// inOrder are the layers in the order of a decision. [AWS: policy evaluation logic]
var inOrder = [sources]Source{RCP, SCP, ResourceBased, IdentityBased, PermissionsBoundary, SessionPolicies}

// Explain is Judge with every statement that matches, in every layer.
func Explain(in *Input, r *Request) Trace {
	t := Trace{Judgment: Judge(in, r)}
	var p partial
	m := newPartial(in, r, &p)
	for _, source := range inOrder {
		if !t.Least.Layers[source].Applies {
			continue
		}
		for i, level := range in.layer(source) {
			traced := TracedLayer{Source: source, Target: level.Target, Index: i, Needed: t.Least.Layers[source].Needed}
			for _, policy := range level.Policies {
				m.trace(&t, &traced, policy)
			}
			p.least = true
			least, _ := m.set(level.Policies)
			p.least = false
			most, _ := m.set(level.Policies)
			least.Needed, most.Needed = traced.Needed, t.Most.Layers[source].Needed
			traced.Least, traced.Most = least.Outcome, most.Outcome
			traced.Verdict = verdictOf(!least.Denies(), !most.Denies())
			t.Layers = append(t.Layers, traced)
		}
	}
	return t
}

// trace adds the statements of a policy that match, and the keys that it misses.
func (m *matcher) trace(t *Trace, layer *TracedLayer, policy *Named) {
	for i := range policy.statements {
		s := &policy.statements[i]
		if _, truth := m.applies(s, policy.kind); truth == condition.False {
			continue
		}
		t.Missing = m.note(t.Missing, s, (*condition.Probe).Missing)
		switch _, truth := m.try(s, policy.kind); truth {
		case condition.True:
			layer.Matches = append(layer.Matches, Match{Policy: policy, Statement: s})
		case condition.Maybe:
			layer.Matches = append(layer.Matches, Match{policy, s, m.note(nil, s, (*condition.Probe).Unknown)})
		}
	}
}

// Matches are the statements of a layer that match a request whose Context knows all keys.
func Matches(in *Input, r *Request, source Source) []Match {
	var matches []Match
	m := newMatcher(r, in.Boundary.Applies)
	for _, level := range in.layer(source) {
		for _, policy := range level.Policies {
			for i := range policy.statements {
				if _, ok := m.matches(&policy.statements[i], policy.kind); ok {
					matches = append(matches, Match{Policy: policy, Statement: &policy.statements[i]})
				}
			}
		}
	}
	return matches
}
