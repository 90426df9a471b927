// Package admin is the second listener: what people and tests ask of an
// installation beside the API. It shows health, numbers, clock, accounts, faults
// and mails, and changes what only the provider of the service could.
//
// JSON goes in and comes out, and a refusal is {"error": "…"}. It holds no rule
// and no state: it reaches the installation through the small interfaces below.
package admin

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"accord/internal/faults"
	"accord/internal/graceful"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/organizations"
	"accord/internal/store"
)

// Provider is what can be done to accounts and organizations beside the API. Its
// refusals are those of package organizations.
type Provider interface {
	// Account reads one account.
	Account(ctx context.Context, id ident.AccountID) (org.Account, error)
	// Accounts lists those behind an id, in the order of their ids.
	Accounts(ctx context.Context, after ident.AccountID, limit int) ([]org.Account, error)
	// Register adds an account, with a free id where none is given, or gives one
	// that exists another address or name.
	Register(ctx context.Context, id ident.AccountID, email ident.Email, name string) (org.Account, error)
	UpdateAccount(ctx context.Context, id ident.AccountID, change organizations.AccountUpdate) (org.Account, error)
	RemoveServiceLinkedRole(ctx context.Context, id ident.AccountID) (org.Account, error)
	SetQuotas(ctx context.Context, id ident.OrganizationID, quotas map[quota.Name]int64) error
}

// Clock is the clock of the installation.
type Clock interface {
	Now() time.Time
	// Virtual reports whether the clock stands until it is moved.
	Virtual() bool
	// Advance and Set move a virtual clock and return once the work that became due
	// is done. organizations.ErrNotNow says that the clock cannot be moved, or not
	// back.
	Advance(ctx context.Context, by time.Duration) error
	Set(ctx context.Context, to time.Time) error
}

// Config is what the listener is made of.
type Config struct {
	Provider Provider
	Clock    Clock
	Faults   *faults.Table
	// Mails lists the letters of kind mail, newest first, that were written before
	// the one with the id; empty for the newest.
	Mails func(ctx context.Context, before string, limit int) ([]store.Message, error)
	// Health says why the installation cannot serve; nil when it can.
	Health func(ctx context.Context) error
	// Reset forgets all that people made.
	Reset func(ctx context.Context) error
	// Metrics answers GET /metrics.
	Metrics http.Handler
	// Writes lets the listener change the world.
	Writes bool
	// Address is the address that it listens on, as host:port. Requests may name
	// its host.
	Address string
	// Version is that of the program, for GET /healthz.
	Version string
	Log     *slog.Logger
}

// Server answers on the second listener.
type Server struct {
	Config
	mux *http.ServeMux
	// host is that of Address.
	host string
	// amending makes one change of an account follow the other: what a change
	// leaves out is read first.
	updating sync.Mutex
}

// New returns the server.
func New(c Config) *Server {
	// An address without a host leaves only IP addresses and localhost.
	host, _, _ := net.SplitHostPort(c.Address)
	s := &Server{Config: c, mux: http.NewServeMux(), host: host}
	for path, resource := range map[string]resource{
		"/healthz":                           {http.MethodGet: s.health},
		"/clock":                             {http.MethodGet: s.clock, http.MethodPost: s.moveClock},
		"/accounts":                          {http.MethodGet: s.accounts, http.MethodPost: s.registerAccount},
		"/accounts/{id}":                     {http.MethodGet: s.account, http.MethodPatch: s.updateAccount},
		"/accounts/{id}/service-linked-role": {http.MethodDelete: s.deleteServiceLinkedRole},
		"/organizations/{id}/quotas":         {http.MethodPut: s.setQuotas},
		"/faults":                            {http.MethodGet: s.faults, http.MethodPost: s.addFault, http.MethodDelete: s.deleteFaults},
		"/faults/{id}":                       {http.MethodDelete: s.deleteFault},
		"/mails":                             {http.MethodGet: s.mails},
		"/reset":                             {http.MethodPost: s.reset},
		"/metrics":                           {http.MethodGet: s.metrics},
		"/":                                  {},
	} {
		s.mux.Handle(path, s.serve(resource))
	}
	return s
}

// maxBodyBytes bounds the body of a request.
const maxBodyBytes = 1 << 20

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if refusal := s.rejectCrossOrigin(r); refusal != nil {
		s.writeError(w, r, refusal)
		return
	}
	if invalidURLText(r.URL) {
		s.writeError(w, r, badRequest("the path or the query has a character that stands in no id"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBodyBytes)
	s.mux.ServeHTTP(w, r)
}

// The bounds of one request. A clock that is moved far takes what it takes.
const (
	headerTimeout   = 10 * time.Second
	readTimeout     = 30 * time.Second
	writeTimeout    = 60 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
	maxHeaderBytes  = 64 << 10
)

// Run serves on the listener until the context ends, and then answers what is in
// flight. The error says why it could not.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	web := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	if err := graceful.Serve(ctx, web, l, shutdownTimeout); err != nil {
		return fmt.Errorf("second listener: %w", err)
	}
	return nil
}
