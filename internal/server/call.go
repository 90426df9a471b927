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
	// Fault is the ID of the fault that was injected.
	Fault string
	// Output is the result of the operation, unless exchange has the encoded answer.
	Output any

	exchange api.Exchange
	// called is the context of the services; nil until the caller is known.
	called context.Context

	writer http.ResponseWriter
}

// writeResult sends the answer of an operation.
func (c *Call) writeResult() error {
	if encoder, is := c.Service.Protocol.(protocol.Encoder); is && c.exchange.Answer != nil {
		encoder.WriteEncoded(c.writer, c.RequestID, c.exchange.Answer)
		return nil
	}
	return c.Service.Protocol.WriteResult(c.writer, c.RequestID, c.Operation, c.Output)
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
