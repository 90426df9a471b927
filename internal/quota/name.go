package quota

import "strings"

// Name is the name of a quota, in kebab-case, as --quota takes it.
type Name string

// The quotas that are not of one policy type. Those of a policy type are named
// by Policies, PolicySize and Attachments.
const (
	AccountsPerOrganization           Name = "accounts-per-organization"
	InvitationsPerDay                 Name = "invitations-per-day"
	AccountCreationsInProgress        Name = "account-creations-in-progress"
	AccountCreationsPerDay            Name = "account-creations-per-day"
	AccountClosuresPer30Days          Name = "account-closures-per-30-days"
	AccountClosuresInProgress         Name = "account-closures-in-progress"
	FeatureMigrationAccounts          Name = "feature-migration-accounts"
	UnitsPerOrganization              Name = "units-per-organization"
	UnitDepth                         Name = "unit-depth"
	TagsPerResource                   Name = "tags-per-resource"
	DelegationPolicySize              Name = "delegation-policy-size"
	DelegatedAdministratorsPerService Name = "delegated-administrators-per-service"
	TransfersInbound                  Name = "transfers-inbound"
	TransfersOutbound                 Name = "transfers-outbound"
	TransferChainLength               Name = "transfer-chain-length"
	TransfersTotal                    Name = "transfers-total"
)

// Policies names the quota of customer policies of a type that an organization
// stores. typeName is the PolicyType of the wire, e.g. "TAG_POLICY".
func Policies(typeName string) Name { return names(typeName).stored }

// PolicySize names the quota of the size of a policy's content, in Unicode code
// points as sent.
func PolicySize(typeName string) Name { return names(typeName).size }

// Attachments names the quota of policies of a type attached directly to one
// root, unit or account.
func Attachments(typeName string) Name { return names(typeName).attached }

// typeNames are the names of the three quotas of one policy type.
type typeNames struct{ stored, size, attached Name }

var namesByType = func() map[string]typeNames {
	byType := make(map[string]typeNames, len(policyTypes))
	for _, t := range policyTypes {
		byType[t.name] = makeNames(t.name)
	}
	return byType
}()

// names returns the names for a type, without allocation for the known ones.
func names(typeName string) typeNames {
	if n, ok := namesByType[typeName]; ok {
		return n
	}
	return makeNames(typeName)
}

// makeNames forms the names from the enum value in kebab-case without _POLICY,
// which stands at the end, or in the middle of DECLARATIVE_POLICY_EC2.
func makeNames(typeName string) typeNames {
	short := strings.ToLower(strings.Replace(typeName, "_POLICY", "", 1))
	short = strings.ReplaceAll(short, "_", "-")
	return typeNames{
		stored:   Name("policies-" + short),
		size:     Name("policy-size-" + short),
		attached: Name("attachments-" + short),
	}
}
