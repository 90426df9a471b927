package stsapi

import "accord/internal/api"

// CommonErrors are the exceptions that every operation may return. [AWS: common errors]
var CommonErrors = []string{accessDenied, invalidParameter, api.ValidationErrorType}

const (
	accessDenied     = "AccessDenied"
	invalidParameter = "InvalidParameterValue"
)

// TransitiveKeys are the keys of the session tags that go on to the next session of a
// chain.
func (in *AssumeRoleRequest) TransitiveKeys() []string { return in.TransitiveTagKeys }

// ErrAccessDenied is the answer to a caller that may not do what it asks for.
func ErrAccessDenied(text string) *api.Error {
	return &api.Error{Type: accessDenied, Message: text, Status: 403}
}

// ErrInvalidParameter is the answer to parameters that contradict each other.
func ErrInvalidParameter(text string) *api.Error { return api.NewError(invalidParameter, "", text) }

// ErrValidation is the answer to a member that violates a rule which the model does
// not have.
func ErrValidation(text string) *api.Error { return api.NewError(api.ValidationErrorType, "", text) }

// errorOf is what the generated checks answer.
func errorOf(v *api.Violation) *api.Error { return api.ValidationError(v) }
