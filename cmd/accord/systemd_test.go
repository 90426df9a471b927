//go:build unix

package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"accord/test/process"
)

// TestTheServiceManagerLearnsTheState: of a service of Type=notify, what depends on it
// starts when it is ready. [systemd: systemd.service(5), sd_notify(3)]
func TestTheServiceManagerLearnsTheState(t *testing.T) {
	// The path of a socket has at most some hundred bytes, and that of t.TempDir may have more.
	folder, err := os.MkdirTemp("", "accord-notify-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	path := filepath.Join(folder, "socket")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = manager.Close() }()
	t.Setenv("NOTIFY_SOCKET", path)
	s := process.Start(t)
	heard := func() string {
		t.Helper()
		_ = manager.SetReadDeadline(time.Now().Add(time.Minute))
		buffer := make([]byte, 1000)
		n, err := manager.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		return string(buffer[:n])
	}
	if got := heard(); got != "READY=1" {
		t.Errorf("after the start: %q", got)
	}
	if status := s.Stop(t); status != 0 {
		t.Errorf("status %d", status)
	}
	if got := heard(); got != "STOPPING=1" {
		t.Errorf("when it stops: %q", got)
	}
}
