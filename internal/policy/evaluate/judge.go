package evaluate

import "accord/internal/policy/condition"

// Verdict is a decision where the values of some condition keys are not known.
type Verdict int

// The verdicts.
const (
	Denied Verdict = iota
	Allowed
	Depends // on a key that the Context does not know
)

// Judgment is the result for a request whose Context does not know all keys.
type Judgment struct {
	Verdict Verdict
	// Least and Most are the decisions with the values that allow least, and with those
	// that allow most. Both have the same result unless the verdict depends on a key.
	Least, Most Decision
	// Keys are those that the verdict depends on, as the policies name them.
	Keys []string
}

// Judge decides a request whose Context answers condition.Unknown for keys that it does
// not know. It is on the safe side: a verdict that is not Depends holds whatever the values
// are, while one that is may still be the same for all of them, because two statements
// that ask for one key are taken to be independent.
func Judge(in *Input, r *Request) Judgment {
	p := partial{least: true}
	m := newPartial(in, r, &p)
	j := Judgment{Least: m.decide(in)}
	if j.Most = j.Least; j.Least.Allowed || !p.hung {
		j.Verdict = verdictOf(j.Least.Allowed, j.Most.Allowed)
		return j
	}
	p.least = false
	j.Most = m.decide(in)
	if j.Verdict = verdictOf(j.Least.Allowed, j.Most.Allowed); j.Verdict == Depends {
		j.Keys = m.keys(in, &j)
	}
	return j
}

// verdictOf is the verdict of two decisions: what is allowed at least, and at most.
func verdictOf(least, most bool) Verdict {
	switch {
	case least:
		return Allowed
	case most:
		return Depends
	}
	return Denied
}

// newPartial prepares a request to be matched through a probe.
func newPartial(in *Input, r *Request, p *partial) matcher {
	p.probe.Context = r.Context
	probed := *r
	probed.Context = &p.probe
	m := newMatcher(&probed, in.Boundary.Applies)
	m.partial = p
	return m
}

// keys are the keys on which a judgment hangs: those of the layers that deny with some
// values only, and of the policy of the resource, on which others depend.
func (m *matcher) keys(in *Input, j *Judgment) []string {
	var list []string
	for source := range sources {
		least, most := &j.Least.Layers[source], &j.Most.Layers[source]
		if least.Denies() == most.Denies() && (source != ResourceBased || !least.Applies) {
			continue
		}
		for _, level := range in.layer(source) {
			for _, p := range level.Policies {
				for i := range p.statements {
					if _, truth := m.try(&p.statements[i], p.kind); truth == condition.Maybe {
						list = m.note(list, &p.statements[i], (*condition.Probe).Unknown)
					}
				}
			}
		}
	}
	return list
}

// layer is the policies of a layer, level by level.
func (in *Input) layer(source Source) []Level {
	switch source {
	case SCP:
		return in.SCP
	case RCP:
		return in.RCP
	case ResourceBased:
		if in.Resource == nil {
			return nil
		}
		return []Level{{Policies: []*Named{in.Resource}}}
	case PermissionsBoundary:
		return []Level{{Policies: in.Boundary.Policies}}
	case SessionPolicies:
		return []Level{{Policies: in.Session.Policies}}
	}
	return []Level{{Policies: in.Identity}}
}
