package server

import (
	"context"
	"errors"
	"net/http"

	"accord/internal/api"
	"accord/internal/identity"
	"accord/internal/protocol"
)

// Call is one call on its way through the pipeline. Each step fills in what it
// finds out; nothing else travels.
type Call struct {
	// RequestID is the UUID of the request.
	RequestID string
	// Message is the request as it came.
	Message *protocol.Message
	// Service is the one that answers; from the start the first, from route on
	// the one that is meant.
	Service *Service
	// Operation is what is called; without a name until route found it.
	Operation api.Operation
	// Signature is what route read to find the service; signatureError is why
	// it could not, which authenticate will say.
	Signature      identity.Signature
	signatureError error
	// Input is the decoded request.
	Input api.Request
	// Caller is who calls; without an account until authenticate knows it.
	Caller api.Caller
	// Fault is the id of the fault rule that acted.
	Fault string
	// Output is what the operation returned.
	Output any

	writer http.ResponseWriter
}

// handler leads a call through the rest of the pipeline.
type handler func(ctx context.Context, c *Call) error

// step is one step of the pipeline. It wraps the rest: it may act before next,
// after it, or refuse the call by returning an error instead of calling it.
type step struct {
	name string
	run  func(ctx context.Context, c *Call, next handler) error
}

// steps is the pipeline: the order in which a call is judged [assumed, with the
// recorded answers that fit]. Route and decode find what is wrong with the form;
// authenticate with the signature; an injected fault comes before the input is
// validated, so that it can stand for any answer. Everything that needs the state
// of an organization happens inside invoke, in one transaction.
func (s *Server) steps() []step {
	return []step{
		{"observe", s.observe},
		{"route", s.route},
		{"decode", s.decode},
		{"authenticate", s.authenticate},
		{"fault", s.fault},
		{"validate", s.validate},
		{"invoke", s.invoke},
	}
}

// Steps returns the names of the steps in the order in which a call passes them.
func (s *Server) Steps() []string {
	var names []string
	for _, step := range s.steps() {
		names = append(names, step.name)
	}
	return names
}

// compose makes one handler of the steps. Behind the last there is nothing.
func compose(steps []step) handler {
	next := handler(func(context.Context, *Call) error { return nil })
	for i := len(steps) - 1; i >= 0; i-- {
		run, rest := steps[i].run, next
		next = func(ctx context.Context, c *Call) error { return run(ctx, c, rest) }
	}
	return next
}

// errCut ends a call whose connection a fault rule cuts.
var errCut = errors.New("the connection is cut by a fault rule")
