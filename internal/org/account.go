package org

import (
	"time"

	"accord/internal/ident"
)

// AccountState is where an account is in its life. All values but Gone are those
// of the wire.
type AccountState string

// The states. [AWS: Account, State]
const (
	// PendingActivation: made, but its sign-up is not finished.
	PendingActivation AccountState = "PENDING_ACTIVATION"
	Active            AccountState = "ACTIVE"
	// Suspended: blocked by the provider.
	Suspended AccountState = "SUSPENDED"
	// PendingClosure: CloseAccount was accepted, the work goes on.
	PendingClosure AccountState = "PENDING_CLOSURE"
	// Closed: can be opened again within the retention.
	Closed AccountState = "CLOSED"
	// Gone: closed for good. The id is never used again.
	Gone AccountState = "GONE"
)

// AccountStates are the states that clients see: all but Gone.
var AccountStates = []AccountState{Active, PendingActivation, Suspended, PendingClosure, Closed}

// CanSign reports whether principals of an account in this state can send
// requests. [AWS: closed and suspended accounts cannot sign in; the other states
// are assumed]
func (s AccountState) CanSign() bool {
	return s == Active || s == PendingActivation || s == PendingClosure
}

// Status is the older member beside State, which AWS announced to drop.
// [AWS: AccountStatus]
func (s AccountState) Status() string {
	switch s {
	case Suspended, Closed:
		return "SUSPENDED"
	case PendingClosure:
		return "PENDING_CLOSURE"
	default:
		return "ACTIVE"
	}
}

// JoinedMethod is how an account came into its organization.
type JoinedMethod string

// The methods. [AWS: AccountJoinedMethod]
const (
	Invited JoinedMethod = "INVITED"
	Created JoinedMethod = "CREATED"
)

// Account is an AWS account as this service sees it.
type Account struct {
	ID    ident.AccountID
	Name  string
	Email ident.Email
	State AccountState
	// EmailVerified is false while the owner has not confirmed the address.
	EmailVerified bool
	// VerificationSent is when the owner was last asked by mail to confirm the address;
	// zero if that never happened.
	VerificationSent time.Time
	// ServiceLinkedRole says whether AWSServiceRoleForOrganizations exists in it.
	ServiceLinkedRole bool
	// Paired says whether the account has a twin in the other partition.
	Paired bool
	// AccessRole is the role through which the management account that created
	// the account enters it; empty for every other account.
	AccessRole string
	// BillingAccess is the stored answer to IamUserAccessToBilling: ALLOW or DENY.
	BillingAccess string
	Readiness     Readiness
	Registered    time.Time
	// Sequence numbers the registrations of all accounts. An account that is registered
	// again after a reset has another one.
	Sequence int64
	// MembershipChanged is when the account last joined or left an organization;
	// zero when it never did.
	MembershipChanged time.Time
	// ClosureRequested and ClosedAt are zero for an account that was not closed.
	ClosureRequested time.Time
	ClosedAt         time.Time
	// Membership is nil for a standalone account.
	Membership *Membership
}

// Membership is the membership of an account in an organization.
type Membership struct {
	Organization ident.OrganizationID
	Parent       ident.ParentID
	// ParentPath is the path of the parent, with a slash at its end.
	ParentPath string
	Method     JoinedMethod
	Joined     time.Time
	// Sequence orders accounts that joined at the same instant.
	Sequence int64
	// Moved is when the account last got another parent; zero when it never did.
	Moved time.Time
}

// Member is what lists show of an account in an organization.
type Member struct {
	ID    ident.AccountID
	Name  string
	Email ident.Email
	State AccountState
	// ParentPath is the path of the parent, with a slash at its end.
	ParentPath string
	Method     JoinedMethod
	Joined     time.Time
	// Sequence orders accounts that joined at the same instant.
	Sequence int64
}

// Member is what lists show of an account that is in an organization.
func (a *Account) Member() Member {
	return Member{
		ID: a.ID, Name: a.Name, Email: a.Email, State: a.State,
		ParentPath: a.Membership.ParentPath, Method: a.Membership.Method, Joined: a.Membership.Joined, Sequence: a.Membership.Sequence,
	}
}

// In reports whether the account is in the organization.
func (a *Account) In(id ident.OrganizationID) bool {
	return a.Membership != nil && a.Membership.Organization == id
}

// Readiness is what an account needs to stand alone.
type Readiness struct {
	Agreement, Phone, Payment, Contact, Support bool
}

// Ready is the readiness of an account that a person signed up for.
var Ready = Readiness{Agreement: true, Phone: true, Payment: true, Contact: true, Support: true}

// CreationState is where a CreateAccount request is. The values are those of the
// wire.
type CreationState string

// The states. [AWS: CreateAccountState]
const (
	InProgress CreationState = "IN_PROGRESS"
	Succeeded  CreationState = "SUCCEEDED"
	Failed     CreationState = "FAILED"
)

// Creation is a request to create an account.
type Creation struct {
	ID            ident.CreationID
	Organization  ident.OrganizationID
	AccountName   string
	Email         ident.Email
	RoleName      string
	BillingAccess string
	// GovCloud asks for a twin in the other partition too.
	GovCloud  bool
	State     CreationState
	Requested time.Time
	// Sequence orders requests of the same instant.
	Sequence int64
	// Completed is zero while the request is in progress.
	Completed time.Time
	// Account and GovCloudAccount are set with SUCCEEDED only.
	Account, GovCloudAccount ident.AccountID
	// FailureReason says why a request failed, or, while it is in progress, that
	// a fault will make it fail.
	FailureReason string
	// PurgeAt is when a finished request disappears; zero before.
	PurgeAt time.Time
}

// Tag is a key and a value on a resource.
type Tag struct {
	Key, Value string
}
