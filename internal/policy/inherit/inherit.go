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

import "time"

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

// Merge merges the policies of one type into the effective policy of an account
// and validates it. Each level holds the policies of one entity on the way from
// the root (first) to the account (last), in the order of their attachment,
// oldest first. Attaching a policy again puts it last. [AWS: guide, recorded]
func (s *Schema) Merge(levels [][]Attached, now time.Time) Result {
	top := merge(s, levels).render()
	text := compact(s.Key, top)
	return Result{Document: text, Errors: report(s, top, text, levels, now)}
}
