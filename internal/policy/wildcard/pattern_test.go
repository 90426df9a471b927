package wildcard_test

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"accord/internal/policy/wildcard"
)

// [AWS: IAM JSON policy elements; recorded: ? is one UTF-16 unit, no escapes and no
// classes of characters]
func TestPatternsMatch(t *testing.T) {
	long := strings.Repeat("a", 70)
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"a", "", false}, {"a", "a", true}, {"a", "A", false},
		{"*", "", true}, {"*", "any\nthing", true}, {"**", "", true}, {"?", "", false}, {"?", "a", true}, {"?", "ab", false}, {"?*", "", false}, {"*?", "a", true},
		{"a*", "a", true}, {"a*", "b", false}, {"*a", "ba", true}, {"*a", "ab", false}, {"a*a", "a", false}, {"a*a", "aa", true},
		{"a*b*c", "abc", true}, {"a*b*c", "axxbxxc", true}, {"a*b*c", "acb", false}, {"*ab*ab*", "abab", true}, {"*ab*ab*", "aba", false},
		{"a?c", "abc", true}, {"*a?c*", "xxabxabcx", true}, {"*a?c", "abcd", false}, {"*a??", "aaab", true}, {"a*?b", "ab", false}, {"a*?b", "axb", true},
		{"[a]", "a", false}, {"[a]", "[a]", true}, {`a\*b`, "a*b", false}, {`a\*b`, `a\xb`, true},
		{"a?b", "a😀b", false}, {"a??b", "a😀b", true}, {"a*?b", "a😀b", true}, {"😀?", "😀x", true}, {"😀?", "😀😀", false}, {"*?😀*", "é😀", true}, {"*?😀*", "😀", false},
		{"?", "é", true}, {"é*?ß", "é世ß", true}, {"??", "é", false}, {"*é?*", "aéb", true}, {"*é?*", "bé", false}, {"?*?", "😀", true},
		{"*" + long + "?b*", "x" + long + "cb", true}, {"*" + long + "?b*", "x" + long + "bc", false}, {"*" + long + "?b*", "b" + long + long + "ab" + long, true},
	} {
		if got := wildcard.Compile(c.pattern).Match(c.text); got != c.want {
			t.Errorf("%q matches %q: %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
}

func TestLiteralsHaveNoWildcards(t *testing.T) {
	for _, c := range []struct {
		pieces []wildcard.Pattern
		text   string
		want   bool
	}{
		{[]wildcard.Pattern{wildcard.Literal("*?")}, "*?", true},
		{[]wildcard.Pattern{wildcard.Literal("*?")}, "ab", false},
		{[]wildcard.Pattern{wildcard.Part("a*"), wildcard.Literal("*"), wildcard.Part("?")}, "abc*d", true},
		{[]wildcard.Pattern{wildcard.Part("a*"), wildcard.Literal("*"), wildcard.Part("?")}, "abcd", false},
		{[]wildcard.Pattern{wildcard.Literal("\xff\xfe")}, "any text", false},
		{[]wildcard.Pattern{wildcard.Literal("\xff")}, "\uFFFD", true},
		{nil, "", true},
	} {
		if got := wildcard.Join(c.pieces...).Match(c.text); got != c.want {
			t.Errorf("%q matches %q: %v, want %v", c.pieces, c.text, got, c.want)
		}
	}
	if !wildcard.Compile("***").MatchesAll() || wildcard.Compile("?*").MatchesAll() || wildcard.Literal("*").MatchesAll() {
		t.Error("only patterns of * match all")
	}
	if wildcard.Compile("a?").IsLiteral() || wildcard.Compile("a*").IsLiteral() || !wildcard.Literal("*").IsLiteral() {
		t.Error("literals have no wildcards")
	}
}

// naive compares units one by one, with backtracking.
func naive(pattern []rune, text []uint16) bool {
	switch {
	case len(pattern) == 0:
		return len(text) == 0
	case pattern[0] == '*':
		return naive(pattern[1:], text) || len(text) > 0 && naive(pattern, text[1:])
	case pattern[0] == '?':
		return len(text) > 0 && naive(pattern[1:], text[1:])
	}
	units := utf16.Encode(pattern[:1])
	return len(text) >= len(units) && string(utf16.Decode(text[:len(units)])) == string(pattern[:1]) && naive(pattern[1:], text[len(units):])
}

func TestMatchingAgreesWithBacktracking(t *testing.T) {
	letters := []rune("aabbé😀😁")
	matched := 0
	rapid.Check(t, func(rt *rapid.T) {
		pattern := rapid.SliceOfN(rapid.SampledFrom(append(letters, '*', '*', '?', '?')), 0, 8).Draw(rt, "pattern")
		text := rapid.SliceOfN(rapid.SampledFrom(letters), 0, 8).Draw(rt, "text")
		if rapid.Bool().Draw(rt, "long") {
			// A segment of more than 64 bytes.
			prefix := []rune(strings.Repeat("ab", 40))
			pattern, text = append(append([]rune("*"), prefix...), pattern...), append([]rune("ab"), append(prefix, text...)...)
		}
		want := naive(pattern, utf16.Encode(text))
		if got := wildcard.Compile(string(pattern)).Match(string(text)); got != want {
			rt.Fatalf("%q matches %q: %v, want %v", string(pattern), string(text), got, want)
		}
		if want {
			matched++
		}
	})
	if matched == 0 {
		t.Error("no pattern matched")
	}
}

// most is the bound of the steps for a pattern and a text.
func most(pattern, text string) int {
	n, m := len(text), len(pattern)
	for i := range n {
		if text[i] >= utf8.RuneSelf {
			// Each unit is compared as three bytes.
			return bound(3*n, 3*m) + 3*(n+m)
		}
	}
	return bound(n, m)
}

// bound is one step for each byte of the text and 64 bytes of the pattern, and the masks
// of long segments.
func bound(n, m int) int { return (n+256)*(m/64+2) + 2*m }

func TestTheWorkIsBounded(t *testing.T) {
	for _, c := range []struct{ pattern, text string }{
		{strings.Repeat("a*", 5000), strings.Repeat("a", 4000)},
		{strings.Repeat("*a", 2000) + "b", strings.Repeat("a", 4000)},
		{strings.Repeat("*a?", 2000) + "b", strings.Repeat("a", 6000)},
		{"*" + strings.Repeat("a?", 1000) + "b*", strings.Repeat("a", 4000)},
		{"*" + strings.Repeat("a", 1000) + "b?*", strings.Repeat("a", 4000)},
		{"*" + strings.Repeat("a", 2000) + "b*", strings.Repeat("a", 4000)},
		{"*" + strings.Repeat("😀?", 300) + "b*", strings.Repeat("😀", 1000)},
		{strings.Repeat("?", 4000) + "b", strings.Repeat("a", 4001)},
	} {
		steps, most := wildcard.Compile(c.pattern).Steps(c.text), most(c.pattern, c.text)
		if steps > most {
			t.Errorf("%.20q with %.20q takes %d steps, at most %d are allowed", c.pattern, c.text, steps, most)
		}
		t.Logf("evidence: %.20q…, %d bytes, with a text of %d bytes: %d steps of at most %d", c.pattern, len(c.pattern), len(c.text), steps, most)
	}
}

// The control: a search that returns to the last * takes the product of the lengths.
func TestTheBoundSeesBacktracking(t *testing.T) {
	pattern, text := "*"+strings.Repeat("a?", 1000)+"b", strings.Repeat("a", 4000)
	steps := 0
	for start := range text {
		for i := 0; i < len(pattern)-1 && start+i < len(text); i++ {
			steps++
			if p := pattern[1+i]; p != '?' && p != text[start+i] {
				break
			}
		}
	}
	t.Logf("evidence: backtracking takes %d steps, the bound is %d", steps, most(pattern, text))
	if steps <= most(pattern, text) {
		t.Errorf("backtracking takes %d steps, which is within the bound of %d", steps, most(pattern, text))
	}
}

func FuzzPatterns(f *testing.F) {
	f.Add("a*?b*", "axxb")
	f.Add("*😀?*", "a😀b")
	f.Add(strings.Repeat("*a?", 50), strings.Repeat("a", 200))
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p := wildcard.Compile(pattern)
		if steps, most := p.Steps(text), most(pattern, text); steps > most {
			t.Fatalf("%d steps, at most %d are allowed", steps, most)
		}
		if utf8.ValidString(pattern) && utf8.ValidString(text) {
			if !wildcard.Literal(text).Match(text) || !wildcard.Join(wildcard.Part("*"), wildcard.Literal(text), wildcard.Part("*")).Match(text) {
				t.Fatal("the text does not match itself")
			}
			if len(pattern)+len(text) < 24 && p.Match(text) != naive([]rune(pattern), utf16.Encode([]rune(text))) {
				t.Fatalf("%q matches %q: %v", pattern, text, p.Match(text))
			}
		}
	})
}

// Matching the usual patterns needs no memory.
func TestMatchingDoesNotAllocate(t *testing.T) {
	p := wildcard.Compile("arn:*:role/a?b-*-end")
	if n := testing.AllocsPerRun(10, func() { p.Match("arn:aws:iam::111111111111:role/a-b-c-end") }); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}
