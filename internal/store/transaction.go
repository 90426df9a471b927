package store

import (
	"errors"
	"fmt"
	"time"

	"accord/internal/ident"
	"accord/internal/store/engine"
)

// View reads from one consistent snapshot.
type View struct {
	session engine.Session
	engine  engine.Engine
	now     time.Time
	// failed is the error of the first statement that failed.
	failed error
	*cache
	// verify compares each result of the snapshot's cache with the database.
	verify bool
	// timed is true after Now and compared after NowUntil. until is the earliest later
	// instant that NowUntil was given; zero if there is none.
	timed, compared bool
	until           time.Time
	// answering is true while the call of an answer runs, and rows are those that it has
	// read.
	answering bool
	rows      []cachedRow
}

// Tx reads and writes within one serializable transaction.
type Tx struct {
	View
	source *ident.Source
	// nextJob is the earliest instant of the jobs that it inserted.
	nextJob time.Time
	// messages are the values of the messages that are written with the commit.
	messages []any
	// committed is called after the commit.
	committed []func()
}

// AfterCommit registers a function that is called once the transaction is committed,
// by the goroutine that called Update. If the outcome is unknown, or the transaction
// runs again, it is not called.
func (t *Tx) AfterCommit(f func()) { t.committed = append(t.committed, f) }

// Now is the instant of the transaction: UTC, in microseconds. An answer that depends
// on it is not kept.
func (v *View) Now() time.Time {
	v.timed = true
	return v.now
}

// SetNow gives the transaction another instant: what it does from here on happened then. It
// is for states that are made with their history.
func (t *Tx) SetNow(at time.Time) { t.now = at.UTC().Truncate(time.Microsecond) }

// NowUntil is Now for a caller that only compares it with one instant: an answer that
// depends on this is kept until then.
func (v *View) NowUntil(at time.Time) time.Time {
	v.compared = true
	if v.now.Before(at) && (v.until.IsZero() || at.Before(v.until)) {
		v.until = at
	}
	return v.now
}

// classify makes ErrDuplicate of a violated unique constraint.
func classify(e engine.Engine, err error) error {
	if e.Duplicate(err) && !errors.Is(err, ErrDuplicate) {
		err = fmt.Errorf("%w: %w", ErrDuplicate, err)
	}
	return err
}

// fail notes that a statement failed, which ends the transaction; nothing without an error.
func (v *View) fail(err error) error {
	if err == nil {
		return nil
	}
	err = classify(v.engine, err)
	if v.failed == nil {
		v.failed = err
	}
	return err
}

// ExecCount runs a statement that changes rows, and counts them.
func (t *Tx) ExecCount(query string, args ...any) (int64, error) {
	n, err := t.session.Exec(query, args)
	return n, t.fail(err)
}

// Exec runs a statement that changes rows and whose result is not needed.
func (t *Tx) Exec(query string, args ...any) error {
	return t.fail(t.session.ExecDeferred(query, args))
}

// ExecOne is Exec for a statement that has to change exactly one row.
func (t *Tx) ExecOne(query string, args ...any) error {
	return t.fail(t.session.ExecOneDeferred(query, args))
}

func (v *View) currentTime() currentTime { return currentTime(Micros(v.Now())) }
