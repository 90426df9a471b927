package rowcheck

// identityRules are about users, groups, roles and their policies.
var identityRules = []rule{
	{"account %s: its numbers of identities are not those of its rows",
		`SELECT account_id FROM identity_counts WHERE number <>
		(SELECT COUNT(*) FROM identities WHERE identities.account_id = identity_counts.account_id AND identities.kind = identity_counts.kind)
		+ (SELECT COUNT(*) FROM managed_policies WHERE managed_policies.account_id = identity_counts.account_id AND identity_counts.kind = 'policy')`},
	{"identity %s: its account does not count it",
		`SELECT id FROM identities WHERE NOT EXISTS (SELECT 1 FROM identity_counts
		WHERE identity_counts.account_id = identities.account_id AND identity_counts.kind = identities.kind AND number > 0)`},
	{"identity %s: its account has no version",
		`SELECT id FROM identities WHERE NOT EXISTS (SELECT 1 FROM identity_versions WHERE identity_versions.account_id = identities.account_id)`},
	{"member %s: it, or its group, does not exist",
		`SELECT member_id FROM identity_members WHERE NOT EXISTS (SELECT 1 FROM identities WHERE id = member_id)
		OR NOT EXISTS (SELECT 1 FROM identities WHERE id = group_id)`},
	{"inline policy of %s: its owner does not exist",
		`SELECT owner_id FROM inline_policies WHERE NOT EXISTS (SELECT 1 FROM identities WHERE id = owner_id)`},
	{"tag of %s: its owner does not exist",
		`SELECT owner_id FROM identity_tags WHERE NOT EXISTS (SELECT 1 FROM identities WHERE id = owner_id)
		AND NOT EXISTS (SELECT 1 FROM managed_policies WHERE id = owner_id)`},
	{"attachment to %s: it does not exist in the account",
		`SELECT owner_id FROM identity_attachments WHERE NOT EXISTS (SELECT 1 FROM identities
		WHERE identities.id = owner_id AND identities.account_id = identity_attachments.account_id)`},
	{"managed policy %s: its uses are not those of the rows",
		`SELECT policy_id FROM managed_policy_uses WHERE attachments <> (SELECT COUNT(*) FROM identity_attachments
		WHERE identity_attachments.account_id = managed_policy_uses.account_id AND identity_attachments.policy_id = managed_policy_uses.policy_id)
		OR boundaries <> (SELECT COUNT(*) FROM identities
		WHERE identities.account_id = managed_policy_uses.account_id AND boundary_id = managed_policy_uses.policy_id)`},
	{"managed policy %s: its default version does not exist",
		`SELECT id FROM managed_policies WHERE NOT EXISTS (SELECT 1 FROM managed_policy_versions
		WHERE policy_id = id AND managed_policy_versions.number = default_version)`},
	{"version of the managed policy %s: the policy does not exist",
		`SELECT policy_id FROM managed_policy_versions WHERE NOT EXISTS (SELECT 1 FROM managed_policies WHERE id = policy_id)`},
	{"access key %s: its user does not exist",
		`SELECT id FROM access_keys WHERE user_id <> '' AND NOT EXISTS (SELECT 1 FROM identities
		WHERE identities.id = user_id AND identities.account_id = access_keys.account_id)`},
}

// madeRoleRules are about the roles that AWS makes.
var madeRoleRules = []rule{
	{"account %s: its AWSServiceRoleForOrganizations is not what its row says",
		`SELECT id FROM accounts WHERE state <> 'GONE' AND service_linked_role <> EXISTS (SELECT 1 FROM identities
		WHERE identities.account_id = accounts.id AND identities.kind = 'role' AND identities.name_key = 'awsservicerolefororganizations')`},
}

// rootAccessRules are about the passwords of users, and the features of IAM for organizations.
var rootAccessRules = []rule{
	{"login profile of %s: the user does not exist, or has no password",
		`SELECT user_id FROM login_profiles WHERE user_id <> '' AND (created_at IS NULL OR NOT EXISTS (SELECT 1 FROM identities
		WHERE identities.id = user_id AND identities.account_id = login_profiles.account_id AND identities.kind = 'user'))`},
	{"feature of root access of %s: the organization does not exist",
		`SELECT organization_id FROM root_access_features WHERE NOT EXISTS (SELECT 1 FROM organizations WHERE id = organization_id)`},
}
