// Package spelling suggests names for a name that does not exist. It knows no
// behavior, quota or setting: the caller passes the names.
package spelling

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	// maxSuggestions bounds the suggestions of one error.
	maxSuggestions = 3
	// maxLength is the longest name that is compared, in bytes.
	maxLength = 64
)

// Unknown returns the error for a name of the given kind ("behavior", "quota") that
// is not one of names. It suggests similar names, or says where all are listed.
func Unknown(kind, given string, names []string) error {
	suggestion := Suggest(given, names)
	if suggestion == "" {
		suggestion = "; docs/settings.md lists all names"
	}
	return fmt.Errorf("unknown %s %.*q%s", kind, maxLength, given, suggestion)
}

// Suggest returns the end of an error about a name that is not one of names:
// "; did you mean a, b or c?", or nothing if no name is similar.
func Suggest(given string, names []string) string {
	found := similar(given, names)
	if len(found) == 0 {
		return ""
	}
	suggestion := found[len(found)-1]
	if others := found[:len(found)-1]; len(others) > 0 {
		suggestion = strings.Join(others, ", ") + " or " + suggestion
	}
	return "; did you mean " + suggestion + "?"
}

// similar returns the names that differ from given in a third of its letters or
// less, or that contain it, the most similar first. Case, and - or _, are the same.
func similar(given string, names []string) []string {
	if len(given) < 2 || len(given) > maxLength {
		return nil
	}
	plain := strings.NewReplacer("_", "-")
	given = plain.Replace(strings.ToLower(given))
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	for _, name := range names {
		lower := plain.Replace(strings.ToLower(name))
		distance := Distance(given, lower)
		if distance <= max(2, len(given)/3) || strings.Contains(lower, given) {
			found = append(found, candidate{name, distance})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	var out []string
	for _, c := range found[:min(maxSuggestions, len(found))] {
		out = append(out, c.name)
	}
	return out
}

// Distance returns the Levenshtein distance of a and b in bytes. It takes time
// proportional to the product of both lengths: callers bound long texts.
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
