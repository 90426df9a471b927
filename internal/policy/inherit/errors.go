package inherit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"accord/internal/policy/document"
)

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

// reporter walks once over an effective policy.
type reporter struct {
	levels  [][]Attached
	now     time.Time
	path    []string         // names from the top-level key to the current node
	parents []*document.Node // the containers around the current node
	errors  []Error
}

// above returns the n-th container around the current node, counted from 1.
func (r *reporter) above(n int) *document.Node { return r.parents[len(r.parents)-n] }

// conflict reports settings of the current block that exclude each other.
func (r *reporter) conflict(settings ...string) {
	r.add(CodeCrossAttribute, "Dependent fields %s in policy block %s are invalid when used together",
		strings.Join(settings, ","), r.path[len(r.path)-1])
}

// add reports an error of the current node. Every policy with a value operator
// here or below contributes to it.
func (r *reporter) add(code, format string, args ...any) {
	r.addFrom(nil, code, format, args...)
}

// addFrom reports an error with its contributors; nil means those of the
// current node. Equal errors are reported once. [recorded]
func (r *reporter) addFrom(contributors []string, code, format string, args ...any) {
	found := Error{ErrorCode: code, ErrorMessage: fmt.Sprintf(format, args...), PathToError: strings.Join(r.path, "/")}
	// Only errors of one node can be equal, and they follow each other.
	for i := len(r.errors) - 1; i >= 0 && r.errors[i].PathToError == found.PathToError; i-- {
		if r.errors[i].ErrorCode == code && r.errors[i].ErrorMessage == found.ErrorMessage {
			return
		}
	}
	found.ContributingPolicies = contributors
	if contributors == nil {
		found.ContributingPolicies = r.contributors(r.carriesHere)
	}
	r.errors = append(r.errors, found)
}

// carriesHere reports whether a policy has a value operator at the current node
// or below, whether it acted or not.
func (r *reporter) carriesHere(top *part) bool {
	for _, name := range r.path[1:] {
		if top = top.find(name); top == nil {
			return false
		}
	}
	return top.carries
}

// contributors returns the ids of the policies for which does is true, each once.
func (r *reporter) contributors(does func(top *part) bool) []string {
	ids := []string{}
	for _, level := range r.levels {
		for _, policy := range level {
			if policy.Parsed != nil && policy.Parsed.top != nil && does(policy.Parsed.top) && !slices.Contains(ids, policy.ID) {
				ids = append(ids, policy.ID)
			}
		}
	}
	return ids
}
