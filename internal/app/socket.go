package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// longestSocket is how long the path of a Unix socket can be on every system, in bytes.
// [unix(4) of macOS: 104]
const longestSocket = 103

// listenSocket opens a Unix socket that only the user of the server can use. What an
// ended server left at the path is replaced, anything else is not.
func listenSocket(ctx context.Context, path string) (net.Listener, error) {
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	// It is made where nobody else can come, and gets its name when it has its mode.
	private, err := os.MkdirTemp(filepath.Dir(path), ".s")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(private) }()
	made := filepath.Join(private, "s")
	if longer := max(len(made), len(path)); longer > longestSocket {
		return nil, fmt.Errorf("the path of the socket is %d bytes too long", longer-longestSocket)
	}
	var c net.ListenConfig
	l, err := c.Listen(ctx, "unix", made)
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := errors.Join(os.Chmod(made, 0o600), os.Rename(made, path)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	own, err := os.Lstat(path)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return socket{l, sync.OnceValue(func() error { return removeOwn(path, own) })}, nil
}

// removeOwn removes a socket unless another one has its path by now.
func removeOwn(path string, own fs.FileInfo) error {
	if found, err := os.Lstat(path); err != nil || !os.SameFile(found, own) {
		return err
	}
	return os.Remove(path)
}

// removeStale removes a socket that nobody serves.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSocket == 0:
		return fmt.Errorf("%s exists and is not a socket", path)
	}
	d := net.Dialer{Timeout: time.Second}
	c, err := d.DialContext(ctx, "unix", path)
	switch {
	case err == nil:
		_ = c.Close()
		fallthrough
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, os.ErrDeadlineExceeded):
		// A server that stands still, or has many clients, takes no connection for now.
		return fmt.Errorf("another server serves the socket %s: %w", path, syscall.EADDRINUSE)
	}
	return os.Remove(path)
}

// socket is the listener of a Unix socket, which goes with it.
type socket struct {
	net.Listener
	remove func() error
}

func (s socket) Close() error {
	// Once, and first: as soon as nobody serves it another server may have its own there.
	_ = s.remove()
	return s.Listener.Close()
}
