package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// maxGroup bounds the transactions of one commit, and so how long the first of them
// waits for the last.
const maxGroup = 32

// groupDelay is how long a leader waits, once, when its group is smaller than the one
// before. It is a part of the time that a commit takes.
const groupDelay = 100 * time.Microsecond

// writer runs transactions on the one connection that writes (group commit).
//
// Transactions queue. The first one leads: it runs itself and the waiters behind it in
// one transaction of the file, each in a savepoint, and commits once for all. Nobody
// returns before that commit: also a transaction that failed has seen what the others
// wrote. The first waiter that is left leads the next group.
type writer struct {
	conn     *Conn
	sequence *sequence
	readers  *readers
	// guard is nil for a file that nothing else can reach; SQLite then checkpoints by
	// itself.
	guard *guard
	// expected is the size of the last group, and rolledBack the error by which the machine
	// rolled the present one back. They belong to the leader.
	expected   int
	rolledBack error
	// maintain, if set, runs after the present group was answered and before the next one.
	maintain func(*writer)

	mu      sync.Mutex
	leading bool
	waiters []*member
}

// member is one transaction of a group.
type member struct {
	fn func(*Conn) error
	// wake receives once: true to lead a group, false when the group has ended.
	wake     chan bool
	err      error
	panicked any
}

// update runs fn as a member of a group and returns when the group has ended.
func (w *writer) update(ctx context.Context, fn func(*Conn) error) error {
	if err := w.guard.refusal(); err != nil {
		return err
	}
	m := &member{fn: fn, wake: make(chan bool, 1)}
	w.mu.Lock()
	if w.leading {
		w.waiters = append(w.waiters, m)
	} else {
		w.leading = true
		m.wake <- true
	}
	w.mu.Unlock()

	var leads bool
	select {
	case leads = <-m.wake:
	case <-ctx.Done():
		if w.remove(m) {
			return ctx.Err()
		}
		leads = <-m.wake // It was taken at the same moment.
	}
	if leads {
		w.lead(m)
	}
	if m.panicked != nil {
		panic(m.panicked)
	}
	return m.err
}

// lead runs a group, and ends it also when a closure panics.
func (w *writer) lead(leader *member) {
	var group []*member
	defer func() { w.end(group) }()
	w.readers.beginWrite()
	if err := w.conn.control("BEGIN IMMEDIATE"); err != nil {
		// Those behind it would wait as long, one after the other, and fail as well.
		group = w.fail(leader, err)
		return
	}
	for m := leader; m != nil; m = w.next(len(group)) {
		group = append(group, m)
		w.run(m, leader)
		if !w.conn.inTransaction() {
			w.rolledBack = m.err // An error of the machine, such as a full disk, rolled all of it back.
			return
		}
	}
}

// fail ends a group that could not begin, with all that wait.
func (w *writer) fail(leader *member, err error) []*member {
	w.mu.Lock()
	defer w.mu.Unlock()
	group := append([]*member{leader}, w.waiters...)
	w.waiters = nil
	for _, m := range group {
		m.err = err
	}
	return group
}

// run runs a member within a savepoint, and rolls that back unless it returns nil.
func (w *writer) run(m, leader *member) {
	m.err = errPanicked
	defer func() {
		if m != leader {
			m.panicked = recover() // It belongs to the goroutine of the member.
		}
		if m.err == nil {
			m.err = w.conn.control("RELEASE member")
		}
		if m.err != nil {
			_ = w.conn.control("ROLLBACK TO member")
			_ = w.conn.control("RELEASE member")
		}
	}()
	err := w.conn.control("SAVEPOINT member")
	if err == nil {
		err = m.fn(w.conn)
	}
	m.err = err
}

// end commits a group, lets the next waiter lead, and answers the members.
func (w *writer) end(group []*member) {
	var err error
	switch {
	case !w.conn.inTransaction():
		err = fmt.Errorf("%w: %w", errRolledBack, w.rolledBack)
	case slices.ContainsFunc(group, func(m *member) bool { return m.err == nil }):
		err = w.commit()
	default:
		// A commit would write the pages that were rolled back, as they were before.
		_ = w.conn.control("ROLLBACK")
	}
	w.readers.endWrite(w.conn.changed, w.conn.derived)
	w.conn.changed, w.conn.derived = false, false
	w.expected, w.rolledBack = len(group), nil
	if w.maintain != nil {
		answer(group, err)
		group = nil
		w.maintain(w)
		w.maintain = nil
	}
	w.mu.Lock()
	w.leading = len(w.waiters) > 0
	if w.leading {
		w.shift().wake <- true
	}
	w.mu.Unlock()
	answer(group, err)
}

// answer ends the wait of the members of a group that was committed, or not.
func answer(group []*member, err error) {
	for _, m := range group {
		if m.err == nil {
			m.err = err
		}
		m.wake <- false
	}
}

// commit commits a group. With a guard, it compares the files before and after it: nobody
// gets an answer for what was written into a file that is no longer whole.
func (w *writer) commit() error {
	if w.guard == nil || !w.conn.changed {
		return w.commitUnguarded(0)
	}
	w.guard.mu.Lock()
	defer w.guard.mu.Unlock()
	if err := w.guard.compare(); err != nil {
		_ = w.conn.control("ROLLBACK")
		return fmt.Errorf("%w: %w", errRolledBack, err)
	}
	full, raise := w.guard.isFull(), int64(0)
	if w.guard.mayBegin() {
		raise += firstSteps
	}
	if full {
		raise += lastSteps
	}
	if err := w.commitUnguarded(raise); err != nil {
		return err
	}
	if err := w.guard.compare(); err != nil {
		return fmt.Errorf("%w: %w", ErrCommit, err)
	}
	if full && w.maintain == nil {
		w.maintain = (*writer).checkpoint
	}
	return nil
}

// commitUnguarded commits a group, and raises the bound of the sequence by some steps.
func (w *writer) commitUnguarded(raise int64) error {
	if w.conn.changed {
		w.readers.beginCommit()
	}
	committed, err := w.sequence.extend(w.conn, raise)
	outcome := errRolledBack
	if err == nil {
		if err = w.conn.control("COMMIT"); err == nil {
			committed()
			return nil
		}
		outcome = outcomeOf(err)
	}
	if w.conn.inTransaction() {
		_ = w.conn.control("ROLLBACK")
	}
	return fmt.Errorf("%w: %w", outcome, err)
}

// checkpoint copies the write-ahead log into the file, as far as no reader needs the
// states before.
func (w *writer) checkpoint() {
	w.guard.mu.Lock()
	defer w.guard.mu.Unlock()
	// A log of something else is not copied into the file.
	if _ = w.guard.compareContent(); w.guard.refusal() != nil {
		return
	}
	// An error comes back with the next commit, or with the next checkpoint.
	_, _ = w.conn.pragma("wal_checkpoint(PASSIVE)")
	_ = w.guard.compare()
}

// shrink cuts the log, and the file if nearly all of it is free.
func (w *writer) shrink() {
	w.guard.mu.Lock()
	defer w.guard.mu.Unlock()
	if _ = w.guard.compareContent(); w.guard.compare() != nil {
		return
	}
	w.conn.conn.SetBusyTimeout(100 * time.Millisecond)
	defer w.conn.conn.SetBusyTimeout(busyTimeout)
	w.readers.beginRelease()
	defer w.readers.endRelease()
	// While another program reads a state before the last one, the log can only grow, and
	// commits would wait for that program. The transactions of this one end soon.
	_, _ = w.conn.pragma("wal_checkpoint(PASSIVE)")
	if err := w.guard.compare(); err != nil || w.guard.counts.copied < w.guard.counts.frames && !w.readers.areBusy() {
		return
	}
	if w.guard.isMostlyFree() {
		// What is left is small: it needs no temporary file.
		_, _ = w.conn.pragma("temp_store = MEMORY")
		_ = w.conn.control("VACUUM")
	}
	_, _ = w.conn.pragma("wal_checkpoint(TRUNCATE)")
	_ = w.guard.compare()
}

// next takes the next member of a group from the queue.
func (w *writer) next(size int) *member {
	if size == maxGroup {
		return nil
	}
	if !w.waiting() {
		// Requests that have arrived reach the queue, also on a single processor.
		runtime.Gosched()
	}
	if size < w.expected && !w.waiting() {
		time.Sleep(groupDelay)
		w.expected = 0 // Once for each group.
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiters) == 0 {
		return nil
	}
	return w.shift()
}

func (w *writer) waiting() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.waiters) > 0
}

// shift takes the first waiter from the queue.
func (w *writer) shift() *member {
	m := w.waiters[0]
	w.waiters = slices.Delete(w.waiters, 0, 1)
	return m
}

// remove takes a waiter from the queue, and reports whether it was there.
func (w *writer) remove(m *member) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.waiters, m)
	if i >= 0 {
		w.waiters = slices.Delete(w.waiters, i, i+1)
	}
	return i >= 0
}

var errPanicked = errors.New("SQLite: the transaction panicked")
