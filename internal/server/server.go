// Package server is the listener of the API: it turns each HTTP request into a call,
// runs the pipeline on it and answers.
//
// The steps of the pipeline live here, and the limits of a request. It knows neither
// the store nor the behavior of a service: it reaches them through the operation
// tables.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"accord/internal/api"
	"accord/internal/clock"
	"accord/internal/faults"
	"accord/internal/graceful"
	"accord/internal/protocol"
	"accord/internal/telemetry"
)

// Server serves the API.
type Server struct {
	config Config
	steps  []step
	call   handler
	pool   *graceful.Pool
	bodies *protocol.Bodies
}

// New returns a server. It returns an error for a service without a name, with the
// name of another, or with an operation that has no access entry, and without an
// InternalError.
func New(c Config) (*Server, error) {
	if len(c.Services) == 0 {
		return nil, errors.New("server: there is no service")
	}
	names := map[string]bool{}
	for _, s := range c.Services {
		if s.Name == "" || names[s.Name] {
			return nil, fmt.Errorf("server: service name %q is empty or appears twice", s.Name)
		}
		names[s.Name] = true
		for name, op := range s.Operations {
			if name != op.Name {
				return nil, fmt.Errorf("server: operation %s is in the table as %s", op.Name, name)
			}
			if op.Access.Standing == "" || op.Access.Level == "" {
				return nil, fmt.Errorf("server: operation %s has no access entry", name)
			}
		}
	}
	if c.InternalError == nil {
		return nil, errors.New("server: there is no answer to internal errors")
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
	c.Services = slices.Clone(c.Services)
	for i := range c.Services {
		if c.Services[i].Authorize == nil {
			c.Services[i].Authorize = func(ctx context.Context, _ api.Request) error { return c.RequireAccount(ctx) }
		}
	}
	c.Limits = c.Limits.withDefaults()
	steps := (&pipeline{config: c}).steps()
	pool := graceful.New(graceful.Options{
		Connections: c.Limits.Connections,
		Grace:       c.Limits.Grace,
		Observe:     c.Telemetry.Connections,
	})
	bodies := protocol.NewBodies(c.Limits.BodyMemory, refusal{c.Telemetry, func() { pool.CutSlowest(slowBody) }})
	return &Server{config: c, steps: steps, call: compose(steps), pool: pool, bodies: bodies}, nil
}

// Steps returns the names of the steps in their order.
func (s *Server) Steps() []string {
	var names []string
	for _, step := range s.steps {
		names = append(names, step.name)
	}
	return names
}

// refusal records that a body gets no memory, and takes some from the slowest.
type refusal struct {
	*telemetry.Recorder
	cut func()
}

func (r refusal) Refused(first bool, memory int64) {
	r.Recorder.Refused(first, memory)
	r.cut()
}

// slowBody is how long a body may arrive before it can be ended for the memory of others.
const slowBody = 2 * time.Second

// The bounds of HTTP/2: the calls that a client can have at once on a connection, so that
// all together have no more than with a connection for each; the bytes of bodies that it can
// send before a call reads them; and those of a frame, for which net/http takes memory
// before they arrive.
const (
	http2Streams = graceful.Large
	http2Buffer  = 256 << 10
	http2Frame   = 16 << 10
)

// Run serves on the listener until the context ends; with TLS if a configuration of it
// is given. Then it accepts no further request, ends those that have not arrived whole,
// answers the calls in progress, and returns. An error says that some of them did not end
// in time, or why it could not serve.
func (s *Server) Run(ctx context.Context, l net.Listener, secure *tls.Config) error {
	httpServer := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.config.Limits.Header,
		ReadTimeout:       s.config.Limits.Request,
		WriteTimeout:      s.config.Limits.Request + s.config.Limits.Answer,
		IdleTimeout:       s.config.Limits.Idle,
		MaxHeaderBytes:    s.config.Limits.HeaderBytes,
		TLSConfig:         secure,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: http2Streams, MaxReadFrameSize: http2Frame,
			MaxReceiveBufferPerConnection: http2Buffer, MaxReceiveBufferPerStream: http2Buffer,
		},
		ErrorLog: log.New(&clientErrors{log: s.config.Log, now: s.config.WallClock.Now}, "", 0),
		// OPTIONS * gets the error of every other wrong method.
		DisableGeneralOptionsHandler: true,
	}
	if err := s.pool.Serve(ctx, httpServer, l); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}

// calls are used again if their answers were recalled: no service has had them then, which
// may keep the context for longer than the call.
var calls = sync.Pool{New: func() any { return new(Call) }}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isVisit(r) {
		answerVisit(w, s.config.Services)
		return
	}
	if s.config.Pages.Share(w, r) {
		return
	}
	c := calls.Get().(*Call)
	c.deadline.Context, c.deadline.at = r.Context(), time.Now().Add(s.config.Limits.Request)
	c.message = *protocol.NewMessage(r, s.config.Limits.BodyBytes, s.bodies)
	c.RequestID, c.Message, c.writer = s.config.IDs.UUID(), &c.message, w
	c.Service, c.Operation = &s.config.Services[0], &unnamed
	err := s.call(&c.deadline, c)
	c.deadline.end()
	c.Message.Release()
	if c.recalled {
		*c = Call{}
		calls.Put(c)
	}
	if errors.Is(err, errCut) {
		// net/http then closes the connection without an answer.
		panic(http.ErrAbortHandler)
	}
}
