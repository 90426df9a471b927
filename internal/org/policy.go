package org

import (
	"time"

	"accord/internal/ident"
)

// PolicyType is the name of a policy type, as on the wire. Package policy holds
// the table of the types.
type PolicyType string

// Policy is a document that can be attached to roots, units and accounts.
type Policy struct {
	ID           ident.PolicyID
	Organization ident.OrganizationID
	Type         PolicyType
	Name         string
	Description  string
	// Content is the document as the service returns it; lists leave it out.
	Content string
	// Digest is equal for equal contents.
	Digest string
	// Position is the position in the order of creation, above zero.
	Position int64
	// Managed policies are those of AWS: they cannot be changed and belong to no
	// organization. Only ID, Type, Name, Description and Content are set.
	Managed bool
}

// EnabledPolicyType is a policy type that is enabled in the root.
type EnabledPolicyType struct {
	Type PolicyType
	// EnablementID is a number that no other enablement of the organization has. What
	// is attached belongs to one enablement and ends with it.
	EnablementID int64
	Since        time.Time
}

// Attachment is a policy directly on a root, unit or account.
type Attachment struct {
	Target ident.TargetID
	Policy ident.PolicyID
	// Detached says the opposite: that the default policy of the type, which is
	// attached to everything without a row, was detached from the target.
	Detached bool
	// Position is the position in the order of attachment, above zero.
	Position int64
}

// EffectivePolicy is what remains, for the accounts at and below a root, unit or
// account, of the management policies of one type on the path to it. It is
// stored for the targets that policies of the type are attached to; the one that is
// stored deepest on the path of an account is the account's.
type EffectivePolicy struct {
	Target ident.TargetID
	// Path is that of the target, with a slash at its end.
	Path string
	// Applies is false where no policy of the type is attached on the way.
	Applies bool
	// Document is the last valid one, "{}" when there was none.
	Document string
	// Valid is false while what the policies merge to is not: then Errors says why.
	Valid bool
	// Errors is the report, opaque to the store; empty when Valid.
	Errors string
	// Computed is when Document or Errors were found last.
	Computed time.Time
}
