package graceful_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"accord/internal/graceful"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hang bounds the wait for what happens at once on an idle machine.
const hang = time.Minute

// most is the bound of connections.
const most = 8

// service is a server under attack, with or without the protection.
type service struct {
	t       *testing.T
	address string
	calls   atomic.Int64
	stop    func()
	stopped chan error
	// closed counts connections that were closed for others.
	closed atomic.Int64
	pool   *graceful.Pool
}

// limited accepts at most as many connections as it has tokens, and does no more.
type limited struct {
	net.Listener
	tokens chan struct{}
	closed chan struct{}
}

type token struct {
	net.Conn
	back func()
}

func (c token) Close() error { c.back(); return c.Conn.Close() }

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.tokens <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	var once atomic.Bool
	return token{c, func() {
		if !once.Swap(true) {
			<-l.tokens
		}
	}}, nil
}

// start runs a server that reads a body and answers with it: in a pool, or as net/http
// does it within a bound that refuses what comes later.
func start(t *testing.T, protected bool) *service {
	t.Helper()
	s := &service{t: t, stopped: make(chan error, 1)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	server := &http.Server{ReadHeaderTimeout: hang, ReadTimeout: hang, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if errors.Is(err, graceful.ErrCut) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if err == nil {
			s.calls.Add(1)
			_, _ = w.Write(body)
		}
	})}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if protected {
		s.pool = graceful.New(graceful.Options{
			Connections: most, Grace: hang,
			Observe: func(_, closed int, _ bool) { s.closed.Add(int64(closed)) },
		})
		go func() { s.stopped <- s.pool.Serve(ctx, server, l); close(s.stopped) }()
	} else {
		closed := make(chan struct{})
		go func() { _ = server.Serve(&limited{l, make(chan struct{}, most), closed}) }()
		go func() {
			<-ctx.Done()
			close(closed)
			s.stopped <- server.Shutdown(context.Background())
			close(s.stopped)
		}()
	}
	t.Cleanup(func() {
		stop()
		if !protected {
			_ = server.Close()
		}
		<-s.stopped
	})
	return s
}

func (s *service) dial(first string) net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, first); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// post is a request with a body of which what follows is sent.
func post(length int, sent string) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", length, sent)
}

// call sends a request and returns the status line; it waits no longer than told.
func (s *service) call(wait time.Duration) string {
	s.t.Helper()
	c := s.dial(post(5, "hello"))
	defer c.Close()
	return line(c, wait)
}

// line is the beginning of what a connection sends.
func line(c net.Conn, wait time.Duration) string {
	_ = c.SetReadDeadline(time.Now().Add(wait))
	answer := make([]byte, 15)
	n, _ := io.ReadFull(c, answer)
	return string(answer[:n])
}

const ok = "HTTP/1.1 200 OK"

// The slow clients of RFC 9112: each row is what a connection sends, and then no more.
var slowClients = map[string]string{
	"silent":    "",
	"slow head": "POST / HTTP/1.1\r\nHost: x\r\nX-A: ",
	"slow body": post(5, "hel"),
	"idle":      post(5, "hello"),
}

func TestSlowConnectionsGiveWayAtTheBound(t *testing.T) {
	for name, sent := range slowClients {
		t.Run(name, func(t *testing.T) {
			s := start(t, true)
			for range 5 * most {
				s.dial(sent)
			}
			for range 3 {
				if got := s.call(hang); got != ok {
					t.Fatalf("an honest client gets %q", got)
				}
			}
			t.Logf("evidence: bound %d, %d %s connections opened, %d closed for others, 3 of 3 honest calls answered", most, 5*most, name, s.closed.Load())
		})
	}
}

// The control: a bound that only counts makes the server deaf.
func TestABoundAloneMakesTheServerDeaf(t *testing.T) {
	for name, sent := range slowClients {
		t.Run(name, func(t *testing.T) {
			s := start(t, false)
			var slow []net.Conn
			for range most {
				slow = append(slow, s.dial(sent))
			}
			if name == "idle" {
				for _, c := range slow {
					line(c, hang)
				}
			}
			if got := s.call(200 * time.Millisecond); got == ok {
				t.Error("the check does not find that the server is deaf")
			}
		})
	}
}

func TestACallInProgressIsNeverClosed(t *testing.T) {
	began, finish := make(chan struct{}, most), make(chan struct{})
	busy := make([]net.Conn, 0, most)
	server := hold(t, began, finish)
	for range most {
		c, err := net.Dial("tcp", server)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, post(5, "hello")); err != nil {
			t.Fatal(err)
		}
		busy = append(busy, c)
		<-began
	}
	late, err := net.Dial("tcp", server)
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	if _, err := io.WriteString(late, post(5, "hello")); err != nil {
		t.Fatal(err)
	}
	if got := line(late, 100*time.Millisecond); got != "" {
		t.Errorf("a connection beyond the bound gets %q while all are busy", got)
	}
	close(finish)
	for i, c := range append(busy, late) {
		if got := line(c, hang); got != ok {
			t.Errorf("call %d gets %q", i, got)
		}
	}
}

// hold runs a server in a pool whose calls wait.
func hold(t *testing.T, began chan<- struct{}, finish <-chan struct{}) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	server := &http.Server{ReadHeaderTimeout: hang, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case began <- struct{}{}:
		default:
		}
		<-finish
	})}
	go func() { ended <- graceful.New(graceful.Options{Connections: most, Grace: hang}).Serve(ctx, server, l) }()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return l.Addr().String()
}

// A stop waits for no client: what is half there is answered with an error or closed.
func TestAStopWaitsForNoClient(t *testing.T) {
	for name, sent := range slowClients {
		t.Run(name, func(t *testing.T) {
			s := start(t, true)
			c := s.dial(sent)
			want := ""
			switch name {
			case "idle":
				line(c, hang)
			case "slow body":
				want = "HTTP/1.1 503 Se"
				s.await(1)
			default:
				s.await(1)
			}
			s.stop()
			select {
			case err := <-s.stopped:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(hang):
				t.Fatal("the server does not stop")
			}
			rest, err := io.ReadAll(c)
			if got := string(rest); want != "" && !strings.HasPrefix(got, want) || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the client gets %q, %v; want %q", got, err, want)
			}
		})
	}
	t.Logf("evidence: %d of %d kinds of slow clients did not hold the stop", len(slowClients), len(slowClients))
}

// await waits until connections have been accepted.
func (s *service) await(n int) {
	s.t.Helper()
	for range int(hang / time.Millisecond) {
		if s.pool.Open() >= n {
			time.Sleep(50 * time.Millisecond)
			return
		}
		time.Sleep(time.Millisecond)
	}
	s.t.Fatal("the connection is not accepted")
}

// The control: Shutdown of net/http waits for the body.
func TestAPlainShutdownWaitsForASlowBody(t *testing.T) {
	s := start(t, false)
	c := s.dial(post(5, "hel"))
	time.Sleep(50 * time.Millisecond)
	s.stop()
	if got := line(c, 200*time.Millisecond); got != "" {
		t.Errorf("the client gets %q", got)
	}
	select {
	case <-s.stopped:
		t.Error("the check does not find that the stop waits")
	default:
	}
	_ = c.Close()
}

func TestTheSlowestBodyIsCut(t *testing.T) {
	s := start(t, true)
	if s.pool.CutSlowest(-time.Hour) {
		t.Error("there is no body to cut")
	}
	first, second := s.dial(post(5, "h")), s.dial("")
	s.await(2)
	if _, err := io.WriteString(second, post(5, "h")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	if s.pool.CutSlowest(time.Hour) {
		t.Error("a body was cut that has not been arriving for so long")
	}
	if !s.pool.CutSlowest(0) {
		t.Error("no body was cut")
	}
	if got := line(first, hang); !strings.HasPrefix(got, "HTTP/1.1 503") {
		t.Errorf("the slowest gets %q", got)
	}
	if _, err := io.WriteString(second, "ello"); err != nil {
		t.Fatal(err)
	}
	if got := line(second, hang); got != ok {
		t.Errorf("the other gets %q", got)
	}
}

// [RFC 9112, section 6.3] A proxy may have believed the length: what it took for one
// request must not become two.
func TestARequestWithLengthAndChunksIsTheLastOfItsConnection(t *testing.T) {
	second := post(5, "hello")
	for name, first := range map[string]string{
		"both, length first":  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"both, chunks first":  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
		"HTTP/1.0 with both":  "POST / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		"chunks alone":        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"two encodings":       "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"an unknown encoding": "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
		"two lengths":         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, true)
			c := s.dial(first + second)
			_ = c.SetReadDeadline(time.Now().Add(hang))
			answers, err := io.ReadAll(c)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the connection stays open")
			}
			if calls := s.calls.Load(); calls > 1 || strings.Count(string(answers), "HTTP/1.") != 1 {
				t.Errorf("%d calls ran: %q", calls, answers)
			}
		})
	}
	// The control.
	s := start(t, false)
	c := s.dial("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second)
	_ = c.SetReadDeadline(time.Now().Add(hang))
	for i := 0; s.calls.Load() < 2; i++ {
		if line(c, hang) == "" {
			t.Fatal("the check does not find the second request")
		}
	}
	t.Log("evidence: 7 forms of a request with two lengths, the second request in its bytes never ran; 1 of 1 ran in net/http alone")
}
