package server_test

import (
	"fmt"
	"io"
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
	c := look()
	c.target = "Things." + strings.Repeat("x", 30<<10)
	if a := b.must(c); a.status != 400 || len(a.body) > 20<<10 {
		t.Errorf("%d, %d bytes", a.status, len(a.body))
	}
}
