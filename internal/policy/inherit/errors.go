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
	PathToError  string // names of the effective policy between slashes, such as plans/ledger/rules/daily
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
	text    string           // the effective policy as JSON
	path    []string         // names from the top-level key to the current node
	keys    []string         // the same as they are compared
	parents []*document.Node // the containers around the current node
	errors  []Error
}

// name returns the name of the current node.
func (r *reporter) name() string { return r.path[len(r.path)-1] }

// above returns the n-th container around the current node, counted from 1.
func (r *reporter) above(n int) *document.Node { return r.parents[len(r.parents)-n] }

// conflict reports settings of the current block that exclude each other.
func (r *reporter) conflict(settings ...string) {
	r.add(CodeCrossAttribute, "Dependent fields %s in policy block %s are invalid when used together",
		strings.Join(settings, ","), r.name())
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
		found.ContributingPolicies = r.contributors(carriesHere)
	}
	r.errors = append(r.errors, found)
}

// carriesHere reports whether a policy has a value operator at the current node
// or below, whether it acted or not.
func carriesHere(here *part) bool { return here.carries }

// contributors returns the ids of the policies for which does is true of their part
// at the current node, each once.
func (r *reporter) contributors(does func(here *part) bool) []string {
	ids := []string{}
	for _, level := range r.levels {
		for _, policy := range level {
			if here := r.here(policy); here != nil && does(here) && !slices.Contains(ids, policy.ID) {
				ids = append(ids, policy.ID)
			}
		}
	}
	return ids
}

// here returns the part of a policy at the current node, or nil.
func (r *reporter) here(policy Attached) *part {
	if policy.Parsed == nil || policy.Parsed.document == nil {
		return nil
	}
	at := policy.Parsed.document
	for _, key := range r.keys {
		if at = at.find(key); at == nil {
			return nil
		}
	}
	return at
}
