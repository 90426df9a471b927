// Package ident holds the identifiers of AWS Organizations: one type for each, so
// that they cannot be confused, their ARNs and paths, and the random source that
// makes them.
//
// It validates no input: the patterns of requests belong to the interface model.
package ident

import "strings"

// The identifiers. Each is the text that clients see, prefix included.
type (
	// AccountID is twelve digits.
	AccountID string
	// OrganizationID is "o-" and ten characters.
	OrganizationID string
	// RootID is "r-" and four characters.
	RootID string
	// UnitID is "ou-", the characters of the root, "-" and eight characters.
	UnitID string
	// ParentID is the id of a root or of an organizational unit.
	ParentID string
	// TargetID is the id of what policies are attached to: a root, a unit or an
	// account.
	TargetID string
	// HandshakeID is "h-" and 32 hex digits.
	HandshakeID string
	// CreationID is the id of a CreateAccount request: "car-" and 32 hex digits.
	CreationID string
	// PolicyID is "p-" and eight or more characters.
	PolicyID string
	// ResourcePolicyID is "rp-" and eight characters.
	ResourcePolicyID string
	// TransferID is the id of a responsibility transfer: "rt-" and eight characters.
	TransferID string
)

// Parent returns the id as that of a parent of accounts and units.
func (id RootID) Parent() ParentID { return ParentID(id) }

// Parent returns the id as that of a parent of accounts and units.
func (id UnitID) Parent() ParentID { return ParentID(id) }

// IsRoot reports whether the parent is a root.
func (id ParentID) IsRoot() bool { return strings.HasPrefix(string(id), "r-") }

// Target returns the id as that of a target of policies.
func (id RootID) Target() TargetID { return TargetID(id) }

// Target returns the id as that of a target of policies.
func (id UnitID) Target() TargetID { return TargetID(id) }

// Target returns the id as that of a target of policies.
func (id AccountID) Target() TargetID { return TargetID(id) }

// Valid reports whether the ID has twelve digits.
func (id AccountID) Valid() bool {
	return len(id) == 12 && strings.Trim(string(id), "0123456789") == ""
}

// IsAccount reports whether the target is an account.
func (id TargetID) IsAccount() bool { return !strings.Contains(string(id), "-") }

// Email is the address of an account's root user, as it was written.
type Email string

// Key returns the form in which addresses compare: A to Z in lower case, and
// nothing else changed [assumed: the service publishes no rule].
func (e Email) Key() string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, string(e))
}
