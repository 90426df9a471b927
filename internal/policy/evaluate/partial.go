package evaluate

import (
	"slices"

	"accord/internal/policy/condition"
)

// counts reports whether a statement is taken to match.
func (m *matcher) counts(s *Statement, kind Kind) (named grant, ok bool) {
	named, truth := m.try(s, kind)
	if truth == condition.Maybe {
		m.partial.hung = true
		return named, s.deny == m.partial.least
	}
	return named, truth == condition.True
}

// try is matches where the context does not know all keys.
func (m *matcher) try(s *Statement, kind Kind) (named grant, truth condition.Truth) {
	named, truth = m.applies(s, kind)
	if truth == condition.False {
		return noGrant, condition.False
	}
	m.condition.Deny = s.deny
	for _, c := range s.conditions {
		switch c.Try(m.condition, &m.partial.probe) {
		case condition.False:
			return noGrant, condition.False
		case condition.Maybe:
			truth = condition.Maybe
		}
	}
	return named, truth
}

// applies matches all of a statement but its conditions.
func (m *matcher) applies(s *Statement, kind Kind) (named grant, truth condition.Truth) {
	if m.matchesAction(s) == s.notActions {
		return noGrant, condition.False
	}
	if kinds[kind].principals {
		if named = m.names(s, kinds[kind].signed); named == noGrant {
			return noGrant, condition.False
		}
	}
	m.partial.probe.Begin()
	switch within := m.matchesResource(s); {
	case m.dependsOnResource(s):
		return named, condition.Maybe
	case !within && m.partial.probe.Hangs() && m.mayBeWithin(s):
		return named, condition.Maybe
	case within == s.notResources:
		return noGrant, condition.False
	}
	return named, condition.True
}

// dependsOnResource reports whether another resource than one that is not known might give
// another result: there is no pattern for all resources.
func (m *matcher) dependsOnResource(s *Statement) bool {
	return m.AnyResource && !slices.ContainsFunc(s.resources, func(r resource) bool { return r.all })
}

// mayBeWithin reports whether some values of the keys that are not known make the resource
// one of the statement's.
func (m *matcher) mayBeWithin(s *Statement) bool {
	m.widest = true
	defer func() { m.widest = false }()
	return m.matchesResource(s)
}

// note adds keys that a statement asks for to a list, by a method of the probe.
func (m *matcher) note(list []string, s *Statement, noted func(p *condition.Probe, list, names []string) []string) []string {
	p := &m.partial.probe
	p.Begin()
	m.matchesResource(s)
	list = noted(p, list, s.variables())
	if m.dependsOnResource(s) && !slices.Contains(list, UnknownResource) {
		list = append(list, UnknownResource)
	}
	m.condition.Deny = s.deny
	for _, c := range s.conditions {
		c.Try(m.condition, p)
		list = noted(p, list, c.Names())
	}
	return list
}
