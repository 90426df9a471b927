// Package browser_test has a real browser visit pages that attack both listeners of the
// real program.
package browser_test

import (
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"accord/test/process"
	"accord/test/require"
)

func TestMain(m *testing.M) { process.Main(m) }

// patience bounds the wait for what takes a second on an idle machine.
const patience = 3 * time.Minute

// visit opens a page in a browser of its own until done is closed. All names below
// .example are those of this machine there.
func visit(t *testing.T, url string, done <-chan struct{}) {
	t.Helper()
	c := exec.Command(require.Chromium(t), "--headless", "--disable-gpu", "--user-data-dir="+t.TempDir(),
		"--host-resolver-rules=MAP *.example 127.0.0.1", "--no-first-run", "--disable-background-networking",
		// The sandbox needs rights that root and containers lack; the pages are ours.
		"--no-sandbox", "--disable-dev-shm-usage",
		url)
	var log text
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	defer func() {
		// It ends its own processes when it is asked to.
		_ = c.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			_ = c.Process.Kill()
		}
	}()
	select {
	case <-done:
	case err := <-ended:
		ended <- err
		t.Fatalf("the browser ended: %v\n%s", err, log.String())
	case <-time.After(patience):
		t.Fatalf("the pages do not come to their end\n%s", log.String())
	}
}

// text is written by a process while it is read.
type text struct {
	sync.Mutex
	bytes []byte
}

func (l *text) Write(b []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	l.bytes = append(l.bytes, b...)
	return len(b), nil
}

func (l *text) String() string {
	l.Lock()
	defer l.Unlock()
	return string(l.bytes)
}
