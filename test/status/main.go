package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"accord/test/evidence"
)

// packages have the tests that record evidence.
var packages = []string{"./internal/service/organizations", "./test/conformance"}

const (
	notesFile = "test/status/evidence.txt"
	page      = "docs/status.md"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "status:", err)
		os.Exit(1)
	}
}

func run() error {
	shown, err := gather()
	if err != nil {
		return err
	}
	text, err := render(shown)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root(), notesFile), []byte(lines(shown)), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root(), page), []byte(text), 0o644)
}

// root is the folder of the module.
func root() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..")
}

// gather runs the tests and reads their records.
func gather() (evidence.Shown, error) {
	folder, err := os.MkdirTemp("", "accord-status-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	notes := filepath.Join(folder, "notes")
	// Without ACCORD_LONG: the engines have the same answers.
	tests := exec.Command("go", append([]string{"test", "-count=1"}, packages...)...)
	tests.Dir = root()
	tests.Env = append(os.Environ(), evidence.Variable+"="+notes, "ACCORD_LONG=")
	tests.Stdout, tests.Stderr = os.Stderr, os.Stderr
	if err := tests.Run(); err != nil {
		return nil, fmt.Errorf("the tests did not pass: %w", err)
	}
	return evidence.Read(notes)
}

// lines is the text of evidence.txt, sorted.
func lines(shown evidence.Shown) string {
	var all []string
	for operation, what := range shown {
		for w := range what {
			all = append(all, operation+"\t"+w+"\n")
		}
	}
	slices.Sort(all)
	return strings.Join(all, "")
}
