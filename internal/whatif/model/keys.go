package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"accord/internal/policy/condition"
)

// ParseKeys reads condition keys, each KEY=VALUE. A key that is given several times has a list of
// values; KEY alone says that the key is absent.
func ParseKeys(pairs []string) (map[string]Key, error) {
	values := map[string][]string{}
	keys := map[string]Key{}
	for _, pair := range pairs {
		name, value, given := strings.Cut(pair, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" || !strings.Contains(name, ":") {
			return nil, fmt.Errorf("%.80q is not KEY=VALUE, such as aws:RequestedRegion=eu-west-1", pair)
		}
		if !given {
			keys[name] = Key{Presence: Absent}
			continue
		}
		values[name] = append(values[name], value)
	}
	for name, list := range values {
		if keys[name] = One(list[0]); len(list) > 1 || condition.IsMultivalued(name) {
			keys[name] = Key{condition.List(list...), Present}
		}
	}
	return keys, nil
}

// Pairs writes what is known of condition keys as ParseKeys reads it, in the order of their names.
func Pairs(keys map[string]Key) (pairs []string) {
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		switch k := keys[name]; k.Presence {
		case Absent:
			pairs = append(pairs, name)
		case Present:
			for _, value := range k.All() {
				pairs = append(pairs, name+"="+value)
			}
		}
	}
	return pairs
}
