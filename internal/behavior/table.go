package behavior

// table is THE table of behaviors. Rows are stored from first to last.
//
// A duration that AWS waits for defaults to nothing, because it would be in the
// way of most tests; column AWS holds the real one.
var table = []Behavior{
	// First, so that a single behavior named beside it is stored later and wins.
	{
		Name: "fidelity", Kind: Choice, Values: []string{"documented", "native"}, Default: "documented",
		Meaning: "native: what the service does today; sets wire-style=native, invite-during-enable-all-features=allow and direct-transfer=on in one step. A single behavior named beside it wins.",
		assign: func(r *Set, v value) {
			native := v.is("native")
			r.WireStyle, r.InviteDuringEnableAllFeatures, r.DirectTransfer = v.style(), native, native
		},
	},
	{
		Name: "wire-style", Kind: Choice, Values: []string{"documented", "native"}, Default: "documented",
		Meaning: "Form of answers where the API reference and recordings of the service differ: as the reference writes, or as the recordings show.",
		assign:  func(r *Set, v value) { r.WireStyle = v.style() },
	},
	{
		Name: "invite-during-enable-all-features", Kind: Choice, Values: []string{"refuse", "allow"}, Default: "refuse",
		Meaning: "New invitations while the change to all features is running. The API reference refuses them, the guide has allowed them since 3 February 2021.",
		Raises:  "HandshakeConstraintViolationException INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES",
		assign:  func(r *Set, v value) { r.InviteDuringEnableAllFeatures = v.is("allow") },
	},
	{
		Name: "direct-transfer", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: a member of one organization can be invited to another and moves there in one step.",
		AWS:     "on since November 2025",
		Raises:  "off: HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION",
		assign:  func(r *Set, v value) { r.DirectTransfer = v.is("on") },
	},
	{
		Name: "create-account", Kind: Choice, Values: []string{"asynchronous", "synchronous"}, Default: "asynchronous",
		Meaning: "synchronous: the answer of CreateAccount already is SUCCEEDED or FAILED; IN_PROGRESS is never seen.",
		assign:  func(r *Set, v value) { r.CreateAccountSynchronous = v.is("synchronous") },
	},
	{
		Name: "account-creation-delay", Kind: Duration, Default: "0s",
		Meaning: "Time from CreateAccount to the end of its work; asynchronous creation only.",
		AWS:     "seconds to minutes",
		assign:  func(r *Set, v value) { r.AccountCreationDelay = v.duration },
	},
	{
		Name: "account-closure-delay", Kind: Duration, Default: "0s",
		Meaning: "Time from CloseAccount to CLOSED.",
		assign:  func(r *Set, v value) { r.AccountClosureDelay = v.duration },
	},
	{
		Name: "created-account-state", Kind: Choice, Values: []string{"active", "pending-activation"}, Default: "active",
		Meaning: "First State of a created account; pending-activation lasts until the second listener activates it.",
		assign:  func(r *Set, v value) { r.CreatedAccountPendingActivation = v.is("pending-activation") },
	},
	{
		Name: "created-account-wait", Kind: Duration, Default: "0s",
		Meaning: "Age that a created account must have before it leaves, is removed or moves to another organization.",
		AWS:     "96h; older: 168h",
		Raises:  "ConstraintViolationException WAIT_PERIOD_ACTIVE",
		assign:  func(r *Set, v value) { r.CreatedAccountWait = v.duration },
	},
	{
		Name: "destination-organization-wait", Kind: Duration, Default: "0s",
		Meaning: "Age that an organization must have before an account moves directly into it.",
		AWS:     "168h since November 2025",
		Raises:  "HandshakeConstraintViolationException ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED",
		assign:  func(r *Set, v value) { r.DestinationOrganizationWait = v.duration },
	},
	{
		Name: "membership-change-wait", Kind: Duration, Default: "0s",
		Meaning: "Time since the account last joined or left an organization before it may accept an invitation.",
		AWS:     "not published",
		Raises:  "HandshakeConstraintViolationException ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED",
		assign:  func(r *Set, v value) { r.MembershipChangeWait = v.duration },
	},
	{
		Name: "standalone-readiness", Kind: Choice, Values: []string{"lenient", "strict"}, Default: "lenient",
		Meaning: "strict: a created account lacks agreement, phone, payment method, contact and support plan until the second listener sets them, and cannot leave or be removed without.",
		AWS:     "strict",
		Raises:  "ConstraintViolationException ACCOUNT_CANNOT_LEAVE_WITHOUT_EULA, ACCOUNT_CANNOT_LEAVE_WITHOUT_PHONE_VERIFICATION, MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED",
		assign:  func(r *Set, v value) { r.StandaloneReadinessStrict = v.is("strict") },
	},
	{
		Name: "finalizing-time", Kind: Duration, Default: "0s",
		Meaning: "Time after CreateOrganization during which the organization neither invites nor creates accounts.",
		AWS:     "up to 1h",
		Raises:  "FinalizingOrganizationException",
		assign:  func(r *Set, v value) { r.FinalizingTime = v.duration },
	},
	{
		Name: "email-verification", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: the address of a management account starts unverified, and is unverified again after a change.",
		AWS:     "on",
		Raises:  "AccountOwnerNotVerifiedException; HandshakeConstraintViolationException MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED",
		assign:  func(r *Set, v value) { r.EmailVerification = v.is("on") },
	},
	{
		Name: "govcloud-pairing", Kind: Choice, Values: []string{"all", "marked"}, Default: "all",
		Meaning: "Which management accounts count as paired with the other partition: all, or those marked on the second listener.",
		Raises:  "ConstraintViolationException MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED",
		assign:  func(r *Set, v value) { r.GovCloudPairingMarked = v.is("marked") },
	},
	{
		Name: "account-status", Kind: Choice, Values: []string{"shown", "omitted"}, Default: "shown",
		Meaning: "Member Status beside State in Account and DelegatedAdministrator; AWS announced to drop it on 9 September 2026.",
		assign:  func(r *Set, v value) { r.AccountStatusShown = v.is("shown") },
	},
	{
		Name: "scp-on-create", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: CreateOrganization with all features, and the end of the change to all features, enable service control policies and attach p-FullAWSAccess.",
		assign:  func(r *Set, v value) { r.SCPOnCreate = v.is("on") },
	},
	{
		Name: "policy-type-service-access", Kind: Choice, Values: []string{"on", "off"}, Default: "on",
		Meaning: "on: a policy type whose service needs trusted access cannot be enabled without it, nor the access be disabled while the type is enabled.",
		Raises:  "ConstraintViolationException SERVICE_ACCESS_NOT_ENABLED, POLICY_TYPE_ENABLED_FOR_THIS_SERVICE",
		assign:  func(r *Set, v value) { r.PolicyTypeServiceAccess = v.is("on") },
	},
	{
		Name: "policy-content-checks", Kind: Choice, Values: []string{"strict", "lenient"}, Default: "strict",
		Meaning: "lenient: of a policy document only JSON syntax, top-level key and size are checked, for documents that use something newer.",
		Raises:  "MalformedPolicyDocumentException",
		assign:  func(r *Set, v value) { r.PolicyContentChecksLenient = v.is("lenient") },
	},
	{
		Name: "scp-language", Kind: Choice, Values: []string{"2025", "pre-2025"}, Default: "2025",
		Meaning: "pre-2025: service control policies take only the narrower grammar of before September 2025.",
		Raises:  "MalformedPolicyDocumentException",
		assign:  func(r *Set, v value) { r.SCPLanguagePre2025 = v.is("pre-2025") },
	},
	{
		Name: "service-principals", Kind: Choice, Values: []string{"listed", "any"}, Default: "listed",
		Meaning: "any: every name that ends in .amazonaws.com is known as the principal of a service, not only the listed ones.",
		Raises:  "InvalidInputException UNRECOGNIZED_SERVICE_PRINCIPAL",
		assign:  func(r *Set, v value) { r.ServicePrincipalsAny = v.is("any") },
	},
	{
		Name: "tag-policy-enforcement", Kind: Choice, Values: []string{"off", "on"}, Default: "off",
		Meaning: "on: tags that break an enforced tag policy are refused.",
		Raises:  "ConstraintViolationException TAG_POLICY_VIOLATION",
		assign:  func(r *Set, v value) { r.TagPolicyEnforcement = v.is("on") },
	},
	{
		Name: "effective-policy-delay", Kind: Duration, Default: "0s",
		Meaning: "How long readers still see the previous effective policy after a change.",
		AWS:     "1s to 5s",
		assign:  func(r *Set, v value) { r.EffectivePolicyDelay = v.duration },
	},
	{
		Name: "quota-profile", Kind: Choice, Values: []string{"2026", "2024"}, Default: "2026",
		Meaning: "2024: the older numbers of the quotas that have one, in one step; single quota settings win over it.",
		assign:  func(r *Set, v value) { r.QuotaProfile = v.word },
	},
	{
		Name: "invitation-lifetime", Kind: Duration, Default: "360h",
		Meaning: "How long an invitation waits for an answer (15 days). Then it is EXPIRED.",
		assign:  func(r *Set, v value) { r.InvitationLifetime = v.duration },
	},
	{
		Name: "all-features-lifetime", Kind: Duration, Default: "2160h",
		Meaning: "How long the change to all features waits for its answers (90 days), its children counted from the start of the parent. Then they are EXPIRED.",
		assign:  func(r *Set, v value) { r.AllFeaturesLifetime = v.duration },
	},
	{
		Name: "handshake-retention", Kind: Duration, Default: "720h",
		Meaning: "How long a finished handshake can still be read (30 days).",
		Raises:  "afterwards: HandshakeNotFoundException",
		assign:  func(r *Set, v value) { r.HandshakeRetention = v.duration },
	},
	{
		Name: "closed-account-retention", Kind: Duration, Default: "2160h",
		Meaning: "Time from CLOSED until an account is gone for ever (90 days).",
		assign:  func(r *Set, v value) { r.ClosedAccountRetention = v.duration },
	},
	{
		Name: "account-request-retention", Kind: Duration, Default: "2160h",
		Meaning: "How long a finished CreateAccount request can still be read (90 days, assumed).",
		Raises:  "afterwards: CreateAccountStatusNotFoundException",
		assign:  func(r *Set, v value) { r.AccountRequestRetention = v.duration },
	},
	{
		Name: "email-link-lifetime", Kind: Duration, Default: "24h",
		Meaning: "How long the link that verifies an address is good.",
		assign:  func(r *Set, v value) { r.EmailLinkLifetime = v.duration },
	},
}
