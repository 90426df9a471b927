// Package require says what a test needs from the machine that it runs on: a
// program, a right, a service.
//
// It is the only place where a test is skipped. A machine that is meant to have
// everything sets ACCORD_REQUIRE=all; there, what is missing fails the test, so
// that no part of the suite falls silent unseen.
package require

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Tool returns the path of a program. Where it is missing the test is skipped,
// or fails if everything is required. The folders are looked through first, the
// last one that has the program wins, and may be patterns as of filepath.Glob;
// then comes the PATH.
func Tool(t testing.TB, name string, folders ...string) string {
	t.Helper()
	path, err := Find(name, folders...)
	That(t, err == nil, "the program "+name)
	return path
}

// Find looks for a program as Tool does.
func Find(name string, folders ...string) (string, error) {
	for i := len(folders) - 1; i >= 0; i-- {
		// Glob sorts, so that the last match is the newest of several versions.
		matches, err := filepath.Glob(filepath.Join(folders[i], name))
		if err != nil {
			return "", fmt.Errorf("looking for %s: %w", name, err)
		}
		if len(matches) > 0 {
			return exec.LookPath(matches[len(matches)-1])
		}
	}
	return exec.LookPath(name)
}

// That needs something that the caller looked for itself; what names it for
// people. Where it is missing the test is skipped, or fails if everything is
// required.
func That(t testing.TB, there bool, what string) {
	t.Helper()
	switch {
	case there:
	case os.Getenv("ACCORD_REQUIRE") == "all":
		t.Fatalf("this machine lacks %s, and ACCORD_REQUIRE=all asks for everything", what)
	default:
		t.Skipf("this machine lacks %s", what)
	}
}
