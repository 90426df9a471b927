package server_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/server"
	"accord/test/require"
)

// waiting are bodies of which all but the last byte has arrived.
func (b *fixture) waiting(n, size int) []net.Conn {
	b.t.Helper()
	conns := make([]net.Conn, 0, n)
	for range n {
		conn, err := net.Dial("tcp", b.address)
		if err != nil {
			b.t.Fatal(err)
		}
		b.t.Cleanup(func() { _ = conn.Close() })
		if _, err := io.WriteString(conn, head(b, fmt.Sprintf("Content-Length: %d\r\n", size))+strings.Repeat(" ", size-1)); err != nil {
			b.t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	return conns
}

// refused waits until the server refuses a body.
func (b *fixture) refused(c call) answer {
	b.t.Helper()
	var a answer
	for range int(hang / (10 * time.Millisecond)) {
		if a = b.must(c); a.status != 200 {
			return a
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatal("no body was refused")
	return a
}

// large is a call whose body needs more memory than small ones.
func large(c call) call {
	if c.target != "" {
		c.body = good + strings.Repeat(" ", 100<<10)
	} else {
		c.body += "&X=" + strings.Repeat("x", 100<<10)
	}
	return c
}

func TestBodiesBeyondTheMemoryAreRefused(t *testing.T) {
	limits := server.Limits{BodyMemory: 1 << 20, Request: hang}
	b := start(t, limited(limits))
	b.waiting(8, 200<<10)
	for name, test := range map[string]struct {
		call call
		want string
	}{
		"JSON":  {large(look()), `"__type":"ServiceUnavailableException"`},
		"query": {large(form()), `<Code>ServiceUnavailable</Code>`},
	} {
		a := b.refused(test.call)
		if a.status != 503 || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, test.want) {
			t.Errorf("%s: %d %v %s", name, a.status, a.header, a.body)
		}
	}
	// Small bodies have memory of their own.
	for range 20 {
		if a := b.must(look()); a.status != 200 {
			t.Fatalf("a small body: %d %s", a.status, a.body)
		}
	}
	t.Log("evidence: 8 slow bodies of 200 KiB at a bound of 1 MiB: large bodies 503 with Retry-After in 2 of 2 protocols, 20 of 20 small ones answered")
}

// The control, and what comes after: memory that is given back is there for others.
func TestBodiesWithinTheMemoryAreTaken(t *testing.T) {
	b := start(t, limited(server.Limits{BodyMemory: 64 << 20, Request: hang}))
	b.waiting(8, 200<<10)
	for range 20 {
		if a := b.must(large(look())); a.status != 200 {
			t.Fatalf("the check refuses without a bound: %d %s", a.status, a.body)
		}
	}
	b = start(t, limited(server.Limits{BodyMemory: 1 << 20, Request: hang}))
	for _, conn := range b.waiting(8, 200<<10) {
		_ = conn.Close()
	}
	for i := 0; b.must(large(look())).status != 200; i++ {
		if i > int(hang/(10*time.Millisecond)) {
			t.Fatal("the memory is not given back")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// said counts the lines of the log with a text.
func (b *fixture) said(text string) int { return strings.Count(b.log.String(), text) }

// TestOneLineForAllRefusedBodies: until half of the memory is free again. The control is the
// next time, which has a line of its own.
func TestOneLineForAllRefusedBodies(t *testing.T) {
	b := start(t, limited(server.Limits{BodyMemory: 1 << 20, Request: hang}))
	const refused, again = "no memory for bodies", "there is memory for bodies again"
	for n := range 2 {
		slow := b.waiting(8, 200<<10)
		b.refused(large(look()))
		for range 20 {
			b.must(large(look()))
		}
		if got := b.said(refused); got != n+1 {
			t.Errorf("%d lines, want %d:\n%s", got, n+1, b.log)
		}
		for _, conn := range slow {
			_ = conn.Close()
		}
		eventually(t, func() bool { return b.said(again) == n+1 })
	}
	if text := b.log.String(); !strings.Contains(text, `"setting":"body-memory"`) || !strings.Contains(text, `"bytes":1048576`) {
		t.Errorf("the log does not say what to set:\n%s", text)
	}
	t.Log("evidence: 2 times 21 or more requests without memory for their bodies: 2 lines in the log")
}

// eventually waits for what happens soon.
func eventually(t *testing.T, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(hang); !happened(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}

// Strangers can make net/http write a line for each connection. The control counts the lines
// at level DEBUG.
func TestHandshakesThatFailDoNotFillTheLog(t *testing.T) {
	const failed = 20
	for level, want := range map[slog.Level]int{slog.LevelInfo: 1, slog.LevelDebug: failed} {
		b := start(t, func(b *fixture, c *server.Config) {
			c.Log = slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: level}))
			made := httptest.NewTLSServer(nil)
			made.Close()
			b.secure = &tls.Config{Certificates: made.TLS.Certificates, MinVersion: tls.VersionTLS12}
		})
		for range failed {
			conn, err := net.Dial("tcp", b.address)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(conn, "no handshake\r\n\r\n")
			_, _ = io.ReadAll(conn)
			_ = conn.Close()
		}
		eventually(t, func() bool { return b.said("TLS handshake error") >= want })
		if got := b.said("TLS handshake error"); got != want {
			t.Errorf("%v: %d lines, want %d", level, got, want)
		}
	}
	t.Logf("evidence: %d handshakes that fail: 1 line in the log, and all at level DEBUG", failed)
}

func TestASlowBodyGivesItsMemoryToOthers(t *testing.T) {
	require.Full(t)
	b := start(t, limited(server.Limits{BodyMemory: 1 << 20, Request: hang}))
	slow := b.waiting(8, 200<<10)
	// Each call that is refused ends one of them, once they have been slow for long enough.
	for i := 0; b.must(large(look())).status != 200; i++ {
		if i > int(hang/(100*time.Millisecond)) {
			t.Fatal("slow bodies keep their memory")
		}
		time.Sleep(100 * time.Millisecond)
	}
	cut := 0
	for _, conn := range slow {
		_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if text, _ := io.ReadAll(conn); strings.HasPrefix(string(text), "HTTP/1.1 503") {
			cut++
		}
	}
	if cut == 0 {
		t.Error("no slow client was told")
	}
	t.Logf("evidence: %d of 8 slow bodies ended for a large one, which was answered", cut)
}

// upload sends a whole request before it reads anything, as boto3 does, and returns the
// beginning of the answer.
func upload(address string, size int) string {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "PUT /bucket/key HTTP/1.1\r\nHost: x\r\nAuthorization: "+authorization("111122223333", "s3")+
		fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n", size))
	for block := strings.Repeat("x", 64<<10); err == nil && size > 0; size -= len(block) {
		_, err = io.WriteString(conn, block[:min(size, len(block))])
	}
	if err != nil {
		return err.Error()
	}
	_ = conn.SetReadDeadline(time.Now().Add(hang))
	line := make([]byte, 12)
	if _, err := io.ReadFull(conn, line); err != nil {
		return err.Error()
	}
	return string(line)
}

func TestAClientThatUploadsToAServiceThatIsNotHereSeesTheAnswer(t *testing.T) {
	t.Parallel()
	b := start(t)
	for _, size := range []int{1 << 10, 300 << 10, 1 << 20, 7 << 20} {
		for range 5 {
			if got := upload(b.address, size); got != "HTTP/1.1 501" {
				t.Errorf("%d bytes: %s", size, got)
			}
		}
	}
	// The control: net/http closes the connection of a client that still sends.
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) }))
	defer plain.Close()
	lost, tries := 0, require.Amount(1, 1, 5)
	for range tries {
		if got := upload(plain.Listener.Addr().String(), 7<<20); got != "HTTP/1.1 501" {
			lost++
		}
	}
	if lost == 0 {
		t.Error("the check does not find a lost answer")
	}
	t.Logf("evidence: 20 of 20 uploads of up to 7 MiB see the answer; net/http alone lost %d of %d", lost, tries)
}

func TestAnErrorQuotesNoMoreThanItHelps(t *testing.T) {
	b := start(t)
	c := form()
	c.body = "Action=" + strings.Repeat("x", 30<<10)
	if a := b.must(c); a.status != 400 || len(a.body) > 20<<10 {
		t.Errorf("%d, %d bytes", a.status, len(a.body))
	}
}
