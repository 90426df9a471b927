package quota

import "slices"

// edition2026 is the edition of the documentation that has most numbers; its date
// is not known.
const edition2026 = "2026"

// quotas is THE table. [AWS: Quotas and service limits for AWS Organizations;
// names, and numbers that AWS does not publish, are Accord's own.]
var quotas = slices.Concat([]Quota{
	{
		Name:      AccountsPerOrganization,
		Default:   Number(10),
		Counts:    "accounts: the management account, members of every state until they are deleted, open invitations, CreateAccount requests in progress",
		Published: edition2026,
		AWS:       "raised on request up to 50 000 (older: 10 000); new organizations may start lower",
		Errors: []Error{
			handshakeViolation("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "InviteAccountToOrganization", "AcceptHandshake"),
			violation("ACCOUNT_NUMBER_LIMIT_EXCEEDED"),
		},
	},
	{
		Name:      InvitationsPerDay,
		Default:   Value{formula: invitationsPerDay, text: "20, or accounts-per-organization if that is more"},
		Counts:    "invitations sent in the last 24 hours, without accepted ones",
		Published: edition2026,
		Errors:    []Error{handshakeViolation("HANDSHAKE_RATE_LIMIT_EXCEEDED")},
	},
	{
		Name:      AccountCreationsInProgress,
		Default:   Number(5),
		Counts:    "CreateAccount and CreateGovCloudAccount requests in progress",
		Published: edition2026,
		Errors: []Error{{
			Exception: "TooManyRequestsException",
		}},
	},
	{
		Name:      AccountCreationsPerDay,
		Default:   Number(Unlimited),
		Counts:    "CreateAccount and CreateGovCloudAccount requests in the last 24 hours",
		Published: "not published",
		Errors:    []Error{violation("ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED")},
	},
	{
		Name:      AccountClosuresPer30Days,
		Default:   Value{formula: closures(members, 5, 250), text: "20 % of the members, rounded down, at least 250, at most 1000"},
		Older:     Value{formula: closures(activeMembers, 10, 10), text: "10 % of the active members, rounded down, at least 10, at most 1000"},
		Counts:    "successful CloseAccount calls in the last 30 days; members are all accounts but the management account, closed ones included; for 2024 the active ones, at the time of the call",
		Published: edition2026,
		Errors:    []Error{violation("CLOSE_ACCOUNT_QUOTA_EXCEEDED")},
	},
	{
		Name:      AccountClosuresInProgress,
		Default:   Number(3),
		Counts:    "accounts in PENDING_CLOSURE",
		Published: edition2026,
		Errors:    []Error{violation("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED")},
	},
	{
		Name:      FeatureMigrationAccounts,
		Default:   Number(5000),
		Counts:    "accounts of the organization when EnableAllFeatures is called",
		Published: edition2026,
		Errors:    []Error{violation("ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED")},
	},
	{
		Name:      UnitsPerOrganization,
		Default:   Number(2000),
		Older:     Number(1000),
		Counts:    "organizational units",
		Published: edition2026,
		Errors:    []Error{violation("OU_NUMBER_LIMIT_EXCEEDED")},
	},
	{
		Name:      UnitDepth,
		Default:   Number(5),
		Counts:    "levels of organizational units below the root; accounts do not count",
		Published: "2026 and before",
		Errors:    []Error{violation("OU_DEPTH_LIMIT_EXCEEDED")},
	},
	{
		Name:      TagsPerResource,
		Default:   Number(50),
		Counts:    "tags of an account, root, unit, policy, delegation policy, transfer or invitation, without those whose key begins with aws:",
		Published: "2026 and before",
		Errors:    []Error{violation("MAX_TAG_LIMIT_EXCEEDED")},
	},
	{
		Name:      DelegationPolicySize,
		Default:   Number(40_000),
		Counts:    "characters of the delegation policy",
		Published: edition2026,
		Errors: []Error{{
			Exception:    "InvalidInputException",
			Reason:       "MAX_LENGTH_EXCEEDED",
			NativeReason: "MAX_LENGTH_EXCEEDED:CONTENT",
		}},
	},
	{
		Name: DelegatedAdministratorsPerService,
		Default: Value{formula: delegatedAdministrators,
			text: describeAdministrators()},
		Counts:    "accounts registered as delegated administrator of one service; an override applies to all services",
		Published: "not published",
		Errors: []Error{
			{
				Exception: "ConstraintViolationException",
				Reason:    "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE",
				at:        1,
			},
			violation("MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED"),
		},
	},
	{
		Name:      TransfersInbound,
		Default:   Number(1000),
		Counts:    "open invitations to transfer responsibility, and running inbound transfers",
		Published: "November 2025",
		AWS:       "0, raised on request",
		Errors:    []Error{violation("RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION")},
	},
	{
		Name:      TransfersOutbound,
		Default:   Number(1),
		Counts:    "outbound transfers that are accepted, and withdrawn ones that end at the start of the new one or later",
		Published: "November 2025",
		Errors:    []Error{violation("RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION")},
	},
	{
		Name:      TransferChainLength,
		Default:   Number(1),
		Counts:    "links of a chain of transfers below an organization",
		Published: "November 2025",
		AWS:       "can be raised to 2",
		Errors:    []Error{violation("RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION")},
	},
	{
		Name:      TransfersTotal,
		Default:   Number(1000),
		Counts:    "transfers over all chains",
		Published: "November 2025",
		Errors:    []Error{violation("RESPONSIBILITY_TRANSFER_MAX_TRANSFERS_QUOTA_VIOLATION")},
	},
	{
		Name:      AccountsRegistered,
		Default:   Number(100_000),
		OfServer:  true,
		Counts:    "accounts of the whole server that calls have registered by an access key ID that was not known; accord account sweep deletes those that are unused",
		Published: "Accord's own: accounts of AWS are not registered by calls",
		Errors:    []Error{{Exception: "UnrecognizedClientException"}},
	},
}, policyQuotas(), iamQuotas())

// invitationsPerDay allows as many invitations a day as the organization may have
// accounts, and at least 20.
func invitationsPerDay(s *Set, facts Facts) int64 {
	return max(20, s.Of(AccountsPerOrganization, facts))
}

// closures returns the formula of account closures: one of share members, at least
// floor, at most 1000.
func closures(members func(Facts) int64, share, floor int64) func(*Set, Facts) int64 {
	return func(_ *Set, facts Facts) int64 {
		return min(1000, max(floor, members(facts)/share))
	}
}

func members(facts Facts) int64       { return facts.Members }
func activeMembers(facts Facts) int64 { return facts.ActiveMembers }
