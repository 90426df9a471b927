package policy

import "accord/internal/policy/document"

// class groups diagnostics by the error that the service has for them. Of several
// diagnostics, the first one of the lowest class decides. All diagnostics of service
// and resource control policies are broken structure.
type class int

const (
	brokenStructure class = iota
	// Classes of delegation policies.
	unsupportedAction
	unsupportedResource
	unsupportedPolicyType
	// Classes of the policies of IAM.
	oldVersion
	unparsed // passes the check of the structure, but not the parser after it
	repeatedSid
	missingAction
	missingResource
	missingPrincipal
	prohibitedPrincipal
	prohibitedField
	malformedResource
	malformedAction
	foreignAction // in a trust policy
	invalidPrincipal
	classes
)

// missing are the classes of members that a statement lacks, and prohibited those of
// members that it may not have; all others are broken structure.
var (
	missing = map[string]class{
		"Action": missingAction, "NotAction": missingAction, "Resource": missingResource, "NotResource": missingResource,
		"Principal": missingPrincipal,
	}
	prohibited = map[string]class{
		"Principal": prohibitedPrincipal, "NotPrincipal": prohibitedPrincipal, "Resource": prohibitedField, "NotResource": prohibitedField,
	}
)

// noVendor is the message of IAM for an action, or a condition key, without a prefix.
const noVendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."

// finding is the first diagnostic of a class, with the text that its error repeats.
type finding struct {
	document.First
	subject string
}
