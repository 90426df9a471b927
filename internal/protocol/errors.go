package protocol

import (
	"fmt"
	"net/http"

	"accord/internal/api"
)

// The exceptions of reading a request. They are in no model: other services return
// them. [assumed from the JSON 1.1 services]
const (
	UnknownOperationException      = "UnknownOperationException"
	SerializationException         = "SerializationException"
	RequestEntityTooLargeException = "RequestEntityTooLargeException"
	RequestTimeoutException        = "RequestTimeoutException"
)

// UnknownOperation is the answer to a request that names no operation. The
// status says why: 400 for the name, 404 for path or content type, 405 for the
// method.
func UnknownOperation(status int) *api.Error {
	return &api.Error{Type: UnknownOperationException, Status: status}
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
