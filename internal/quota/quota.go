// Package quota holds the quotas: their names, their numbers, what they count, and
// the error of a caller that exceeds one.
//
// The numbers are in two tables: quotas.go, and the table of package policy for
// the quotas of policy types. The package is pure and counts nothing: the store
// reserves against the number that it gets from here.
package quota

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"accord/internal/spelling"
)

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

// ErrorFor returns the error of an operation whose caller exceeds the quota at the
// given number, as Of returned it. It is the zero Error for a name that no quota
// has.
func (n Name) ErrorFor(operation string, number int64) Error {
	i, ok := index[n]
	if !ok {
		return Error{}
	}
	for _, e := range quotas[i].Errors {
		if (e.operations == nil || slices.Contains(e.operations, operation)) && (e.at == 0 || e.at == number) {
			return e
		}
	}
	return Error{}
}

// The profiles: the year whose published numbers are the defaults.
const (
	Profile2026 = "2026"
	Profile2024 = "2024"
)

// New returns the quotas of a profile changed by the settings, name to value: a
// whole number, 0 for nothing at all, or "unlimited". The error has a line for each
// setting that is wrong.
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
	var errs []error
	for _, given := range slices.Sorted(maps.Keys(settings)) {
		name, number, err := ParseOverride(given, settings[given])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.values[name] = Number(number)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return s, nil
}

// ParseOverride parses the name and the number of one quota. The error names the
// quota, the value and what is allowed.
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
	// 63 bits: the number must fit into an int64 and must not be negative.
	number, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return "", 0, fmt.Errorf("quota %s: %q is not allowed; allowed: a whole number of 0 or more, or unlimited", name, value)
	}
	return Name(name), int64(number), nil
}
