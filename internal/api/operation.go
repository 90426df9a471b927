package api

import (
	"context"
	"net/http"
)

// Operation is one row of a service's operation table: everything that the
// pipeline has to know to serve it.
type Operation struct {
	// Name is the name on the wire, e.g. "AcceptHandshake".
	Name string
	// Access says which callers the operation serves.
	Access Access
	// Errors lists the exceptions that the model allows the operation to return.
	Errors []string

	newRequest func() Request
	invoke     func(ctx context.Context, service any, in Request) (any, error)
}

// Request is the decoded input of an operation.
type Request interface {
	// Operation returns the operation that the request is the input of.
	Operation() *Operation
	// Validate checks the constraints of the model and returns the error of the first
	// violation, or nil.
	Validate() *Error
	// AppendEventJSON appends the request as event records show it.
	AppendEventJSON(b []byte) []byte
}

// Paged is the input of an operation that returns a list page by page.
type Paged interface {
	Request
	// Page returns the token and the size of the page, nil where they were not sent.
	Page() (token *string, maxResults *int32)
	// PageParameters is a text of all members that select entries.
	PageParameters() string
}

// request is the constraint that ties a request type to its pointer methods.
type request[I any] interface {
	*I
	Request
}

// Bind makes the row of an operation from the method that implements it. S is
// the service interface, I and O are the request and the response.
func Bind[S, I, O any, P request[I]](name string, method func(S, context.Context, P) (*O, error), access Access, errors []string) *Operation {
	return &Operation{
		Name:       name,
		Access:     access,
		Errors:     errors,
		newRequest: func() Request { return P(new(I)) },
		invoke: func(ctx context.Context, service any, in Request) (any, error) {
			out, err := method(service.(S), ctx, in.(P))
			switch {
			case err != nil:
				return nil, err
			case out == nil:
				return new(O), nil
			}
			return out, nil
		},
	}
}

// NewRequest returns an empty request to decode into.
func (o *Operation) NewRequest() Request { return o.newRequest() }

// Invoke calls the operation of a service that implements it.
func (o *Operation) Invoke(ctx context.Context, service any, in Request) (any, error) {
	return o.invoke(ctx, service, in)
}

// MayReturn reports whether the model allows the operation to return the
// exception.
func (o *Operation) MayReturn(exception string) bool {
	for _, e := range o.Errors {
		if e == exception {
			return true
		}
	}
	return false
}

// NotImplemented is the answer of an operation that is not implemented.
func NotImplemented(operation string) *Error {
	return &Error{
		Type:    "NotImplementedException",
		Message: operation + " is not implemented in this version.",
		Status:  http.StatusNotImplemented,
	}
}

// Access says which callers an operation serves. It comes from
// model/access.json.
type Access struct {
	// Action is the name of the operation in policies, e.g. "organizations:MoveAccount".
	Action string
	// Resource is the only type of resource that every call has; empty if there is none.
	Resource string
	// Standing is what the caller's account has to be.
	Standing Standing
	// Level is the access level of the action.
	Level Level
	// Delegable reports whether the delegation policy of an organization can
	// give the action to a member.
	Delegable bool
	// ReadOnlyRecord is set for an operation of level Write whose event records say that
	// it is read only. [AWS: CloudTrail examples of AssumeRole]
	ReadOnlyRecord bool
	// Undeniable is set for an operation that no policy can deny. [AWS: GetCallerIdentity]
	Undeniable bool
}

// Standing is what the account of a caller has to be for an operation.
type Standing string

// The standings that operations ask for [AWS: API reference, per operation].
const (
	// Anyone: every account, in an organization or not.
	Anyone Standing = "anyone"
	// Outsider: an account that is in no organization.
	Outsider Standing = "outsider"
	// Insider: any account of an organization.
	Insider Standing = "insider"
	// Reader: the management account or a delegated administrator.
	Reader Standing = "reader"
	// Member: an account of an organization that is not its management account.
	Member Standing = "member"
	// Management: the management account.
	Management Standing = "management"
)

// Level is the access level of an action in the Service Authorization Reference.
type Level string

// The levels. Only Write operations may open a writing transaction.
const (
	Read  Level = "Read"
	List  Level = "List"
	Write Level = "Write"
)

// ReadOnly reports whether the operation changes nothing.
func (a Access) ReadOnly() bool { return a.Level != Write }

// RecordedReadOnly reports whether the event records of the operation say that it is read
// only.
func (a Access) RecordedReadOnly() bool { return a.ReadOnly() || a.ReadOnlyRecord }
