package main

import (
	"strconv"
	"strings"
)

// joinNonEmpty joins the texts that are not empty, or returns none.
func joinNonEmpty(none string, texts ...string) string {
	var all []string
	for _, t := range texts {
		if t != "" {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return none
	}
	return strings.Join(all, " ")
}

// quoteUnsafe quotes a text that contains characters a terminal would obey.
func quoteUnsafe(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}
