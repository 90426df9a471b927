package main

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

// near makes texts that fit an expression.
func near(r *rand.Rand, re *syntax.Regexp) string {
	repeat := func(min, max int) string {
		var b strings.Builder
		for range min + r.IntN(max-min+1) {
			b.WriteString(near(r, re.Sub[0]))
		}
		return b.String()
	}
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		i := 2 * r.IntN(len(re.Rune)/2)
		return string(re.Rune[i] + r.Int32N(re.Rune[i+1]-re.Rune[i]+1))
	case syntax.OpCapture:
		return near(r, re.Sub[0])
	case syntax.OpStar:
		return repeat(0, 5)
	case syntax.OpPlus:
		return repeat(1, 5)
	case syntax.OpQuest:
		return repeat(0, 1)
	case syntax.OpRepeat:
		if re.Max < 0 {
			return repeat(re.Min, re.Min+5)
		}
		return repeat(re.Min, re.Max)
	case syntax.OpAlternate:
		return near(r, re.Sub[r.IntN(len(re.Sub))])
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(near(r, sub))
		}
		return b.String()
	}
	return ""
}

// changed changes a text in some places, mostly so that it no longer fits.
func changed(r *rand.Rand, text string) string {
	parts := []string{"", "a", "Z", "0", "-", "_", "/", ":", "{", "`", "@", "[", "\n", "\x00", "\x7f", "\xff", "é", "٣", "K", "😀", "\ufffd", text}
	for range r.IntN(3) {
		from := r.IntN(len(text) + 1)
		to := from + r.IntN(min(3, len(text)-from+1))
		text = text[:from] + parts[r.IntN(len(parts))] + text[to:]
	}
	if r.IntN(8) == 0 {
		text += "\n"
	}
	return text
}

// agree compares the runs of a pattern with its regular expression.
func agree(t *testing.T, r *rand.Rand, pattern string) bool {
	t.Helper()
	runs, simple := runsOf(pattern)
	if !simple {
		return false
	}
	expression := regexp.MustCompile(pattern)
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	for range 3000 {
		text := changed(r, near(r, parsed))
		if got, want := runs.MatchString(text), expression.MatchString(text); got != want {
			t.Fatalf("%s: %q fits: %v, want %v; runs %v", pattern, text, got, want, runs)
		}
	}
	return true
}

// TestRunsAgreeWithRegularExpressions: for each pattern of the models, on texts
// that fit and on texts that nearly do.
func TestRunsAgreeWithRegularExpressions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	simple := map[string]bool{}
	for _, service := range []string{"organizations", "sts"} {
		m, err := Load("../../model", service)
		if err != nil {
			t.Fatal(err)
		}
		for name, shape := range m.Shapes {
			if shape.Pattern != "" && agree(t, r, wholePattern(shape.Pattern)) {
				simple[name] = true
			}
		}
	}
	for _, name := range []string{
		"AccountId", "ChildId", "CreateAccountName", "CreateAccountRequestId", "HandshakeId", "OrganizationId", "OrganizationalUnitId",
		"ParentId", "PolicyId", "PolicyTargetId", "ResponsibilityTransferId", "ResponsibilityTransferName", "RoleName", "RootId",
		"ServicePrincipal", "TaggableResourceId", "accessKeyIdType", "roleSessionNameType", "tokenCodeType",
	} {
		if !simple[name] {
			t.Errorf("%s needs a regular expression", name)
		}
	}
}

func TestOnlySimplePatternsBecomeRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for pattern, simple := range map[string]bool{
		`^(?:\d{12})$`: true, `^(?:[ab]+c)$`: true, `^(?:(ab)|(ac)|(d[0-9]{0,2}))$`: true, `^(?:a[0-9]{2}[0-9]{3})$`: true,
		// What a run takes could belong to the next.
		`^(?:[a-z]+a)$`: false, `^(?:[a-z]{1,2}[a-c])$`: false, `^(?:[a-z]*[0-9]*a)$`: false,
		// Not ASCII, not anchored, or of another form.
		`^(?:é)$`: false, `^(?:[à-ü]+)$`: false, `^(?:[^a])$`: false, `^(?:.)$`: false, `^(?:(?i)a)$`: false, `a`: false, `^a`: false,
		`^(?:a^b)$`: false, `^(?:a\b)$`: false, `^(?:(ab)*)$`: false, `^(?:a(b|cd)e)$`: false, `(?m)^a$`: false, `^(?:[^\x00-\x{10FFFF}])$`: false, `(`: false,
	} {
		if got := agree(t, r, pattern); got != simple {
			t.Errorf("%s became runs: %v", pattern, got)
		}
	}
}

func FuzzRunsAgreeWithRegularExpressions(f *testing.F) {
	f.Add(`(r-[0-9a-z]{4,8})|(\d{12})`, "r-abcd")
	f.Add(`[\w+=,.@-]*`, "a@b\n")
	f.Add(`ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}`, "ou-abcd-abcdefgh\x00")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		pattern = wholePattern(pattern)
		runs, simple := runsOf(pattern)
		if !simple {
			return
		}
		if got, want := runs.MatchString(text), regexp.MustCompile(pattern).MatchString(text); got != want {
			t.Errorf("%s: %q fits: %v, want %v; runs %v", pattern, text, got, want, runs)
		}
	})
}
