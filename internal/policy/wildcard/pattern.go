// Package wildcard matches texts with the patterns of policies, in which * is any
// number of characters and ? is one.
//
// The package knows no ARNs, actions or variables: a pattern is a text, and what it
// matches is another.
package wildcard

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Pattern is a text with wildcards. Matching needs no memory and no preparation but
// that of Compile. The zero value matches the empty text.
//
// Within a pattern, the wildcards are bytes that no text in UTF-8 has, so that a * or
// a ? can also be itself.
type Pattern string

// wildcards maps the spelling of a wildcard to its byte.
var wildcards = strings.NewReplacer("*", string([]byte{many}), "?", string([]byte{one}))

// All is the pattern that matches every text.
var All = Compile("*")

// Compile returns the pattern in which * and ? are wildcards. There is no escape and no
// class of characters. [recorded]
func Compile(text string) Pattern { return Join(Part(text)) }

// Literal returns the pattern that matches exactly the text. In an invalid text, which
// no document has, each invalid byte is U+FFFD.
func Literal(text string) Pattern {
	return Pattern(strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// Part returns a piece of a pattern with wildcards, to be joined with others.
func Part(text string) Pattern { return Pattern(wildcards.Replace(string(Literal(text)))) }

// Join returns the pattern of several pieces one after the other.
func Join(pieces ...Pattern) Pattern {
	length := 0
	for _, piece := range pieces {
		length += len(piece)
	}
	joined := make([]byte, 0, length)
	for _, piece := range pieces {
		for i := range len(piece) {
			// In a run of wildcards each ? comes first, and one * is enough: what follows
			// a * never begins with a wildcard.
			switch last := len(joined) - 1; {
			case last >= 0 && joined[last] == many && piece[i] == many:
			case last >= 0 && joined[last] == many && piece[i] == one:
				joined[last] = one
				joined = append(joined, many)
			default:
				joined = append(joined, piece[i])
			}
		}
	}
	return Pattern(joined)
}

// MatchesAll reports whether the pattern is * alone.
func (p Pattern) MatchesAll() bool { return p == All }

// IsLiteral reports whether the pattern has no wildcards.
func (p Pattern) IsLiteral() bool {
	return strings.IndexByte(string(p), many) < 0 && strings.IndexByte(string(p), one) < 0
}

// Match reports whether the pattern matches the whole text. Its work is at most the
// length of the text, times two more than the 64th part of the pattern.
func (p Pattern) Match(text string) bool {
	var w work
	return p.match(text, &w)
}

// Steps returns how many steps Match takes: comparisons of bytes, and words of 64 bits.
func (p Pattern) Steps(text string) int {
	var w work
	p.match(text, &w)
	return int(w)
}

func (p Pattern) match(text string, w *work) bool {
	if strings.IndexByte(string(p), one) >= 0 {
		*w += work(len(text))
		if !isASCII(text) {
			*w += work(unitLength * (len(p) + len(text)))
			return match(inUnits(string(p)), inUnits(text), w)
		}
	}
	return match(string(p), text, w)
}

// match matches bytes. The text between the first and the last * holds the segments of
// the pattern in their order if it holds the first occurrence of each after that of the
// one before.
func match(pattern, text string, w *work) bool {
	prefix, rest, open := strings.Cut(pattern, string(All))
	if !open {
		return len(pattern) == len(text) && equal(pattern, text, w)
	}
	end := strings.LastIndexByte(rest, many) + 1
	segments, suffix := rest[:end], rest[end:]
	if len(prefix)+len(suffix) > len(text) {
		return false
	}
	inner := len(text) - len(suffix)
	if !equal(prefix, text[:len(prefix)], w) || !equal(suffix, text[inner:], w) {
		return false
	}
	text = text[len(prefix):inner]
	for segments != "" {
		i := strings.IndexByte(segments, many)
		at := index(text, segments[:i], w)
		if at < 0 {
			return false
		}
		text, segments = text[at+i:], segments[i+1:]
	}
	return true
}

// equal compares a segment with a text of its length.
func equal(segment, text string, w *work) bool {
	*w += work(len(segment))
	for i := range len(segment) {
		if segment[i] != one && segment[i] != text[i] {
			return false
		}
	}
	return true
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unitLength is the number of bytes of one UTF-16 unit in a text that inUnits writes.
const unitLength = 3

// inUnits writes each UTF-16 unit of a text, or of a pattern, in as many bytes, of which
// the first differs from all others, so that equal bytes are equal units. It is the
// three-byte form of UTF-8, also for units that have a shorter one or none.
func inUnits(text string) string {
	b := make([]byte, 0, unitLength*len(text))
	unit := func(u rune) { b = append(b, 0xe0|byte(u>>12), 0x80|byte(u>>6)&0x3f, 0x80|byte(u)&0x3f) }
	for i, r := range text {
		switch first, second := utf16.EncodeRune(r); {
		case text[i] == many:
			b = append(b, many)
		case text[i] == one:
			b = append(b, one, one, one)
		case first == utf8.RuneError:
			unit(r)
		default:
			unit(first)
			unit(second)
		}
	}
	return string(b)
}
