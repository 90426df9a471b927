package event

import (
	"time"

	"accord/internal/ident"
	"accord/internal/org"
)

// CreateAccountResult reports how a request to create an account ended.
// management is the account of the organization that asked. [AWS: example of
// CreateAccountResult; the twin in the other partition is assumed]
func CreateAccountResult(id string, management ident.AccountID, c org.Creation) Service {
	status := map[string]any{
		"id":                 c.ID,
		"state":              c.State,
		"accountName":        "****",
		"requestedTimestamp": c.Requested,
		"completedTimestamp": c.Completed,
	}
	if c.State == org.Succeeded {
		status["accountId"] = c.Account
		if c.GovCloudAccount != "" {
			status["govCloudAccountId"] = c.GovCloudAccount
		}
	} else {
		status["failureReason"] = c.FailureReason
	}
	return Service{
		ID: id, At: c.Completed, Name: "CreateAccountResult", Management: management,
		Details: map[string]any{"createAccountStatus": status},
	}
}

// CloseAccountResult reports that a member account is closed. [AWS: example of
// CloseAccountResult]
func CloseAccountResult(id string, management ident.AccountID, a org.Account) Service {
	return Service{
		ID: id, At: a.ClosedAt, Name: "CloseAccountResult", Management: management,
		Details: map[string]any{"closeAccountStatus": map[string]any{
			"accountId":          a.ID,
			"state":              "SUCCEEDED",
			"requestedTimestamp": a.ClosureRequested,
			"completedTimestamp": a.ClosedAt,
		}},
	}
}

// AccountJoinedOrganization reports that an account, whose membership is set, has
// become a member. [AWS: names; the layout is assumed]
func AccountJoinedOrganization(id string, management ident.AccountID, a org.Account) Service {
	return Service{
		ID: id, At: a.Membership.Joined, Name: "AccountJoinedOrganization", Management: management,
		Details: map[string]any{"accountJoinedOrganization": map[string]any{
			"accountId":      a.ID,
			"organizationId": a.Membership.Organization,
			"joinedMethod":   a.Membership.Method,
			"joinedTime":     a.Membership.Joined,
		}},
	}
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
	return Service{
		ID: id, At: at, Name: "AccountDepartedOrganization", Management: management,
		Details: map[string]any{"accountDepartedOrganization": map[string]any{
			"accountId":       account,
			"organizationId":  organization,
			"departureMethod": how,
			"departureTime":   at,
		}},
	}
}

// RoleCreated reports that the service made the role
// AWSServiceRoleForOrganizations in an account, for which the record is. (seen in
// published records; that each made role has one is assumed)
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
	transfer := map[string]any{
		"id":             t.ID,
		"transferChain":  t.Chain,
		"type":           t.Type,
		"status":         t.Status,
		"source":         map[string]any{"managementAccountId": t.Source},
		"target":         map[string]any{"managementAccountId": t.Target},
		"startTimestamp": t.Start.UnixMilli(),
	}
	if !t.End.IsZero() {
		transfer["endTimestamp"] = t.End.UnixMilli()
	}
	return Service{
		ID: id, At: at, Name: name, Management: management,
		Details: map[string]any{"responsibilityTransfer": transfer, "requester": requester},
	}
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
	errors := make([]map[string]any, len(v.Errors))
	for i, e := range v.Errors {
		errors[i] = map[string]any{
			"accountPath":          v.Path,
			"evaluationTimestamp":  v.Evaluated,
			"errorCode":            e.Code,
			"errorMessage":         e.Message,
			"pathToError":          e.PathToError,
			"contributingPolicies": e.ContributingPolicies,
		}
	}
	return Service{
		ID: id, At: at, Name: "EffectivePolicyValidation", Management: management,
		Details: map[string]any{
			"accountId":           v.Account,
			"accountPath":         v.Path,
			"evaluationTimestamp": v.Evaluated,
			"policyType":          v.PolicyType,
			"state":               state,
			"validationErrors":    errors,
		},
	}
}
