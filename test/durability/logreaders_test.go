//go:build linux

package durability_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"accord/test/process"
	"accord/test/require"
)

// TestAServerWhoseLogNobodyReadsGoesOn: what reads its standard error and output stands still, or
// ends. Changes are acknowledged meanwhile, and it stops in order. The control is `cat`, which
// has no more to say than a server, and waits or is ended by the system.
func TestAServerWhoseLogNobodyReadsGoesOn(t *testing.T) {
	require.Full(t)
	for _, c := range []struct {
		name string
		ends bool
	}{{"its reader stands still", false}, {"its reader has ended", true}} {
		t.Run(c.name, func(t *testing.T) {
			fifo := filepath.Join(t.TempDir(), "log")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			// Both ends: opening one alone waits for the other.
			reader, err := os.OpenFile(fifo, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = reader.Close() }()
			path := filepath.Join(t.TempDir(), "accord.db")
			args := []string{"--store", "sqlite:" + path, "--quota", "units-per-organization=unlimited", "--log-level", "debug"}
			s := process.StartAfter(t, "exec 2>"+fifo, args...)
			control := exec.Command("sh", "-c", "exec cat /dev/zero >"+fifo)
			if err := control.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_ = control.Process.Kill()
				_ = control.Wait()
			})
			client := startChanging(t, s.Client(manager))
			if c.ends {
				if err := reader.Close(); err != nil {
					t.Fatal(err)
				}
			}
			// Each has some 700 bytes in the log: more than fit into a pipe and the memory for them.
			changes := require.Amount(0, 500, 3000)
			client.acknowledge(changes)
			awaitReady(t, s, http.StatusOK)
			client.wantAllThere()
			state := stateOf(t, control.Process.Pid)
			if c.ends != (state == "") {
				t.Errorf("the control, cat, is %q", state)
			}
			if status := s.Stop(t); status != 0 {
				t.Errorf("it ended with status %d", status)
			}
			again := process.Start(t, args...)
			client.client = again.Client(manager)
			client.wantAllThere()
			t.Logf("evidence: %s: %d changes acknowledged, lost 0, ready, stopped in order; control: cat %s", c.name, changes, map[bool]string{true: "was ended by the system", false: "waits"}[c.ends])
		})
	}
}

// stateOf is the state of a process, as S for one that waits; empty once it has ended.
func stateOf(t *testing.T, pid int) string {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil {
			return ""
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		switch state, _, _ := strings.Cut(rest, " "); state {
		case "Z", "X":
			return ""
		case "S":
			return state
		}
	}
	t.Fatal("the control neither waits nor ends")
	return ""
}
