package graceful_test

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"accord/internal/graceful"
	"accord/test/require"
)

// pooled is a server in a pool whose clock the test moves ahead.
type pooled struct {
	*graceful.Pool
	t       *testing.T
	address string
	ahead   atomic.Int64
	closed  atomic.Int64
	stop    func()
	stopped chan error
}

// open runs a handler in a pool, with TLS or without.
func open(t *testing.T, secure bool, h http.HandlerFunc) *pooled {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &pooled{t: t, address: l.Addr().String(), stopped: make(chan error, 1)}
	places := most
	if secure {
		// So that there can be as many of HTTP/2.
		places *= graceful.Large
	}
	made := time.Now()
	p.Pool = graceful.New(graceful.Options{
		Connections: places, Grace: hang,
		Elapsed: func() time.Duration { return time.Since(made) + time.Duration(p.ahead.Load()) },
		Observe: func(_, closed int, _ bool) { p.closed.Add(int64(closed)) },
	})
	server := &http.Server{ReadHeaderTimeout: hang, ReadTimeout: hang, WriteTimeout: hang, MaxHeaderBytes: 8 << 10, Handler: h}
	if secure {
		made := httptest.NewTLSServer(nil)
		made.Close()
		server.TLSConfig = &tls.Config{Certificates: made.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}
	}
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	go func() { p.stopped <- p.Serve(ctx, server, l); close(p.stopped) }()
	t.Cleanup(func() {
		stop()
		<-p.stopped
	})
	return p
}

func (p *pooled) dial() net.Conn {
	p.t.Helper()
	c, err := net.Dial("tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = c.Close() })
	return c
}

// dialHTTP2 opens a connection of HTTP/2 whose answers get no window.
func (p *pooled) dialHTTP2() net.Conn {
	p.t.Helper()
	c := tls.Client(p.dial(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}) //nolint:gosec // the server is this test
	send(p.t, c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+frame(4, 0, 0, "\x00\x04\x00\x00\x00\x00"))
	return c
}

func send(t *testing.T, c net.Conn, bytes string) {
	t.Helper()
	if _, err := io.WriteString(c, bytes); err != nil {
		t.Fatal(err)
	}
}

// frame is one of HTTP/2. [RFC 9113, section 4.1]
func frame(kind, flags byte, stream uint32, payload string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind)) //nolint:gosec // short
	return string(binary.BigEndian.AppendUint32(append(b, flags), stream)) + payload
}

// getHTTP2 is GET https / with the host x, whole. [RFC 7541, appendix A]
func getHTTP2(stream uint32) string { return frame(1, 4|1, stream, "\x82\x87\x84\x41\x01x") }

// answersFor sends a call and returns the beginning of its answer.
func (p *pooled) answersFor(wait time.Duration, secure bool) string {
	p.t.Helper()
	c := p.dial()
	defer c.Close()
	if secure {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}) //nolint:gosec // the server is this test
	}
	_ = c.SetDeadline(time.Now().Add(wait))
	if _, err := io.WriteString(c, "GET /small HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return ""
	}
	return line(c, wait)
}

// large is more than all buffers between a server and a client hold.
var large = make([]byte, 32<<20)

// unreadClients ask, and read nothing of the answer.
var unreadClients = []struct {
	name   string
	secure bool
	calls  int64
	ask    func(p *pooled)
}{
	{"HTTP/1.1", false, 1, func(p *pooled) { send(p.t, p.dial(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n") }},
	{"HTTP/2 without a window", true, 1, func(p *pooled) { send(p.t, p.dialHTTP2(), getHTTP2(1)) }},
	{"HTTP/2, 20 streams", true, 20, func(p *pooled) {
		c := p.dialHTTP2()
		for n := range uint32(20) {
			send(p.t, c, getHTTP2(2*n+1))
		}
	}},
}

// answerLarge answers with more than a client takes that does not read.
func answerLarge(asked *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/small" {
			asked.Add(1)
			_, _ = w.Write(large)
		}
	}
}

// until waits for what happens soon.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(hang); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not happen", what)
		}
	}
}

// The control is the same server a moment before: calls in progress are not closed, and
// what does not read could pass for one.
func TestClientsThatDoNotReadGiveWay(t *testing.T) {
	require.Full(t)
	for _, test := range unreadClients {
		t.Run(test.name, func(t *testing.T) {
			var asked atomic.Int64
			p := open(t, test.secure, answerLarge(&asked))
			for range most {
				test.ask(p)
			}
			until(t, "each call", func() bool { return asked.Load() == most*test.calls })
			if got := p.answersFor(200*time.Millisecond, test.secure); got != "" {
				t.Errorf("the check does not find that the server is deaf: %q", got)
			}
			p.ahead.Add(int64(time.Hour))
			for range 3 {
				if got := p.answersFor(hang, test.secure); got != ok {
					t.Fatalf("an honest client gets %q", got)
				}
			}
			t.Logf("evidence: bound %d, %d connections that read nothing: deaf at first, then %d closed, 3 of 3 honest calls answered", most, most, p.closed.Load())
		})
	}
}

func TestAStopWaitsForNoClientThatDoesNotRead(t *testing.T) {
	require.Full(t)
	for _, test := range unreadClients {
		t.Run(test.name, func(t *testing.T) {
			var asked atomic.Int64
			p := open(t, test.secure, answerLarge(&asked))
			test.ask(p)
			until(t, "the call", func() bool { return asked.Load() == test.calls })
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
			case <-time.After(hang):
				t.Fatal("the server does not stop")
			}
		})
	}
	t.Logf("evidence: %d of %d kinds of clients that read nothing held the stop for a moment only", len(unreadClients), len(unreadClients))
}

// A call that takes long is none that a client does not read, on a connection where
// other calls were answered either.
func TestALongCallIsNotTakenForAnUnreadAnswer(t *testing.T) {
	require.Full(t)
	for _, secure := range []bool{false, true} {
		began, finish := make(chan struct{}, most), make(chan struct{})
		p := open(t, secure, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/small" {
				return
			}
			began <- struct{}{}
			<-finish
		})
		answers := make(chan string, most)
		for range most {
			go func() { answers <- p.get(secure) }()
			<-began
		}
		p.ahead.Add(int64(time.Hour))
		if got := p.answersFor(600*time.Millisecond, secure); got != "" {
			t.Errorf("a connection beyond the bound gets %q", got)
		}
		close(finish)
		for range most {
			if got := <-answers; got != "200 OK" {
				t.Errorf("a long call gets %q", got)
			}
		}
	}
}

// get sends a call on a connection of its own and returns the status.
func (p *pooled) get(secure bool) string {
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // the server is this test
	defer client.CloseIdleConnections()
	scheme := "http"
	if secure {
		scheme = "https"
	}
	w, err := client.Get(scheme + "://" + p.address)
	if err != nil {
		return err.Error()
	}
	_ = w.Body.Close()
	return w.Status
}
