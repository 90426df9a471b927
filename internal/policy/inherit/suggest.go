package inherit

import (
	"accord/internal/policy/document"
	"accord/internal/spelling"
)

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
		if edits := spelling.Distance(word, folded(candidate)); edits < fewest {
			nearest, fewest = candidate, edits
		}
	}
	if nearest == "" {
		return ""
	}
	return "; did you mean " + document.Quote(nearest) + "?"
}
