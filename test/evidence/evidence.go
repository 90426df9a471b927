// Package evidence records what tests have shown of an operation, for the page
// docs/status.md. Records count only if all tests of the run passed; test/status
// checks that.
//
// Nothing is recorded unless the environment variable ACCORD_STATUS names a file.
package evidence

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

// Variable names the file to which records are added.
const Variable = "ACCORD_STATUS"

// What can be shown of an operation besides its errors.
const (
	// Success: a call succeeded.
	Success = "success"
	// Paging: a page after the first one was read.
	Paging = "paging"
	// Concurrency: called several times at once, it had the same answers as in sequence.
	Concurrency = "concurrency"
)

var notes struct {
	sync.Mutex
	seen map[string]bool
}

// Error is the record of an exception: its name, and its reason if it has one, without
// the member that the native wire style adds.
func Error(exception, reason string) string {
	reason, _, _ = strings.Cut(reason, ":")
	return strings.TrimSpace(exception + " " + reason)
}

// Note records what was shown of an operation. It panics if the file cannot be
// written, so that no evidence is lost.
func Note(operation, what string) {
	path := os.Getenv(Variable)
	if path == "" {
		return
	}
	notes.Lock()
	defer notes.Unlock()
	line := operation + "\t" + what + "\n"
	if notes.seen[line] {
		return
	}
	if err := add(path, line); err != nil {
		panic(fmt.Sprintf("evidence: %v", err))
	}
	if notes.seen == nil {
		notes.seen = map[string]bool{}
	}
	notes.seen[line] = true
}

// add appends one line in one write: other processes append too.
func add(path, line string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(line); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// Shown is what was shown of each operation.
type Shown map[string]map[string]bool

// Of reports whether it was shown of the operation.
func (s Shown) Of(operation, what string) bool { return s[operation][what] }

// Add adds what was shown of the operation.
func (s Shown) Add(operation, what string) {
	if s[operation] == nil {
		s[operation] = map[string]bool{}
	}
	s[operation][what] = true
}

// Read reads the records.
func Read(path string) (Shown, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	shown := Shown{}
	for line := range strings.Lines(string(text)) {
		operation, what, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			return nil, fmt.Errorf("%s: %q is not a record", path, line)
		}
		shown.Add(operation, what)
	}
	return shown, nil
}
