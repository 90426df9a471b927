package compare

import (
	"slices"
	"strings"

	"accord/internal/seed"
)

// blind is what a document does not know when an operation could not be read.
type blind struct {
	operation string
	kinds     []string
	// field begins the names of the fields that are unknown; empty if the things are.
	field string
}

// blinds is the table of what each operation shows.
var blinds = []blind{
	{"ListRoots", []string{rootKind, policyTypeKind, unitKind, accountKind, attachmentKind}, ""},
	{"ListRoots", []string{accountKind}, parentField},
	{"ListOrganizationalUnitsForParent", []string{unitKind, accountKind}, ""},
	{"ListAccounts", []string{accountKind}, ""},
	{"ListAccounts", []string{accountKind}, "name"},
	{"ListAccounts", []string{accountKind}, "email"},
	{"ListAccounts", []string{accountKind}, "state"},
	{"ListAccountsForParent", []string{accountKind}, ""},
	{"ListAccountsForParent", []string{accountKind}, parentField},
	{"ListPolicies", []string{policyKind, attachmentKind}, ""},
	{"DescribePolicy", []string{policyKind}, "content"},
	{"ListTargetsForPolicy", []string{attachmentKind}, ""},
	{"ListPoliciesForTarget", []string{attachmentKind}, ""},
	{"ListPoliciesForTarget", []string{rootKind, unitKind, accountKind}, orderField},
	{"ListPoliciesForTarget", []string{rootKind, unitKind, accountKind}, "default "},
	{"ListTagsForResource", []string{rootKind, unitKind, accountKind, policyKind, delegationKind}, tagPrefix},
	{"ListAWSServiceAccessForOrganization", []string{serviceKind}, ""},
	{"ListDelegatedAdministrators", []string{administratorKind}, ""},
	{"ListDelegatedServicesForAccount", []string{administratorKind}, ""},
	{"DescribeResourcePolicy", []string{delegationKind}, ""},
	{"ListHandshakesForOrganization", []string{handshakeKind, answerKind}, ""},
	{"ListCreateAccountStatus", []string{creationKind}, ""},
	{"ListInboundResponsibilityTransfers", []string{transferKind}, ""},
	{"ListOutboundResponsibilityTransfers", []string{transferKind}, ""},
	{seed.Unseen, []string{userKind, groupKind, roleKind, managedKind}, ""},
	{seed.Unseen, []string{accountKind}, "unverifiedEmail"},
	{seed.Unseen, []string{handshakeKind}, tagPrefix},
	{seed.Unseen, []string{organizationKind}, "quota "},
}

// defaultsOf are the fields of targets that the list of the targets of a default policy tells.
var defaultsOf = map[string]string{"p-FullAWSAccess": "default SERVICE_CONTROL_POLICY", "p-RCPFullAWSAccess": "default RESOURCE_CONTROL_POLICY"}

// unknown reports whether a document does not know a field of a thing, or with no field
// whether it is there.
func unknown(d *seed.Document, t *thing, field string) bool {
	for _, u := range d.Unread {
		if u.Operation == "ListTargetsForPolicy" && field != "" && defaultsOf[u.Subject] == field {
			return true
		}
		if u.Subject != "" && !slices.Contains(t.about, u.Subject) {
			continue
		}
		for _, b := range blinds {
			if b.operation != u.Operation || !slices.Contains(b.kinds, t.kind) {
				continue
			}
			if b.field == "" && field == "" || b.field != "" && field != "" && strings.HasPrefix(field, b.field) {
				return true
			}
		}
	}
	return false
}
