package graceful_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"accord/internal/graceful"
	"accord/test/require"
)

// readSlowly counts calls, which wait for their bodies.
func readSlowly(calls *atomic.Int64) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		_, _ = r.Body.Read(make([]byte, 1))
	}
}

// TestLargeConnectionsCountAsSeveral: one of HTTP/2 has as many calls at once as it counts
// for, and a field of a head costs much more than its bytes. The controls are connections
// of the same number that are not large.
func TestLargeConnectionsCountAsSeveral(t *testing.T) {
	half := "POST / HTTP/1.1\r\nHost: x\r\n"
	large := half + strings.Repeat("a:\r\n", 1500)
	for _, test := range []struct {
		name         string
		secure       bool
		opened, stay int
		called       bool
		open         func(p *pooled)
	}{
		{"HTTP/2", true, most + 4, most, true, func(p *pooled) { send(p.t, p.dialHTTP2(), frame(1, 4, 1, "\x83\x87\x84\x41\x01x")) }},
		{"TLS, the control", true, most + 4, most + 4, false, func(p *pooled) { p.dial() }},
		{"half a large head", false, 3, 1, false, func(p *pooled) { send(p.t, p.dial(), large) }},
		{"a large head without its body", false, 3, 1, true, func(p *pooled) { send(p.t, p.dial(), large+"Content-Length: 5\r\n\r\n") }},
		{"half a small head, the control", false, 3, 3, false, func(p *pooled) { send(p.t, p.dial(), half) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			var calls atomic.Int64
			p := open(t, test.secure, readSlowly(&calls))
			for n := range test.opened {
				test.open(p)
				until(t, "the call", func() bool { return !test.called || calls.Load() > int64(n) })
			}
			closed := int64(test.opened - test.stay)
			until(t, "what is closed for others", func() bool { return p.Open()+int(p.closed.Load()) == test.opened && p.closed.Load() >= closed })
			if p.closed.Load() != closed {
				t.Errorf("%d of %d connections were closed, want %d", p.closed.Load(), test.opened, closed)
			}
			if got := p.answersFor(hang, test.secure); got != ok {
				t.Errorf("another client gets %q", got)
			}
			t.Logf("evidence: of %d connections, %s, %d closed for others; a connection of HTTP/2 counts as %d", test.opened, test.name, closed, graceful.Large)
		})
	}
}

// TestALargeHeadCountsUntilItsAnswer; the control is one whose body does not come.
func TestALargeHeadCountsUntilItsAnswer(t *testing.T) {
	const opened = most + 4
	for name, test := range map[string]struct {
		length string
		closed int64
	}{"answered": {"0", 0}, "without its body": {"5", 4}} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int64
			p := open(t, true, readSlowly(&calls))
			for n := range opened {
				c := tls.Client(p.dial(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the server is this test
				send(t, c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: "+test.length+"\r\n"+strings.Repeat("a:\r\n", 1500)+"\r\n")
				until(t, "the call", func() bool { return calls.Load() > int64(n) })
				if test.closed == 0 {
					if got := line(c, hang); got != ok {
						t.Fatalf("an honest client gets %q", got)
					}
				}
			}
			until(t, "what is closed for others", func() bool { return p.Open()+int(p.closed.Load()) == opened && p.closed.Load() >= test.closed })
			if p.closed.Load() != test.closed {
				t.Errorf("%d of %d connections were closed, want %d", p.closed.Load(), opened, test.closed)
			}
		})
	}
}

// TestAStopWaitsForNoErrorThatIsNotRead: HTTP/2 without a window cannot send it, and no call
// is in progress. The control is the same server a moment before.
func TestAStopWaitsForNoErrorThatIsNotRead(t *testing.T) {
	require.Full(t)
	heads := "\x83\x87\x84\x41\x01x"
	clients := map[string]string{
		"of a body that was cut":     frame(1, 4, 1, heads) + frame(0, 0, 1, "hel"),
		"of a head that is too long": frame(1, 4, 1, heads) + frame(0, 0, 1, "hel") + frame(1, 4, 3, heads+strings.Repeat("\x00\x03abc\x00", 300)),
	}
	for name, sent := range clients {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int64
			p := open(t, true, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				if _, err := io.ReadAll(r.Body); err != nil {
					http.Error(w, "cut", http.StatusServiceUnavailable)
				}
			})
			send(t, p.dialHTTP2(), sent)
			until(t, "the call", func() bool { return calls.Load() == 1 })
			p.stop()
			select {
			case <-p.stopped:
				t.Error("the check does not find that the stop waits")
			case <-time.After(400 * time.Millisecond):
			}
			p.ahead.Add(int64(time.Hour))
			select {
			case err := <-p.stopped:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(hang / 2):
				t.Fatal("the server does not stop")
			}
		})
	}
	t.Logf("evidence: %d kinds of errors that are not read held the stop for a moment only", len(clients))
}
