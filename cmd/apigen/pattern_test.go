package main

import (
	"regexp"
	"testing"
)

func TestPatternsHoldForTheWholeText(t *testing.T) {
	for _, r := range []struct {
		pattern  string
		yes, not []string
	}{
		{`^(a)|(b)$`, []string{"a", "b"}, []string{"ax", "xb", "", "ab"}},
		{`^(r-x)|(^p-y)$`, []string{"r-x", "p-y"}, []string{"r-xp-y", "zp-y"}},
		{`[^\s@]+@[^\s@]+`, []string{"a@b"}, []string{"a@b c", "@b", "a@b\n"}},
		{`a\$\^`, []string{"a$^"}, []string{"a"}},
		{`[$^]`, []string{"$", "^"}, []string{"", "a"}},
		{`[\]^]+`, []string{"]^"}, []string{"a"}},
		{`[\u0020-\u007E]+`, []string{" ~"}, []string{"é", ""}},
		{`[\u10000-\u10FFFF]`, []string{"😀"}, []string{"0", "F", "é"}},
		{`\d{12}`, []string{"000000000000"}, []string{"0000000000000"}},
	} {
		re, err := regexp.Compile(wholePattern(r.pattern))
		if err != nil {
			t.Errorf("%s: %v", r.pattern, err)
			continue
		}
		for _, v := range r.yes {
			if !re.MatchString(v) {
				t.Errorf("%s as %s refuses %q", r.pattern, re, v)
			}
		}
		for _, v := range r.not {
			if re.MatchString(v) {
				t.Errorf("%s as %s takes %q", r.pattern, re, v)
			}
		}
	}
}
