// Package server is the way in for clients: it turns each HTTP request into one
// call, leads it through the pipeline and answers.
//
// What a call needs at each step is here, and how long and large it may be. It
// knows neither the store nor a rule of any service: it reaches them through the
// operation tables.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/faults"
	"accord/internal/graceful"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/protocol"
	"accord/internal/telemetry"
)

// Service is one service that the server offers.
type Service struct {
	// Name is the name in the credential scope, e.g. "organizations".
	Name string
	// Protocol is how the service speaks.
	Protocol protocol.Protocol
	// Operations is its operation table.
	Operations map[string]api.Operation
	// Implementation is what the operations are called on.
	Implementation any
}

// Limits bound what one request may take. Zero means the default.
type Limits struct {
	// Header is the time for the head of a request; 10 seconds.
	Header time.Duration
	// Request is the time for a request to arrive, and from the end of its head
	// to the end of its call; 30 seconds.
	Request time.Duration
	// Answer is the time that a client gets to take the answer of a call that
	// used up its time; 5 seconds.
	Answer time.Duration
	// Idle is how long a connection may wait for its next request; 2 minutes.
	Idle time.Duration
	// Grace is how long calls in flight may take to end when the server stops;
	// 35 seconds.
	Grace time.Duration
	// HeaderBytes is the size of the head; 64 KiB.
	HeaderBytes int
	// BodyBytes is the size of the body; 1 MiB.
	BodyBytes int64
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Header:      cmp.Or(l.Header, 10*time.Second),
		Request:     cmp.Or(l.Request, 30*time.Second),
		Answer:      cmp.Or(l.Answer, 5*time.Second),
		Idle:        cmp.Or(l.Idle, 2*time.Minute),
		Grace:       cmp.Or(l.Grace, 35*time.Second),
		HeaderBytes: cmp.Or(l.HeaderBytes, 64<<10),
		BodyBytes:   cmp.Or(l.BodyBytes, 1<<20),
	}
}

// Config is what a server is made of. What is not marked optional is needed.
type Config struct {
	// Services are those that the server offers. The first one answers what
	// belongs to none.
	Services []Service
	// Authenticator tells who calls.
	Authenticator identity.Authenticator
	// RequireAccount rejects a caller whose account may not sign, and registers an
	// account that is not known yet. Operations do so in their own transactions;
	// this is for calls that end before their operation begins. Optional.
	RequireAccount func(ctx context.Context) error
	// Faults are injected into calls; optional.
	Faults *faults.Table
	// Telemetry sees each call.
	Telemetry *telemetry.Recorder
	// Recorder is told of failed calls and of reads; optional.
	Recorder Recorder
	// Style is the wire style of all answers.
	Style api.Style
	// Clock is the clock of the service; it dates records.
	Clock clock.Clock
	// WallClock is the clock of the machine, which measures durations; optional.
	WallClock clock.Clock
	// IDs makes request ids.
	IDs *ident.Source
	// Limits bound requests; optional.
	Limits Limits
	// Log takes what net/http complains about.
	Log *slog.Logger
	// Undeclared is told when an operation fails with an exception that its
	// model does not have; optional. Tests make it fatal.
	Undeclared func(operation string, e *api.Error)
}

// Server serves the wire.
type Server struct {
	config Config
	call   handler
}

// New returns a server. It refuses services that cannot be served: without a
// name, with the name of another, or with an operation of which nobody said who
// may call it.
func New(c Config) (*Server, error) {
	if len(c.Services) == 0 {
		return nil, errors.New("server: there is no service")
	}
	names := map[string]bool{}
	for _, s := range c.Services {
		if s.Name == "" || names[s.Name] {
			return nil, fmt.Errorf("server: service name %q is empty or stands twice", s.Name)
		}
		names[s.Name] = true
		for name, op := range s.Operations {
			if name != op.Name {
				return nil, fmt.Errorf("server: operation %s stands in the table as %s", op.Name, name)
			}
			if op.Access.Standing == "" || op.Access.Level == "" {
				return nil, fmt.Errorf("server: operation %s has no access entry", name)
			}
		}
	}
	if c.WallClock == nil {
		c.WallClock = &clock.System{}
	}
	if c.Faults == nil {
		c.Faults = faults.NewTable()
	}
	if c.RequireAccount == nil {
		c.RequireAccount = func(context.Context) error { return nil }
	}
	c.Limits = c.Limits.withDefaults()
	s := &Server{config: c}
	s.call = compose(s.steps())
	return s, nil
}

// Run serves on the listener until the context ends. Then it takes no further
// request, answers those in flight, and returns; an error says that some of them
// did not end in time, or why it could not serve.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	web := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.config.Limits.Header,
		ReadTimeout:       s.config.Limits.Request,
		WriteTimeout:      s.config.Limits.Request + s.config.Limits.Answer,
		IdleTimeout:       s.config.Limits.Idle,
		MaxHeaderBytes:    s.config.Limits.HeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn),
		// OPTIONS * is a wrong method like others, not a greeting.
		DisableGeneralOptionsHandler: true,
	}
	if err := graceful.Serve(ctx, web, l, s.config.Limits.Grace); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := &deadline{Context: r.Context(), at: time.Now().Add(s.config.Limits.Request)}
	defer ctx.end()
	c := &Call{
		RequestID: s.config.IDs.UUID(),
		Message:   protocol.NewMessage(r, s.config.Limits.BodyBytes),
		Service:   &s.config.Services[0],
		writer:    w,
	}
	err := s.call(ctx, c)
	c.Message.Release()
	if errors.Is(err, errCut) {
		// The one way in which net/http closes a connection without an answer.
		panic(http.ErrAbortHandler)
	}
}
