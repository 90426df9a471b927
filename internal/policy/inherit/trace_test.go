package inherit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/policy/document"
	"accord/internal/policy/inherit"
)

func trace(policyType string, levels []testLevel) inherit.Traced {
	return schemaOf(policyType).Trace(parsed(policyType, levels))
}

// asValue is what was traced as the effective policy shows it.
func asValue(t inherit.Traced) any {
	switch t.Kind {
	case document.Object:
		object := map[string]any{}
		for _, p := range t.Parts {
			object[p.Name] = asValue(p)
		}
		return object
	case document.Array:
		list := []any{}
		for _, p := range t.Parts {
			list = append(list, asValue(p))
		}
		return list
	}
	return t.Text
}

// TestATraceIsTheEffectivePolicy for all vectors, and each value has an origin.
func TestATraceIsTheEffectivePolicy(t *testing.T) {
	values := 0
	for _, v := range mergeVectors(t) {
		levels := levelsOf(v.Levels)
		traced := trace(v.PolicyType, levels)
		var want any
		if err := json.Unmarshal([]byte(merge(v.PolicyType, levels, anyTime).Document), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, asValue(traced)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.ID, diff)
		}
		var look func(p inherit.Traced)
		look = func(p inherit.Traced) {
			for _, inner := range p.Parts {
				look(inner)
			}
			if p.Kind == document.Object || len(p.Parts) > 0 || p.Default {
				return
			}
			values++
			if len(p.Policies) == 0 {
				t.Errorf("%s: %q has no origin", v.ID, p.Text)
			}
			for _, id := range p.Policies {
				if !slices.ContainsFunc(levels[p.Level].Policies, func(known testPolicy) bool { return known.ID == id }) {
					t.Errorf("%s: %q is of %s, which is not of level %d", v.ID, p.Text, id, p.Level)
				}
			}
		}
		look(traced)
	}
	if values < 100 {
		t.Errorf("the vectors have %d values", values)
	}
}

// TestOriginsAreThoseThatLastChangedAValue.
func TestOriginsAreThoseThatLastChangedAValue(t *testing.T) {
	tags := func(members string) string { return `{"tags": {"a": ` + members + `}}` }
	levels := []testLevel{
		{Policies: []testPolicy{
			{ID: "root-1", Content: tags(`{"tag_key": {"@@assign": "A"}, "tag_value": {"@@assign": ["x", "y"]}}`)},
			{ID: "root-2", Content: tags(`{"tag_value": {"@@assign": ["ignored"]}, "enforced_for": {"@@assign": ["s3:bucket"]}}`)},
		}},
		{Policies: []testPolicy{{ID: "unit", Content: tags(`{"tag_value": {"@@append": ["z"], "@@remove": ["y"]}}`)}}},
		{Policies: []testPolicy{
			{ID: "account-1", Content: tags(`{"tag_value": {"@@append": ["y", "x"]}}`)},
			{ID: "account-2", Content: tags(`{"tag_value": {"@@append": ["y"]}}`)},
		}},
	}
	got := map[string]string{}
	var look func(path string, p inherit.Traced)
	look = func(path string, p inherit.Traced) {
		for _, inner := range p.Parts {
			look(path+"/"+inner.Name, inner)
		}
		if p.Kind == document.String {
			got[path+"="+p.Text] = strings.Join(p.Policies, " ")
		}
	}
	look("", trace("TAG_POLICY", levels))
	for value, want := range map[string]string{
		"/tags/a/tag_key=A": "root-1", "/tags/a/tag_value/=x": "root-1", "/tags/a/tag_value/=z": "unit",
		"/tags/a/tag_value/=y": "account-1 account-2", "/tags/a/enforced_for/=s3:bucket": "root-2",
	} {
		if got[value] != want {
			t.Errorf("%s is of %q, want %q", value, got[value], want)
		}
	}
	if len(got) != 5 {
		t.Errorf("%v", got)
	}
}
