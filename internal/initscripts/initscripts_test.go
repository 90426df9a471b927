//go:build unix

package initscripts_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/initscripts"
	"accord/test/require"
)

// folder makes a folder of scripts; those whose name ends with ! are executable.
func folder(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range scripts {
		name, executable := strings.CutSuffix(name, "!")
		mode := os.FileMode(0o644)
		if executable {
			mode = 0o755
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs the scripts of a folder, and returns what became of them and the log.
func run(t *testing.T, ctx context.Context, dir string, environment ...string) (initscripts.Status, int, string) {
	t.Helper()
	var log bytes.Buffer
	s, err := initscripts.New(dir, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range s.Status().Scripts {
		if script.State != initscripts.Unknown {
			t.Errorf("%s is %s before it runs", script.Name, script.State)
		}
	}
	failures := s.Run(ctx, append([]string{"PATH=" + os.Getenv("PATH")}, environment...))
	return s.Status(), failures, log.String()
}

// TestScriptsRunInTheOrderOfTheirNames: those of a folder before those of the folders in it.
func TestScriptsRunInTheOrderOfTheirNames(t *testing.T) {
	const script = "#!/bin/sh\necho \"${0##*/}\" >> \"$TRACE\"\n"
	trace := filepath.Join(t.TempDir(), "trace")
	dir := folder(t, map[string]string{
		"b.sh!": script, "a.sh!": script, "z/c.sh!": script, "y/d.sh!": script, "y/x/e.sh!": script, "README.md": "", "f.txt!": script,
	})
	status, failures, _ := run(t, t.Context(), dir, "TRACE="+trace)
	got, err := os.ReadFile(trace)
	if err != nil || string(got) != "a.sh\nb.sh\nd.sh\ne.sh\nc.sh\n" {
		t.Errorf("the order is %q, %v", got, err)
	}
	if failures != 0 || !status.Completed || len(status.Scripts) != 5 {
		t.Errorf("%d failures, %+v", failures, status)
	}
}

func TestOneThatFailsDoesNotKeepOthersFromRunning(t *testing.T) {
	dir := folder(t, map[string]string{
		"1.sh!": "#!/bin/sh\necho to the log; exit 3\n", "2.sh": "#!/bin/sh\n", "3.sh!": "#!/no/such/shell\n", "4.sh!": "#!/bin/sh\nexit 0\n",
	})
	status, failures, log := run(t, t.Context(), dir)
	var states []string
	for _, s := range status.Scripts {
		states = append(states, string(s.State))
	}
	if got := strings.Join(states, " "); got != "ERROR ERROR ERROR SUCCESSFUL" || failures != 3 || !status.Completed {
		t.Errorf("%s, %d failures", got, failures)
	}
	for _, want := range []string{"to the log", "exit status 3", "not executable"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %q:\n%s", want, log)
		}
	}
}

func TestPythonNeedsNoMode(t *testing.T) {
	require.Tool(t, "python3")
	status, _, log := run(t, t.Context(), folder(t, map[string]string{"a.py": "import os; print('hello', os.environ['WHO'])\n"}), "WHO=world")
	if status.Scripts[0].State != initscripts.Successful || !strings.Contains(log, "hello world") {
		t.Errorf("%+v\n%s", status, log)
	}
}

func TestScriptsEndWithTheServer(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	marker := filepath.Join(t.TempDir(), "marker")
	dir := folder(t, map[string]string{"1.sh!": "#!/bin/sh\n: > \"$MARKER\"\nexec sleep 600\n", "2.sh!": "#!/bin/sh\n"})
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(marker); err == nil {
				stop()
			}
		}
	}()
	status, _, _ := run(t, ctx, dir, "MARKER="+marker)
	if status.Scripts[0].State != initscripts.Failed || status.Scripts[1].State != initscripts.Unknown {
		t.Errorf("%+v", status)
	}
}

func TestAFolderThatIsNotThereIsAnErrorUnlessItIsThatOfTheImage(t *testing.T) {
	if _, err := initscripts.New(filepath.Join(t.TempDir(), "nowhere"), slog.Default()); err == nil {
		t.Error("a folder that is not there is taken")
	}
	for _, dir := range []string{"", initscripts.Mounted} {
		s, err := initscripts.New(dir, slog.Default())
		if err != nil || !s.Status().Completed || len(s.Status().Scripts) > 0 {
			t.Errorf("%q: %v", dir, err)
		}
	}
}
