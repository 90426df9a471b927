package api_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
)

func TestLengthCountsCharacters(t *testing.T) {
	for _, r := range []struct {
		v        string
		min, max int
		want     api.Constraint
		ok       bool
	}{
		{"", 0, 5, 0, true},
		{"", 1, 5, api.MinLength, false},
		{"ééééé", 5, 5, 0, true},
		{"éééééé", 5, 5, api.MaxLength, false},
		{"😀", 2, 5, api.MinLength, false},
		{strings.Repeat("a", 1000), 1, -1, 0, true},
	} {
		f := api.Length(r.v, r.min, r.max)
		if (f == nil) != r.ok || f != nil && f.Constraint != r.want {
			t.Errorf("Length(%q, %d, %d) = %+v", r.v, r.min, r.max, f)
		}
	}
}

func TestRangeAndCountIncludeTheirLimits(t *testing.T) {
	for v, ok := range map[int32]bool{0: false, 1: true, 20: true, 21: false} {
		if f := api.Range(v, 1, 20); (f == nil) != ok {
			t.Errorf("Range(%d, 1, 20) = %+v", v, f)
		}
		if f := api.Count(int(v), 1, 20); (f == nil) != ok {
			t.Errorf("Count(%d, 1, 20) = %+v", v, f)
		}
	}
	if f := api.Count(1000, 0, -1); f != nil {
		t.Errorf("a list without a limit is refused: %+v", f)
	}
}

func TestAFaultKnowsItsPlace(t *testing.T) {
	f := api.Match("x", regexp.MustCompile(`^\d$`), `\d`).At("Key").In("Tags", 1).At("Request")
	want := &api.Violation{Constraint: api.Pattern, Value: "x", Want: `\d`, Path: []string{"Request", "Tags", "2", "member", "Key"}}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAReasonReplacesOnlyItsKind(t *testing.T) {
	short := func() *api.Violation { return api.Length("", 1, 5) }
	if f := short().As("R", api.Pattern); f.Reason != "" {
		t.Errorf("reason of a pattern on a length: %+v", f)
	}
	if f := short().As("R", api.Pattern, api.MinLength).Natively("N"); f.Reason != "R" || f.NativeReason != "N" {
		t.Errorf("got %+v", f)
	}
	if f := short().As("R"); f.Reason != "R" {
		t.Errorf("got %+v", f)
	}
	if f := short().AsValue("x", "R"); f.Reason != "" {
		t.Errorf("reason of another value: %+v", f)
	}
}

func TestNoFaultStaysNoFault(t *testing.T) {
	var none *api.Violation
	if f := none.At("a").In("b", 0).As("R").AsValue("", "R").Natively("N"); f != nil {
		t.Errorf("got %+v", f)
	}
}
