package visit

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Failure is why something was not done, in the words of the API or of the admin API.
type Failure struct {
	Status int
	// Type and Reason are those of an exception of the API.
	Type, Reason, Message string
	// Operation was called, As its caller; empty for the admin API.
	Operation, As string
	// Field is the field of the form that the message is about; empty if it is not known.
	Field string
}

func (f *Failure) Error() string {
	return strings.TrimPrefix(f.Type+": ", ": ") + f.Message
}

// FailureOf is an error as a failure; nil for none.
func FailureOf(err error) *Failure {
	var f *Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	}
	return &Failure{Status: http.StatusInternalServerError, Message: "Internal error; the log of the server says why."}
}

// Is reports whether an error is an exception of the API.
func Is(err error, exceptions ...string) bool {
	var f *Failure
	return errors.As(err, &f) && slices.Contains(exceptions, f.Type)
}

// Has reports whether an error is a refusal with one of some statuses.
func Has(err error, statuses ...int) bool {
	var f *Failure
	return errors.As(err, &f) && slices.Contains(statuses, f.Status)
}

// NeedsToken refuses a person without the powers of the admin API.
func NeedsToken() *Failure {
	return &Failure{Status: http.StatusForbidden, Message: "This needs the token of the admin API: sign in with it."}
}

// ErrUnknownForm refuses a form that a page does not have.
var ErrUnknownForm = &Failure{Status: http.StatusBadRequest, Message: "The page has no such form."}

// At puts a refusal at a field.
func At(field string, err error) error {
	var f *Failure
	if errors.As(err, &f) && f.Field == "" {
		f.Field = field
	}
	return err
}
