package protocol

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"accord/internal/api"
	"accord/internal/spelling"
)

// The exceptions of reading a request. They are in no model: other services return
// them. [assumed from the JSON 1.1 services]
const (
	UnknownOperationException      = "UnknownOperationException"
	SerializationException         = "SerializationException"
	RequestEntityTooLargeException = "RequestEntityTooLargeException"
	RequestTimeoutException        = "RequestTimeoutException"
	ServiceUnavailableException    = "ServiceUnavailableException"
)

// UnknownOperation is the answer to a request that names no operation. The
// status says why: 400 for the name, 404 for path or content type, 405 for the
// method. AWS sends no text [assumed]; ours says what is wrong with the request.
func UnknownOperation(status int, text string) *api.Error {
	return &api.Error{Type: UnknownOperationException, Status: status, Message: text}
}

// WrongMethod is the answer to a method that carries no operation.
func WrongMethod(allowed string) *api.Error {
	return UnknownOperation(http.StatusMethodNotAllowed, "An operation is called with the method "+allowed+".")
}

// WrongPath is the answer to a path that is none of an operation.
func WrongPath() *api.Error {
	return UnknownOperation(http.StatusNotFound, "The operations of this service have the path /.")
}

// WrongMediaType is the answer to another content type than the one wanted.
func WrongMediaType(wanted string) *api.Error {
	return UnknownOperation(http.StatusNotFound, "The Content-Type of a request must be "+wanted+".")
}

// Suggestion is the end of a text about an operation that is not in the table: similar
// names, if there are any.
func Suggestion(name string, table map[string]*api.Operation) string {
	return spelling.Suggest(name, slices.Sorted(maps.Keys(table)))
}

// Serialization is the answer to a body that cannot be read. The text
// quotes no value: it may be a secret.
func Serialization(text string) *api.Error {
	return api.NewError(SerializationException, "", text)
}

func tooLarge(limit int64) *api.Error {
	return &api.Error{
		Type:    RequestEntityTooLargeException,
		Message: fmt.Sprintf("The body of the request exceeds %d bytes.", limit),
		Status:  http.StatusRequestEntityTooLarge,
	}
}

// tooSlow has a name that the SDKs retry.
func tooSlow() *api.Error {
	return &api.Error{
		Type:    RequestTimeoutException,
		Message: "The body of the request did not arrive in time.",
		Status:  http.StatusRequestTimeout,
	}
}

// Unavailable is the answer while the server cannot do what is asked, and has changed
// nothing. SDKs retry it. [AWS: common errors; assumed: the text]
func Unavailable(why string) *api.Error {
	return &api.Error{
		Type:    ServiceUnavailableException,
		Message: "The request was not carried out: " + why + ". Try again later.",
		Status:  http.StatusServiceUnavailable,
	}
}
