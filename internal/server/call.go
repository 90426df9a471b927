package server

import (
	"context"
	"errors"
	"net/http"

	"accord/internal/api"
	"accord/internal/protocol"
	"accord/internal/sigv4"
)

// Call is a call in the pipeline. Each step fills in its results.
type Call struct {
	// RequestID is the UUID of the request.
	RequestID string
	// Message is the HTTP request.
	Message *protocol.Message
	// Service is the service that answers: the first one until route has found it.
	Service *Service
	// Operation is the called operation; unnamed until route has found it.
	Operation *api.Operation
	// Signature is read by route to find the service. signatureError is why it could
	// not be read, which authenticate returns.
	Signature      sigv4.Signature
	signatureError error
	// Input is the decoded request.
	Input api.Request
	// decoded is set when Input is complete.
	decoded bool
	// Caller is the caller; without an account until authenticate has found it.
	Caller api.Caller
	// signer is who signed the request, once it is identified.
	signer     api.Caller
	identified bool
	// Fault is the ID of the fault that was injected.
	Fault string
	// Output is the result of the operation, unless exchange has the encoded answer.
	Output any

	exchange api.Exchange
	// recalled is set for a call that ended with an answer that its service has kept.
	recalled bool
	// called is the context of the services; nil until the caller is known.
	called context.Context

	writer http.ResponseWriter

	// deadline is the context of the call, and message is Message.
	deadline deadline
	message  protocol.Message
}

// writeResult sends the answer of an operation.
func (c *Call) writeResult() error {
	if encoder, is := c.Service.Protocol.(protocol.Encoder); is && c.exchange.Answer != nil {
		encoder.WriteEncoded(c.writer, c.RequestID, c.exchange.Answer)
		return nil
	}
	return c.Service.Protocol.WriteResult(c.writer, c.RequestID, c.Operation, c.Output)
}

// keeps returns the encoder of answers that may be kept, and the body of the request. It
// returns none for a call whose answer may not, and for a body that could not be read.
func (c *Call) keeps() (protocol.Encoder, []byte) {
	encoder, is := c.Service.Protocol.(protocol.Encoder)
	if !is || !c.Operation.Access.ReadOnly() {
		return nil, nil
	}
	body, err := c.Message.Bytes()
	if err != nil {
		return nil, nil
	}
	return encoder, body
}

// input is the decoded request, also of a call whose answer was kept.
func (c *Call) input() api.Request {
	if !c.recalled || c.decoded {
		return c.Input
	}
	in := c.Operation.NewRequest()
	_ = c.Service.Protocol.Decode(c.Message, in) // It was decoded before.
	c.Input, c.decoded = in, true
	return in
}

// unnamed is the operation of a call until route has found it.
var unnamed api.Operation

// handler runs the rest of the pipeline on a call.
type handler func(ctx context.Context, c *Call) error

// step is a step of the pipeline. It wraps the rest: it may act before and after next,
// or return an error instead of calling it.
type step struct {
	name string
	run  func(ctx context.Context, c *Call, next handler) error
}

// pipeline has the steps as methods, each in the file with its name; pipeline.go has
// their order.
type pipeline struct{ config Config }

// errCut ends a call whose connection a fault cuts.
var errCut = errors.New("the connection is cut by an injected fault")
