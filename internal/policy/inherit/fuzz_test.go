package inherit_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// FuzzCheck checks that any content has a result with a position, and the same
// result each time.
func FuzzCheck(f *testing.F) {
	for _, v := range admissionVectors(f) {
		f.Add(v.PolicyType, v.Content, v.At.Unix())
	}
	f.Fuzz(func(t *testing.T, policyType, content string, seconds int64) {
		if schemaOf(policyType) == nil {
			return
		}
		now := time.Unix(seconds%(1<<40), 0)
		diagnostic := check(policyType, content, now)
		if diagnostic == nil {
			if !json.Valid([]byte(content)) {
				t.Fatalf("accepted, but not valid JSON: %q", content)
			}
			return
		}
		if diagnostic.Line < 1 || diagnostic.Column < 1 || !strings.HasPrefix(diagnostic.Path, "$") || diagnostic.Message == "" {
			t.Fatalf("a diagnostic without a position: %+v", diagnostic)
		}
		if again := check(policyType, content, now); *again != *diagnostic {
			t.Fatalf("%v, then %v", diagnostic, again)
		}
	})
}

// FuzzMerge checks that any contents merge into one JSON object, even if a check
// rejects them.
func FuzzMerge(f *testing.F) {
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
