package durability_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// patience bounds every wait for a server on a busy machine.
const patience = 5 * time.Minute

// server is one run of a server as a process of its own.
type server struct {
	// url is where it answers.
	url     string
	command *exec.Cmd
	// ended is closed when the process is gone.
	ended chan struct{}
	log   *os.File
}

// launch starts a server and waits until it answers. What it logs is added to the
// file.
func launch(ctx context.Context, c *exec.Cmd, log string) (*server, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	greeting, err := c.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	c.Stderr = file
	c.SysProcAttr = childAttributes()
	if err := c.Start(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s := &server{command: c, ended: make(chan struct{}), log: file}
	answers := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(greeting)
		for lines.Scan() {
			if _, url, found := strings.Cut(lines.Text(), " answers at "); found {
				answers <- url
			}
		}
		_, _ = io.Copy(io.Discard, greeting)
		_ = c.Wait()
		close(s.ended)
	}()
	select {
	case s.url = <-answers:
		return s, nil
	case <-s.ended:
		err = errors.New("it ended at once")
	case <-time.After(patience):
		err = errors.New("it does not answer")
	case <-ctx.Done():
		err = ctx.Err()
	}
	said, _ := os.ReadFile(log)
	return nil, errors.Join(fmt.Errorf("starting %s: %w\n%s", c, err, said), s.kill())
}

// kill ends the server at once.
func (s *server) kill() error {
	err := s.command.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-s.ended
	return errors.Join(err, s.log.Close())
}

// stop ends the server as an operator does, and says whether it ended well.
func (s *server) stop() error {
	err := s.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(patience):
		err = errors.Join(err, errors.New("the server does not stop"), s.command.Process.Kill())
		<-s.ended
	}
	if state := s.command.ProcessState; !state.Success() {
		err = errors.Join(err, fmt.Errorf("the server ended with %s", state))
	}
	return errors.Join(err, s.log.Close())
}
