// Package graceful runs an HTTP server within a bound of connections until its context
// ends, and then answers the calls in progress. It does not know what the server serves.
//
// A call is in progress when its request has arrived whole. A connection without one
// waits for its client: near the bound, and when the server stops, it is closed at once; a
// client that does not read its answer has a moment.
package graceful

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Options are how a Pool serves.
type Options struct {
	// Connections is how many may be open at once; 0 is no bound. One that can hold much
	// counts as several; see Large.
	Connections int
	// Grace is how long calls in progress may take to end when the server stops.
	Grace time.Duration
	// Observe is told how many connections are open whenever that changes, how many were
	// just closed for others, and whether a new one waits because all are busy; optional.
	// It must not block.
	Observe func(open, closed int, waits bool)
	// Elapsed is the time since some instant, by which is measured how long clients let the
	// server wait; optional: since New, by the monotonic clock of the system.
	Elapsed func() time.Duration
}

// Pool holds the connections of one server.
type Pool struct {
	options Options
	connections
}

// New returns a pool without connections.
func New(o Options) *Pool {
	if o.Observe == nil {
		o.Observe = func(int, int, bool) {}
	}
	if o.Elapsed == nil {
		made := time.Now()
		o.Elapsed = func() time.Duration { return time.Since(made) }
	}
	return &Pool{options: o, connections: connections{
		most: o.Connections, observe: o.Observe, measure: o.Elapsed, open: map[*conn]struct{}{}, place: make(chan struct{}, 1),
	}}
}

// Serve runs the server on the listener until ctx ends; with TLS if the server has a
// configuration of it. Then it accepts no request, ends those that have not arrived whole,
// and waits for the calls in progress, at most for the grace period. The error says why
// serving ended early, or that calls were cut off when the grace period ended.
func (p *Pool) Serve(ctx context.Context, server *http.Server, l net.Listener) error {
	server.Handler = &handler{server.Handler}
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, connOf(c))
	}
	server.ConnState = func(c net.Conn, s http.ConnState) { connOf(c).enter(c, s) }
	bounded := &listener{Listener: l, pool: &p.connections, closed: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			ended <- server.ServeTLS(bounded, "", "")
			return
		}
		ended <- server.Serve(bounded)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.options.Grace)
	defer cancel()
	_ = bounded.Close()
	p.endRequests()
	done := make(chan struct{})
	defer close(done)
	go p.closeUnread(done)
	err := server.Shutdown(waiting)
	if err != nil {
		err = fmt.Errorf("requests were cut off when the grace period ended: %w", errors.Join(err, server.Close()))
	}
	<-ended
	return err
}

// Open is how many connections are open.
func (p *Pool) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}
