//go:build unix

package main

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"accord/test/process"
)

// TestASignalEndsAnImportThatWaits: nobody writes into the pipe that has the key of the mask.
func TestASignalEndsAnImportThatWaits(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "key")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), process.Program(t), "import", "--from-json", t.TempDir(), "--out", "-", "--mask", "--mask-key", pipe)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	for signals := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-ended:
			if c.ProcessState.Success() {
				t.Error("it succeeded")
			}
			return
		case <-signals.C:
			_ = c.Process.Signal(syscall.SIGTERM)
		}
	}
}
