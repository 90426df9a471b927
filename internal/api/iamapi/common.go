package iamapi

import "accord/internal/api"

// CommonErrors are the exceptions that every operation may return. [AWS: common errors]
var CommonErrors = []string{accessDenied, serviceUnavailable, api.ValidationErrorType}

const (
	accessDenied = "AccessDenied"
	// serviceUnavailable is its name before the protocol makes the short one of it.
	serviceUnavailable = "ServiceUnavailableException"
)

// ErrAccessDenied is the answer to a caller that may not do what it asks for.
func ErrAccessDenied(text string) *api.Error {
	return &api.Error{Type: accessDenied, Message: text, Status: 403}
}

// ErrValidation is the answer to a member that violates a rule which the model does
// not have.
func ErrValidation(text string) *api.Error { return api.NewError(api.ValidationErrorType, "", text) }

// errorOf is what the generated checks answer.
func errorOf(v *api.Violation) *api.Error { return api.ValidationError(v) }
