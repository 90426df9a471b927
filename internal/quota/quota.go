// Package quota holds the quotas: their names, their numbers, what they count,
// and what a caller is told who meets one.
//
// The numbers stand in the table of quotas.go and, for the quotas of policy types,
// in the table of package policy. The package is
// pure and counts nothing: the store reserves against the number it is given.
package quota

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"accord/internal/spelling"
)

// Unlimited is the number of a quota that is switched off.
const Unlimited = math.MaxInt64

// Facts are what the number of a quota can depend on. The zero value is a small
// organization without numbers of its own.
type Facts struct {
	// Overrides are the numbers of one organization; nil is none.
	Overrides map[Name]int64
	// Members counts the accounts of the organization without its management
	// account, closed ones included: account-closures-per-30-days grows with it.
	Members int64
	// Service is the service principal for delegated-administrators-per-service,
	// with or without ".amazonaws.com".
	Service string
}

// Value is the number of a quota: fixed, or following from facts.
type Value struct {
	number  int64
	formula func(*Set, Facts) int64
	text    string
}

// String writes the limit for people: a number, "unlimited", or how it follows
// from the facts. The Limit that does not exist is empty.
func (l Value) String() string { return l.text }

// Exists reports whether the limit holds a number at all.
func (l Value) Exists() bool { return l.text != "" }

// fixed is the limit of one number for all.
func fixed(number int64) Value {
	if number == Unlimited {
		return Value{number: number, text: "unlimited"}
	}
	return Value{number: number, text: strconv.FormatInt(number, 10)}
}

// Quota is a row of the table.
type Quota struct {
	Name Name
	// Default is the number in force when none is given.
	Default Value
	// Older is the number of earlier editions of the documentation, which the
	// profile 2024 sets; it need not exist.
	Older Value
	// Counts says what is counted, and its unit.
	Counts string
	// Published says when AWS published the default.
	Published string
	// AWS is the real service's number where it is not the default, and how far it
	// can be raised there; may be empty.
	AWS string
	// Errors are what callers are told who meet the quota.
	Errors []Error
}

// Quotas returns all quotas in the order in which they are listed: first the
// general ones, then those of each policy type.
func Quotas() []Quota { return slices.Clone(quotas) }

// Find returns the quota of the name.
func Find(name Name) (Quota, bool) {
	i, ok := index[name]
	if !ok {
		return Quota{}, false
	}
	return quotas[i], true
}

var index = func() map[Name]int {
	index := make(map[Name]int, len(quotas))
	for i, q := range quotas {
		index[q.Name] = i
	}
	return index
}()

// The profiles: the year whose published numbers are the defaults.
const (
	Profile2026 = "2026"
	Profile2024 = "2024"
)

// Set is the quotas in force on one server. It never changes and may be used by
// many goroutines.
type Set struct{ values map[Name]Value }

// New returns the quotas of a profile changed by the settings, name to value: a
// whole number, 0 for nothing at all, or "unlimited". Several mistakes are told
// together.
func New(profile string, settings map[string]string) (*Set, error) {
	if profile != Profile2026 && profile != Profile2024 {
		return nil, fmt.Errorf("quota profile %q is not allowed; allowed: %s or %s", profile, Profile2026, Profile2024)
	}
	s := &Set{values: make(map[Name]Value, len(quotas))}
	for _, q := range quotas {
		s.values[q.Name] = q.Default
		if profile == Profile2024 && q.Older.Exists() {
			s.values[q.Name] = q.Older
		}
	}
	var mistakes []error
	for _, given := range slices.Sorted(maps.Keys(settings)) {
		name, number, err := ParseOverride(given, settings[given])
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		s.values[name] = fixed(number)
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return s, nil
}

// Of returns the number of a quota for an organization, Unlimited when it is
// switched off. A number of the organization's own, or one that was set, stands
// for itself: no formula changes it. A name that no quota has allows nothing.
func (s *Set) Of(name Name, facts Facts) int64 {
	if number, ok := facts.Overrides[name]; ok {
		return number
	}
	limit := s.values[name]
	if limit.formula != nil {
		return limit.formula(s, facts)
	}
	return limit.number
}

// ParseOverride reads the name and the number of one quota. The error names the
// quota, the value given and what is allowed.
func ParseOverride(name, value string) (Name, int64, error) {
	if _, ok := index[Name(name)]; !ok {
		known := make([]string, len(quotas))
		for i, q := range quotas {
			known[i] = string(q.Name)
		}
		return "", 0, spelling.Unknown("quota", name, known)
	}
	if value == "unlimited" {
		return Name(name), Unlimited, nil
	}
	// 63 bits: the number has to fit into an int64, and no sign is read.
	number, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return "", 0, fmt.Errorf("quota %s: %q is not allowed; allowed: a whole number of 0 or more, or unlimited", name, value)
	}
	return Name(name), int64(number), nil
}
