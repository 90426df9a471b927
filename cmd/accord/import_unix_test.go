//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accord/test/process"
)

// TestAnInterruptedImportGoesOn: a signal ends it with what to do, and the second time it asks
// only for what is missing.
func TestAnInterruptedImportGoesOn(t *testing.T) {
	s, _ := sourceServer(t)
	folder := filepath.Join(t.TempDir(), "saved")
	on(t, s, "faults", "add", "--operation", "ListTagsForResource", "--delay", "1m")
	// More calls at a time than there are tags to ask for: some are left to ask for targets.
	c := exec.Command(process.Program(t), importArgs(s, "--parallel", "16", "--save-json", folder, "--out", filepath.Join(t.TempDir(), "org.yaml"))...)
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	// When it asks for targets, it has saved the accounts; the calls for tags wait.
	s.Logged(t, "operation=ListTargetsForPolicy")
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if status := c.ProcessState.ExitCode(); status != failed || !strings.Contains(said.String(), "accord: interrupted; "+folder+" has what was read, and the same command goes on\n") {
		t.Fatalf("status %d: %s", status, &said)
	}
	on(t, s, "faults", "remove", "fault-1")
	before := strings.Count(s.Logged(t, "operation=ListAccounts"), "operation=ListAccounts ")
	if got := execute(t, importArgs(s, "--save-json", folder, "--out", filepath.Join(t.TempDir(), "org.yaml"))...); got.status != succeeded {
		t.Fatalf("%+v", got)
	}
	if after := strings.Count(s.Logged(t, "operation=ListTagsForResource"), "operation=ListAccounts "); after != before {
		t.Errorf("ListAccounts was called %d times, then %d times", before, after)
	}
}

func TestAnImportShowsHowFarItIsOnATerminal(t *testing.T) {
	s, _ := sourceServer(t)
	run := process.OnTerminal(t, importArgs(s, "--out", filepath.Join(t.TempDir(), "org.yaml"))...)
	if status := run.Wait(t); status.ExitStatus() != succeeded {
		t.Errorf("it ended with %d", status.ExitStatus())
	}
	if screen := run.Screen(); !strings.Contains(screen, " calls") || !strings.HasSuffix(screen, clear) || strings.Contains(run.Output(), "\x1b") {
		t.Errorf("the terminal shows %q, the output is %q", screen, run.Output())
	}
}
