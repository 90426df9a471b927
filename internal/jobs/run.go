package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"accord/internal/store"
)

// batch is how many rows are read at once. After each row that was done they are
// read again, because its handler may have planned work that comes first.
const batch = 16

// run is one pass over the rows that are due.
type run struct {
	loop *Loop
	// skip says which rows to leave out. It is asked again after each row.
	skip func(store.Job) bool
	// tried collects the rows that stay; nil where skip knows them anyway.
	tried    map[store.Job]bool
	failures int
	first    error
}

// until does the rows that are due at an instant, which is asked for anew each
// time, because time goes on. move, when there is one, is called with the instant
// of each row before it. The error is that of the store or the context.
func (r *run) until(ctx context.Context, until func() time.Time, move func(time.Time)) error {
	for {
		rows, err := r.loop.waiting(ctx, until(), batch, r.skip)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, d := range rows {
			if move != nil {
				move(d.At)
			}
			done, err := r.attempt(ctx, d)
			if err != nil {
				return err
			}
			if done {
				break
			}
		}
	}
}

// waiting lists the first rows that are due at an instant and not to be skipped.
func (l *Loop) waiting(ctx context.Context, at time.Time, limit int, skip func(store.Job) bool) ([]store.Job, error) {
	var rows []store.Job
	// Rows that fail stay in front of the others, so the list is made longer by
	// their number until something else is in it.
	for more := limit; ; more *= 2 {
		var all []store.Job
		err := l.store.View(ctx, func(v *store.View) (err error) {
			all, err = v.JobsDueBy(at, more)
			return err
		})
		if err != nil {
			return nil, err
		}
		rows = rows[:0]
		for _, d := range all {
			if !skip(d) && len(rows) < limit {
				rows = append(rows, d)
			}
		}
		if len(rows) > 0 || len(all) < more {
			return rows, ctx.Err()
		}
	}
}

// attempt does one row and reports whether it was done. The error is that of the
// context; trouble with the row is logged, and the row stays.
func (r *run) attempt(ctx context.Context, d store.Job) (done bool, err error) {
	l := r.loop
	handler := l.handlers[d.Kind]
	if handler == nil {
		if l.failed.leave(d) {
			l.log.Warn("due work of an unknown kind stays undone", "kind", d.Kind, "subject", d.Subject, "organization", d.Organization, "at", d.At)
		}
		r.stays(d)
		return false, nil
	}
	err = l.do(ctx, handler, d)
	switch {
	case err == nil:
		l.failed.over(d)
		for _, f := range l.onCommit {
			f()
		}
		return true, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	rest := l.failed.add(d, err, l.Notify)
	l.log.Error("due work failed", "kind", d.Kind, "subject", d.Subject, "organization", d.Organization, "at", d.At,
		"error", err, "again in", rest)
	r.failures++
	if r.first == nil {
		r.first = fmt.Errorf("%s of %s: %w", d.Kind, d.Subject, err)
	}
	r.stays(d)
	return false, nil
}

func (r *run) stays(d store.Job) {
	if r.tried != nil {
		r.tried[d] = true
	}
}

// errPanic says that a handler did not return.
var errPanic = errors.New("the handler panicked")

// do takes a row away and runs its handler, in one transaction. A row that
// somebody else has done is done. A panic ends the row, not the server.
func (l *Loop) do(ctx context.Context, handler Handler, d store.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	return l.store.Update(ctx, func(tx *store.Tx) error {
		there, err := tx.ClaimJob(d)
		if err != nil || !there {
			return err
		}
		return handler(ctx, tx, d)
	})
}
