package postgres

import (
	"errors"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"accord/internal/store/engine"
	"accord/test/postgres"
)

// pooler gives its clients sessions of a database, as PgBouncer does: for a transaction, or
// for as long as the client is there.
type pooler struct {
	t        *testing.T
	address  string
	sessions bool
	// refuses is a parameter that it does not know.
	refuses string

	mu   sync.Mutex
	free []*pgproto3.Frontend
}

// startPooler returns the URL of a database by way of a pooler.
func startPooler(t *testing.T, p *pooler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	p.t, p.address = t, postgres.URL(t)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = client.Close() }()
				p.serve(pgproto3.NewBackend(client, client))
			}()
		}
	}()
	u, err := url.Parse(p.address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host, u.RawQuery = listener.Addr().String(), "sslmode=disable"
	return u.String()
}

// serve answers a client, as far as it uses the simple protocol.
func (p *pooler) serve(client *pgproto3.Backend) {
	begins, err := client.ReceiveStartupMessage()
	if err != nil {
		return
	}
	if s, is := begins.(*pgproto3.StartupMessage); is && p.refuses != "" && s.Parameters[p.refuses] != "" {
		client.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: protocolViolation, Message: "unsupported startup parameter: " + p.refuses})
		_ = client.Flush()
		return
	}
	client.Send(&pgproto3.AuthenticationOk{})
	client.Send(&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"})
	client.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
	client.Send(&pgproto3.ReadyForQuery{TxStatus: idle})
	var session *pgproto3.Frontend
	for client.Flush() == nil {
		message, err := client.Receive()
		query, is := message.(*pgproto3.Query)
		if err != nil || !is {
			return
		}
		if session == nil {
			session = p.take()
		}
		session.Send(query)
		if session.Flush() != nil {
			return
		}
		for ended := false; !ended; {
			answer, err := session.Receive()
			if err != nil {
				return
			}
			client.Send(answer)
			var ready *pgproto3.ReadyForQuery
			if ready, ended = answer.(*pgproto3.ReadyForQuery); ended && ready.TxStatus == idle && !p.sessions {
				p.mu.Lock()
				p.free, session = append(p.free, session), nil
				p.mu.Unlock()
			}
		}
	}
}

// take is a free session of the database, or a new one.
func (p *pooler) take() *pgproto3.Frontend {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		session := p.free[n-1]
		p.free = p.free[:n-1]
		return session
	}
	c, err := pgconn.Connect(p.t.Context(), p.address)
	if err != nil {
		p.t.Error(err)
		return nil
	}
	h, err := c.Hijack()
	if err != nil {
		p.t.Error(err)
		return nil
	}
	p.t.Cleanup(func() { _ = h.Conn.Close() })
	return h.Frontend
}

// TestAPoolerThatKeepsNoSessionsIsRefused at the start and with the cure: its clients lose
// their timeouts and locks between two transactions. The control keeps sessions.
func TestAPoolerThatKeepsNoSessionsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		pooler *pooler
		want   error
	}{
		"a session for each transaction":             {&pooler{}, errPooled},
		"a pooler that does not know the parameters": {&pooler{refuses: "lock_timeout"}, errParameters},
		"control: a session for each client":         {&pooler{sessions: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := Driver.Open(t.Context(), startPooler(t, c.pooler), engine.Options{})
			if err == nil {
				_ = e.Close()
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			t.Logf("evidence: %s: refused: %v", name, err != nil)
		})
	}
}
