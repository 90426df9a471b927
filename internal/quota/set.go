package quota

import (
	"maps"
	"math"
	"strconv"
)

// Unlimited is the number of a quota that is switched off.
const Unlimited = math.MaxInt64

// Facts are what the number of a quota can depend on. The zero value is a small
// organization without quotas of its own.
type Facts struct {
	// Overrides are the quotas of one organization; nil is none.
	Overrides map[Name]int64
	// Members counts the accounts of the organization without its management
	// account, closed ones included, and ActiveMembers those of them that are ACTIVE:
	// account-closures-per-30-days grows with one of them.
	Members, ActiveMembers int64
	// Service is the service principal for delegated-administrators-per-service,
	// with or without ".amazonaws.com".
	Service string
}

// Value is the number of a quota: fixed, or computed from facts.
type Value struct {
	number  int64
	formula func(*Set, Facts) int64
	text    string
}

// String describes the number: digits, "unlimited", or how it is computed. The zero
// Value is empty.
func (v Value) String() string { return v.text }

// Exists reports whether the value holds a number at all.
func (v Value) Exists() bool { return v.text != "" }

// Number returns the value of one number for all organizations.
func Number(number int64) Value {
	if number == Unlimited {
		return Value{number: number, text: "unlimited"}
	}
	return Value{number: number, text: strconv.FormatInt(number, 10)}
}

// Set holds the quotas in force on one server. It never changes and may be used by
// many goroutines.
type Set struct{ values map[Name]Value }

// Value returns the number of a quota for organizations without one of their own.
func (s *Set) Value(name Name) Value { return s.values[name] }

// Of returns the number of a quota for an organization, Unlimited if it is switched
// off. An override, or a number that was set, replaces the formula. A name that no
// quota has allows nothing.
func (s *Set) Of(name Name, facts Facts) int64 {
	if number, ok := facts.Overrides[name]; ok {
		return number
	}
	value := s.values[name]
	if value.formula != nil {
		return value.formula(s, facts)
	}
	return value.number
}

// Without returns a copy in which some quotas are switched off.
func (s *Set) Without(names ...Name) *Set {
	own := &Set{values: maps.Clone(s.values)}
	for _, name := range names {
		own.values[name] = Number(Unlimited)
	}
	return own
}
