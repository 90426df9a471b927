package main

import "strings"

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

// helpWidth is the width of the help of a flag, beside its name.
const helpWidth = 60

// wrap breaks a text into lines of helpWidth characters.
func wrap(text string) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > helpWidth {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}

// maxCell is the longest text in a cell of a table, in characters.
const maxCell = 34

// shorten cuts a text for a cell of a table.
func shorten(text string) string {
	if all := []rune(text); len(all) > maxCell {
		return strings.TrimRight(string(all[:maxCell-1]), " ,;") + "…"
	}
	return text
}
