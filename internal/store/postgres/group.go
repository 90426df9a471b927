package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"accord/internal/store/engine"
)

// writers runs transactions, a few at the same time, and those that wait for each
// other in one transaction of the database (group commit).
//
// Transactions queue while as many run as the limit allows. Then the first one leads:
// it runs itself and the waiters, one after the other on one connection, and commits
// once for all. Nobody returns before that commit: also a transaction that failed has
// seen what the others wrote. Nobody joins a group that runs: its snapshot may be older
// than a change that has returned. Most members that fail have not sent a change to the
// database yet: what they deferred is forgotten, and the others go on.
//
// A group that runs for long no longer counts: one change of seconds does not hold all
// others, also when the limit is at one. If it conflicts with them, it runs again alone: it
// would lose again and again against short ones.
type writers struct {
	begin func(ctx context.Context, alone bool) (*session, error)
	// turn is taken by the transaction that runs alone.
	turn chan struct{}
	// longAfter is when a group has run for long.
	longAfter time.Duration

	mu sync.Mutex
	concurrencyLimit
	// running counts the groups that count, and long those that no longer do.
	running, long int
	waiters       []*member
}

const (
	// longAfter is more than transactions take that wait for a slow disk.
	longAfter = 500 * time.Millisecond
	// maxLong bounds the groups that no longer count, so that writers leave connections to
	// readers.
	maxLong = 2
)

// member is one transaction of a group.
type member struct {
	ctx context.Context
	fn  func(engine.Session) error
	// wake receives a group to lead, with the member itself; or nothing when the group that it
	// was in has ended.
	wake     chan []*member
	err      error
	panicked any
	// long: its group ran for long.
	long bool
}

// update runs fn as a member of a group and returns when the group has ended.
func (w *writers) update(ctx context.Context, fn func(engine.Session) error) error {
	m := &member{ctx: ctx, fn: fn, wake: make(chan []*member, 1)}
	w.mu.Lock()
	w.waiters = append(w.waiters, m)
	w.start()
	w.mu.Unlock()

	var group []*member
	select {
	case group = <-m.wake:
	case <-ctx.Done():
		if w.remove(m) {
			return ctx.Err()
		}
		group = <-m.wake // It was taken at the same moment.
	}
	if group != nil {
		w.lead(group)
	}
	if m.panicked != nil {
		panic(m.panicked)
	}
	if m.long && isConflict(m.err) {
		if err := w.alone(ctx, fn); codeOf(err) != lockNotAvailable {
			return err
		}
	}
	return m.err
}

// alone runs a transaction beside which nothing is written, one of this server at a time.
func (w *writers) alone(ctx context.Context, fn func(engine.Session) error) error {
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	m := &member{ctx: ctx, fn: fn}
	m.end(w.transact([]*member{m}, true))
	if m.panicked != nil {
		panic(m.panicked)
	}
	return m.err
}

// start makes groups of the waiters, as many as the limit allows and of equal size.
func (w *writers) start() {
	for w.running < w.limit && len(w.waiters) > 0 {
		n := min(w.size, (len(w.waiters)+w.limit-1)/w.limit)
		group := slices.Clone(w.waiters[:n])
		w.waiters = slices.Delete(w.waiters, 0, n)
		w.running++
		group[0].wake <- group
	}
}

// fail answers all waiters with an error.
func (w *writers) fail(err error) {
	for _, m := range w.waiters {
		m.err = err
		m.wake <- nil
	}
	w.waiters = nil
}

// remove takes a waiter from the queue, and reports whether it was there.
func (w *writers) remove(m *member) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.waiters, m)
	if i >= 0 {
		w.waiters = slices.Delete(w.waiters, i, i+1)
	}
	return i >= 0
}

// lead runs a group, and then each member alone if one of them failed the transaction:
// such an error is returned only to the member that caused it.
func (w *writers) lead(group []*member) {
	err, judged := errPanicked, false
	release := w.count(group)
	defer func() {
		if !judged {
			// The session itself panicked, perhaps within the commit.
			for _, m := range group {
				m.err = errGroupPanicked
			}
		}
		w.end(group, err, release)
	}()
	err = w.transact(group, false)
	alone := len(group) > 1 && err != nil && !isShared(err)
	for i, m := range group {
		if alone {
			m.err = nil
			m.end(w.transact(group[i:i+1], false))
		} else {
			m.end(err)
		}
	}
	judged = true
}

// count lets a group that was started count until it has run for long. The function that
// it returns ends that; it is called with the lock.
func (w *writers) count(group []*member) (release func()) {
	counter := &w.running
	timer := time.AfterFunc(w.longAfter, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if counter == &w.running && w.long < maxLong {
			counter = &w.long
			w.running--
			w.long++
			w.start()
		}
	})
	return func() {
		if !timer.Stop() {
			for _, m := range group {
				m.long = true
			}
		}
		*counter--
		counter = nil
	}
}

// end lets waiters lead, and answers the members.
func (w *writers) end(group []*member, err error, release func()) {
	w.mu.Lock()
	w.adapt(len(group), err)
	release()
	if isSlow(err) {
		w.fail(behind(err))
	}
	w.start()
	w.mu.Unlock()
	for _, m := range group[1:] {
		m.wake <- nil
	}
}

// transact runs members in one transaction and commits it. An error says that none of
// them is committed, or that this is unknown.
func (w *writers) transact(members []*member, alone bool) error {
	s, err := w.begin(members[0].ctx, alone)
	if err != nil {
		return err
	}
	defer s.rollback()
	commit := false
	for _, m := range members {
		s.mark()
		m.run(s)
		if s.failed != nil {
			return s.failed
		}
		if m.err != nil && !s.forget() {
			return m.err
		}
		commit = commit || m.err == nil
	}
	if !commit {
		return nil
	}
	return s.commit()
}

// run runs the function of a member, and keeps its panic for the goroutine of the
// member.
func (m *member) run(s *session) {
	m.err, m.panicked = errPanicked, nil
	defer func() { m.panicked = recover() }()
	m.err = m.fn(s)
}

// end takes in the error of the transaction. The member keeps an error of its own,
// unless it judged a state that was not committed.
func (m *member) end(err error) {
	if m.err == nil || isShared(err) {
		m.err = err
	}
}

var (
	errPanicked      = errors.New("PostgreSQL: the transaction panicked")
	errGroupPanicked = fmt.Errorf("%w: PostgreSQL: the group of the transaction panicked", engine.ErrUnknown)
)
