package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"accord/internal/ident"
	"accord/internal/store"
)

// sleep notes that the loop sleeps until an instant, zero for no end, or that it
// is awake.
func (l *Loop) sleep(asleep bool, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asleep, l.until = asleep, until
}

// Run runs jobs until the context ends, and then returns nil. Errors of the store
// are logged, and the loop tries again.
func (l *Loop) Run(ctx context.Context) error {
	defer l.failed.clear()
	for {
		next, err := l.runDue(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			l.log.Error("jobs are waiting for the store", "error", err)
		}
		l.wait(ctx, next)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// wait sleeps until an instant of the clock, zero for none, until the next
// notification or poll, or until the context ends.
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
	case <-l.notified:
	case <-reached:
	case <-poll.C:
	}
}

// runDue runs all due jobs but those that wait after a failure, and returns the
// instant of the next job.
func (l *Loop) runDue(ctx context.Context) (time.Time, error) {
	if err := l.acquire(ctx); err != nil {
		return time.Time{}, err
	}
	defer l.release()
	r := run{loop: l, skip: l.failed.waiting}
	if err := r.until(ctx, l.clock.Now, nil); err != nil {
		return time.Time{}, err
	}
	next, err := l.due(ctx, eternity, 1, l.failed.waiting)
	if err != nil || len(next) == 0 {
		return time.Time{}, err
	}
	return next[0].At, nil
}

// eternity is later than every job.
var eternity = time.UnixMicro(math.MaxInt64)

// Idle runs the jobs that are due now, also those that wait after a failure, and
// waits for those that are running. The error tells of jobs that failed again and
// stay.
func (l *Loop) Idle(ctx context.Context) error {
	return l.runUntil(ctx, l.clock.Now, nil)
}

// RunUntil runs every job that is due up to an instant, in order, those that
// handlers plan included. Before each job it moves the clock to the job's instant,
// and at last to until; it never moves it back. The error tells of jobs that failed
// and stay; all others are done, and the clock shows until.
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
	if err := l.acquire(ctx); err != nil {
		return err
	}
	defer l.release()
	tried := map[store.Job]bool{}
	r := run{loop: l, tried: tried, skip: func(job store.Job) bool { return tried[job] }}
	if err := r.until(ctx, until, move); err != nil {
		return err
	}
	if r.failures > 0 {
		return &FailedError{Jobs: r.failures, First: r.first}
	}
	return nil
}

// FailedError says that handlers failed; their jobs stay and are retried.
type FailedError struct {
	// Jobs is how many.
	Jobs int
	// First is what the first handler returned.
	First error
}

func (e *FailedError) Error() string {
	return fmt.Sprintf("%d jobs failed and will be retried; the first: %v", e.Jobs, e.First)
}

// Unwrap returns what the first handler returned.
func (e *FailedError) Unwrap() error { return e.First }

// acquire waits for the right to run jobs in the background.
func (l *Loop) acquire(ctx context.Context) error {
	select {
	case l.running <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Loop) release() { <-l.running }

// RunPending runs, within a transaction, the pending jobs of an organization, in
// order, until none is left; handlers may plan jobs that are due already. An error of
// a handler is returned, because what it had written cannot be rolled back alone.
// Jobs that failed in the background are left to it, so that one of them does not
// lock its organization.
func (l *Loop) RunPending(ctx context.Context, tx *store.Tx, organization ident.OrganizationID) error {
	if organization == "" {
		return nil
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		job, found, err := l.firstRunnable(tx, organization)
		if err != nil || !found {
			return err
		}
		if err := tx.DeleteJob(job); err != nil {
			return err
		}
		if err := l.handlers[job.Kind](ctx, tx, job); err != nil {
			return fmt.Errorf("pending job %s of %s: %w", job.Kind, job.Subject, err)
		}
	}
}

// firstRunnable is the first pending job that has a handler and has not failed by itself.
// It reads one, and more only where that one stays: each job makes it read again.
func (l *Loop) firstRunnable(tx *store.Tx, organization ident.OrganizationID) (store.Job, bool, error) {
	for skip, limit := 0, 1; ; skip, limit = limit, limit*batch {
		pending, err := tx.PendingJobs(organization, limit)
		if err != nil {
			return store.Job{}, false, err
		}
		for _, job := range pending[min(skip, len(pending)):] {
			if l.handlers[job.Kind] != nil && !l.failed.poisoned(job) {
				return job, true, nil
			}
		}
		if len(pending) < limit {
			return store.Job{}, false, nil
		}
	}
}
