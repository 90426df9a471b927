package behavior

import (
	"time"

	"accord/internal/api"
	"accord/internal/ident"
)

// Set holds the values in force, one typed field for each behavior. A duration of
// zero means no wait. The values do not change while a server runs; a lifetime
// applies to what is created under it and never to what exists.
type Set struct {
	// WireStyle is the form of answers where documentation and recordings differ.
	WireStyle api.WireStyle
	// InviteDuringEnableAllFeatures lets invitations out while the change to all
	// features is running.
	InviteDuringEnableAllFeatures bool
	// DirectTransfer lets a member of one organization be invited to another and
	// move there in one step.
	DirectTransfer bool

	// CreateAccountSynchronous lets CreateAccount return the final state.
	CreateAccountSynchronous bool
	// AccountCreationDelay is the time from the call to the end of the creation; it
	// has no effect on synchronous creation.
	AccountCreationDelay time.Duration
	// AccountClosureDelay is the time from CloseAccount to CLOSED.
	AccountClosureDelay time.Duration
	// CreatedAccountPendingActivation starts created accounts in
	// PENDING_ACTIVATION instead of ACTIVE.
	CreatedAccountPendingActivation bool

	// CreatedAccountWait is the minimum age of a created account before it leaves, is
	// removed or moves to another organization.
	CreatedAccountWait time.Duration
	// DestinationOrganizationWait is the minimum age of an organization before an
	// account moves directly into it.
	DestinationOrganizationWait time.Duration
	// MembershipChangeWait is the minimum time since an account last joined or left an
	// organization before it accepts an invitation.
	MembershipChangeWait time.Duration
	// StandaloneReadinessStrict requires agreement, phone, payment method, contact and
	// support plan of a created account that leaves.
	StandaloneReadinessStrict bool
	// FinalizingTime is the minimum age of an organization before it invites and
	// creates accounts.
	FinalizingTime time.Duration
	// EmailVerification starts addresses of management accounts as unverified.
	EmailVerification bool
	// Partition is that of every organization that is made; empty means the partition
	// of the Region for which the call is signed.
	Partition ident.Partition
	// PartitionFeatures refuses what the partition of an organization lacks.
	PartitionFeatures bool
	// GovCloudPairingMarked counts only marked management accounts as paired with
	// the other partition; otherwise all are.
	GovCloudPairingMarked bool

	// AccountStatusShown sends the older member Status beside State.
	AccountStatusShown bool
	// SCPOnCreate enables service control policies together with all features.
	SCPOnCreate bool
	// EnforcePolicies lets service and resource control policies, and the policies of users
	// and roles, decide what callers may do.
	EnforcePolicies bool
	// AnyRole lets AssumeRole make sessions of roles that an account does not have.
	AnyRole bool
	// PolicyTypeServiceAccess ties policy types to the trusted access of their
	// service.
	PolicyTypeServiceAccess bool
	// PolicyContentChecksLenient checks only JSON syntax, top-level key and size
	// of a policy document.
	PolicyContentChecksLenient bool
	// SCPLanguagePre2025 takes only the narrower SCP grammar of before September
	// 2025.
	SCPLanguagePre2025 bool
	// ServicePrincipalsAny accepts every principal that ends in .amazonaws.com.
	ServicePrincipalsAny bool
	// XSSCheck rejects free text that holds a script.
	XSSCheck bool
	// TagPolicyEnforcement rejects tags that break an enforced tag policy.
	TagPolicyEnforcement bool
	// EffectivePolicyDelay is how long readers still see the previous effective
	// policy after a change.
	EffectivePolicyDelay time.Duration

	// Throttling limits how often operations are called, ThrottlingFactor times as often
	// as AWS publishes.
	Throttling       bool
	ThrottlingFactor float64

	// QuotaProfile is the year whose quotas are the defaults: "2026" or "2024".
	QuotaProfile string

	// InvitationLifetime and AllFeaturesLifetime are how long a handshake is open; the
	// second counts from the start of the parent, also for its children.
	InvitationLifetime, AllFeaturesLifetime time.Duration
	// HandshakeRetention is how long a finished handshake can still be read.
	HandshakeRetention time.Duration
	// ClosedAccountRetention is the time from CLOSED until an account is deleted.
	ClosedAccountRetention time.Duration
	// AccountRequestRetention is how long a finished CreateAccount request can
	// still be read.
	AccountRequestRetention time.Duration
	// EmailLinkLifetime is how long a verification link is valid.
	EmailLinkLifetime time.Duration
}
