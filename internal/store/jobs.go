package store

import (
	"errors"
	"time"

	"accord/internal/ident"
)

// Job is work scheduled for an instant.
type Job struct {
	// Organization is the owner of the job; empty for one of the store.
	Organization ident.OrganizationID
	At           time.Time
	// Rank orders jobs of the same instant: parents before children.
	Rank int
	// Kind names the handler, Subject the entity that it is for.
	Kind    string
	Subject string
	// Cause is the ID of the request that planned the job, also through other jobs; it
	// may be empty. It tells apart jobs that are planned again for the same subject.
	Cause string
}

func scanJob(row Scanner, d *Job) error {
	var at int64
	if err := row.Scan(&d.Organization, &at, &d.Rank, &d.Kind, &d.Subject, &d.Cause); err != nil {
		return err
	}
	d.At = Instant(at)
	return nil
}

// JobsDueBy lists the jobs that are due at an instant, in the order in which they run:
// by time, then by rank, then by insertion.
func (v *View) JobsDueBy(at time.Time, limit int) ([]Job, error) {
	return UpTo(v, limit, scanJob, `SELECT organization_id, at, rank, kind, subject, cause FROM jobs
		WHERE at <= $1 ORDER BY at, rank, sequence LIMIT $2`, Micros(at))
}

// PendingJobs lists the first jobs of one organization that are due now.
func (v *View) PendingJobs(organization ident.OrganizationID, limit int) ([]Job, error) {
	return UpTo(v, limit, scanJob, `SELECT organization_id, at, rank, kind, subject, cause FROM jobs
		WHERE organization_id = $1 AND at <= $2 ORDER BY at, rank, sequence LIMIT $3`, organization, v.currentTime())
}

// NextJob reads the job that is due first, or ErrNotFound.
func (v *View) NextJob() (Job, error) {
	return One(v, scanJob, `SELECT organization_id, at, rank, kind, subject, cause FROM jobs
		ORDER BY at, rank, sequence LIMIT 1`)
}

// InsertJob schedules a job. Inserting the same job twice is inserting it once.
func (t *Tx) InsertJob(d Job) error {
	if t.nextJob.IsZero() || d.At.Before(t.nextJob) {
		t.nextJob = d.At
	}
	return t.Exec(`INSERT INTO jobs (organization_id, at, rank, kind, subject, cause, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, nextval('insertions'))
		ON CONFLICT (organization_id, at, rank, kind, subject) DO NOTHING`,
		d.Organization, Micros(d.At), d.Rank, d.Kind, d.Subject, d.Cause)
}

// NextPlannedJob is the earliest instant of the jobs that the transaction inserted;
// zero for none.
func (t *Tx) NextPlannedJob() time.Time { return t.nextJob }

// DeleteJob deletes a job that is not needed any more, if it exists.
func (t *Tx) DeleteJob(d Job) error {
	return t.Exec(deleteJob, d.Organization, Micros(d.At), d.Rank, d.Kind, d.Subject)
}

// ReleaseCounter subtracts one from a counter of the organization if a job is still
// scheduled for it, and deletes the job.
func (t *Tx) ReleaseCounter(d Job, name CounterName) error {
	// One that the transaction has written waits for the commit: see AddToCounter.
	if _, written := t.added[d.Organization][string(name)]; written {
		if claimed, err := t.ClaimJob(d); !claimed {
			return err
		}
		return t.AddToCounter(d.Organization, name, -1)
	}
	delete(t.numbers, d.Organization)
	return errors.Join(t.Exec(`UPDATE counters SET value = value - CASE WHEN EXISTS (SELECT 1 FROM jobs
			WHERE organization_id = $1 AND at = $2 AND rank = $3 AND kind = $4 AND subject = $5) THEN 1 ELSE 0 END
		WHERE organization_id = $1 AND name = $6`, d.Organization, Micros(d.At), d.Rank, d.Kind, d.Subject, name), t.DeleteJob(d))
}

const deleteJob = `DELETE FROM jobs WHERE organization_id = $1 AND at = $2 AND rank = $3 AND kind = $4 AND subject = $5`

// ClaimJob deletes a job and reports whether it still existed.
func (t *Tx) ClaimJob(d Job) (bool, error) {
	n, err := t.ExecCount(deleteJob, d.Organization, Micros(d.At), d.Rank, d.Kind, d.Subject)
	return n == 1, err
}
