package server

import (
	"context"
	"log/slog"
	"time"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/faults"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/origin"
	"accord/internal/protocol"
	"accord/internal/telemetry"
	"accord/internal/throttle"
)

// Config configures a server. Fields that are not marked optional are required.
type Config struct {
	// Services are the services that the server offers. The first one answers
	// requests that belong to none.
	Services []Service
	// Authenticator identifies the caller.
	Authenticator identity.Authenticator
	// RequireAccount rejects a caller whose account may not sign, and registers an
	// account that is not known yet. It is for calls that end before they are authorized.
	// Optional.
	RequireAccount func(ctx context.Context) error
	// Throttle limits the rate of calls; optional. OrganizationOf returns the ID of the
	// organization of an account, and "" for one in none or one that is not known.
	Throttle       *throttle.Limiter
	OrganizationOf func(ctx context.Context, account string) (string, error)
	// Faults are injected into calls; optional.
	Faults *faults.Table
	// Telemetry records each call.
	Telemetry *telemetry.Recorder
	// Recorder receives the records of failed calls and of reads; optional.
	Recorder Recorder
	// InternalError is the answer to a call that fails with an unexpected error.
	InternalError *api.Error
	// Style is the wire style of all answers.
	Style api.WireStyle
	// Clock is the clock of the service; it dates records.
	Clock clock.Clock
	// WallClock measures durations: the system clock, also where Clock is virtual;
	// optional.
	WallClock clock.Clock
	// IDs makes request IDs.
	IDs *ident.Source
	// Pages says which requests of browsers are taken; optional.
	Pages origin.Policy
	// Limits bound requests; optional.
	Limits Limits
	// Log receives the errors of net/http.
	Log *slog.Logger
	// Undeclared is called when an operation returns an exception that its model does
	// not declare; optional. Tests make it fatal.
	Undeclared func(operation string, e *api.Error)
}

// Service is a service that the server offers.
type Service struct {
	// Name is the name in the credential scope, e.g. "organizations".
	Name string
	// Protocol is the wire protocol of the service.
	Protocol protocol.Protocol
	// Operations is its operation table.
	Operations map[string]*api.Operation
	// CommonErrors are exceptions that every operation may return besides its own.
	CommonErrors []string
	// Implementation is the value whose methods the operations are.
	Implementation any
	// Kept returns the encoded answer of an operation that reads, if the service has kept it
	// since the same request of the same caller was answered, and it would answer the same now;
	// nil otherwise. It must not be changed. It is asked where Protocol is a protocol.Encoder.
	// Optional.
	Kept func(op *api.Operation, caller *api.Caller, request []byte) []byte
	// Authorize decides a call that ends before its operation begins: it rejects a caller
	// whose account may not sign, and one whom policies deny the call. Operations do so in
	// their own transactions. Optional.
	Authorize func(ctx context.Context, in api.Request) error
}

// Recorder receives the records of calls that write no record in a transaction:
// failed calls and reads.
type Recorder interface {
	// Record takes a record, with the context of the call. It is best effort and must not block: the answer is
	// complete only when it returns. The request must not be changed.
	Record(ctx context.Context, r Record)
}

// Record is one API call, for the journal of the calling account.
type Record struct {
	// At is the instant of the service's clock.
	At time.Time
	// Service and Operation name the operation; ReadOnly is what its records say.
	Service, Operation string
	ReadOnly           bool
	// Caller is the caller, with the IDs of the connection and the request.
	Caller api.Caller
	// Request is the decoded input. It may hold secrets.
	Request api.Request
	// Error is the returned error; nil for a read that succeeded.
	Error *api.Error
}
