package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// failure is why something was not done, in the words of the API or of the admin API.
type failure struct {
	Status int
	// Type and Reason are those of an exception of the API.
	Type, Reason, Message string
	// Operation was called, As its caller; empty for the admin API.
	Operation, As string
	// Field is the field of the form that the message is about; empty if it is not known.
	Field string
}

func (f *failure) Error() string {
	return strings.TrimPrefix(f.Type+": ", ": ") + f.Message
}

// failureOf is an error as a failure; nil for none.
func failureOf(err error) *failure {
	var f *failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	}
	return &failure{Status: http.StatusInternalServerError, Message: "Internal error; the log of the server says why."}
}

// is reports whether an error is an exception of the API.
func is(err error, exceptions ...string) bool {
	var f *failure
	return errors.As(err, &f) && slices.Contains(exceptions, f.Type)
}

// errUnknownForm refuses a form that a page does not have.
var errUnknownForm = &failure{Status: http.StatusBadRequest, Message: "The page has no such form."}
