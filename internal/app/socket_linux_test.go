package app_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"accord/internal/app/apptest"
)

// TestASocketOfAServerThatStandsStillIsNotReplaced: its queue is full. [unix(7): EAGAIN]
func TestASocketOfAServerThatStandsStillIsNotReplaced(t *testing.T) {
	path := filepath.Join(socketFolder(t), "admin.sock")
	served, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(served) }()
	if err := syscall.Bind(served, &syscall.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(served, 0); err != nil {
		t.Fatal(err)
	}
	waiting := 0
	for ; waiting < 10; waiting++ {
		c, err := net.Dial("unix", path)
		if err != nil {
			break
		}
		defer c.Close()
	}
	f := open(t, apptest.Config(t, "admin-listen", "unix://"+path))
	defer f.close()
	if err := f.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "another server serves the socket") {
		t.Errorf("a second server: %v", err)
	}
	// The control: once nobody serves it, the same path is taken.
	_ = syscall.Close(served)
	apptest.Listen(t, f.App)
	t.Logf("evidence: %d clients fill the queue of the socket: refused; replaced once nobody serves it", waiting)
}

// TestAServerRemovesItsOwnSocketOnly: two servers that start at once replace each other's.
func TestAServerRemovesItsOwnSocketOnly(t *testing.T) {
	path := filepath.Join(socketFolder(t), "admin.sock")
	f := open(t, apptest.Config(t, "admin-listen", "unix://"+path))
	apptest.Listen(t, f.App)
	other, err := net.Listen("unix", path+"2")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := os.Rename(path+"2", path); err != nil {
		t.Fatal(err)
	}
	f.close()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatalf("the socket of another server was removed: %v", err)
	}
	_ = c.Close()
}
