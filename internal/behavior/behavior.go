// Package behavior holds the named behaviors: the switches and durations that say
// how Accord answers where AWS's own sources disagree, where a real delay would
// get in the way of a test, or where a check needs data that Accord does not keep.
//
// All behaviors are rows of one table, in table.go. The package is pure: it only
// parses. The code that carries out a behavior reads a field of Set.
package behavior

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"accord/internal/spelling"
)

// Table returns all behaviors in the order in which they are listed.
func Table() []Behavior { return slices.Clone(table) }

// Default returns the values in force when no behavior is set.
func Default() Set {
	var s Set
	for _, b := range table {
		v, err := b.parse(b.Default)
		if err != nil {
			panic("behavior: the table holds a default that it does not allow: " + err.Error())
		}
		b.assign(&s, v)
	}
	return s
}

// Current returns the value in force of a behavior, as --behavior takes it. Given are
// the settings that Parse turned into s.
func (b Behavior) Current(s Set, given map[string]string) string {
	// The only value that changes nothing is the value in force: another behavior,
	// such as fidelity, may have set it.
	for _, word := range b.Values {
		changed := s
		b.assign(&changed, value{word: word})
		if changed == s {
			return word
		}
	}
	return cmp.Or(given[b.Name], b.Default)
}

// ImpliedBy names the behavior that set this one, of those that were given, name to value;
// empty if none did. One that was given itself is implied by none.
func (b Behavior) ImpliedBy(given map[string]string) string {
	if _, own := given[b.Name]; own {
		return ""
	}
	for _, other := range table {
		value, set := given[other.Name]
		if !set {
			continue
		}
		s, err := Parse(map[string]string{other.Name: value})
		if err == nil && b.Current(s, nil) != b.Default {
			return other.Name
		}
	}
	return ""
}

// Parse returns the defaults changed by the settings, name to value. The error has
// a line for each setting that is wrong: the behavior, the value and what is
// allowed.
func Parse(settings map[string]string) (Set, error) {
	s := Default()
	var errs []error
	names := make([]string, len(table))
	for i, b := range table {
		names[i] = b.Name
		given, ok := settings[b.Name]
		if !ok {
			continue
		}
		v, err := b.parse(given)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		b.assign(&s, v)
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(names, name) {
			errs = append(errs, spelling.Unknown("behavior", name, names))
		}
	}
	if len(errs) > 0 {
		return Set{}, errors.Join(errs...)
	}
	return s, nil
}
