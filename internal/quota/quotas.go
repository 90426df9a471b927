package quota

import "strings"

// edition2026 is the edition of the documentation that has most numbers; its date
// is not known.
const edition2026 = "2026"

// quotas is THE table. [AWS: Quotas and service limits for AWS Organizations;
// names, and numbers that AWS does not publish, are Accord's own.]
var quotas = append([]Quota{
	{
		Name:      AccountsPerOrganization,
		Default:   fixed(10),
		Counts:    "accounts: the management account, members of every state until they are deleted, open invitations, CreateAccount requests in progress",
		Published: edition2026,
		AWS:       "raised on request up to 50 000 (older: 10 000); new organizations may start lower",
		Errors: []Error{
			// The text of the recorded answer has no final period.
			handshakeViolation("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS accounts",
				"InviteAccountToOrganization", "AcceptHandshake"),
			violation("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS accounts."),
		},
	},
	{
		Name:      InvitationsPerDay,
		Default:   Value{formula: invitationsPerDay, text: "20, or accounts-per-organization if that is more"},
		Counts:    "invitations sent in the last 24 hours, without accepted ones",
		Published: edition2026,
		Errors: []Error{handshakeViolation("HANDSHAKE_RATE_LIMIT_EXCEEDED",
			"You have exceeded the number of invitations that you can send in one day.")},
	},
	{
		Name:      AccountCreationsInProgress,
		Default:   fixed(5),
		Counts:    "CreateAccount and CreateGovCloudAccount requests in progress",
		Published: edition2026,
		Errors: []Error{{
			Exception: "TooManyRequestsException",
			Message:   "AWS Organizations can't complete your request because another request is already in progress. Try again later.",
		}},
	},
	{
		Name:      AccountCreationsPerDay,
		Default:   fixed(Unlimited),
		Counts:    "CreateAccount and CreateGovCloudAccount requests in the last 24 hours",
		Published: "not published",
		Errors: []Error{violation("ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED",
			"You have exceeded the number of accounts that you can create in one day.")},
	},
	{
		Name:      AccountClosuresPer30Days,
		Default:   Value{formula: closures(5, 250), text: "20 % of the members, rounded down, at least 250, at most 1000"},
		Older:     Value{formula: closures(10, 10), text: "10 % of the members, rounded down, at least 10, at most 1000"},
		Counts:    "successful CloseAccount calls in the last 30 days; members are all accounts but the management account, closed ones included",
		Published: edition2026,
		Errors: []Error{violation("CLOSE_ACCOUNT_QUOTA_EXCEEDED",
			"You have exceeded close account quota for the past 30 days.")},
	},
	{
		Name:      AccountClosuresInProgress,
		Default:   fixed(3),
		Counts:    "accounts in PENDING_CLOSURE",
		Published: edition2026,
		Errors: []Error{violation("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED",
			"You have exceeded the number of accounts that can be in the process of closing at the same time.")},
	},
	{
		Name:      FeatureMigrationAccounts,
		Default:   fixed(5000),
		Counts:    "accounts of the organization when EnableAllFeatures is called",
		Published: edition2026,
		Errors: []Error{violation("ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED",
			"Your organization has more accounts than can change to all features together.")},
	},
	{
		Name:      UnitsPerOrganization,
		Default:   fixed(2000),
		Older:     fixed(1000),
		Counts:    "organizational units",
		Published: edition2026,
		Errors: []Error{violation("OU_NUMBER_LIMIT_EXCEEDED",
			"You have exceeded the number of organizational units that you can have in an organization.")},
	},
	{
		Name:      UnitDepth,
		Default:   fixed(5),
		Counts:    "levels of organizational units below the root; accounts do not count",
		Published: "2026 and before",
		Errors: []Error{violation("OU_DEPTH_LIMIT_EXCEEDED",
			"You cannot add an organizational unit to the specified parent because it would exceed the max depth allowed.")},
	},
	{
		Name:      TagsPerResource,
		Default:   fixed(50),
		Counts:    "tags of an account, root, unit, policy, delegation policy, transfer or invitation, without those whose key begins with aws:",
		Published: "2026 and before",
		Errors: []Error{violation("MAX_TAG_LIMIT_EXCEEDED",
			"You have exceeded the number of tags allowed on this resource.")},
	},
	{
		Name:      DelegationPolicySize,
		Default:   fixed(40_000),
		Counts:    "characters of the delegation policy",
		Published: edition2026,
		Errors: []Error{{
			Exception:    "InvalidInputException",
			Reason:       "MAX_LENGTH_EXCEEDED",
			NativeReason: "MAX_LENGTH_EXCEEDED:CONTENT",
			// "that" is how the service writes it.
			Message: "You provided a string that exceeds that maximum length.",
		}},
	},
	{
		Name: DelegatedAdministratorsPerService,
		Default: Value{formula: delegatedAdministrators,
			text: "1 for " + strings.Join(singleAdministrator, ", ") + "; 5 for every other service"},
		Counts:    "accounts registered as delegated administrator of one service; an override applies to all services",
		Published: "not published",
		Errors: []Error{
			{
				Exception: "ConstraintViolationException",
				Reason:    "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE",
				Message:   "A delegated administrator is already registered for this service. Deregister it first.",
				at:        1,
			},
			violation("MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
				"You have exceeded the number of delegated administrators that you can register for this service."),
		},
	},
	{
		Name:      TransfersInbound,
		Default:   fixed(1000),
		Counts:    "open invitations to transfer responsibility, and running inbound transfers",
		Published: "November 2025",
		AWS:       "0, raised on request",
		Errors: []Error{violation("RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION",
			"You have exceeded the number of inbound responsibility transfers that your organization can have.")},
	},
	{
		Name:      TransfersOutbound,
		Default:   fixed(1),
		Counts:    "outbound transfers that are accepted and have not ended",
		Published: "November 2025",
		Errors: []Error{violation("RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION",
			"You have exceeded the number of outbound responsibility transfers that your organization can have.")},
	},
	{
		Name:      TransferChainLength,
		Default:   fixed(1),
		Counts:    "links of a chain of transfers below an organization",
		Published: "November 2025",
		AWS:       "can be raised to 2",
		Errors: []Error{violation("RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION",
			"You have exceeded the number of levels that a chain of responsibility transfers can have.")},
	},
	{
		Name:      TransfersTotal,
		Default:   fixed(1000),
		Counts:    "transfers over all chains",
		Published: "November 2025",
		Errors: []Error{violation("RESPONSIBILITY_TRANSFER_MAX_TRANSFERS_QUOTA_VIOLATION",
			"You have exceeded the number of responsibility transfers over all chains.")},
	},
}, policyQuotas()...)

// invitationsPerDay allows as many invitations a day as the organization may have
// accounts, and at least 20.
func invitationsPerDay(s *Set, facts Facts) int64 {
	return max(20, s.Of(AccountsPerOrganization, facts))
}

// closures returns the formula of account closures: one of share members, at least
// floor, at most 1000.
func closures(share, floor int64) func(*Set, Facts) int64 {
	return func(_ *Set, facts Facts) int64 {
		return min(1000, max(floor, facts.Members/share))
	}
}

// singleAdministrator lists the services whose own documentation speaks of one
// delegated administrator [assumed: that it is the quota; AWS publishes no table].
var singleAdministrator = []string{
	"guardduty", "securityhub", "macie", "detective", "inspector2", "auditmanager", "fms",
}

func delegatedAdministrators(_ *Set, facts Facts) int64 {
	service := strings.TrimSuffix(facts.Service, ".amazonaws.com")
	for _, single := range singleAdministrator {
		if service == single {
			return 1
		}
	}
	return 5
}
