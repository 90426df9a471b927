package server

import (
	"context"
	"time"

	"accord/internal/api"
)

// Recorder takes the records of calls that write no row of their own: failed
// calls and reads. The journal of the server implements it.
type Recorder interface {
	// Record takes a record. It is best effort and must not wait: the client
	// has its answer only when it returns. The request may not be changed.
	Record(ctx context.Context, r Record) error
}

// Record is one API call, for the journal of the calling account.
type Record struct {
	// At is the instant of the service's clock.
	At time.Time
	// Service and Operation are what was called; ReadOnly says that the
	// operation changes nothing.
	Service, Operation string
	ReadOnly           bool
	// Caller is who called, from where, with which request.
	Caller api.Caller
	// Request is the decoded input. It may hold secrets.
	Request api.Request
	// Error is what the caller was told; nil for a read that succeeded.
	Error *api.Error
}

// record hands a call to the recorder. A call that passed the signature is
// recorded whether it succeeded or not [AWS: guide]; the transaction of a change
// that succeeded has written its record itself, and an account that may not sign
// has no journal.
func (s *Server) record(ctx context.Context, c *Call, sent *api.Error) {
	if s.config.Recorder == nil || c.Caller.Account == "" || sent == nil && !c.Operation.Access.ReadOnly() {
		return
	}
	if sent != nil && sent.Type == api.UnrecognizedClient().Type {
		return
	}
	err := s.config.Recorder.Record(ctx, Record{
		At:        s.config.Clock.Now(),
		Service:   c.Service.Name,
		Operation: c.Operation.Name,
		ReadOnly:  c.Operation.Access.ReadOnly(),
		Caller:    c.Caller,
		Request:   c.Input,
		Error:     sent,
	})
	if err != nil {
		s.config.Telemetry.Unrecorded()
	}
}
