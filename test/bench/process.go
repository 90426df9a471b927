//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"accord/internal/cli"
)

// The measured process has the first core; the clients have the second, together
// with the database server, if there is one.
const (
	serverCore = "0"
	clientCore = "1"
)

// pinnedVariable is set for a process that runs on its core.
const pinnedVariable = "ACCORD_BENCH_PINNED"

// pinToClientCore restarts this program on the core of the clients, where taskset is
// installed.
func pinToClientCore() error {
	taskset, err := exec.LookPath("taskset")
	if err != nil || os.Getenv(pinnedVariable) != "" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := append([]string{taskset, "-c", clientCore, self}, os.Args[1:]...)
	return syscall.Exec(taskset, args, append(os.Environ(), pinnedVariable+"=yes"))
}

// pinnedCommand is a command that runs on the core of the server.
func pinnedCommand(name string, args ...string) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil {
		name, args = taskset, append([]string{"-c", serverCore, name}, args...)
	}
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "GOMAXPROCS=1")
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return c
}

// process is a measured process.
type process struct {
	command *exec.Cmd
	// address is where it answers, as host:port, and admin has the URL of its admin API.
	address string
	admin   chan string
	ended   chan struct{}
}

// launch starts a command and waits for the line with its address.
func (b *bench) launch(c *exec.Cmd) (*process, error) {
	log, err := os.OpenFile(filepath.Join(b.folder, "log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	// A log that goes to a file, as people have it.
	c.Stderr = log
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	p := &process{command: c, admin: make(chan string, 1), ended: make(chan struct{})}
	answers := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, url, found := strings.Cut(lines.Text(), " answers at "); found {
				answers <- strings.TrimPrefix(url, "http://")
			}
			if url, found := strings.CutPrefix(lines.Text(), "export ACCORD_ADMIN="); found {
				p.admin <- url
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait()
		close(p.ended)
	}()
	select {
	case p.address = <-answers:
		b.running = append(b.running, p)
		return p, nil
	case <-p.ended:
	case <-time.After(30 * time.Second):
		p.end()
	}
	said, _ := os.ReadFile(log.Name())
	return nil, fmt.Errorf("%s does not answer:\n%s", c, said)
}

// serve starts the server on a store. The options are further flags.
func (b *bench) serve(store string, options ...string) (*process, error) {
	return b.launch(pinnedCommand(b.binary, serveArguments(store, options...)...))
}

func serveArguments(store string, options ...string) []string {
	return append([]string{
		"serve", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", "--store=" + store,
		"--quota=accounts-per-organization=unlimited", "--quota=invitations-per-day=unlimited",
		"--quota=account-creations-in-progress=unlimited", "--quota=account-closures-in-progress=unlimited",
		"--quota=account-closures-per-30-days=unlimited", "--quota=units-per-organization=unlimited",
		"--quota=accounts-registered=unlimited",
	}, options...)
}

// end stops the process and waits for it.
func (p *process) end() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		_ = p.command.Process.Kill()
		<-p.ended
	}
}

// used is the CPU time of the process until now.
func (p *process) used() (time.Duration, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.command.Process.Pid))
	if err != nil || len(tasks) == 0 {
		return 0, errors.Join(err, errors.New("the system does not report the CPU time of a process"))
	}
	var sum time.Duration
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			continue // The thread has just ended.
		}
		first, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

// resident is the resident memory of the process in bytes.
func (p *process) resident() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("the system does not report the memory of a process")
}

// adminRequest sends a request to the admin API at a URL.
func adminRequest(admin, method, path string, body []byte) ([]byte, error) {
	return (&cli.Client{}).At(admin).Send(context.Background(), method, path, "application/json", body)
}

// bench is one run.
type bench struct {
	out    io.Writer
	binary string
	// folder holds the files of all stores.
	folder string
	// running are the processes to end.
	running []*process
	// missed are targets that were not met.
	missed []string
}

func newBench(out io.Writer) (*bench, error) {
	folder, err := os.MkdirTemp("", "accord-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{out: out, folder: folder}
	b.binary = *binary
	if b.binary == "" {
		b.binary = filepath.Join(folder, "accord")
		c := exec.Command("go", "build", "-trimpath", "-o", b.binary, "accord/cmd/accord")
		if said, err := c.CombinedOutput(); err != nil {
			return nil, errors.Join(fmt.Errorf("building the program: %w\n%s", err, said), b.close())
		}
	}
	return b, nil
}

func (b *bench) endAll() {
	for _, p := range b.running {
		p.end()
	}
	b.running = nil
}

func (b *bench) close() error {
	b.endAll()
	return os.RemoveAll(b.folder)
}
