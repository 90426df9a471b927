// Package admin is the admin API: what people and tests ask of a server beside
// the API of the services. It shows health, metrics, clock, accounts, faults and
// mails, and changes what otherwise only the provider of the service could.
//
// Requests and responses are JSON, and an error is {"error": "…"}. The package
// holds no rule and no state: it reaches the server through the interfaces in Config.
package admin

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"accord/internal/graceful"
)

// Server serves the admin API.
type Server struct {
	Config
	mux *http.ServeMux
	// paths are those of all handlers, each with its method, in order.
	paths []string
	// updating serializes updates of accounts: what an update does not name is read
	// first.
	updating sync.Mutex
	// asking has a place for one question that takes long.
	asking chan struct{}
	// reading has a place for one file of a snapshot.
	reading chan struct{}
}

// The bounds of one request. Moving the clock far has no write timeout.
const (
	headerTimeout   = 10 * time.Second
	readTimeout     = 30 * time.Second
	writeTimeout    = 60 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
	maxHeaderBytes  = 16 << 10
)

// Run serves on the listener until the context ends, and then answers the requests
// in flight. The error says why it could not.
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
	if s.Console != nil {
		web.RegisterOnShutdown(s.Console.Stop)
	}
	pool := graceful.New(graceful.Options{Connections: s.Connections, Grace: shutdownTimeout})
	if err := pool.Serve(ctx, web, named{l}); err != nil {
		return fmt.Errorf("admin API: %w", err)
	}
	return nil
}

// longestPath bounds how much of the path of a refused request the log has, in bytes.
const longestPath = 200

// refuse logs and counts a request that is refused for its sender. It is not recorded:
// nothing of it is known to be true.
func (s *Server) refuse(r *http.Request, reason string) {
	if s.Refused != nil {
		s.Refused(reason)
	}
	s.Log.LogAttrs(r.Context(), slog.LevelWarn, "request of the admin API refused", slog.String("reason", reason),
		slog.String("from", r.RemoteAddr), slog.String("method", r.Method), slog.String("path", r.URL.Path[:min(len(r.URL.Path), longestPath)]))
}

// AskedBy names the sender of a request, as far as it is known: the user of a Unix
// socket, "unix uid 1000"; "token" for one that had to show the token; else its address.
func (s *Server) AskedBy(r *http.Request) string {
	switch {
	case strings.HasPrefix(r.RemoteAddr, ofSocket):
		return r.RemoteAddr
	case s.Token != nil:
		return "token"
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
