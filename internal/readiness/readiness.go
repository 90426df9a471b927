// Package readiness has the checks by which a server says whether it is ready: whether
// the store can be written, has space, and is not behind with its work.
//
// It knows the store, and nothing of a listener.
package readiness

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"accord/internal/diskspace"
	"accord/internal/health"
	"accord/internal/store"
	"accord/internal/store/engine"
	"accord/internal/store/schema"
)

// Options are what the checks need to know.
type Options struct {
	Store *store.Store
	// Monitor follows the errors of the store.
	Monitor *health.Monitor
	// Probe makes a small durable change.
	Probe func(ctx context.Context) error
	// Clock is the check of the clock.
	Clock func(ctx context.Context) health.Result
	// MinFree is how many bytes the file system of the store has to have left.
	MinFree uint64
	// Delivered is the kind of messages that are delivered; empty if none is.
	Delivered string
	// Real is true if time passes by itself. Under a virtual clock, what waits is not late.
	Real bool
}

// late is for how long a job or a message may wait before that is a warning. It is no
// more: another server would not be faster, and a restart neither.
const late = time.Minute

// Checks returns the checks in the order in which they are shown.
func Checks(o Options) []health.Check {
	checks := []health.Check{
		{Name: "write", Run: o.write},
	}
	if local, is := o.Store.Engine().(engine.Local); is {
		checks = append(checks, health.Check{Name: "disk-space", Run: func(context.Context) health.Result { return Space(local.Folder(), o.MinFree) }})
	}
	if shared, is := o.Store.Engine().(engine.Shared); is {
		checks = append(checks, health.Check{Name: "sessions", Run: func(context.Context) health.Result { return Sessions(shared) }})
	}
	checks = append(checks,
		health.Check{Name: "schema", Run: o.schema},
		health.Check{Name: "clock", Run: o.Clock},
		health.Check{Name: "jobs", Run: o.jobs},
	)
	if o.Delivered != "" {
		checks = append(checks, health.Check{Name: "journal", Run: o.deliveries})
	}
	return checks
}

// write makes a small durable change. If its outcome is unknown, as after a sync that failed,
// the monitor has the reason and the cure. If it succeeds while others fail, as on a full disk,
// the store cannot be written all the same.
func (o Options) write(ctx context.Context) health.Result {
	err := o.Probe(ctx)
	if e := o.Monitor.Current(); e != nil && (err == nil || errors.Is(err, store.ErrUnknown)) {
		err = e
	}
	return health.Of("", err)
}

// Space checks that the file system of a folder has a number of bytes left.
func Space(folder string, min uint64) health.Result {
	free, err := diskspace.Free(folder)
	if err != nil {
		return health.Of("", err)
	}
	result := health.Result{Status: health.OK, Value: humanize.IBytes(free) + " free"}
	if free < 2*min {
		result.Status = health.Warning
		result.Message = fmt.Sprintf("free space on the file system of %s: the server is not ready with less than %s (--min-free-space)", folder, humanize.IBytes(min))
	}
	if free < min {
		result.Status = health.Failed
	}
	return result
}

// Sessions checks that no other program has forgotten a transaction that fills the memory of
// the database. It is a warning: the database refuses changes only when that is full.
func Sessions(e engine.Shared) health.Result {
	session, cure := e.Forgotten()
	if session == "" {
		return health.Result{Status: health.OK}
	}
	return health.Result{Status: health.Warning, Value: session,
		Message: "this session keeps a serializable transaction open, and PostgreSQL the locks of all since, until it has no memory for them: " + cure}
}

// schema checks that no newer program has changed the schema meanwhile, and that the database
// has what it had. While that is not so the store refuses changes: this program does not know
// what they would break.
func (o Options) schema(ctx context.Context) health.Result {
	var found int64
	known, err := schema.Latest()
	if err == nil {
		err = o.Store.View(ctx, func(v *store.View) error {
			found, err = v.SchemaVersion()
			return err
		})
	}
	if err == nil && found > known {
		err = &health.NotReady{Reason: health.NewerSchema, Cure: fmt.Sprintf(
			"replace this server by the newer program: the schema has version %d, and this program knows up to %d", found, known)}
		err = o.Monitor.Note(err)
	}
	if shared, is := o.Store.Engine().(engine.Shared); is && err == nil {
		err = o.complete(ctx, shared)
	}
	return health.Of(fmt.Sprint(found), err)
}

// complete checks that the database has what it had at the start, and that it can be used.
func (o Options) complete(ctx context.Context, e engine.Shared) error {
	lost, slow, err := e.Missing(ctx)
	switch {
	case err != nil:
		return o.Monitor.Note(err)
	case len(lost) > 0:
		return o.Monitor.Note(&health.NotReady{Reason: health.Incomplete, Cure: "restore or grant it, and the server goes on by itself",
			Cause: errors.New("the database no longer has, or lets the role of the store no longer use: " + some(lost))})
	}
	o.Monitor.Whole()
	if len(slow) > 0 {
		return fmt.Errorf("the database no longer has: %s; make it again", some(slow))
	}
	return nil
}

// some names the first ones of many.
func some(names []string) string {
	const named = 3
	text := strings.Join(names[:min(named, len(names))], ", ")
	if more := len(names) - named; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// jobs checks that the jobs that are due are run.
func (o Options) jobs(ctx context.Context) health.Result {
	return o.waiting(ctx, "the job %s has been due for %s; the log says why it fails", func(v *store.View) (string, time.Time, error) {
		job, err := v.NextJob()
		return job.Kind, job.At, err
	})
}

// deliveries checks that messages are delivered.
func (o Options) deliveries(ctx context.Context) health.Result {
	return o.waiting(ctx, "a record%s has waited for %s to be written to the journal; the log says why", func(v *store.View) (string, time.Time, error) {
		at, err := v.OldestUndelivered(o.Delivered)
		return "", at, err
	})
}

// waiting checks that what is first in a queue is not late.
func (o Options) waiting(ctx context.Context, text string, first func(*store.View) (name string, at time.Time, err error)) health.Result {
	var name string
	var lag time.Duration
	err := o.Store.View(ctx, func(v *store.View) error {
		its, at, err := first(v)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		name, lag = its, max(0, v.Now().Sub(at))
		return err
	})
	result := health.Of(lag.Round(time.Millisecond).String(), err)
	if err == nil && o.Real && lag > late {
		result.Status, result.Message = health.Warning, fmt.Sprintf(text, name, lag.Round(time.Second))
	}
	return result
}
