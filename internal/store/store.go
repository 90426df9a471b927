// Package store holds all persistent state. It is the only package with SQL.
//
// One text of SQL runs on every engine; what differs between them is the seam in
// engine.go. A verb opens one transaction with View or Update and reads and
// writes rows through it; it never sees SQL. The package knows no wire shape and
// no rule of the service beyond what its constraints hold.
//
// The SQL keeps to what all engines read alike: parameters $1 … $n, first used
// in ascending order; no FOR UPDATE, no sequences, no now(), no engine function;
// instants are BIGINT microseconds, and text compares by its bytes.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
)

// Options are what a store is opened with.
type Options struct {
	// Clock gives each transaction its instant.
	Clock clock.Clock
	// Source spreads the repetitions of conflicting transactions, and makes the
	// installation's keys.
	Source *ident.Source
	// Log gets trouble that no caller is told about.
	Log *slog.Logger
	// Rehearse runs every Update twice, the first time rolled back. Tests use it
	// to find closures that cannot run again.
	Rehearse bool
	// BeforeCommit, when set, runs before each COMMIT of an Update and can fail it.
	// It is for tests of the gap between the last statement and the commit.
	BeforeCommit func() error
	// Observe, when set, is told of transactions that were repeated or whose
	// outcome is unknown.
	Observe func(event Event)
}

// Event is something about a transaction that an operator counts.
type Event string

// The events.
const (
	// Retried: a transaction conflicted and ran again.
	Retried Event = "repeated"
	// RetriesExhausted: a transaction conflicted more often than it may be repeated.
	RetriesExhausted Event = "given up"
	// OutcomeUnknown: a commit was sent and no answer came.
	OutcomeUnknown Event = "outcome unknown"
)

// Store is the state of one installation.
type Store struct {
	engine  engine
	options Options
	// letters is the order of the last transaction that wrote any.
	letters atomic.Int64
}

// Open opens the store that the URL names, brings its schema up to date, and
// checks that it keeps its promises.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	e, err := engineOf(ctx, url)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: e, options: options}
	if s.options.Log == nil {
		s.options.Log = slog.New(slog.DiscardHandler)
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the store: %w", err), e.close())
	}
	if err := e.selfCheck(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("checking the store: %w", err), e.close())
	}
	if err := s.resumeLetters(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reading the store: %w", err), e.close())
	}
	return s, nil
}

// Close ends the use of the store. No transaction may be open.
func (s *Store) Close() error { return s.engine.close() }

// View reads from one consistent snapshot.
type View struct {
	session session
	engine  engine
	now     time.Time
	// failed is what the first statement that failed said.
	failed error
	*remembered
}

// Tx reads and writes within one serialisable transaction.
type Tx struct {
	View
	store *Store
	// order and written number the letters of the transaction.
	order, written int64
	// planned is the earliest instant for which there is new due work.
	planned time.Time
}

// Now is the instant of the transaction: UTC, in microseconds.
func (v *View) Now() time.Time { return v.now }

// View runs fn on a snapshot that cannot be written.
func (s *Store) View(ctx context.Context, fn func(*View) error) error {
	session, err := s.engine.begin(ctx, false)
	if err != nil {
		return fmt.Errorf("beginning to read: %w", err)
	}
	defer session.rollback()
	return fn(&View{session: session, engine: s.engine, now: s.options.Clock.Now()})
}

// attempts bounds how often a transaction that loses against others is run.
const attempts = 12

// Update runs fn in a serialisable transaction and commits it when fn returns
// nil. A broken unique constraint counts as a conflict: verbs look first, so the
// other row came in between, and the next run sees it.
// fn may run more than once: it must not leave anything behind outside of
// the transaction. The errors are those of fn, ErrConflict when others won every
// time, and ErrUnknown when nobody can say whether the change is there.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	if s.options.Rehearse {
		refuseNesting()
		s.rehearse(ctx, fn)
	}
	for attempt := 1; ; attempt++ {
		err := s.try(ctx, fn, true)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrUnknown):
			s.observe(OutcomeUnknown)
			return err
		case !s.engine.retryable(err) && !errors.Is(err, ErrDuplicate):
			return err
		case attempt == attempts:
			s.observe(RetriesExhausted)
			return fmt.Errorf("%w: %w", ErrConflict, err)
		}
		s.observe(Retried)
		if err := s.pause(ctx, attempt); err != nil {
			return err
		}
	}
}

func (s *Store) try(ctx context.Context, fn func(*Tx) error, commit bool) error {
	session, err := s.engine.begin(ctx, true)
	if err != nil {
		return fmt.Errorf("beginning to write: %w", err)
	}
	defer session.rollback()
	tx := &Tx{View: View{session: session, engine: s.engine, now: s.options.Clock.Now(), remembered: newRemembered()}, store: s}
	err = fn(tx)
	switch {
	case tx.failed != nil && s.engine.retryable(tx.failed):
		// Whatever fn made of it, it judged a transaction that is to be repeated.
		return tx.failed
	case err != nil || !commit:
		return err
	case tx.failed != nil:
		// One engine would commit what came after, another nothing, and say that
		// all is well.
		return fmt.Errorf("a statement failed and the transaction went on: %w", tx.failed)
	}
	if s.options.BeforeCommit != nil {
		if err := s.options.BeforeCommit(); err != nil {
			return err
		}
	}
	if err := session.commit(); err != nil {
		// Statements that nobody waited for fail here.
		return tx.fail(err)
	}
	return nil
}

// rehearse runs fn and forgets what it did.
func (s *Store) rehearse(ctx context.Context, fn func(*Tx) error) {
	_ = s.try(ctx, fn, false)
}

// refuseNesting panics when Update was called from within Update: the inner one
// waits for the outer one, which waits for it.
func refuseNesting() {
	callers := make([]uintptr, 200)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	this, more := frames.Next()
	for more {
		var frame runtime.Frame
		if frame, more = frames.Next(); frame.Function == this.Function {
			panic("store: Update within Update")
		}
	}
}

// pause waits a moment that grows with the attempts and differs between rivals,
// so that they do not meet again.
func (s *Store) pause(ctx context.Context, attempt int) error {
	spread := s.options.Source.Bytes(1)[0]
	wait := time.Duration(1+int(spread)%(4<<min(attempt, 6))) * time.Millisecond / 2
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) observe(e Event) {
	if s.options.Observe != nil {
		s.options.Observe(e)
	}
}

// fail remembers that a statement failed, which ends the transaction.
func (v *View) fail(err error) error {
	if v.engine.duplicate(err) {
		err = fmt.Errorf("%w: %w", ErrDuplicate, err)
	}
	if v.failed == nil {
		v.failed = err
	}
	return err
}

// exec runs a statement that changes rows, and counts them.
func (t *Tx) exec(query string, args ...any) (int64, error) {
	n, err := t.session.exec(query, args)
	if err != nil {
		return 0, t.fail(err)
	}
	return n, nil
}

// later runs a statement that changes rows when the transaction comes to the engine
// the next time. It is for what can only fail where the engine does.
func (t *Tx) later(query string, args ...any) error { return t.queue(query, args, false) }

// change is later for a statement that has to change exactly one row.
func (t *Tx) change(query string, args ...any) error { return t.queue(query, args, true) }

func (t *Tx) queue(query string, args []any, single bool) error {
	if err := t.session.execLater(query, args, single); err != nil {
		return t.fail(err)
	}
	return nil
}

// scanner is what a row and rows have in common.
type scanner interface{ Scan(dest ...any) error }

// form is how rows are read: into places that stay, so that a word which is there
// already, from the row or the call before, is not made again.
type form[T any] struct {
	places []any
	// into makes a value of what stands in the places; it must not point there.
	into func(*T)
}

// kept returns a function that reads rows by a form.
func kept[T any](makeForm func() form[T]) func(scanner, *T) error {
	forms := sync.Pool{New: func() any { return new(makeForm()) }}
	return func(row scanner, value *T) error {
		f := forms.Get().(*form[T])
		defer forms.Put(f)
		if err := row.Scan(f.places...); err != nil {
			return err
		}
		f.into(value)
		return nil
	}
}

// one reads the only row of a query, or ErrNotFound.
func one[T any](v *View, scan func(scanner, *T) error, query string, args ...any) (T, error) {
	var value T
	rows, err := v.session.query(query, args)
	if err != nil {
		return value, v.fail(err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return value, v.fail(err)
		}
		return value, ErrNotFound
	}
	if err := scan(rows, &value); err != nil {
		return value, v.fail(err)
	}
	if err := rows.Close(); err != nil {
		return value, v.fail(err)
	}
	return value, nil
}

// many reads all rows of a query. The result is never nil.
func many[T any](v *View, scan func(scanner, *T) error, query string, args ...any) ([]T, error) {
	return collect(v, []T{}, scan, query, args)
}

// upTo reads the first rows of a query whose last parameter says how many at most.
// The result is never nil.
func upTo[T any](v *View, limit int, scan func(scanner, *T) error, query string, args ...any) ([]T, error) {
	return collect(v, make([]T, 0, min(limit, oneGrowth)), scan, query, append(args, limit))
}

// oneGrowth bounds the rows for which there is room before they are found. It is
// more than a page of a client has.
const oneGrowth = 32

// collect appends the rows of a query to values.
func collect[T any](v *View, values []T, scan func(scanner, *T) error, query string, args []any) ([]T, error) {
	rows, err := v.session.query(query, args)
	if err != nil {
		return nil, v.fail(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var value T
		values = append(values, value)
		if err := scan(rows, &values[len(values)-1]); err != nil {
			return nil, v.fail(err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, v.fail(err)
	}
	return values, nil
}

// Instants are stored as microseconds since 1970, and "never" as NULL.

func micros(t time.Time) int64 { return t.UnixMicro() }

func instant(us int64) time.Time { return time.UnixMicro(us).UTC() }

func nullMicros(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

func nullInstant(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return instant(us.Int64)
}

// scanText reads a row of one text column.
func scanText[T ~string](row scanner, value *T) error { return row.Scan(value) }

// scanNumber reads a row of one number.
func scanNumber(row scanner, value *int64) error { return row.Scan(value) }
