package inherit_test

import (
	"time"

	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/document"
	"accord/internal/policy/inherit"
)

// testPolicy is an attached policy whose content is not parsed yet.
type testPolicy struct{ ID, Content string }

// testLevel holds the policies of one entity, in the order of attachment.
type testLevel struct{ Policies []testPolicy }

// schemaOf is nil unless the type is a management policy type.
func schemaOf(policyType string) *inherit.Schema {
	if d := policy.DefinitionOf(org.PolicyType(policyType)); d != nil {
		return d.Schema
	}
	return nil
}

func check(policyType, content string, now time.Time) *document.Diagnostic {
	return schemaOf(policyType).Check(content, inherit.Facts{Now: now})
}

// merge parses the policies of the levels and merges them.
func merge(policyType string, levels []testLevel, now time.Time) inherit.Result {
	return schemaOf(policyType).Merge(parsed(policyType, levels), now)
}

func parsed(policyType string, levels []testLevel) [][]inherit.Attached {
	attached := make([][]inherit.Attached, len(levels))
	for i, level := range levels {
		for _, p := range level.Policies {
			attached[i] = append(attached[i], inherit.Attached{ID: p.ID, Parsed: schemaOf(policyType).Parse(p.Content)})
		}
	}
	return attached
}
