// Package process runs the real program for a test: built once for the tests of a
// package, started on free ports, ended by a signal.
//
// A package that uses it has
//
//	func TestMain(m *testing.M) { process.Main(m) }
package process

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// patience limits the wait for a server on a busy machine.
const patience = 5 * time.Minute

// Server is a process that serves.
type Server struct {
	// URL is the endpoint, AdminURL that of the admin API.
	URL, AdminURL string
	// Banner is what it printed when it began to serve.
	Banner string

	command *exec.Cmd
	exports []string
	log     *locked
	ended   chan struct{}
}

// Start runs `accord serve` with further arguments, on free ports of the loopback
// address and, unless they name a store, in memory. It ends with the test; what it
// logged is shown when the test failed.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	return start(t, func(*Server) {}, args)
}

// StartOnTerminal is Start with a terminal as standard error, and further variables.
func StartOnTerminal(t testing.TB, variables []string, args ...string) *Server {
	t.Helper()
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	s := start(t, func(s *Server) {
		s.command.Stderr = terminal
		s.command.Env = append(without(s.command.Env, "NO_COLOR=", "TERM="), variables...)
		go func() { _, _ = io.Copy(s.log, screen) }()
	}, args)
	_ = terminal.Close()
	return s
}

// StartAfter is Start with commands of a shell that run in the process before the program,
// such as ulimit.
func StartAfter(t testing.TB, commands string, args ...string) *Server {
	t.Helper()
	return start(t, func(s *Server) {
		s.command.Args = append([]string{"sh", "-c", commands + ` && exec "$0" "$@"`, s.command.Path}, s.command.Args[1:]...)
		s.command.Path = "/bin/sh"
	}, args)
}

// StartUnder is Start as the last part of another command, such as unshare, that becomes the
// program in the end.
func StartUnder(t testing.TB, command []string, args ...string) *Server {
	t.Helper()
	return start(t, func(s *Server) {
		path, err := exec.LookPath(command[0])
		if err != nil {
			t.Fatal(err)
		}
		s.command.Args = append(append(command, s.command.Path), s.command.Args[1:]...)
		s.command.Path = path
	}, args)
}

// PID is the number of the process.
func (s *Server) PID() int { return s.command.Process.Pid }

// Ended is closed when the process has ended.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// start runs a server whose command prepare has changed.
func start(t testing.TB, prepare func(*Server), args []string) *Server {
	t.Helper()
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store", "memory"}, args...)
	s := &Server{command: exec.Command(Program(t), args...), log: &locked{}, ended: make(chan struct{})}
	// The environment of the tests is not that of the server.
	s.command.Env = without(os.Environ(), "ACCORD_")
	s.command.Stderr = s.log
	prepare(s)
	out, err := s.command.StdoutPipe()
	if err == nil {
		err = s.command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("the server logged:\n%s", s.log)
		}
	})
	announced := make(chan error, 1)
	go func() {
		announced <- s.readBanner(out)
		_, _ = io.Copy(io.Discard, out)
		_ = s.command.Wait()
		close(s.ended)
	}()
	select {
	case err = <-announced:
	case <-time.After(patience):
		err = errors.New("it does not begin to serve")
	}
	if err != nil {
		t.Fatalf("accord %s: %v\n%s", strings.Join(args, " "), err, s.log)
	}
	return s
}

// adminVariable is the last one that a server on a free port exports.
const adminVariable = "ACCORD_ADMIN"

func (s *Server) readBanner(out io.Reader) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.Banner += lines.Text() + "\n"
		export, is := strings.CutPrefix(lines.Text(), "export ")
		if !is {
			continue
		}
		s.exports = append(s.exports, export)
		switch name, value, _ := strings.Cut(export, "="); name {
		case "AWS_ENDPOINT_URL_ORGANIZATIONS":
			s.URL = value
		case adminVariable:
			s.AdminURL = value
			return nil
		}
	}
	return errors.New("it ended before it served")
}

// Environ is the environment of a client that uses the exports of the banner and calls
// as an account: it has no other settings of AWS.
func (s *Server) Environ(account string) []string {
	env := append(without(os.Environ(), "AWS_", "ACCORD_"), s.exports...)
	return append(env, "AWS_ACCESS_KEY_ID="+account, "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=")
}

func without(env []string, prefixes ...string) []string {
	var rest []string
	for _, variable := range env {
		keep := true
		for _, prefix := range prefixes {
			keep = keep && !strings.HasPrefix(variable, prefix)
		}
		if keep {
			rest = append(rest, variable)
		}
	}
	return rest
}

// Logged waits until the log holds a text, and returns the log.
func (s *Server) Logged(t testing.TB, text string) string {
	t.Helper()
	return s.log.holds(t, text)
}

// Signal sends the process a signal.
func (s *Server) Signal(signal os.Signal) error { return s.command.Process.Signal(signal) }

// Stop ends the server, waits for it and returns its exit status.
func (s *Server) Stop(t testing.TB) int {
	t.Helper()
	if err := s.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	return s.Wait(t)
}

// Wait waits until the process has ended and returns its exit status.
func (s *Server) Wait(t testing.TB) int {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatalf("the server does not end\n%s", s.log)
	}
	return s.command.ProcessState.ExitCode()
}

// Kill ends the process at once.
func (s *Server) Kill() {
	_ = s.command.Process.Kill()
	<-s.ended
}

// locked is a string that one goroutine writes while others read it.
type locked struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// holds waits until the text holds another one, and returns it.
func (l *locked) holds(t testing.TB, text string) string {
	t.Helper()
	end := time.After(patience)
	for !strings.Contains(l.String(), text) {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-end:
			t.Fatalf("it lacks %q:\n%s", text, l)
		}
	}
	return l.String()
}
