// Package initscripts runs the scripts of a folder once a server is ready, and keeps what
// became of each. The order and the states are those that users of LocalStack know.
package initscripts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// State is where a script is.
type State string

// The states. [LocalStack: initialization hooks]
const (
	Unknown    State = "UNKNOWN"
	Running    State = "RUNNING"
	Successful State = "SUCCESSFUL"
	Failed     State = "ERROR"
)

// Script is one script and what became of it.
type Script struct {
	// Name is its path below the folder.
	Name  string `json:"name"`
	State State  `json:"state"`
	// Error says why it failed.
	Error string `json:"error,omitempty"`
}

// Status is what became of all scripts.
type Status struct {
	// Folder is that of the scripts; empty for none.
	Folder string `json:"folder,omitempty"`
	// Completed is true when all have run, also if there are none.
	Completed bool     `json:"completed"`
	Scripts   []Script `json:"scripts"`
}

// Scripts runs the scripts of one folder, once.
type Scripts struct {
	folder string
	log    *slog.Logger

	mu     sync.Mutex
	status Status
}

// Mounted is the folder in which users of LocalStack mount scripts. The container image
// looks there; it need not exist.
const Mounted = "/etc/localstack/init/ready.d"

// maxScripts bounds the scripts of a folder.
const maxScripts = 1000

// New finds the scripts of a folder; an empty one has none.
func New(folder string, log *slog.Logger) (*Scripts, error) {
	s := &Scripts{folder: folder, log: log, status: Status{Folder: folder, Scripts: []Script{}}}
	if folder == "" {
		s.status.Completed = true
		return s, nil
	}
	names, err := find(os.DirFS(folder), ".")
	if errors.Is(err, fs.ErrNotExist) && folder == Mounted {
		return New("", log)
	}
	if err != nil {
		return nil, err
	}
	if len(names) > maxScripts {
		return nil, fmt.Errorf("%s has %d scripts, and at most %d are run", folder, len(names), maxScripts)
	}
	for _, name := range names {
		s.status.Scripts = append(s.status.Scripts, Script{Name: name, State: Unknown})
	}
	return s, nil
}

// find lists the scripts of a folder in the order of their names, and then those of the
// folders in it.
func find(fsys fs.FS, folder string) ([]string, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		return nil, err
	}
	var scripts, folders []string
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		// What is mounted can be a link.
		info, err := fs.Stat(fsys, name)
		switch {
		case err != nil:
			return nil, err
		case info.IsDir():
			folders = append(folders, name)
		case info.Mode().IsRegular() && slices.Contains([]string{".sh", ".py"}, filepath.Ext(name)):
			scripts = append(scripts, name)
		}
	}
	for _, name := range folders {
		if strings.Count(name, "/") > 20 {
			return nil, fmt.Errorf("%s is too deep", name)
		}
		below, err := find(fsys, name)
		if err != nil {
			return nil, err
		}
		scripts = append(scripts, below...)
	}
	return scripts, nil
}

// Status is what became of the scripts until now.
func (s *Scripts) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := s.status
	status.Scripts = slices.Clone(status.Scripts)
	return status
}

func (s *Scripts) set(i int, state State, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Scripts[i].State = state
	if err != nil {
		s.status.Scripts[i].Error = err.Error()
	}
}

// Run runs the scripts one after the other with an environment, those that follow one that
// failed too. It returns how many failed, and ends with the context.
func (s *Scripts) Run(ctx context.Context, environment []string) (failures int) {
	for i, script := range s.Status().Scripts {
		if ctx.Err() != nil {
			return failures
		}
		s.set(i, Running, nil)
		err := s.run(ctx, script.Name, environment)
		if err != nil {
			failures++
			s.set(i, Failed, err)
			s.log.Error("init script failed", "script", script.Name, "error", err)
			continue
		}
		s.set(i, Successful, nil)
		s.log.Info("init script done", "script", script.Name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Completed = true
	return failures
}

// errNotExecutable: the file is a script, and nobody may run it.
var errNotExecutable = errors.New("the file is not executable; chmod +x makes it so")

// run runs one script in its folder. Its output goes to the log, a record for each line.
func (s *Scripts) run(ctx context.Context, name string, environment []string) error {
	path, err := filepath.Abs(filepath.Join(s.folder, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, path)
	if executable := info.Mode()&0o111 != 0; !executable {
		if filepath.Ext(name) != ".py" {
			return errNotExecutable
		}
		command = exec.CommandContext(ctx, "python3", path)
	}
	output := &lines{log: s.log, script: name}
	command.Dir, command.Env, command.Stdout, command.Stderr = filepath.Dir(path), environment, output, output
	// What it leaves in the background must not hold the others up.
	command.WaitDelay = 5 * time.Second
	err = command.Run()
	output.end()
	return err
}

// maxLine bounds a line of output in the log, in bytes.
const maxLine = 4 << 10

// lines writes output to the log, line by line.
type lines struct {
	log    *slog.Logger
	script string
	rest   []byte
}

func (l *lines) Write(p []byte) (int, error) {
	for _, c := range p {
		if c == '\n' {
			l.end()
		} else if len(l.rest) < maxLine {
			l.rest = append(l.rest, c)
		}
	}
	return len(p), nil
}

func (l *lines) end() {
	if len(l.rest) > 0 {
		l.log.Info("init script", "script", l.script, "output", strings.ToValidUTF8(string(l.rest), "�"))
	}
	l.rest = l.rest[:0]
}
