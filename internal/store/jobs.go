package store

import (
	"time"

	"accord/internal/ident"
)

// Due is a piece of work that is to be done at an instant.
type Job struct {
	// Organization is the one that the work belongs to; empty for the
	// installation's own.
	Organization ident.OrganizationID
	At           time.Time
	// Rank orders work of the same instant: parents before children.
	Rank int
	// Kind names what is to be done, Subject the thing to do it to.
	Kind    string
	Subject string
}

func scanDue(row scanner, d *Job) error {
	var at int64
	if err := row.Scan(&d.Organization, &at, &d.Rank, &d.Kind, &d.Subject); err != nil {
		return err
	}
	d.At = instant(at)
	return nil
}

// JobsDueBy lists the work that is due at an instant, in the order in which it is
// to be done.
func (v *View) JobsDueBy(at time.Time, limit int) ([]Job, error) {
	return upTo(v, limit, scanDue, `SELECT organization_id, at, rank, kind, subject FROM jobs
		WHERE at <= $1 ORDER BY at, rank, subject, kind LIMIT $2`, micros(at))
}

// PendingJobs lists the work of one organization that is due now.
func (v *View) PendingJobs(organization ident.OrganizationID) ([]Job, error) {
	return many(v, scanDue, `SELECT organization_id, at, rank, kind, subject FROM jobs
		WHERE organization_id = $1 AND at <= $2 ORDER BY at, rank, subject, kind`, organization, micros(v.now))
}

// NextJob reads the work that is due first, or ErrNotFound.
func (v *View) NextJob() (Job, error) {
	return one(v, scanDue, `SELECT organization_id, at, rank, kind, subject FROM jobs
		ORDER BY at, rank, subject, kind LIMIT 1`)
}

// InsertJob plans a piece of work. Planning the same work twice is planning it once.
func (t *Tx) InsertJob(d Job) error {
	if t.planned.IsZero() || d.At.Before(t.planned) {
		t.planned = d.At
	}
	return t.execDeferred(`INSERT INTO jobs (organization_id, at, rank, kind, subject) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (organization_id, at, rank, kind, subject) DO NOTHING`,
		d.Organization, micros(d.At), d.Rank, d.Kind, d.Subject)
}

// NextPlannedJob is the earliest instant for which the transaction planned work; zero for
// none.
func (t *Tx) NextPlannedJob() time.Time { return t.planned }

// DeleteJob removes a piece of work that is not to be done, if it is there.
func (t *Tx) DeleteJob(d Job) error {
	return t.execDeferred(dropDue, d.Organization, micros(d.At), d.Rank, d.Kind, d.Subject)
}

// ReleaseCounter takes one from a number of the organization, if a piece of work is
// still planned for it, and drops that.
func (t *Tx) ReleaseCounter(d Job, name CounterName) error {
	delete(t.numbers, d.Organization)
	err := t.execDeferred(`UPDATE counters SET value = value - CASE WHEN EXISTS (SELECT 1 FROM jobs
			WHERE organization_id = $1 AND at = $2 AND rank = $3 AND kind = $4 AND subject = $5) THEN 1 ELSE 0 END
		WHERE organization_id = $1 AND name = $6`, d.Organization, micros(d.At), d.Rank, d.Kind, d.Subject, name)
	if err != nil {
		return err
	}
	return t.DeleteJob(d)
}

const dropDue = `DELETE FROM jobs WHERE organization_id = $1 AND at = $2 AND rank = $3 AND kind = $4 AND subject = $5`

// ClaimJob removes a piece of work and reports whether it was still there.
func (t *Tx) ClaimJob(d Job) (bool, error) {
	n, err := t.exec(dropDue, d.Organization, micros(d.At), d.Rank, d.Kind, d.Subject)
	return n == 1, err
}
