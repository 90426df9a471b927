package internal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// incomplete are the decisions that do not have the fields of the template yet.
var incomplete []int

// TestDecisionsAreComplete: each decision has the fields of the template in
// docs/decisions/README.md.
func TestDecisionsAreComplete(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs/decisions/[0-9]*.md"))
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d decisions, %v: the search is broken", len(pages), err)
	}
	for i, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(page)
		if !strings.HasPrefix(name, fmt.Sprintf("%04d-", i+1)) {
			t.Errorf("%s: number %d is missing or there twice", name, i+1)
		}
		missing := missingFields(i+1, string(text))
		if excused := slices.Contains(incomplete, i+1); excused && missing == nil {
			t.Errorf("%s is complete: its exception goes", name)
		} else if !excused && missing != nil {
			t.Errorf("%s lacks %s", name, strings.Join(missing, ", "))
		}
	}
}

// missingFields are the parts of the template that a decision lacks.
func missingFields(number int, text string) (missing []string) {
	for _, field := range []struct{ name, pattern string }{
		{"its title with its number", fmt.Sprintf(`\A# %d\. \S`, number)},
		{"a status", `(?m)^Status: (proposed|accepted|superseded by \d+)`},
		{"a date", `(?m)^Date: \d{4}-\d{2}-\d{2}`},
	} {
		if !regexp.MustCompile(field.pattern).MatchString(text) {
			missing = append(missing, field.name)
		}
	}
	for _, section := range []string{"Context", "Decision", "Alternatives", "Consequences"} {
		_, after, found := strings.Cut(text, "\n## "+section)
		body, _, _ := strings.Cut(after, "\n## ")
		if _, body, _ = strings.Cut(body, "\n"); !found || strings.TrimSpace(body) == "" {
			missing = append(missing, "the section "+section)
		}
	}
	return missing
}

func TestMissingFieldsAreFound(t *testing.T) {
	const whole = "# 1. Title\n\nStatus: accepted\nDate: 2026-11-21\n\n## Context\n\na\n\n## Decision\n\nb\n\n## Alternatives\n\nc\n\n## Consequences\n\nd\n"
	if missing := missingFields(1, whole); missing != nil {
		t.Errorf("%v are said to be missing", missing)
	}
	for _, part := range []string{"# 1", "Status: accepted", "Date: 2026", "## Context", "\nb\n", "## Alternatives", "\nd\n"} {
		if missing := missingFields(1, strings.Replace(whole, part, "", 1)); len(missing) == 0 {
			t.Errorf("without %q nothing is missing", part)
		}
	}
}
