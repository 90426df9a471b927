package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"accord/internal/store"
)

// batch is how many jobs are read at once. After each job that was done they are
// read again, because its handler may have planned one that comes first.
const batch = 16

// run is one pass over the due jobs.
type run struct {
	loop *Loop
	// skip says which jobs to leave out. It is asked again after each job.
	skip func(store.Job) bool
	// tried collects the jobs that stay; nil where skip knows them anyway.
	tried    map[store.Job]bool
	failures int
	first    error
}

// until runs the jobs that are due at an instant, which is asked for each time,
// because time goes on. move, when there is one, is called with the instant of each
// job before it. The error is that of the store or the context.
func (r *run) until(ctx context.Context, until func() time.Time, move func(time.Time)) error {
	for {
		jobs, err := r.loop.due(ctx, until(), batch, r.skip)
		if err != nil || len(jobs) == 0 {
			return err
		}
		for _, job := range jobs {
			if move != nil {
				move(job.At)
			}
			done, err := r.attempt(ctx, job)
			if err != nil {
				return err
			}
			if done {
				break
			}
		}
	}
}

// due lists the first jobs that are due at an instant and not to be skipped.
func (l *Loop) due(ctx context.Context, at time.Time, limit int, skip func(store.Job) bool) ([]store.Job, error) {
	var jobs []store.Job
	// Jobs that fail stay in front of the others, so the list is made longer until
	// another job is in it.
	for more := limit; ; more *= 2 {
		var all []store.Job
		err := l.store.View(ctx, func(v *store.View) (err error) {
			all, err = v.JobsDueBy(at, more)
			return err
		})
		if err != nil {
			return nil, err
		}
		jobs = jobs[:0]
		for _, job := range all {
			if !skip(job) && len(jobs) < limit {
				jobs = append(jobs, job)
			}
		}
		if len(jobs) > 0 || len(all) < more {
			return jobs, ctx.Err()
		}
	}
}

// attempt runs one job and reports whether it was done. The error is that of the
// context; if the handler fails, the error is logged, and the job stays.
func (r *run) attempt(ctx context.Context, job store.Job) (done bool, err error) {
	l := r.loop
	handler := l.handlers[job.Kind]
	if handler == nil {
		if l.failed.park(job) {
			l.log.Warn("there is no handler for a job", "kind", job.Kind, "subject", job.Subject, "organization", job.Organization, "at", job.At)
		}
		r.stays(job)
		return false, nil
	}
	err = l.do(ctx, handler, job)
	switch {
	case err == nil:
		l.failed.done(job)
		l.log.Debug("job done", "kind", job.Kind, "subject", job.Subject, "organization", job.Organization, "at", job.At)
		for _, f := range l.onCommit {
			f()
		}
		return true, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	pause := l.failed.add(job, err, l.Notify)
	l.log.Error("job failed", "kind", job.Kind, "subject", job.Subject, "organization", job.Organization, "at", job.At,
		"error", err, "retry_in", pause)
	r.failures++
	if r.first == nil {
		r.first = fmt.Errorf("%s of %s: %w", job.Kind, job.Subject, err)
	}
	r.stays(job)
	return false, nil
}

func (r *run) stays(job store.Job) {
	if r.tried != nil {
		r.tried[job] = true
	}
}

// errPanic says that a handler did not return.
var errPanic = errors.New("the handler panicked")

// do deletes a job and runs its handler, in one transaction. A job that another
// server has done is done. A panic ends the job, not the server.
func (l *Loop) do(ctx context.Context, handler Handler, job store.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	return l.store.Update(ctx, func(tx *store.Tx) error {
		there, err := tx.ClaimJob(job)
		if err != nil || !there {
			return err
		}
		return handler(ctx, tx, job)
	})
}
