package inherit

import (
	"strings"

	"accord/internal/policy/document"
	"accord/internal/spelling"
)

// folded returns a name as names, operators and identifiers are compared and
// shown: in lower case, without regard to a language. [assumed]
func folded(name string) string { return strings.ToLower(name) }

// listedWords is the number of words up to which a message names them all.
const listedWords = 12

func quoted(words []string) []string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = document.Quote(word)
	}
	return quoted
}

// alternatives joins words as choices.
func alternatives(words []string) string { return joined(words, " or ") }

func joined(words []string, last string) string {
	if end := len(words) - 1; end > 0 {
		return strings.Join(words[:end], ", ") + last + words[end]
	}
	return strings.Join(words, "")
}

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
