package quota

// iamEdition is the page with the quotas of IAM.
const iamEdition = "IAM and AWS STS quotas, 2026"

// iamQuotas are the quotas of what IAM keeps of one account. [AWS: IAM and AWS STS quotas]
func iamQuotas() []Quota {
	// The reason is the name that AWS gives the quota in the text of the error. [seen; assumed
	// for those of sizes and tags]
	rows := []struct {
		name    Name
		number  int64
		counts  string
		awsName string
		raised  string
	}{
		{IAMUsers, 5000, "users of an account", "UsersPerAccount", ""},
		{IAMGroups, 300, "groups of an account", "GroupsPerAccount", "raised on request up to 500"},
		{IAMRoles, 1000, "roles of an account", "RolesPerAccount", "raised on request up to 5 000"},
		{IAMPolicies, 1500, "customer managed policies of an account", "PoliciesPerAccount", "raised on request up to 5 000"},
		{IAMInstanceProfiles, 1000, "instance profiles of an account", "InstanceProfilesPerAccount", "raised on request up to 5 000"},
		{IAMAccessKeysPerUser, 2, "access keys of a user, or of the root user", "AccessKeysPerUser", ""},
		{IAMGroupsPerUser, 10, "groups of a user", "GroupsPerUser", ""},
		{IAMPoliciesPerUser, 10, "managed policies attached to a user", "PoliciesPerUser", "raised on request up to 20"},
		{IAMPoliciesPerRole, 10, "managed policies attached to a role", "PoliciesPerRole", "raised on request up to 25"},
		{IAMPoliciesPerGroup, 10, "managed policies attached to a group", "PoliciesPerGroup", ""},
		{IAMPolicyVersions, 5, "versions of a managed policy", "VersionsPerPolicy", ""},
		{IAMManagedPolicySize, 6144, "characters of a managed policy, without white space", "PolicySize", ""},
		{IAMUserPolicySize, 2048, "characters of all inline policies of a user, without white space", "UserPolicySize", ""},
		{IAMRolePolicySize, 10240, "characters of all inline policies of a role, without white space", "RolePolicySize", ""},
		{IAMGroupPolicySize, 5120, "characters of all inline policies of a group, without white space", "GroupPolicySize", ""},
		{IAMTrustPolicySize, 2048, "characters of a trust policy, without white space", "ACLSizePerRole", "raised on request up to 4 096"},
		{IAMTags, 50, "tags of a user, a role, a managed policy or an instance profile", "TagsPerResource", ""},
	}
	all := make([]Quota, len(rows))
	for i, r := range rows {
		all[i] = Quota{
			Name: r.name, Default: Number(r.number), Counts: r.counts, Published: iamEdition, AWS: r.raised,
			Errors: []Error{{Exception: "LimitExceeded", Reason: r.awsName}},
		}
	}
	return all
}
