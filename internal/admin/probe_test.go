package admin_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"accord/internal/app/apptest"
)

// ask sends bytes to the admin API and returns the status line of the answer.
func ask(t *testing.T, address, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(answer), "\r\n")
	return line
}

// TestChecksOfHealthNeedNoHost: a load balancer sends HTTP/1.0 without one. [HAProxy: option
// httpchk] The controls are all other paths, changes, and browsers, which need a Host also there.
func TestChecksOfHealthNeedNoHost(t *testing.T) {
	s := open(t)
	apptest.Listen(t, s.App)
	const allowed, refused = "HTTP/1.0 200 OK", "HTTP/1.0 403 Forbidden"
	tests := map[string]string{
		"GET /livez": allowed, "GET /readyz": allowed, "GET /healthz": allowed, "HEAD /readyz": allowed,
		"POST /readyz": refused, "OPTIONS /readyz": refused, "OPTIONS /": refused, "GET /": refused, "GET /info": refused,
		"GET /accounts": refused, "GET /metrics": refused, "POST /reset": refused, "GET /readyz/": refused, "GET //readyz": refused,
	}
	for request, want := range tests {
		if got := ask(t, s.AdminAddress(), request+" HTTP/1.0\r\n\r\n"); got != want {
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
	for _, header := range []string{"Origin: http://evil.example", "Sec-Fetch-Site: cross-site", "User-Agent: Mozilla/5.0", "Host: evil.example"} {
		if got := ask(t, s.AdminAddress(), fmt.Sprintf("GET /readyz HTTP/1.0\r\n%s\r\n\r\n", header)); got != refused {
			t.Errorf("%s: %s", header, got)
		}
	}
	t.Logf("evidence: 4 checks of health without a Host answered, %d other requests without one refused, and 4 of browsers", len(tests)-4)
}
