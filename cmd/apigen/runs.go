package main

import (
	"regexp/syntax"
	"strings"
	"unicode"

	"accord/internal/api"
)

// runsOf turns a pattern that is anchored at both ends into runs, if it is simple
// enough: alternatives of texts and of ASCII classes with a length, where a class
// of varying length shares no character with what follows it.
func runsOf(pattern string) (api.Runs, bool) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, false
	}
	re, ok := withoutAnchorsAround(re)
	if !ok {
		return nil, false
	}
	alternatives := []*syntax.Regexp{re}
	if re.Op == syntax.OpAlternate {
		alternatives = re.Sub
	}
	var runs api.Runs
	for _, a := range alternatives {
		alternative, ok := sequence(nil, a)
		if !ok || !isGreedy(alternative) {
			return nil, false
		}
		runs = append(runs, alternative)
	}
	return runs, true
}

// withoutAnchorsAround returns what an expression has between its anchors, without
// the groups around it.
func withoutAnchorsAround(re *syntax.Regexp) (*syntax.Regexp, bool) {
	last := len(re.Sub) - 1
	if re.Op != syntax.OpConcat || re.Sub[0].Op != syntax.OpBeginText || re.Sub[last].Op != syntax.OpEndText {
		return nil, false
	}
	if last != 2 {
		return &syntax.Regexp{Op: syntax.OpConcat, Sub: re.Sub[1:last]}, true
	}
	re = re.Sub[1]
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	return re, true
}

// sequence appends the runs of an expression without alternatives.
func sequence(runs []api.Run, re *syntax.Regexp) ([]api.Run, bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return text(runs, re)
	case syntax.OpCharClass:
		return class(runs, re, 1, 1)
	case syntax.OpStar:
		return class(runs, re.Sub[0], 0, -1)
	case syntax.OpPlus:
		return class(runs, re.Sub[0], 1, -1)
	case syntax.OpRepeat:
		return class(runs, re.Sub[0], re.Min, re.Max)
	case syntax.OpCapture, syntax.OpConcat:
		ok := true
		for i := 0; ok && i < len(re.Sub); i++ {
			runs, ok = sequence(runs, re.Sub[i])
		}
		return runs, ok
	}
	return nil, false
}

// text appends the run of an ASCII text.
func text(runs []api.Run, re *syntax.Regexp) ([]api.Run, bool) {
	literal := string(re.Rune)
	ascii := strings.IndexFunc(literal, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	return append(runs, api.Run{Text: literal}), ascii && re.Flags&syntax.FoldCase == 0
}

// class appends a run of an ASCII class.
func class(runs []api.Run, re *syntax.Regexp, min, max int) ([]api.Run, bool) {
	if re.Op != syntax.OpCharClass {
		return nil, false
	}
	var set []byte
	for i := 0; i < len(re.Rune); i += 2 {
		if re.Rune[i+1] > unicode.MaxASCII {
			return nil, false
		}
		set = append(set, byte(re.Rune[i]), '-', byte(re.Rune[i+1]))
	}
	return append(runs, api.Run{Set: string(set), Min: min, Max: max}), len(set) > 0
}

// isGreedy reports whether each run can take as much as it can: what follows one
// of varying length begins with another character.
func isGreedy(runs []api.Run) bool {
	for i := 0; i+1 < len(runs); i++ {
		r, next := runs[i], runs[i+1]
		if r.Text != "" || r.Min == r.Max {
			continue
		}
		for c := range rune(unicode.MaxASCII + 1) {
			if begins(r, c) && begins(next, c) {
				return false
			}
		}
		if next.Text == "" && next.Min == 0 {
			return false
		}
	}
	return true
}

// begins reports whether a run can begin with the character.
func begins(r api.Run, c rune) bool {
	if r.Text != "" {
		return rune(r.Text[0]) == c
	}
	return api.Runs{{{Set: r.Set, Min: 1, Max: 1}}}.MatchString(string(c))
}
