package api

import "strings"

// Matcher reports whether a whole text fits a pattern of the model. It is a
// regular expression that is anchored at both ends, or Runs, which are faster.
type Matcher interface{ MatchString(s string) bool }

// Runs is a pattern that needs no regular expression: a text fits if it fits one
// of the alternatives, which are sequences of runs. Each run takes as much as it
// can, so what follows one of varying length has to begin with a character that
// it does not take.
type Runs [][]Run

// Run is a part of a pattern: the Text, or characters of a Set.
type Run struct {
	Text string
	// Set holds ASCII characters as ranges: "0-9a-z" are two, "_-_" is one
	// character. Min to Max of them are taken; a negative Max means no limit.
	Set      string
	Min, Max int
}

// MatchString reports whether all of s fits.
func (r Runs) MatchString(s string) bool {
	for _, alternative := range r {
		if fits(alternative, s) {
			return true
		}
	}
	return false
}

func fits(runs []Run, s string) bool {
	for i := range runs {
		rest, ok := runs[i].take(s)
		if !ok {
			return false
		}
		s = rest
	}
	return s == ""
}

// take returns what follows the run in s.
func (r *Run) take(s string) (rest string, ok bool) {
	if r.Text != "" {
		return strings.CutPrefix(s, r.Text)
	}
	n := 0
	for n < len(s) && n != r.Max && inSet(r.Set, s[n]) {
		n++
	}
	return s[n:], n >= r.Min
}

// inSet reports whether one of the ranges, of three bytes each, holds c.
func inSet(ranges string, c byte) bool {
	for i := 0; i < len(ranges); i += 3 {
		if ranges[i] <= c && c <= ranges[i+2] {
			return true
		}
	}
	return false
}
