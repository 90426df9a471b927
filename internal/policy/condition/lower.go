package condition

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// equalIgnoringCase compares the lower-case forms of two texts, which is not the same
// as to fold their case: ſ is not s. There is no normalization. [recorded]
func equalIgnoringCase(a, b string) bool {
	if isASCII(a) && isASCII(b) {
		return strings.EqualFold(a, b)
	}
	// No character has a form of another case that is four times as long. Without this, each
	// of many short operands would cost the length of the value.
	if len(a) > 4*len(b) || len(b) > 4*len(a) {
		return false
	}
	return lower(a) == lower(b)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

const (
	capitalSigma = 'Σ'
	finalSigma   = 'ς'
	dottedI      = 'İ'
)

// lower is the full lower-case form of Unicode: İ becomes two characters, and Σ at the
// end of a word becomes ς. [recorded; Unicode Standard: SpecialCasing]
func lower(text string) string {
	runes := []rune(text)
	var b strings.Builder
	// inWord says that a cased character precedes, with nothing but ignorable ones after
	// it.
	inWord := false
	for i, r := range runes {
		switch {
		case r == capitalSigma && inWord && !wordGoesOn(runes[i+1:]):
			b.WriteRune(finalSigma)
		case r == dottedI:
			b.WriteString("i\u0307")
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		if !isIgnorable(r) {
			inWord = isCased(r)
		}
	}
	return b.String()
}

// wordGoesOn reports whether a cased character follows, with nothing but ignorable ones
// before it.
func wordGoesOn(runes []rune) bool {
	for _, r := range runes {
		if !isIgnorable(r) {
			return isCased(r)
		}
	}
	return false
}

func isCased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// isIgnorable reports whether a character is within a word without being a character of
// it, such as an accent or an apostrophe.
func isIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune("'.:··՟״‘’․…‧︓﹒﹕'.:", r)
}
