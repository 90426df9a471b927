// Package require skips tests whose tools are not installed, and those that take too
// long for a run of all tests.
//
// Tests are skipped here alone. With ACCORD_REQUIRE=all a missing tool fails the test
// instead, so that no part of the suite is skipped unnoticed. There are three sizes of a
// run: go test -short ./..., go test ./..., and with ACCORD_LONG=1 everything.
package require

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Tool returns the path of a program. If it is missing the test is skipped, or fails
// if everything is required. The folders, which may be patterns of filepath.Glob, are
// searched before the PATH, the last one first.
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

// Chromium returns the path of a Chromium or Chrome, as Tool does.
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := Find(name); err == nil {
			return path
		}
	}
	That(t, false, "Chromium, the browser")
	return ""
}

// That is for a requirement that the caller has checked; what names it. If it is
// missing the test is skipped, or fails if everything is required.
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

// longVariable makes a run a long one.
const longVariable = "ACCORD_LONG"

// IsLong reports whether this is a run of everything.
func IsLong() bool { return os.Getenv(longVariable) != "" }

// Long skips a test unless this is a run of everything.
func Long(t testing.TB) {
	t.Helper()
	if !IsLong() {
		t.Skipf("it is long: %s=1 runs it", longVariable)
	}
}

// Full skips a test in a short run.
func Full(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("not in a short run")
	}
}

// Amount is how much a test does that can do more or less, in a run of each size.
func Amount(short, full, long int) int {
	switch {
	case IsLong():
		return long
	case testing.Short():
		return short
	}
	return full
}
