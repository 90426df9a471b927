// Package inherit is the language of management policies. It checks documents,
// merges the documents on the path from the root to an account into the effective
// policy of the account, and validates effective policies.
//
// Each policy type has a table of its structure, in a file of its own. The check,
// the merge and the validation are general and read that table. Service and
// resource control policies do not live here. The package stores nothing: callers
// know where policies are attached, and which effective policy was the last valid
// one.
package inherit

import "time"

// Result is an effective policy and its validation errors.
//
// It depends only on the policy type, on the levels and, if a backup rule
// archives, on the next runs of its schedule: accounts with the same levels have
// the same result.
type Result struct {
	// Document is the merged policy as compact JSON, "{}" when nothing applies.
	// Member names are in lower case, except for those that a policy type keeps
	// as they were written. Members are in the order in which the policies first name them, from the root down and in the order of
	// attachment; defaults of missing values come last. [assumed: the real
	// service has no order]
	Document string
	// Errors is empty when Document is valid. An account whose policy is
	// invalid keeps its last valid document. [recorded] Errors are in the order
	// of the document.
	Errors []Error
}

// Valid reports whether Document may become the effective policy of the account.
func (r Result) Valid() bool { return len(r.Errors) == 0 }

// Merge merges the policies of one type into the effective policy of an account
// and validates it. Each level holds the policies of one entity on the path from
// the root (first) to the account (last), in the order of their attachment,
// oldest first. A policy that is attached again comes last. [AWS: guide, recorded]
func (s *Schema) Merge(levels [][]Attached, now time.Time) Result {
	whole := merge(s, levels).render()
	text := compact(whole)
	return Result{Document: text, Errors: validate(s, whole, text, levels, now)}
}
