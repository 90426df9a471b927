package behavior

import "accord/internal/ident"

// automatic is the value of partition that leaves it to the call.
const automatic = "auto"

// partitions are the values of the behavior partition.
func partitions() []string {
	names := []string{automatic}
	for _, p := range ident.Partitions() {
		names = append(names, string(p))
	}
	return names
}

// table is THE table of behaviors. Values are assigned from first to last.
//
// Waits default to zero, because AWS's own would get in the way of most tests;
// column AWS holds them.
var table = []Behavior{
	// First, so that a behavior that is set beside it is assigned later and wins.
	{
		Name: "fidelity", Kind: Choice, Values: []string{"documented", "native"}, Default: "documented",
		Meaning: "native: what the service does today; sets wire-style=native, invite-during-enable-all-features=allow and direct-transfer=on in one step. A behavior that is set beside it wins.",
		assign: func(s *Set, v value) {
			native := v.is("native")
			s.WireStyle, s.InviteDuringEnableAllFeatures, s.DirectTransfer = v.style(), native, native
		},
	},
	{
		Name: "wire-style", Kind: Choice, Values: []string{"documented", "native"}, Default: "documented",
		Meaning: "Form of responses where the API reference and recordings of the service differ: as documented, or as recorded.",
		assign:  func(s *Set, v value) { s.WireStyle = v.style() },
	},
	{
		Name: "invite-during-enable-all-features", Kind: Choice, Values: []string{"refuse", "allow"}, Default: "refuse",
		Meaning: "New invitations while the change to all features is running. The API reference rejects them, the guide has allowed them since 3 February 2021.",
		Raises:  "HandshakeConstraintViolationException INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES",
		assign:  func(s *Set, v value) { s.InviteDuringEnableAllFeatures = v.is("allow") },
	},
	{
		Name: "direct-transfer", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: a member of one organization can be invited to another and moves there in one step.",
		AWS:     "on since November 2025",
		Raises:  "off: HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION",
		assign:  func(s *Set, v value) { s.DirectTransfer = v.is("on") },
	},
	{
		Name: "create-account", Kind: Choice, Values: []string{"asynchronous", "synchronous"}, Default: "asynchronous",
		Meaning: "synchronous: CreateAccount returns SUCCEEDED or FAILED; IN_PROGRESS is never seen.",
		assign:  func(s *Set, v value) { s.CreateAccountSynchronous = v.is("synchronous") },
	},
	{
		Name: "account-creation-delay", Kind: Duration, Default: "0s",
		Meaning: "Time from CreateAccount to the end of its work; asynchronous creation only.",
		AWS:     "seconds to minutes",
		assign:  func(s *Set, v value) { s.AccountCreationDelay = v.duration },
	},
	{
		Name: "account-closure-delay", Kind: Duration, Default: "0s",
		Meaning: "Time from CloseAccount to CLOSED.",
		assign:  func(s *Set, v value) { s.AccountClosureDelay = v.duration },
	},
	{
		Name: "created-account-state", Kind: Choice, Values: []string{"active", "pending-activation"}, Default: "active",
		Meaning: "First State of a created account; pending-activation lasts until the admin API activates it.",
		assign:  func(s *Set, v value) { s.CreatedAccountPendingActivation = v.is("pending-activation") },
	},
	{
		Name: "created-account-wait", Kind: Duration, Default: "0s",
		Meaning: "Minimum age of a created account before it leaves, is removed or moves to another organization.",
		AWS:     "96h; older: 168h",
		Raises:  "ConstraintViolationException WAIT_PERIOD_ACTIVE",
		assign:  func(s *Set, v value) { s.CreatedAccountWait = v.duration },
	},
	{
		Name: "destination-organization-wait", Kind: Duration, Default: "0s",
		Meaning: "Minimum age of an organization before an account moves directly into it.",
		AWS:     "168h since November 2025",
		Raises:  "HandshakeConstraintViolationException ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED",
		assign:  func(s *Set, v value) { s.DestinationOrganizationWait = v.duration },
	},
	{
		Name: "membership-change-wait", Kind: Duration, Default: "0s",
		Meaning: "Minimum time since the account last joined or left an organization before it may accept an invitation.",
		AWS:     "not published",
		Raises:  "HandshakeConstraintViolationException ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED",
		assign:  func(s *Set, v value) { s.MembershipChangeWait = v.duration },
	},
	{
		Name: "standalone-readiness", Kind: Choice, Values: []string{"lenient", "strict"}, Default: "lenient",
		Meaning: "strict: a created account lacks agreement, phone, payment method, contact and support plan until the admin API sets them, and cannot leave or be removed without them.",
		AWS:     "strict",
		Raises:  "ConstraintViolationException ACCOUNT_CANNOT_LEAVE_WITHOUT_EULA, ACCOUNT_CANNOT_LEAVE_WITHOUT_PHONE_VERIFICATION, MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED",
		assign:  func(s *Set, v value) { s.StandaloneReadinessStrict = v.is("strict") },
	},
	{
		Name: "finalizing-time", Kind: Duration, Default: "0s",
		Meaning: "Time after CreateOrganization during which the organization neither invites nor creates accounts.",
		AWS:     "up to 1h",
		Raises:  "FinalizingOrganizationException",
		assign:  func(s *Set, v value) { s.FinalizingTime = v.duration },
	},
	{
		Name: "email-verification", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: the address of a management account starts unverified, and is unverified again after a change.",
		AWS:     "on",
		Raises:  "AccountOwnerNotVerifiedException; HandshakeConstraintViolationException MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED",
		assign:  func(s *Set, v value) { s.EmailVerification = v.is("on") },
	},
	{
		Name: "partition", Kind: Choice, Values: partitions(), Default: automatic,
		Meaning: "Partition of an organization, fixed when it is made: auto takes it from the Region for which CreateOrganization is signed, a name fixes it.",
		assign: func(s *Set, v value) {
			if s.Partition = ""; v.word != automatic {
				s.Partition = ident.Partition(v.word)
			}
		},
	},
	{
		Name: "partition-features", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: what a partition does not have is refused, and no account joins an organization of another partition; see docs/partitions.md.",
		AWS:     "on",
		Raises:  "PolicyTypeNotAvailableForOrganizationException; UnsupportedAPIEndpointException; ConstraintViolationException CREATE_ORGANIZATION_IN_BILLING_MODE_UNSUPPORTED_REGION; HandshakeConstraintViolationException ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD; MalformedPolicyDocumentException",
		assign:  func(s *Set, v value) { s.PartitionFeatures = v.is("on") },
	},
	{
		Name: "govcloud-pairing", Kind: Choice, Values: []string{"all", "marked"}, Default: "all",
		Meaning: "Which management accounts count as paired with the other partition: all, or those marked through the admin API.",
		Raises:  "ConstraintViolationException MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED",
		assign:  func(s *Set, v value) { s.GovCloudPairingMarked = v.is("marked") },
	},
	{
		Name: "account-status", Kind: Choice, Values: []string{"shown", "omitted"}, Default: "shown",
		Meaning: "Member Status beside State in Account and DelegatedAdministrator; AWS announced its removal for 9 September 2026.",
		assign:  func(s *Set, v value) { s.AccountStatusShown = v.is("shown") },
	},
	{
		Name: "scp-on-create", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: CreateOrganization with all features, and the end of the change to all features, enable service control policies and attach p-FullAWSAccess.",
		assign:  func(s *Set, v value) { s.SCPOnCreate = v.is("on") },
	},
	{
		Name: "enforce-policies", Kind: Choice, Values: []string{"on", "off"}, Default: "on",
		Meaning: "on: service and resource control policies bind the member accounts, their root users included, and a user or role may do what its policies allow. off: every principal may do all that its account may.",
		Raises:  "AccessDeniedException; AccessDeniedForDependencyException ACCESS_DENIED_DURING_CREATE_SERVICE_LINKED_ROLE",
		assign:  func(s *Set, v value) { s.EnforcePolicies = v.is("on") },
	},
	{
		Name: "any-role", Kind: Choice, Values: []string{"on", "off"}, Default: "on",
		Meaning: "on: AssumeRole also makes sessions of roles that an account does not have; they may do all that the account may. off: it refuses them. With --auth strict it always does.",
		AWS:     "off",
		Raises:  "AccessDenied of AssumeRole",
		assign:  func(s *Set, v value) { s.AnyRole = v.is("on") },
	},
	{
		Name: "policy-type-service-access", Kind: Choice, Values: []string{"on", "off"}, Default: "on",
		Meaning: "on: a policy type whose service needs trusted access cannot be enabled without it, nor the access be disabled while the type is enabled.",
		Raises:  "ConstraintViolationException SERVICE_ACCESS_NOT_ENABLED, POLICY_TYPE_ENABLED_FOR_THIS_SERVICE",
		assign:  func(s *Set, v value) { s.PolicyTypeServiceAccess = v.is("on") },
	},
	{
		Name: "policy-content-checks", Kind: Choice, Values: []string{"strict", "lenient"}, Default: "strict",
		Meaning: "lenient: of a policy document only JSON syntax, top-level key and size are checked, for documents that use newer features.",
		Raises:  "MalformedPolicyDocumentException",
		assign:  func(s *Set, v value) { s.PolicyContentChecksLenient = v.is("lenient") },
	},
	{
		Name: "scp-language", Kind: Choice, Values: []string{"2025", "pre-2025"}, Default: "2025",
		Meaning: "pre-2025: service control policies take only the narrower grammar of before September 2025.",
		Raises:  "MalformedPolicyDocumentException",
		assign:  func(s *Set, v value) { s.SCPLanguagePre2025 = v.is("pre-2025") },
	},
	{
		Name: "service-principals", Kind: Choice, Values: []string{"listed", "any"}, Default: "listed",
		Meaning: "any: every name that ends in .amazonaws.com is accepted as a service principal, not only the listed ones.",
		Raises:  "InvalidInputException UNRECOGNIZED_SERVICE_PRINCIPAL",
		assign:  func(s *Set, v value) { s.ServicePrincipalsAny = v.is("any") },
	},
	{
		Name: "xss-check", Kind: Choice, Values: []string{"obvious", "off"}, Default: "obvious",
		Meaning: "obvious: names, descriptions, notes and tag values that hold a script pattern are rejected, such as <script, javascript: or onerror=.",
		AWS:     "does so since July 2026; the patterns are not published",
		Raises:  "InvalidInputException INVALID_PATTERN",
		assign:  func(s *Set, v value) { s.XSSCheck = v.is("obvious") },
	},
	{
		Name: "tag-policy-enforcement", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: tags that break an enforced tag policy are rejected.",
		Raises:  "ConstraintViolationException TAG_POLICY_VIOLATION",
		assign:  func(s *Set, v value) { s.TagPolicyEnforcement = v.is("on") },
	},
	{
		Name: "effective-policy-delay", Kind: Duration, Default: "0s",
		Meaning: "How long readers still see the previous effective policy after a change.",
		AWS:     "1s to 5s",
		assign:  func(s *Set, v value) { s.EffectivePolicyDelay = v.duration },
	},
	{
		Name: "quota-profile", Kind: Choice, Values: []string{"2026", "2024"}, Default: "2026",
		Meaning: "2024: the older numbers of all quotas that have one; single quota settings win over it.",
		assign:  func(s *Set, v value) { s.QuotaProfile = v.word },
	},
	{
		Name: "throttling", Kind: Choice, Values: []string{"off", "aws"}, Default: "off",
		Meaning: "aws: token buckets for each operation, account and organization, with the published rates and sizes. They refill with the clock of the service, and belong to one server.",
		AWS:     "aws",
		Raises:  "TooManyRequestsException",
		assign:  func(s *Set, v value) { s.Throttling = v.is("aws") },
	},
	{
		Name: "throttling-factor", Kind: Number, Default: "1",
		Meaning: "Multiplies the rates and sizes of all token buckets.",
		assign:  func(s *Set, v value) { s.ThrottlingFactor = v.number },
	},
	{
		Name: "invitation-lifetime", Kind: Duration, Default: "360h",
		Meaning: "How long an invitation is open (15 days). Then it is EXPIRED.",
		assign:  func(s *Set, v value) { s.InvitationLifetime = v.duration },
	},
	{
		Name: "all-features-lifetime", Kind: Duration, Default: "2160h",
		Meaning: "How long the change to all features is open (90 days); its children count from the start of the parent. Then they are EXPIRED.",
		assign:  func(s *Set, v value) { s.AllFeaturesLifetime = v.duration },
	},
	{
		Name: "handshake-retention", Kind: Duration, Default: "720h",
		Meaning: "How long a finished handshake can still be read (30 days).",
		Raises:  "afterwards: HandshakeNotFoundException",
		assign:  func(s *Set, v value) { s.HandshakeRetention = v.duration },
	},
	{
		Name: "closed-account-retention", Kind: Duration, Default: "2160h",
		Meaning: "Time from CLOSED until an account is deleted (90 days).",
		assign:  func(s *Set, v value) { s.ClosedAccountRetention = v.duration },
	},
	{
		Name: "account-request-retention", Kind: Duration, Default: "2160h",
		Meaning: "How long a finished CreateAccount request can still be read (90 days, assumed).",
		Raises:  "afterwards: CreateAccountStatusNotFoundException",
		assign:  func(s *Set, v value) { s.AccountRequestRetention = v.duration },
	},
	{
		Name: "email-link-lifetime", Kind: Duration, Default: "24h",
		Meaning: "How long the link that verifies an address is valid.",
		assign:  func(s *Set, v value) { s.EmailLinkLifetime = v.duration },
	},
}
