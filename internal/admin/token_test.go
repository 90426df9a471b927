package admin_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"accord/internal/admin"
	"accord/internal/admintoken"
	"accord/internal/origin"
)

// tokenFile writes a token.
func tokenFile(t *testing.T, token string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestEveryPathButHealthNeedsTheToken asks each path of the index. The control is the
// same server without a token, which refuses none.
func TestEveryPathButHealthNeedsTheToken(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef"
	guarded, control := open(t, "admin-token-file", tokenFile(t, token)), open(t)
	open := map[string]bool{"/healthz": true, "/livez": true, "/readyz": true}
	refused := 0
	_, index := guarded.send("GET", "/", "", "Authorization", "Bearer "+token)
	for _, entry := range strings.Fields(strings.NewReplacer(`"`, " ", `,`, " ", "[", " ", "]", " ").Replace(index)) {
		if !strings.HasPrefix(entry, "/") {
			continue
		}
		path := strings.NewReplacer("{id}", "111111111111").Replace(entry)
		for _, method := range []string{"GET", "POST", "PATCH", "PUT", "DELETE"} {
			for _, headers := range [][]string{nil, {"Authorization", "Bearer " + token[1:]}, {"Authorization", "Bearer " + token}} {
				status, _ := guarded.send(method, path, "{}", headers...)
				right := len(headers) > 0 && strings.HasSuffix(headers[1], " "+token)
				if want := !right && !open[path]; (status == 401) != want {
					t.Errorf("%s %s with %q: %d", method, path, headers, status)
				} else if want {
					refused++
				}
			}
			if status, _ := control.send(method, path, "{}"); status == 401 {
				t.Errorf("the control, %s %s: %d", method, path, status)
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d requests were tried", refused)
	}
	t.Logf("evidence: %d requests without the token refused; without a token in the settings none", refused)
}

// TestTheUserOfASocketIsNamed asks from this process, by the user that the kernel knows.
func TestTheUserOfASocketIsNamed(t *testing.T) {
	folder, err := os.MkdirTemp("", "accord")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var address string
	s := admin.New(admin.Config{
		Metrics: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { address = r.RemoteAddr }),
		Log:     slog.New(slog.DiscardHandler), Pages: origin.Policy{EveryHost: true},
	})
	l, err := net.Listen("unix", filepath.Join(folder, "s"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx, l) }()
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
		t.Errorf("%v %s", err, answer)
	}
	_ = c.Close()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	want := "unix"
	if runtime.GOOS == "linux" {
		want = fmt.Sprintf("unix uid %d", os.Getuid())
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = address
	if got := s.AskedBy(r); got != want {
		t.Errorf("asked by %q, want %q", got, want)
	}
}

func TestTheSenderOfARequestIsNamed(t *testing.T) {
	r := httptest.NewRequest("POST", "/reset", nil)
	if got := admin.New(admin.Config{}).AskedBy(r); got != "192.0.2.1" {
		t.Errorf("by its address: %q", got)
	}
	token, _, err := admintoken.Open(tokenFile(t, strings.Repeat("t", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if got := admin.New(admin.Config{Token: token}).AskedBy(r); got != "token" {
		t.Errorf("with a token: %q", got)
	}
	r.RemoteAddr = net.JoinHostPort("::1", "9")
	if got := admin.New(admin.Config{}).AskedBy(r); got != "::1" {
		t.Errorf("by its address: %q", got)
	}
}
