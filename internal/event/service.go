package event

import (
	"time"

	"accord/internal/api"
	"accord/internal/ident"
	"accord/internal/org"
)

// CreateAccountResult reports how a request to create an account ended.
// management is the account of the organization that asked. [AWS: example of
// CreateAccountResult; the twin in the other partition is assumed]
func CreateAccountResult(id string, management ident.AccountID, c org.Creation) Service {
	succeeded := c.State == org.Succeeded
	return Service{ID: id, At: c.Completed, Name: "CreateAccountResult", Management: management, details: func(o *object) {
		o.open("createAccountStatus")
		if succeeded {
			o.text("accountId", string(c.Account))
		}
		o.key("accountName")
		o.b = append(o.b, api.Masked...)
		o.time("completedTimestamp", c.Completed)
		if succeeded {
			o.given("govCloudAccountId", string(c.GovCloudAccount))
		} else {
			o.text("failureReason", c.FailureReason)
		}
		o.text("id", string(c.ID))
		o.time("requestedTimestamp", c.Requested)
		o.text("state", string(c.State))
		o.close()
	}}
}

// CloseAccountResult reports that a member account is closed. [AWS: example of
// CloseAccountResult]
func CloseAccountResult(id string, management ident.AccountID, a org.Account) Service {
	return Service{ID: id, At: a.ClosedAt, Name: "CloseAccountResult", Management: management, details: func(o *object) {
		o.open("closeAccountStatus")
		o.text("accountId", string(a.ID))
		o.time("completedTimestamp", a.ClosedAt)
		o.time("requestedTimestamp", a.ClosureRequested)
		o.text("state", "SUCCEEDED")
		o.close()
	}}
}

// AccountJoinedOrganization reports that an account, whose membership is set, has
// become a member. [AWS: names; the layout is assumed]
func AccountJoinedOrganization(id string, management ident.AccountID, a org.Account) Service {
	m := *a.Membership
	return Service{ID: id, At: m.Joined, Name: "AccountJoinedOrganization", Management: management, details: func(o *object) {
		o.open("accountJoinedOrganization")
		o.text("accountId", string(a.ID))
		o.text("joinedMethod", string(m.Method))
		o.time("joinedTime", m.Joined)
		o.text("organizationId", string(m.Organization))
		o.close()
	}}
}

// Departure is how an account went out of its organization.
type Departure string

// The ways. [AWS: AccountDepartedOrganization]
const (
	// Left: by its own call.
	Left Departure = "LEFT"
	// Removed: by the management account.
	Removed Departure = "REMOVED"
	// Cleaned: it was closed and is gone for good.
	Cleaned Departure = "CLEANED"
)

// AccountDepartedOrganization reports that an account is no longer a member.
// [AWS: names; the layout is assumed]
func AccountDepartedOrganization(id string, management ident.AccountID, organization ident.OrganizationID,
	account ident.AccountID, how Departure, at time.Time,
) Service {
	return Service{ID: id, At: at, Name: "AccountDepartedOrganization", Management: management, details: func(o *object) {
		o.open("accountDepartedOrganization")
		o.text("accountId", string(account))
		o.text("departureMethod", string(how))
		o.time("departureTime", at)
		o.text("organizationId", string(organization))
		o.close()
	}}
}

// RoleCreated reports that the service made the role
// AWSServiceRoleForOrganizations in an account, for which the record is. [seen in
// published records; assumed: that each made role has one]
func RoleCreated(id string, at time.Time, account ident.AccountID) Service {
	return Service{ID: id, At: at, Source: iam, Name: "CreateServiceLinkedRole", Management: account}
}

// Transfer is a responsibility transfer as records tell of it.
type Transfer struct {
	ID ident.TransferID
	// Chain are the transfers by which it is inherited, outermost first.
	Chain []ident.TransferID
	// Type is "BILLING"; Status is that of the wire.
	Type, Status string
	// Source is the management account whose bill is taken over, Target the one
	// that takes it over.
	Source, Target ident.AccountID
	Start          time.Time
	// End is zero while nobody has withdrawn the transfer.
	End time.Time
}

// ResponsibilityTransferAccepted reports to one of the two management accounts
// that a transfer was accepted; requester is the account that did it.
// [AWS: names and milliseconds; the layout is assumed]
func ResponsibilityTransferAccepted(id string, management ident.AccountID, t Transfer, requester ident.AccountID, at time.Time) Service {
	return t.event(id, "ResponsibilityTransferAccepted", management, requester, at)
}

// ResponsibilityTransferTerminated reports to one of the two management accounts
// that a transfer was withdrawn; requester is the account that did it.
// [AWS: names and milliseconds; the layout is assumed]
func ResponsibilityTransferTerminated(id string, management ident.AccountID, t Transfer, requester ident.AccountID, at time.Time) Service {
	return t.event(id, "ResponsibilityTransferTerminated", management, requester, at)
}

func (t Transfer) event(id, name string, management, requester ident.AccountID, at time.Time) Service {
	return Service{ID: id, At: at, Name: name, Management: management, details: func(o *object) {
		o.text("requester", string(requester))
		o.open("responsibilityTransfer")
		if !t.End.IsZero() {
			o.milliseconds("endTimestamp", t.End)
		}
		o.text("id", string(t.ID))
		o.open("source")
		o.text("managementAccountId", string(t.Source))
		o.close()
		o.milliseconds("startTimestamp", t.Start)
		o.text("status", t.Status)
		o.open("target")
		o.text("managementAccountId", string(t.Target))
		o.close()
		texts(o, "transferChain", t.Chain)
		o.text("type", t.Type)
		o.close()
	}}
}

// Validation is what was found out about the effective policy of an account.
type Validation struct {
	Account ident.AccountID
	// Path is that of the account.
	Path       string
	Evaluated  time.Time
	PolicyType string
	Valid      bool
	// Errors is empty when Valid.
	Errors []ValidationError
}

// ValidationError is one thing that is wrong with an effective policy.
type ValidationError struct {
	Code, Message, PathToError string
	ContributingPolicies       []string
}

// EffectivePolicyValidation reports that the effective policy of an account has
// become invalid, or valid again. [AWS: names]
func EffectivePolicyValidation(id string, management ident.AccountID, v Validation, at time.Time) Service {
	state := "VALID"
	if !v.Valid {
		state = "INVALID"
	}
	return Service{ID: id, At: at, Name: "EffectivePolicyValidation", Management: management, details: func(o *object) {
		o.text("accountId", string(v.Account))
		o.text("accountPath", v.Path)
		o.time("evaluationTimestamp", v.Evaluated)
		o.text("policyType", v.PolicyType)
		o.text("state", state)
		o.objects("validationErrors", len(v.Errors), func(i int) {
			e := v.Errors[i]
			o.text("accountPath", v.Path)
			texts(o, "contributingPolicies", e.ContributingPolicies)
			o.text("errorCode", e.Code)
			o.text("errorMessage", e.Message)
			o.time("evaluationTimestamp", v.Evaluated)
			o.text("pathToError", e.PathToError)
		})
	}}
}
