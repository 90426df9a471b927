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
	// Left: by its own call, also one that ends its organization or takes it to
	// another one.
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
	// Chain is the transfer itself, then those by which it is inherited, upwards.
	Chain []ident.TransferID
	// Type is "BILLING"; Status is that of the wire.
	Type, Status string
	// Source is the management account whose bill is taken over, Target the one
	// that takes it over.
	Source, Target ident.AccountID
	// Requester is the account that accepted or withdrew the transfer.
	Requester ident.AccountID
	Start     time.Time
	// End is zero for a transfer that is not withdrawn.
	End time.Time
}

// ResponsibilityTransferAccepted reports to one management account that a transfer
// was accepted: the source, the target, and each that inherits it get one, with the
// same shared UUID. [AWS: orgs_cloudtrail-integration, examples]
func ResponsibilityTransferAccepted(id, shared string, management ident.AccountID, t Transfer, at time.Time) Service {
	return t.event(id, shared, "ResponsibilityTransferAccepted", management, at)
}

// ResponsibilityTransferTerminated reports to one management account that a transfer
// was withdrawn, like ResponsibilityTransferAccepted.
func ResponsibilityTransferTerminated(id, shared string, management ident.AccountID, t Transfer, at time.Time) Service {
	return t.event(id, shared, "ResponsibilityTransferTerminated", management, at)
}

func (t Transfer) event(id, shared, name string, management ident.AccountID, at time.Time) Service {
	header := header{internal: true, byService: true}
	return Service{ID: id, Shared: shared, At: at, Name: name, Management: management, header: header, details: func(o *object) {
		if !t.End.IsZero() {
			o.milliseconds("endTimestamp", t.End)
		}
		o.text("id", string(t.ID))
		o.text("requester", string(t.Requester))
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

// What the details of EffectivePolicyValidation say in words. [AWS: the same examples]
const (
	invalidInfo = "All validation errors listed"
	validInfo   = "Previous effective policy validation error(s) resolved for this account/policyType"
)

// EffectivePolicyValidation reports that the effective policy of an account has
// become invalid, or valid again, by a change at an instant. [AWS:
// orgs_cloudtrail-integration, examples; assumed: whose instant requestTimestamp is]
func EffectivePolicyValidation(id string, management ident.AccountID, v Validation, at time.Time) Service {
	state, info := "VALID", validInfo
	if !v.Valid {
		state, info = "INVALID", invalidInfo
	}
	header := header{internal: true, readOnly: true}
	return Service{ID: id, At: at, Name: "EffectivePolicyValidation", Management: management, header: header, details: func(o *object) {
		o.text("accountId", string(v.Account))
		o.text("info", info)
		o.text("policyType", v.PolicyType)
		o.timeWithComma("requestTimestamp", at)
		o.text("state", state)
		if v.Valid {
			return
		}
		o.objects("validationErrors", len(v.Errors), func(i int) {
			e := v.Errors[i]
			o.text("accountPath", v.Path)
			texts(o, "contributingPolicies", e.ContributingPolicies)
			o.text("errorCode", e.Code)
			o.text("errorMessage", e.Message)
			o.timeWithComma("evaluationTimestamp", v.Evaluated)
			o.text("pathToError", e.PathToError)
		})
	}}
}
