package quota

import (
	"strings"

	"accord/internal/org"
	"accord/internal/policy"
)

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
	AccountsRegistered                Name = "accounts-registered"
	IAMUsers                          Name = "iam-users"
	IAMGroups                         Name = "iam-groups"
	IAMRoles                          Name = "iam-roles"
	IAMPolicies                       Name = "iam-policies"
	IAMInstanceProfiles               Name = "iam-instance-profiles"
	IAMAccessKeysPerUser              Name = "iam-access-keys-per-user"
	IAMGroupsPerUser                  Name = "iam-groups-per-user"
	IAMPoliciesPerUser                Name = "iam-policies-per-user"
	IAMPoliciesPerRole                Name = "iam-policies-per-role"
	IAMPoliciesPerGroup               Name = "iam-policies-per-group"
	IAMPolicyVersions                 Name = "iam-policy-versions"
	IAMManagedPolicySize              Name = "iam-managed-policy-size"
	IAMUserPolicySize                 Name = "iam-user-policy-size"
	IAMRolePolicySize                 Name = "iam-role-policy-size"
	IAMGroupPolicySize                Name = "iam-group-policy-size"
	IAMTrustPolicySize                Name = "iam-trust-policy-size"
	IAMTags                           Name = "iam-tags-per-resource"
)

// Policies names the quota of customer policies of a type that an organization
// stores.
func Policies(t org.PolicyType) Name { return names(t).policies }

// PolicySize names the quota of the size of a policy's content, in Unicode code
// points as sent.
func PolicySize(t org.PolicyType) Name { return names(t).size }

// Attachments names the quota of policies of a type attached directly to one
// root, unit or account.
func Attachments(t org.PolicyType) Name { return names(t).attachments }

// typeNames are the names of the three quotas of one policy type.
type typeNames struct{ policies, size, attachments Name }

var namesByType = func() map[org.PolicyType]typeNames {
	byType := make(map[org.PolicyType]typeNames, len(policy.Types))
	for _, t := range policy.Types {
		byType[t.Type] = makeNames(t.Type)
	}
	return byType
}()

// names returns the names for a type, without allocation for the known ones.
func names(t org.PolicyType) typeNames {
	if n, ok := namesByType[t]; ok {
		return n
	}
	return makeNames(t)
}

// makeNames forms the names from the enum value in kebab-case without _POLICY,
// which is at the end, or in the middle of DECLARATIVE_POLICY_EC2.
func makeNames(t org.PolicyType) typeNames {
	short := strings.ToLower(strings.Replace(string(t), "_POLICY", "", 1))
	short = strings.ReplaceAll(short, "_", "-")
	return typeNames{
		policies:    Name("policies-" + short),
		size:        Name("policy-size-" + short),
		attachments: Name("attachments-" + short),
	}
}
