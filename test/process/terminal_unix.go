//go:build unix

package process

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// Terminal is a command of the program on a terminal of its own: it reads from it, and writes
// its errors there. What it prints goes elsewhere.
type Terminal struct {
	command *exec.Cmd
	master  *os.File
	screen  *locked
	output  bytes.Buffer
	read    chan struct{}
}

// OnTerminal starts a command of the program. It ends with the test.
func OnTerminal(t testing.TB, args ...string) *Terminal {
	t.Helper()
	r := &Terminal{command: exec.Command(Program(t), args...), screen: &locked{}, read: make(chan struct{})}
	r.command.Env = append(without(os.Environ(), "ACCORD_", "TERM="), "TERM=xterm")
	r.command.Stdout = &r.output
	var err error
	if r.master, err = pty.Start(r.command); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = io.Copy(r.screen, r.master)
		close(r.read)
	}()
	t.Cleanup(func() {
		_ = r.command.Process.Kill()
		_ = r.master.Close()
	})
	return r
}

// Type types a text.
func (r *Terminal) Type(t testing.TB, text string) {
	t.Helper()
	if _, err := r.master.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// Shows waits until the terminal has shown a text.
func (r *Terminal) Shows(t testing.TB, text string) {
	t.Helper()
	r.screen.holds(t, text)
}

// Wait waits for the end of the command, and returns how it ended.
func (r *Terminal) Wait(t testing.TB) syscall.WaitStatus {
	t.Helper()
	// The terminal ends with the last process on it, and the test with its own deadline.
	<-r.read
	_ = r.command.Wait()
	return r.command.ProcessState.Sys().(syscall.WaitStatus)
}

// Screen is what the terminal has shown, with its control characters.
func (r *Terminal) Screen() string { return r.screen.String() }

// Output is what the command printed; only after Wait.
func (r *Terminal) Output() string { return r.output.String() }
