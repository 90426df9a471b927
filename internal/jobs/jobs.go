// Package jobs runs jobs when their time comes: the rows that operations inserted
// with store.InsertJob. Each kind of job has one handler, which lives with the
// operations of its noun.
//
// It knows the store and the clock, no kind of job and no rule of a service.
package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"accord/internal/clock"
	"accord/internal/store"
)

// Handler does one job in the transaction that has deleted its row. The job counts
// as done at job.At, also when tx.Now() is later. It may run more than once, like
// every function given to store.Update, and may plan more jobs.
type Handler func(ctx context.Context, tx *store.Tx, job store.Job) error

// Loop runs handlers. Its methods may be called at the same time, apart from
// Handle and OnCommit, which come first.
type Loop struct {
	store    *store.Store
	clock    clock.Clock
	log      *slog.Logger
	poll     time.Duration
	handlers map[string]Handler
	onCommit []func()
	notified chan struct{}
	// running is held by the one that runs jobs in the background, so that they run in
	// order although a clock is moved meanwhile.
	running chan struct{}
	failed  failures

	// mu guards whether the loop sleeps, and until when.
	mu     sync.Mutex
	asleep bool
	until  time.Time
	// counts are the outcomes of a count that has begun; nil without one.
	counts *counts
}

// Option changes how a loop works.
type Option func(*Loop)

// Poll sets how long the loop sleeps at most, and so how late it sees jobs that
// another server on the same store planned and did not run.
func Poll(every time.Duration) Option { return func(l *Loop) { l.poll = every } }

// Backoff sets how long a job is not retried after its handler failed for the first
// time, and at most.
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
		notified: make(chan struct{}, 1),
		running:  make(chan struct{}, 1),
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

// OnCommit registers what is called after each job that was done in the
// background. It is called before anything runs, and must not block.
func (l *Loop) OnCommit(f func()) { l.onCommit = append(l.onCommit, f) }

// Notify tells the loop that a job was planned. It never blocks.
func (l *Loop) Notify() {
	select {
	case l.notified <- struct{}{}:
	default:
	}
}

// WakeBy tells the loop that a job was planned for an instant, or later. The loop
// wakes only if it would sleep longer. It never blocks.
func (l *Loop) WakeBy(at time.Time) {
	l.mu.Lock()
	sleepsOn := l.asleep && !l.until.IsZero() && !at.Before(l.until)
	l.mu.Unlock()
	if !sleepsOn {
		l.Notify()
	}
}
