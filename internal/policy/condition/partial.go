package condition

import (
	"slices"
	"strings"
)

// Truth is the result of a condition where the values of some keys are not known.
type Truth int

// The results. Maybe hangs on a key that is not known.
const (
	False Truth = iota
	Maybe
	True
)

// Probe stands in front of a Context, and notes which keys it was asked for and does not
// have. It is for one goroutine.
type Probe struct {
	Context
	unknown, missing []string
}

// Value gives the values of a key. [Context]
func (p *Probe) Value(key string) (Values, bool) {
	values, present := p.Context.Value(key)
	switch {
	case values.unknown:
		p.unknown = append(p.unknown, key)
	case !present:
		p.missing = append(p.missing, key)
	}
	return values, present
}

// Begin forgets what was noted.
func (p *Probe) Begin() { p.unknown, p.missing = p.unknown[:0], p.missing[:0] }

// Hangs reports whether a value was asked for that is not known.
func (p *Probe) Hangs() bool { return len(p.unknown) > 0 }

// Unknown adds the keys that are not known to a list, each once: those of the names that
// the policy gives them.
func (p *Probe) Unknown(list, names []string) []string { return noted(list, names, p.unknown) }

// Missing is Unknown for keys that are not known, and those that are known to be absent.
func (p *Probe) Missing(list, names []string) []string {
	return noted(noted(list, names, p.unknown), names, p.missing)
}

func noted(list, names, keys []string) []string {
	for _, name := range names {
		named := func(key string) bool { return strings.EqualFold(key, name) }
		if slices.ContainsFunc(keys, named) && !slices.ContainsFunc(list, named) {
			list = append(list, name)
		}
	}
	return list
}

// Try is Holds for a probe, whose context may not know the values of some keys. Maybe is an
// answer on the safe side: the values of two keys, or two tests of the same key, are taken
// to be independent.
func (t *Test) Try(r Request, p *Probe) Truth {
	p.Begin()
	r.Context = p
	holds := t.Holds(r)
	switch {
	case !p.Hangs(), p.unknown[0] != t.key && holds != t.operator.Negated:
		// An operand without a value equals nothing: what another one decides, stays.
		if holds {
			return True
		}
		return False
	}
	return Maybe
}

// Names are the keys that the condition asks for, as the policy writes them.
func (t *Test) Names() []string {
	names := []string{t.name}
	if with, has := t.operands.(interface{ names() []string }); has {
		names = append(names, with.names()...)
	}
	return names
}

// Names are the keys of the variables, as the policy writes them.
func (t Template) Names() []string {
	var names []string
	for _, v := range t.variables {
		names = append(names, v.name)
	}
	return names
}

func (c texts) names() []string    { return namesIn(c.operands, Template.Names) }
func (c booleans) names() []string { return namesIn(c, Template.Names) }
func (c arns) names() []string {
	return namesIn(c, func(o arnOperand) []string { return o.Names() })
}

func namesIn[T any](operands []T, of func(T) []string) []string {
	var names []string
	for _, operand := range operands {
		names = append(names, of(operand)...)
	}
	return names
}
