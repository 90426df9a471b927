package postgres

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"accord/internal/store/engine"
	"accord/test/postgres"
)

// proxy counts the round trips of all connections to a database.
type proxy struct {
	net.Listener
	server string

	mu    sync.Mutex
	trips int
	// answered is true after the server has sent something.
	answered bool
}

// count copies one direction. Data of the client after data of the server begins a
// round trip.
func (p *proxy) count(to io.Writer, from io.Reader, client bool) {
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			p.mu.Lock()
			if client && p.answered {
				p.trips++
			}
			p.answered = !client
			p.mu.Unlock()
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		go func() {
			p.count(server, client, true)
			_ = server.Close()
		}()
		go func() {
			p.count(client, server, false)
			_ = client.Close()
		}()
	}
}

// during returns the round trips of a function.
func (p *proxy) during(fn func()) int {
	p.mu.Lock()
	before := p.trips
	p.mu.Unlock()
	fn()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trips - before
}

// openCounted opens an engine behind a proxy.
func openCounted(t *testing.T) (engine.Engine, *proxy) {
	t.Helper()
	u, err := url.Parse(postgres.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: listener, server: u.Host}
	go p.serve()
	t.Cleanup(func() { _ = listener.Close() })
	u.Host = listener.Addr().String()
	e, err := Driver.Open(t.Context(), u.String(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e, p
}

// TestDeferredStatementsShareRoundTrips: BEGIN travels with the first query, and
// deferred statements with the next query or with COMMIT.
func TestDeferredStatementsShareRoundTrips(t *testing.T) {
	e, p := openCounted(t)
	update := func(fn func(engine.Session) error) {
		t.Helper()
		if err := e.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	query := func(s engine.Session) error {
		rows, err := s.Query(`SELECT value FROM t WHERE value = $1`, []any{"a"})
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return rows.Close()
	}
	insert := func(s engine.Session) error { return s.ExecOneDeferred(`INSERT INTO t VALUES ($1)`, []any{"a"}) }
	update(func(s engine.Session) error {
		_, err := s.Exec(`CREATE TABLE t (value TEXT)`, nil)
		return err
	})
	for _, c := range []struct {
		name string
		run  func()
		want int
	}{
		{"nothing", func() { update(func(engine.Session) error { return nil }) }, 0},
		{"three deferred statements", func() {
			update(func(s engine.Session) error {
				for range 3 {
					if err := insert(s); err != nil {
						return err
					}
				}
				return nil
			})
		}, 1},
		{"a query and three deferred statements", func() {
			update(func(s engine.Session) error {
				if err := query(s); err != nil {
					return err
				}
				for range 3 {
					if err := insert(s); err != nil {
						return err
					}
				}
				return nil
			})
		}, 2},
		{"a read", func() {
			if err := e.View(context.Background(), query); err != nil {
				t.Fatal(err)
			}
		}, 2},
	} {
		c.run() // Statements are prepared at their first use.
		if got := p.during(c.run); got != c.want {
			t.Errorf("%s: %d round trips, want %d", c.name, got, c.want)
		}
	}
}
