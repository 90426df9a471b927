// Package health is what the parts of a server say about its health: the error of a
// store that cannot serve, the episodes of such errors, and a registry of named checks.
//
// It knows no store and no listener: engines and the other parts add their checks, and
// the admin API shows them.
package health

import (
	"errors"
	"fmt"
)

// Reason is why a store cannot be written or reached. It is a label of metrics.
type Reason string

// The reasons.
const (
	// DiskFull: there is no space for what is to be written.
	DiskFull Reason = "disk-full"
	// StorageFailing: the device or the file system returns errors.
	StorageFailing Reason = "storage-failing"
	// ReadOnly: the file, its folder, or the database refuses writes.
	ReadOnly Reason = "read-only"
	// Locked: another process or session holds a lock for longer than a write waits.
	Locked Reason = "locked"
	// Unreachable: the file cannot be opened, or the database cannot be reached.
	Unreachable Reason = "unreachable"
	// Exhausted: the database has no memory, connection or other resource left.
	Exhausted Reason = "exhausted"
	// Incomplete: the database lacks a part of the store, such as a table, or keeps it in a way
	// that loses changes.
	Incomplete Reason = "incomplete"
	// Damaged: the content of the store is not what was written.
	Damaged Reason = "damaged"
	// Replaced: the file or the database is not the one that was opened.
	Replaced Reason = "replaced"
	// NewerSchema: a newer program has brought the schema beyond the one of this program.
	NewerSchema Reason = "newer-schema"
)

// ending is how the episode of a reason ends.
type ending int

// The endings, in the order of precedence: a reason does not take the place of one that ends
// later in this list.
const (
	// byAChange: when a change was committed.
	byAChange ending = iota
	// byQuiet: when a change was committed, and none has failed for a while: a small one finds
	// space on a full disk.
	byQuiet
	// byACheck: when a check says so. Until then nothing is written, because a change that
	// succeeds proves nothing.
	byACheck
	// withTheProcess: a change that succeeds afterwards could be lost.
	withTheProcess
)

// reasons is the table of the reasons.
var reasons = map[Reason]struct {
	// text ends the sentence "the server cannot serve: ".
	text string
	ends ending
}{
	DiskFull:       {"the disk of the store is full", byQuiet},
	StorageFailing: {"the storage of the store returns errors", byQuiet},
	ReadOnly:       {"the store is read-only", byQuiet},
	Locked:         {"the store is locked by another process", byAChange},
	Unreachable:    {"the store cannot be reached", byAChange},
	Exhausted:      {"the database has no resources left", byAChange},
	Incomplete:     {"the store lacks a part of what it had", byACheck},
	Damaged:        {"the store is damaged", withTheProcess},
	Replaced:       {"the store is not the one that was opened", withTheProcess},
	NewerSchema:    {"the store has the schema of a newer program", withTheProcess},
}

// Text is the reason in words: "the disk of the store is full". It names no path and no
// host, so that it may be shown to callers of the API.
func (r Reason) Text() string { return reasons[r].text }

// NotReady is the error of a store that cannot be written or reached. A store that
// returns it has changed nothing.
type NotReady struct {
	Reason Reason
	// Cure says what an operator does about it: an imperative sentence without a period,
	// which may name a path or a host. It is for the log and the admin API only.
	Cure string
	// Cause is the error of the database or of the system.
	Cause error
}

func (e *NotReady) Error() string {
	if e.Cause == nil {
		return e.Reason.Text()
	}
	return fmt.Sprintf("%s: %v", e.Reason.Text(), e.Cause)
}

// Unwrap returns the cause.
func (e *NotReady) Unwrap() error { return e.Cause }

// NotReadyIn returns the NotReady in the chain of an error, or nil.
func NotReadyIn(err error) *NotReady {
	var e *NotReady
	if errors.As(err, &e) {
		return e
	}
	return nil
}
