package inherit_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// FuzzCheck asks that any content gets a verdict with a place, and the same
// verdict each time.
func FuzzCheck(f *testing.F) {
	for _, v := range admissionVectors(f) {
		f.Add(v.PolicyType, v.Content, v.At.Unix())
	}
	f.Fuzz(func(t *testing.T, policyType, content string, seconds int64) {
		if schemaOf(policyType) == nil {
			return
		}
		now := time.Unix(seconds%(1<<40), 0)
		mistake := check(policyType, content, now)
		if mistake == nil {
			if !json.Valid([]byte(content)) {
				t.Fatalf("accepted, but no JSON: %q", content)
			}
			return
		}
		if mistake.Line < 1 || mistake.Column < 1 || !strings.HasPrefix(mistake.Path, "$") || mistake.Message == "" {
			t.Fatalf("a mistake without a place: %+v", mistake)
		}
		if again := check(policyType, content, now); *again != *mistake {
			t.Fatalf("%v, then %v", mistake, again)
		}
	})
}

// FuzzEffective asks that any contents merge into one JSON object, whether a
// check accepted them or not.
func FuzzEffective(f *testing.F) {
	for _, v := range mergeVectors(f) {
		var contents []string
		for _, level := range levelsOf(v.Levels) {
			for _, policy := range level.Policies {
				contents = append(contents, policy.Content)
			}
		}
		for len(contents) < 3 {
			contents = append(contents, "{}")
		}
		f.Add(v.PolicyType, contents[0], contents[1], contents[2])
	}
	f.Fuzz(func(t *testing.T, policyType, first, second, third string) {
		if schemaOf(policyType) == nil {
			return
		}
		levels := []testLevel{at(first, second), {}, at(third)}
		result := merge(policyType, levels, anyTime)
		var document map[string]any
		if err := json.Unmarshal([]byte(result.Document), &document); err != nil {
			t.Fatalf("%s: %v", result.Document, err)
		}
		for _, e := range result.Errors {
			if e.ErrorCode == "" || e.ErrorMessage == "" || e.PathToError == "" || e.ContributingPolicies == nil {
				t.Fatalf("an incomplete error: %+v", e)
			}
		}
		if again := merge(policyType, levels, anyTime); again.Document != result.Document {
			t.Fatalf("%s, then %s", result.Document, again.Document)
		}
	})
}
