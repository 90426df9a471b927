// Package clone reads an organization from a server that speaks the API of AWS into a
// seed.Document: with its IDs, its order and its instants, as far as the caller may read
// them. It only reads: the table of operations is all that it ever calls, and the policy
// that those calls need comes from the same table.
//
// The package is pure. What answers is a Source: package sdk calls a server, package
// files answers from saved calls.
package clone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Input is the input of a call. A zero member is not sent.
type Input struct {
	AccountId, ParentId, PolicyId, ResourceId, TargetId string `json:",omitempty"`
	// Filter is a policy type, or a filter of handshakes.
	Filter    any    `json:",omitempty"`
	Type      string `json:",omitempty"`
	NextToken string `json:",omitempty"`
}

// Subject is what a call asks about; empty for the organization.
func (i Input) Subject() string {
	for _, id := range []string{i.AccountId, i.ParentId, i.PolicyId, i.ResourceId, i.TargetId} {
		if id != "" {
			return id
		}
	}
	switch filter := i.Filter.(type) {
	case string:
		return filter
	case HandshakeFilter:
		return filter.ParentHandshakeId
	}
	return ""
}

// HandshakeFilter selects handshakes.
type HandshakeFilter struct {
	ParentHandshakeId string `json:",omitempty"`
}

// Source answers calls. Its output is the JSON of the API: timestamps are numbers, or texts
// as the AWS CLI writes them.
//
// An error that the server gave in an answer is an *APIError, and one of calls that nobody
// saved a *Missing: reading goes on without it. Every other error ends the reading.
type Source interface {
	Call(ctx context.Context, operation string, in Input) (json.RawMessage, error)
}

// APIError is an error that the server answered with.
type APIError struct {
	Code, Message string
	// Status is that of HTTP, if the server failed without a code of the API: what it would
	// have said is unknown, unless it does not have the operation.
	Status int `json:",omitempty"`
}

func (e *APIError) Error() string {
	if e.Status != 0 {
		return "the server fails, also when it is asked again: " + e.Code
	}
	if e.Message == "" {
		return e.Code
	}
	return e.Code + ": " + e.Message
}

// Missing is the error of a call whose output was not saved.
type Missing struct {
	// Command is how the AWS CLI makes the call.
	Command string
}

func (m *Missing) Error() string { return "not saved; it is the output of: " + m.Command }

// Contradiction is the error of answers that do not go together: which of them is true? They may
// have been given before and after a change, so that asking again helps.
type Contradiction struct{ Operation, Says string }

func (c *Contradiction) Error() string {
	return c.Operation + ": " + c.Says + "; if it changed meanwhile, try again"
}

// isRefusal reports whether reading goes on after an error of an operation.
func isRefusal(o Operation, err error) bool {
	var answered *APIError
	var missing *Missing
	return errors.As(err, &answered) && (answered.Status == 0 || o.Optional) || errors.As(err, &missing)
}

// unsaved stands for *Missing among the codes of errors.
const unsaved = "unsaved"

// isCode reports whether an error is one of the server with one of the codes.
func isCode(err error, codes ...string) bool {
	var answered *APIError
	var missing *Missing
	switch {
	case errors.As(err, &answered):
		return slices.Contains(codes, answered.Code)
	case errors.As(err, &missing):
		return slices.Contains(codes, unsaved)
	}
	return false
}

// Operation is one that reading calls.
type Operation struct {
	Name string
	// Action is what a policy has to allow; empty if everyone may call it.
	Action string
	// Result is the member of the output that has the list, or the thing.
	Result string
	// Absent are the codes of errors that say that there is nothing.
	Absent []string
	// Identifies: the output says whose organization it is.
	Identifies bool
	// Optional operations are missing in some servers, which then fail.
	Optional bool
}

// Operations are all that reading calls: each lists or describes.
var Operations = []Operation{
	{Name: "GetCallerIdentity", Result: "Account", Identifies: true, Optional: true},
	{Name: "DescribeOrganization", Action: "organizations:DescribeOrganization", Result: "Organization", Identifies: true},
	{Name: "DescribePolicy", Action: "organizations:DescribePolicy", Result: "Policy"},
	{Name: "DescribeResourcePolicy", Action: "organizations:DescribeResourcePolicy", Result: "ResourcePolicy", Absent: []string{"ResourcePolicyNotFoundException"}, Optional: true},
	list("ListAWSServiceAccessForOrganization", "EnabledServicePrincipals"),
	list("ListAccounts", "Accounts"),
	list("ListAccountsForParent", "Accounts"),
	list("ListCreateAccountStatus", "CreateAccountStatuses"),
	list("ListDelegatedAdministrators", "DelegatedAdministrators"),
	list("ListDelegatedServicesForAccount", "DelegatedServices"),
	optional(list("ListHandshakesForAccount", "Handshakes")),
	optional(list("ListHandshakesForOrganization", "Handshakes")),
	optional(list("ListInboundResponsibilityTransfers", "ResponsibilityTransfers")),
	list("ListOrganizationalUnitsForParent", "OrganizationalUnits"),
	optional(list("ListOutboundResponsibilityTransfers", "ResponsibilityTransfers")),
	list("ListPolicies", "Policies"),
	list("ListPoliciesForTarget", "Policies"),
	list("ListRoots", "Roots"),
	list("ListTagsForResource", "Tags"),
	list("ListTargetsForPolicy", "Targets"),
}

func list(name, result string) Operation {
	return Operation{Name: name, Action: "organizations:" + name, Result: result}
}

func optional(o Operation) Operation {
	o.Optional = true
	return o
}

// Find returns the operation with a name; it is one of the table.
func Find(name string) Operation {
	for _, o := range Operations {
		if o.Name == name {
			return o
		}
	}
	panic("clone: " + name + " is no operation of the table")
}

// Policy is the least policy that lets a principal read everything, as JSON.
func Policy() ([]byte, error) {
	var actions []string
	for _, o := range Operations {
		if o.Action != "" {
			actions = append(actions, o.Action)
		}
	}
	type statement struct {
		Sid, Effect string
		Action      []string
		Resource    string
	}
	text, err := json.MarshalIndent(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"ReadOrganization", "Allow", actions, "*"}}}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("the policy: %w", err)
	}
	return append(text, '\n'), nil
}
