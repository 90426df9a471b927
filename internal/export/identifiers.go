package export

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// named is what gets an identifier: one that is made of its name, and of its ID too where
// something older has that of the name.
type named struct {
	name, id string
	// since is when it was made; zero if that is not known, which counts as later.
	since time.Time
	set   *string
}

// identify gives identifiers that are unique without regard to case. Each depends on what is
// older alone, or stands before it: what is added later renames nothing.
func identify(all []named, form func(name string) string, join string) {
	slices.SortStableFunc(all, func(a, b named) int {
		if a.since.IsZero() != b.since.IsZero() {
			return b.since.Compare(a.since)
		}
		return a.since.Compare(b.since)
	})
	taken := map[string]bool{}
	for _, n := range all {
		unique := form(n.name)
		if taken[strings.ToLower(unique)] && n.id != "" {
			// The last part of an ID tells those of a kind apart.
			unique += join + keep(n.id[strings.LastIndexByte(n.id, '-')+1:], isASCII, "")
		}
		base := unique
		for k := 2; taken[strings.ToLower(unique)]; k++ {
			unique = base + join + strconv.Itoa(k)
		}
		taken[strings.ToLower(unique)] = true
		*n.set = unique
	}
}

// longestIdentifier bounds what a name adds to an identifier, in characters.
const longestIdentifier = 60

// keep replaces each run of characters that are not wanted.
func keep(name string, wanted func(r rune) bool, by string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(name, " ") {
		switch {
		case n == longestIdentifier:
			return b.String()
		case wanted(r):
			b.WriteRune(r)
			n++
		case b.Len() > 0 && !strings.HasSuffix(b.String(), by):
			b.WriteString(by)
			n++
		}
	}
	return strings.TrimSuffix(b.String(), by)
}

func isASCII(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// snake makes identifiers such as deny_leaving. One that would not begin with a letter gets
// a word before it.
func snake(word string) func(name string) string {
	return func(name string) string {
		s := keep(strings.ToLower(name), func(r rune) bool { return isASCII(r) || r > unicode.MaxASCII && unicode.IsLetter(r) }, "_")
		switch {
		case s == "":
			return word
		case '0' <= s[0] && s[0] <= '9':
			return word + "_" + s
		}
		return s
	}
}

// pascal makes identifiers such as DenyLeavingPolicy, of ASCII characters and digits.
func pascal(name string) string {
	var b strings.Builder
	for part := range strings.FieldsSeq(keep(name, isASCII, " ")) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	if s := b.String(); s == "" || '0' <= s[0] && s[0] <= '9' {
		return "N" + s
	}
	return b.String()
}
