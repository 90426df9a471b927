// Package inherit is the language of management policies: what a document of
// each type may say, how the documents on the way from the root to an account
// merge into its effective policy, and what makes an effective policy invalid.
//
// The structure of every policy type is a table in its own file; one mechanism
// each checks, merges, renders and validates by it. Service and resource
// control policies do not live here, nor does anything that is stored: where
// policies are attached, and which effective policy was the last valid one, is
// the caller's knowledge.
package inherit

import (
	"maps"
	"slices"
	"time"
)

// Policy is one attached policy.
type Policy struct {
	ID      string
	Content string
}

// Level holds the policies of one entity on the way from the root to an
// account, in the order of their attachment, oldest first. Attaching a policy
// again puts it last. [AWS: guide, recorded]
type Level struct {
	Policies []Policy
}

// Result is an effective policy and what is wrong with it.
//
// It depends on nothing but the policy type, the levels and, where a backup
// rule archives, the next runs of its schedule: accounts with the same levels
// have the same result.
type Result struct {
	// Document is the merged policy as compact JSON, "{}" when nothing applies.
	// Every member name is in lower case. Members stand in the order in which
	// the policies first name them, from the root down and in the order of
	// attachment; values that stand for missing ones come last. [assumed: the
	// order of the real service is none]
	Document string
	// Errors is empty when Document is valid. An account whose policy is
	// invalid keeps its last valid document. [recorded] They stand in the order
	// of the document.
	Errors []Error
}

// Valid says whether Document may become the view of the account.
func (r Result) Valid() bool { return len(r.Errors) == 0 }

// Error is one entry of a validation report, in the members of
// ListEffectivePolicyValidationErrors.
type Error struct {
	ErrorCode    string // one of the Code constants
	ErrorMessage string
	PathToError  string // names in lower case between slashes, such as plans/ledger/rules/daily
	// ContributingPolicies are the ids of the policies that carry a value
	// operator in the block which PathToError names, whether it acted or not,
	// in the order of the levels; empty for a policy that is too large. [recorded]
	ContributingPolicies []string
}

// The codes of validation errors. [recorded]
const (
	CodeKeyRequired     = "KEY_REQUIRED"
	CodeElementsTooFew  = "ELEMENTS_TOO_FEW"
	CodeElementsTooMany = "ELEMENTS_TOO_MANY"
	CodeCrossAttribute  = "CROSS_ATTRIBUTE_VALIDATION"
)

// Attached is a policy read by Parse, as it is attached to an entity.
type Attached struct {
	ID     string
	Parsed *Parsed
}

// Effective merges the policies of one type on the way from the root (first)
// to an account (last) and validates what comes out. It reads every content
// anew; callers with many accounts keep what Parse gives and call Merge.
//
// A type that is no management policy type has the document "{}".
func Effective(policyType string, levels []Level, now time.Time) Result {
	parsed := make([][]Attached, len(levels))
	for i, level := range levels {
		for _, policy := range level.Policies {
			parsed[i] = append(parsed[i], Attached{ID: policy.ID, Parsed: Parse(policyType, policy.Content)})
		}
	}
	return Merge(policyType, parsed, now)
}

// Merge is Effective for contents that are parsed already. It does not change
// them.
func Merge(policyType string, levels [][]Attached, now time.Time) Result {
	structure, ok := policyTypes[policyType]
	if !ok {
		return Result{Document: nothing}
	}
	top := merge(structure, levels).render()
	document := compact(structure.key, top)
	return Result{Document: document, Errors: report(structure, top, document, levels, now)}
}

// nothing is the document of an account to which no policy applies. [recorded]
const nothing = "{}"

// Types are the management policy types, in alphabetical order: the values of
// EffectivePolicyType. [AWS: model]
func Types() []string { return slices.Sorted(maps.Keys(policyTypes)) }
