package operation

import (
	"time"

	"accord/internal/api"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// Caller is the account that calls, with its organization.
type Caller struct {
	// Identity is what authentication found out.
	Identity api.Caller
	Account  org.Account
	// Organization is nil for an account that is in none.
	Organization *org.Organization
}

// OrganizationID is empty for an account that is in no organization.
func (c *Caller) OrganizationID() ident.OrganizationID {
	if c.Organization == nil {
		return ""
	}
	return c.Organization.ID
}

// Partition is that of the account's organization, and that of the call for an account
// that is in none.
func (c *Caller) Partition() ident.Partition { return ident.Partition(c.Identity.Partition) }

// Reader is the part of a unit of work that reads. A call that changes nothing has
// only this part, on a snapshot.
type Reader struct {
	*Runner
	*store.View
	// Operation and Caller are those of a call; a job has none.
	Operation *api.Operation
	Caller    *Caller
	// Source makes the IDs of the unit. With a seed they follow from the request or the
	// job, and not from what runs at the same time or ran before a retry.
	Source *ident.Source

	caller Caller
	// delegated says that the delegation policy gives the call to the caller's account, and
	// once that the decision holds for this one request.
	delegated, once bool
	// planned is the instant of a unit that is not that of the transaction; zero if it
	// is.
	planned time.Time
	// list is the request of a paged operation, nil for others; cursor is that of its
	// token.
	list   api.Paged
	cursor page.Cursor
}

// Unit is one unit of work that changes something: a call, a job, or a change by
// the provider.
type Unit struct {
	*Reader
	Tx *store.Tx

	// cause is the ID of the request, also for the jobs that it planned; empty for a
	// change by the provider.
	cause string
	// consequences are the records of what a call caused; they follow that of the
	// call.
	consequences []store.Message
	// resources are what the record of the call names.
	resources []event.Resource
	// messages counts what was written for the outside.
	messages int
}

// Now is the instant of the unit: that of the transaction, or the one for which a
// job was planned.
func (r *Reader) Now() time.Time {
	if r.planned.IsZero() {
		return r.View.Now()
	}
	return r.planned
}

// NowUntil is Now for a caller that only compares it with one instant: a kept answer
// is right until then.
func (r *Reader) NowUntil(at time.Time) time.Time {
	if r.planned.IsZero() {
		return r.View.NowUntil(at)
	}
	return r.planned
}

// Elapsed reports whether a wait that began at an instant is over.
func (r *Reader) Elapsed(began time.Time, wait time.Duration) bool {
	end := began.Add(wait)
	return wait <= 0 || !r.NowUntil(end).Before(end)
}

// reader returns the Reader of a call.
func (r *Runner) reader(v *store.View, op *api.Operation, identity api.Caller) *Reader {
	reader := &Reader{Runner: r, View: v, Operation: op, Source: r.IDs}
	if identity.RequestID != "" {
		reader.Source = r.IDs.For("call", identity.RequestID)
	}
	reader.caller.Identity = identity
	reader.Caller = &reader.caller
	return reader
}

// unit returns a unit of work without a caller.
func (r *Runner) unit(tx *store.Tx, now time.Time, source *ident.Source) *Unit {
	return &Unit{Reader: &Reader{Runner: r, View: &tx.View, Source: source, planned: now}, Tx: tx}
}
