// Package protocol turns the bytes of a request into the structs of the wire
// and answers into bytes. It holds what all protocols share: the interface,
// the bounded body of a request, the errors of reading it, and how an answer is
// sent. Each protocol has a package of its own below.
//
// It knows no rule of any service, no store and no server.
package protocol

import (
	"net/http"

	"accord/internal/api"
)

// Protocol is one of the protocols of the wire.
//
// Errors that a method returns are *api.Error where the client caused them;
// anything else is an internal error.
type Protocol interface {
	// Match reports whether the request names an operation in the form of this
	// protocol. It decides for requests whose credential names no service.
	Match(m *Message) bool
	// Operation finds the operation that the request names. It checks, in this
	// order, method, path, name and content type.
	Operation(m *Message, table map[string]*api.Operation) (*api.Operation, error)
	// Asked is the name of the operation as the request has it, for the log; empty if
	// it has none.
	Asked(m *Message) string
	// Decode reads the members of the request.
	Decode(m *Message, into api.Request) error
	// WriteResult sends the answer of an operation. When it returns an error,
	// nothing was sent.
	WriteResult(w http.ResponseWriter, requestID string, op *api.Operation, out any) error
	// WriteError sends an error as it is: the caller chose the wire style.
	// The operation has no name when the request named none. It returns the code and
	// the HTTP status that were sent.
	WriteError(w http.ResponseWriter, requestID string, op *api.Operation, e *api.Error) (code string, status int)
}

// Encoder is a Protocol whose answers depend on the output of the operation only, and
// on nothing else of the call. They can be kept and sent again.
type Encoder interface {
	Protocol
	api.Encoder
	// WriteEncoded sends an answer that Encode returned.
	WriteEncoded(w http.ResponseWriter, requestID string, body []byte)
}
