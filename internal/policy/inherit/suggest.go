package inherit

import "accord/internal/policy/document"

// longestSuggestion bounds the work of looking for a similar word.
const longestSuggestion = 48

// suggestion ends a message about an unknown word with the known word that is
// most like it, or with nothing when none is near.
func suggestion(word string, known []string) string {
	if len(word) > longestSuggestion {
		return ""
	}
	word = folded(word)
	nearest, fewest := "", 1+min(3, len(word)/3)
	for _, candidate := range known {
		if edits := distance(word, folded(candidate)); edits < fewest {
			nearest, fewest = candidate, edits
		}
	}
	if nearest == "" {
		return ""
	}
	return "; did you mean " + document.Quote(nearest) + "?"
}

// distance counts the bytes to insert, drop or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
