package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"accord/internal/app/apptest"
	"accord/test/require"
)

// socketFolder is short: the path of a socket can have some hundred bytes.
func socketFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "accord")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// ask sends a request through a socket.
func ask(t *testing.T, path, method, target string) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}}}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestTheAdminAPIListensOnASocketForItsUserOnly(t *testing.T) {
	require.That(t, runtime.GOOS != "windows", "modes of files")
	path := filepath.Join(socketFolder(t), "admin.sock")
	// What a server left that was killed is replaced.
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	_ = left.Close()

	f := open(t, apptest.Config(t, "admin-listen", "unix://"+path))
	apptest.Listen(t, f.App)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if status, text := ask(t, path, "POST", "/reset"); status != 200 {
		t.Errorf("%d %s", status, text)
	}
	if f.AdminURL() != "unix://"+path || f.AdminAddress() != "unix://"+path {
		t.Errorf("it is at %s", f.AdminURL())
	}
	// One that is served is not.
	other := open(t, apptest.Config(t, "admin-listen", "unix://"+path))
	if err := other.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "another server serves the socket") {
		t.Errorf("a second server: %v", err)
	}
	other.close()
	f.close()
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestWhatIsNoSocketIsNotReplaced(t *testing.T) {
	folder := socketFolder(t)
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file:                             "exists and is not a socket",
		filepath.Join(folder, "no", "s"): "no such file",
		filepath.Join(folder, strings.Repeat("x", 120)): "bytes too long",
	} {
		f := open(t, apptest.Config(t, "admin-listen", "unix://"+path))
		if err := f.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
		f.close()
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
}
