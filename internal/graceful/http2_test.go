package graceful_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"accord/internal/graceful"
)

// [RFC 9113, section 5.4.2] A stream that its client resets is a call until its handler
// returns, and then none.
func TestAResetStreamIsACallUntilItsHandlerReturns(t *testing.T) {
	var began, ended atomic.Int64
	finish := make(chan struct{})
	p := open(t, true, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/small" {
			return
		}
		began.Add(1)
		<-r.Context().Done()
		<-finish
		ended.Add(1)
	})
	for range most {
		c := p.dialHTTP2()
		for n := range uint32(10) {
			send(t, c, getHTTP2(2*n+1))
		}
		until(t, "the calls", func() bool { return began.Load()%10 == 0 && began.Load() > 0 })
		for n := range uint32(10) {
			send(t, c, frame(3, 0, 2*n+1, "\x00\x00\x00\x08"))
		}
	}
	until(t, "each call", func() bool { return began.Load() == 10*most })
	// The control: the calls are counted.
	if got := p.answersFor(200*time.Millisecond, true); got != "" {
		t.Errorf("a connection with calls was closed: %q", got)
	}
	close(finish)
	until(t, "the end of the calls", func() bool { return ended.Load() == 10*most })
	if got := p.answersFor(hang, true); got != ok {
		t.Errorf("afterwards an honest client gets %q", got)
	}
	p.stop()
	if err := <-p.stopped; err != nil {
		t.Errorf("the stop: %v", err)
	}
	t.Logf("evidence: %d streams reset during their calls: none closed before, their connections gave way afterwards, and the stop waited for none", 10*most)
}

// upload sends the beginning of a body with HTTP/2, and returns the status in the end.
func upload(client *http.Client, address string, began chan<- struct{}) (finish func(), answer chan string) {
	read, write := io.Pipe()
	answer = make(chan string, 1)
	go func() {
		w, err := client.Post("https://"+address+"/", "text/plain", read)
		if err != nil {
			answer <- err.Error()
			return
		}
		_ = w.Body.Close()
		answer <- w.Status
	}()
	go func() {
		_, _ = io.WriteString(write, "hel")
		began <- struct{}{}
	}()
	return func() { _ = write.Close() }, answer
}

// TestABodyOfHTTP2IsCutAlone, for memory and for the stop; the other calls of the
// connection are answered.
func TestABodyOfHTTP2IsCutAlone(t *testing.T) {
	var reading atomic.Int64
	p := open(t, true, func(w http.ResponseWriter, r *http.Request) {
		_, _ = r.Body.Read(make([]byte, 3))
		reading.Add(1)
		if _, err := io.ReadAll(r.Body); errors.Is(err, graceful.ErrCut) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // the server is this test
	defer client.CloseIdleConnections()
	began := make(chan struct{}, 3)
	start := func() (func(), chan string) {
		n := reading.Load()
		finish, answer := upload(client, p.address, began)
		<-began
		until(t, "the call", func() bool { return reading.Load() > n })
		return finish, answer
	}
	_, first := start()
	finishSecond, second := start()
	_, third := start()
	if open := p.Open(); open != 1 {
		t.Fatalf("%d connections", open)
	}
	if !p.CutSlowest(-time.Hour) {
		t.Fatal("no body was cut")
	}
	const unavailable = "503 Service Unavailable"
	if got := <-first; got != unavailable {
		t.Errorf("the slowest gets %q", got)
	}
	select {
	case got := <-second:
		t.Errorf("another call ends with %q", got)
	case got := <-third:
		t.Errorf("another call ends with %q", got)
	default:
	}
	finishSecond()
	if got := <-second; got != "200 OK" {
		t.Errorf("another call gets %q", got)
	}
	p.stop()
	if got := <-third; got != unavailable {
		t.Errorf("at the stop it gets %q", got)
	}
	if err := <-p.stopped; err != nil {
		t.Errorf("the stop: %v", err)
	}
	t.Log("evidence: of 3 bodies on one connection the slowest was cut alone, one was answered, and one was told at the stop")
}

// TestConnectionsThatEndWhileTheyAreClosed: both sides close at once, and no place is
// lost, nor memory counted for ever. The control is the bound that only counts.
func TestConnectionsThatEndWhileTheyAreClosed(t *testing.T) {
	p := open(t, false, func(http.ResponseWriter, *http.Request) {})
	for range 20 {
		var all sync.WaitGroup
		for n := range 3 * most {
			all.Go(func() {
				c := p.dial()
				_, _ = io.WriteString(c, strings.Repeat("GET /small HTTP/1.1\r\nHost: x\r\n\r\n", n%3))
				_ = c.Close()
			})
		}
		all.Wait()
	}
	for range 3 * most {
		if got := p.answersFor(hang, false); got != ok {
			t.Fatalf("afterwards a client gets %q", got)
		}
	}
	until(t, "the end of all connections", func() bool { return p.Open() == 0 })
	t.Logf("evidence: %d connections closed by their clients, %d of them by the server at the same time: all places are free again", 60*most, p.closed.Load())
}
