// Package jobs does what has come to its time: the rows that verbs planned with
// store.InsertJob. Each kind of row has one handler, which lives with its verbs.
//
// It knows the store and the clock, no kind of work and no rule of the service.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
)

// Handler does one piece of work in the transaction that has taken its row away.
// The work counts as done at d.At, also when tx.Now() is later. It may run more
// than once, like every function given to store.Update, and may plan more work.
type Handler func(ctx context.Context, tx *store.Tx, d store.Job) error

// Loop runs handlers. Its methods may be called at the same time, apart from
// Handle and OnCommit, which come first.
type Loop struct {
	store    *store.Store
	clock    clock.Clock
	log      *slog.Logger
	poll     time.Duration
	handlers map[string]Handler
	onCommit []func()
	poked    chan struct{}
	// turn is held by whoever runs rows in the background, so that they are run in
	// order although a clock is moved meanwhile.
	turn   chan struct{}
	failed failures

	// sleeping guards what WakeBy goes by: whether the loop sleeps, and until when.
	sleeping sync.Mutex
	asleep   bool
	until    time.Time
}

// Option changes how a loop works.
type Option func(*Loop)

// Poll sets how long the loop sleeps at most, and so how late it sees rows that
// another server on the same store planned and did not do.
func Poll(every time.Duration) Option { return func(l *Loop) { l.poll = every } }

// Backoff sets how long a row rests after its handler failed for the first time,
// and at most.
func Backoff(first, longest time.Duration) Option {
	return func(l *Loop) { l.failed.first, l.failed.longest = first, longest }
}

// New returns a loop that has no handlers yet.
func New(s *store.Store, c clock.Clock, log *slog.Logger, options ...Option) *Loop {
	l := &Loop{
		store:    s,
		clock:    c,
		log:      log,
		poll:     10 * time.Second,
		handlers: map[string]Handler{},
		poked:    make(chan struct{}, 1),
		turn:     make(chan struct{}, 1),
	}
	l.failed.first, l.failed.longest = time.Second, 5*time.Minute
	for _, option := range options {
		option(l)
	}
	return l
}

// Handle registers the handler of a kind. It is called before anything runs.
func (l *Loop) Handle(kind string, h Handler) {
	if l.handlers[kind] != nil {
		panic("jobs: two handlers for " + kind)
	}
	l.handlers[kind] = h
}

// OnCommit registers what is called after each row that was done in the
// background. It is called before anything runs, and must not block.
func (l *Loop) OnCommit(f func()) { l.onCommit = append(l.onCommit, f) }

// Notify tells the loop that work was planned. It never blocks.
func (l *Loop) Notify() {
	select {
	case l.poked <- struct{}{}:
	default:
	}
}

// WakeBy tells the loop that work was planned for an instant, or later. It wakes
// only if it would sleep longer. It never blocks.
func (l *Loop) WakeBy(at time.Time) {
	l.sleeping.Lock()
	sleepsOn := l.asleep && !l.until.IsZero() && !at.Before(l.until)
	l.sleeping.Unlock()
	if !sleepsOn {
		l.Notify()
	}
}

// sleep notes that the loop sleeps until an instant, zero for no end, or that it
// is awake.
func (l *Loop) sleep(asleep bool, until time.Time) {
	l.sleeping.Lock()
	defer l.sleeping.Unlock()
	l.asleep, l.until = asleep, until
}

// Run does what is due until the context ends, and then returns nil. Trouble of
// the store is logged and tried again.
func (l *Loop) Run(ctx context.Context) error {
	defer l.failed.forget()
	for {
		next, err := l.sweep(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			l.log.Error("due work is waiting for the store", "error", err)
		}
		l.wait(ctx, next)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// wait sleeps until an instant of the clock, zero for none, until the next poke
// or poll, or until the context ends.
func (l *Loop) wait(ctx context.Context, next time.Time) {
	l.sleep(true, next)
	defer l.sleep(false, time.Time{})
	poll := time.NewTimer(l.poll)
	defer poll.Stop()
	var reached <-chan struct{}
	if !next.IsZero() {
		var cancel func()
		reached, cancel = l.clock.Wake(next)
		defer cancel()
	}
	select {
	case <-ctx.Done():
	case <-l.poked:
	case <-reached:
	case <-poll.C:
	}
}

// sweep does everything that is due, leaving out rows that rest after a failure,
// and returns the instant of the row that is due next.
func (l *Loop) sweep(ctx context.Context) (next time.Time, err error) {
	if err := l.take(ctx); err != nil {
		return time.Time{}, err
	}
	defer l.leave()
	r := run{loop: l, skip: l.failed.resting}
	if err := r.until(ctx, l.clock.Now, nil); err != nil {
		return time.Time{}, err
	}
	rows, err := l.waiting(ctx, eternity, 1, l.failed.resting)
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return rows[0].At, nil
}

// eternity is later than every row.
var eternity = time.UnixMicro(math.MaxInt64)

// Idle does what is due now and waits for what is being done, also for rows that
// rest after a failure. It returns when nothing that is due is left; the error
// tells of rows that failed again and stay.
func (l *Loop) Idle(ctx context.Context) error {
	return l.runUntil(ctx, l.clock.Now, nil)
}

// RunUntil does every row that is due up to an instant, in order, those that
// handlers add included. Before each row it moves the clock to the row's instant,
// and at last to until; it never moves it back. The error tells of rows that
// failed and stay; all others are done, and the clock stands at until.
func (l *Loop) RunUntil(ctx context.Context, until time.Time, move func(time.Time)) error {
	forward := func(at time.Time) {
		if at.After(l.clock.Now()) {
			move(at)
		}
	}
	err := l.runUntil(ctx, func() time.Time { return until }, forward)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var f *FailedError
	if err == nil || errors.As(err, &f) {
		forward(until)
	}
	return err
}

func (l *Loop) runUntil(ctx context.Context, until func() time.Time, move func(time.Time)) error {
	if err := l.take(ctx); err != nil {
		return err
	}
	defer l.leave()
	tried := map[store.Job]bool{}
	r := run{loop: l, tried: tried, skip: func(d store.Job) bool { return tried[d] }}
	if err := r.until(ctx, until, move); err != nil {
		return err
	}
	if r.failures > 0 {
		return &FailedError{Rows: r.failures, First: r.first}
	}
	return nil
}

// FailedError says that handlers failed; their rows stay and are tried again.
type FailedError struct {
	// Rows is how many.
	Rows int
	// First is what the first handler returned.
	First error
}

func (e *FailedError) Error() string {
	return fmt.Sprintf("%d pieces of due work failed and will be tried again; the first: %v", e.Rows, e.First)
}

// Unwrap returns what the first handler returned.
func (e *FailedError) Unwrap() error { return e.First }

// take waits for the turn to run rows.
func (l *Loop) take(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Loop) leave() { <-l.turn }

// RunPending does, within a transaction, what is overdue in an organization, in
// order, until nothing is left; handlers may add rows that are due already. An
// error of a handler is returned, because what it had written cannot be taken
// back alone. Rows that failed in the background are left to it, so that one of
// them does not lock its organization.
func (l *Loop) RunPending(ctx context.Context, tx *store.Tx, organization ident.OrganizationID) error {
	if organization == "" {
		return nil
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := tx.PendingJobs(organization)
		if err != nil {
			return err
		}
		d, found := l.first(rows)
		if !found {
			return nil
		}
		if err := tx.DeleteJob(d); err != nil {
			return err
		}
		if err := l.handlers[d.Kind](ctx, tx, d); err != nil {
			return fmt.Errorf("overdue work %s of %s: %w", d.Kind, d.Subject, err)
		}
	}
}

// first is the first of the rows that can be settled.
func (l *Loop) first(rows []store.Job) (store.Job, bool) {
	for _, d := range rows {
		if l.handlers[d.Kind] != nil && !l.failed.poisoned(d) {
			return d, true
		}
	}
	return store.Job{}, false
}
