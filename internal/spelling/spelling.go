// Package spelling answers who names something that does not exist: with the
// names that may have been meant. It knows no rule, quota or setting; whoever
// owns the names hands them in.
package spelling

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	// most is how many near names an answer holds.
	maxSuggestions = 3
	// longest is the longest name that is compared, so that the comparison stays
	// short whatever is handed in.
	maxLength = 64
)

// Unknown returns the error for a name of the given kind ("behavior", "quota") that
// is none of names. It lists the nearest ones, or says where all are listed.
func Unknown(kind, given string, names []string) error {
	found := similar(given, names)
	if len(found) == 0 {
		return fmt.Errorf("unknown %s %.*q; docs/settings.md lists all names", kind, maxLength, given)
	}
	return fmt.Errorf("unknown %s %q; near names: %s", kind, given, strings.Join(found, ", "))
}

// near returns the names that differ from given in a third of its letters or
// less, or that contain it, nearest first.
func similar(given string, names []string) []string {
	if len(given) < 2 || len(given) > maxLength {
		return nil
	}
	given = strings.ReplaceAll(strings.ToLower(given), "_", "-")
	type candidate struct {
		name string
		far  int
	}
	var found []candidate
	for _, name := range names {
		far := Distance(given, name)
		if far <= max(2, len(given)/3) || strings.Contains(name, given) {
			found = append(found, candidate{name, far})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.far, b.far), strings.Compare(a.name, b.name))
	})
	var out []string
	for _, c := range found[:min(maxSuggestions, len(found))] {
		out = append(out, c.name)
	}
	return out
}

// Distance is the number of bytes to insert, remove or replace to make b of a. Its
// work is the product of both lengths: who is handed long texts bounds them.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
