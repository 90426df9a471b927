package operation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/store"
)

// JobHandler does a job. The unit of work has no caller, and counts for the instant
// for which the job was planned.
type JobHandler func(u *Unit, job store.Job) error

// HandleJobs registers the handlers of kinds of jobs.
func (r *Runner) HandleJobs(handlers map[string]JobHandler) {
	if r.adapted {
		return
	}
	for kind, handle := range handlers {
		r.Jobs.Handle(kind, func(_ context.Context, tx *store.Tx, job store.Job) error {
			source := r.IDs.For("job", job.Kind, string(job.Organization), job.Subject, job.Cause)
			u := r.unit(tx, job.At, source)
			u.cause = job.Cause
			return handle(u, job)
		})
	}
}

// Plan schedules a job. If several requests plan it, it is that of the first.
func (u *Unit) Plan(job store.Job) error {
	job.Cause = u.cause
	return u.Tx.InsertJob(job)
}

// EndHandshakes gives handshakes a terminal state; ends is the kind of the jobs that would
// have ended them, and gone the kind of those that delete them. It counts them.
func (u *Unit) EndHandshakes(open store.OpenHandshakes, state handshake.State, ends, gone string) (int64, error) {
	return u.Tx.EndHandshakes(open, state, store.Job{Kind: ends}, store.Job{Kind: gone, Cause: u.cause})
}

// Report logs what became of something when the unit of work is committed: what it is
// and the verb, and further attributes. It is for what no call returns.
func (u *Unit) Report(object, verb string, attributes ...any) {
	u.Jobs.Report(u.Tx, u.Now(), jobs.Outcome{Object: object, Verb: verb}, attributes...)
}

// IgnoreMissing is for what need not exist, such as what a job was planned for: if it is
// gone, there is nothing to do.
func IgnoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// releaseCounter is the kind of the job that lets a rolling quota count one less.
// Its subject is the name of the counter, a slash, and what was counted.
const releaseCounter = "release counter"

// ReleaseLater plans that a rolling quota of the caller's organization counts one
// less when its window is over.
func (u *Unit) ReleaseLater(counter store.CounterName, what string, window time.Duration) error {
	return u.Plan(ReleaseJob(u.Caller.Organization.ID, counter, what, u.Now().Add(window)))
}

// ReleaseJob is the job that lets a rolling quota count one less.
func ReleaseJob(organization ident.OrganizationID, counter store.CounterName, what string, at time.Time) store.Job {
	return store.Job{Organization: organization, At: at, Kind: releaseCounter, Subject: string(counter) + "/" + what}
}

func decrementCounter(u *Unit, job store.Job) error {
	counter, _, found := strings.Cut(job.Subject, "/")
	if !found {
		return fmt.Errorf("job %q names no counter", job.Subject)
	}
	return u.Tx.AddToCounter(job.Organization, store.CounterName(counter), -1)
}
