package policy_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"accord/internal/policy"
)

// TestTheDocumentationHasTheTableOfTypes compares docs/policies.md with the table.
func TestTheDocumentationHasTheTableOfTypes(t *testing.T) {
	page, err := os.ReadFile("../../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	orDash := func(text string) string {
		if text == "" {
			return "–"
		}
		return "`" + text + "`"
	}
	var rows strings.Builder
	for _, d := range policy.Types {
		q := d.Quotas
		key := "any one"
		if d.TopLevelKey() != "" {
			key = orDash(d.TopLevelKey())
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s | %d–%d | %s | %s | %s |\n", d.Type, spaced(q.Size.Default), spaced(q.Policies.Default),
			d.MinAttached, q.Attachments.Default, key, orDash(string(d.ServicePrincipal)), orDash(string(d.Default)))
	}
	if !strings.Contains(string(page), "|\n"+rows.String()+"\n") {
		t.Errorf("docs/policies.md does not have these rows:\n%s", &rows)
	}
}

// spaced writes a number with a space before the last three digits.
func spaced(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%d %03d", n/1000, n%1000)
}
