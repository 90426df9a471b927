package main

import (
	"regexp"
	"strings"
)

// matchesAnything are the patterns that no text breaks.
var matchesAnything = map[string]bool{"": true, `[\s\S]*`: true}

var codePoint = regexp.MustCompile(`\\u([0-9A-Fa-f]{4,6})`)

// wholePattern turns a pattern of the model into one of Go that holds for the
// whole text.
//
// AWS writes alternations as ^a|b$, where each anchor belongs to one branch
// only; what is meant is that every branch fills the whole text. So anchors
// inside are dropped and the whole is anchored. Code points are written \uXXXX,
// with up to six digits.
func wholePattern(pattern string) string {
	return `^(?:` + codePoint.ReplaceAllString(withoutAnchors(pattern), `\x{$1}`) + `)$`
}

// withoutAnchors drops ^ and $ where they are anchors: not escaped, and not in
// a character class.
func withoutAnchors(pattern string) string {
	var b strings.Builder
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			b.WriteString(pattern[i : i+2])
			i++
			continue
		case c == '[':
			class = true
		case c == ']':
			class = false
		case !class && (c == '^' || c == '$'):
			continue
		}
		b.WriteByte(pattern[i])
	}
	return b.String()
}
