package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"accord/internal/server"
)

// head is the head of a request whose body follows.
func head(b *fixture, more string) string {
	return "POST / HTTP/1.1\r\nHost: " + b.address + "\r\nX-Amz-Target: Things.Look\r\nContent-Type: application/x-amz-json-1.1\r\n" +
		"Authorization: " + authorization("111122223333", "things") + "\r\n" + more + "\r\n"
}

const good = `{"Name":"n"}`

// Each row is what a hostile client may send. The server returns a client error, or
// closes the connection, and runs no operation.
func TestHostileBytes(t *testing.T) {
	t.Parallel()
	b := start(t)
	length := fmt.Sprintf("Content-Length: %d\r\n", len(good))
	tests := map[string]struct {
		bytes string
		want  string // the status line begins so; empty: the connection closes without an answer
	}{
		"a gigabyte announced":      {head(b, "Connection: close\r\nContent-Length: 1073741824\r\n"), "HTTP/1.1 413"},
		"length beyond all numbers": {head(b, "Content-Length: 99999999999999999999\r\n"), "HTTP/1.1 400"},
		"negative length":           {head(b, "Content-Length: -1\r\n"), "HTTP/1.1 400"},
		"two lengths":               {head(b, "Content-Length: 12\r\nContent-Length: 13\r\n") + good, "HTTP/1.1 400"},
		"length and chunks":         {head(b, "Connection: close\r\nTransfer-Encoding: chunked\r\n"+length) + "c\r\n" + good + "\r\n0\r\n\r\n", "HTTP/1.1 200"},
		"unknown transfer encoding": {head(b, "Transfer-Encoding: gzip\r\n") + good, "HTTP/1.1 501"},
		"malformed chunk":           {head(b, "Connection: close\r\nTransfer-Encoding: chunked\r\n") + "zz\r\n" + good, "HTTP/1.1 400"},
		"body cut short":            {head(b, "Connection: close\r\nTransfer-Encoding: chunked\r\n") + "5\r\n{\"Nam\r\n!\r\n", "HTTP/1.1 400"},
		"folded header":             {head(b, "X-A: b\r\n c\r\n"+length+"Connection: close\r\n") + good, "HTTP/1.1 200"},
		"space before a colon":      {head(b, "X-A : b\r\n"+length) + good, "HTTP/1.1 400"},
		"NUL in a header":           {head(b, "X-A: \x00\r\n"+length) + good, "HTTP/1.1 400"},
		"header of a megabyte":      {head(b, "X-A: "+strings.Repeat("a", 1<<20)+"\r\n"), "HTTP/1.1 431"},
		"ten thousand headers":      {head(b, strings.Repeat("X-A: aaaaaaaa\r\n", 10_000)), "HTTP/1.1 431"},
		"no host":                   {"POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
		"not HTTP":                  {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "HTTP/1.1 400"},
		"HTTP/2 without asking":     {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 "},
		"CONNECT":                   {"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", "HTTP/1.1 405"},
		"TRACE":                     {"TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 405"},
		"OPTIONS *":                 {"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 405"},
		"nothing":                   {"\r\n\r\n\r\n\r\n", "HTTP/1.1 400"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := b.invocations()
			got, err := b.raw(test.bytes, 5*time.Second)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the connection stays open after %q", got)
			}
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got %.200q, want %s", got, test.want)
			}
			if ran := b.invocations() - before; ran != 0 && !strings.HasSuffix(test.want, "200") {
				t.Errorf("the operation ran %d times", ran)
			}
		})
	}
	if a := b.must(look()); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.body)
	}
}

func TestEndlessChunks(t *testing.T) {
	t.Parallel()
	b := start(t)
	conn, err := net.Dial("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, head(b, "Transfer-Encoding: chunked\r\n")); err != nil {
		t.Fatal(err)
	}
	chunk := "10000\r\n" + strings.Repeat(" ", 0x10000) + "\r\n"
	sent := 0
	for ; sent < 1<<30; sent += 0x10000 {
		if _, err := io.WriteString(conn, chunk); err != nil {
			break
		}
	}
	// The limit, eight times of it thrown away, and what the connection buffers.
	if sent > 64<<20 {
		t.Errorf("%d bytes were taken", sent)
	}
	if b.invocations() != 0 {
		t.Error("the operation ran")
	}
}

func TestSlowClients(t *testing.T) {
	t.Parallel()
	// Only what a test is about is limited, so that a busy machine is not a slow client.
	heads := server.Limits{Header: 150 * time.Millisecond, Request: hang, Idle: hang}
	body := server.Limits{Header: hang, Request: 300 * time.Millisecond, Idle: hang}
	idle := server.Limits{Header: hang, Request: hang, Idle: 150 * time.Millisecond}
	tests := map[string]struct {
		limits server.Limits
		first  func(b *fixture) string
		drip   string
		want   string
	}{
		"nothing at all": {heads, func(*fixture) string { return "" }, "", ""},
		"slow head":      {heads, func(*fixture) string { return "POST / HTTP/1.1\r\nHost: x\r\nX-A: " }, "a", ""},
		"slow body":      {body, func(b *fixture) string { return head(b, "Content-Length: 1000\r\n") }, " ", "HTTP/1.1 408"},
		"slow chunks":    {body, func(b *fixture) string { return head(b, "Transfer-Encoding: chunked\r\n") }, "1\r\n \r\n", "HTTP/1.1 408"},
		"body stalls":    {body, func(b *fixture) string { return head(b, "Content-Length: 1000\r\n") + "{" }, "", "HTTP/1.1 408"},
		"idle":           {idle, func(b *fixture) string { return head(b, fmt.Sprintf("Content-Length: %d\r\n", len(good))) + good }, "", "HTTP/1.1 200"},
		"rejected, slow": {body, func(*fixture) string { return "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" }, " ", "HTTP/1.1 404"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // They wait.
			b := start(t, limited(test.limits))
			conn, err := net.Dial("tcp", b.address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, test.first(b)); err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			var wg sync.WaitGroup
			wg.Go(func() {
				for test.drip != "" {
					select {
					case <-done:
						return
					case <-time.After(20 * time.Millisecond):
						if _, err := io.WriteString(conn, test.drip); err != nil {
							return
						}
					}
				}
			})
			_ = conn.SetReadDeadline(time.Now().Add(hang))
			got, err := io.ReadAll(conn)
			close(done)
			wg.Wait()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("the connection was never closed; got %q", got)
			}
			if !strings.HasPrefix(string(got), test.want) || test.want == "" && len(got) > 0 {
				t.Errorf("got %.200q, want %s", got, test.want)
			}
		})
	}
}

func TestAClientThatDoesNotReadIsDisconnected(t *testing.T) {
	t.Parallel()
	b := start(t, limited(server.Limits{Request: 500 * time.Millisecond, Answer: 100 * time.Millisecond}))
	large := strings.Repeat("x", 32<<20)
	b.when(func(context.Context, *request) (*response, error) { return &response{Name: &large}, nil })
	conn, err := net.Dial("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, head(b, fmt.Sprintf("Content-Length: %d\r\n", len(good)))+good); err != nil {
		t.Fatal(err)
	}
	// The call ends without anybody having read its answer.
	deadline := time.Now().Add(hang)
	for !strings.Contains(b.log.String(), `"msg":"call"`) {
		if time.Now().After(deadline) {
			t.Fatal("the call never ended")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// slow opens connections that begin a request and send no more of it.
func (b *fixture) slow(n int) []net.Conn {
	b.t.Helper()
	conns := make([]net.Conn, 0, n)
	for range n {
		conn, err := net.Dial("tcp", b.address)
		if err != nil {
			b.t.Fatal(err)
		}
		b.t.Cleanup(func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"); err != nil {
			b.t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	return conns
}

func TestSlowConnectionsDoNotBlockOthers(t *testing.T) {
	b := start(t)
	b.slow(200)
	for range 10 {
		if a := b.must(look()); a.status != 200 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
}

// Idle connections cost memory in proportion to their number, and free it.
func TestManySlowConnections(t *testing.T) {
	b := start(t, limited(server.Limits{Header: 300 * time.Millisecond, Idle: 300 * time.Millisecond}))
	before := runtime.NumGoroutine()
	for _, conn := range b.slow(200) {
		_ = conn.SetReadDeadline(time.Now().Add(hang))
		if _, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("a connection that sends nothing stays open")
		}
	}
	for range int(hang / (10 * time.Millisecond)) {
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestOneConnectionServesManyRequests(t *testing.T) {
	b := start(t)
	keep := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	defer keep.CloseIdleConnections()
	b.when(func(ctx context.Context, in *request) (*response, error) { return &response{Name: in.Name}, nil })
	for i := range 20 {
		c := look()
		switch i % 4 {
		case 1:
			c.body = "x"
		case 2:
			c.target = "Things.Nope"
		case 3:
			c.body = strings.Repeat(" ", 1<<20+1)
		}
		w, err := keep.Do(c.request(b))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, w.Body)
		w.Body.Close()
		if want := []int{200, 400, 400, 413}[i%4]; w.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i, w.StatusCode, want)
		}
		if w.Close {
			t.Errorf("request %d closed the connection", i)
		}
	}
}
