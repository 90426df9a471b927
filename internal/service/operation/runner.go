// Package operation runs the operations of services. A call and a job are each one
// unit of work: one transaction with its instant, what the services work with, and
// the caller of a call.
//
// It holds what all operations share: the caller and its standing, pending jobs,
// quotas, pages, messages, the record of a call and the mapping of errors. It knows
// no single operation, and no kind of job but its own.
package operation

import (
	"log/slog"
	"time"

	"accord/internal/api"
	"accord/internal/authz"
	"accord/internal/behavior"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/store"
)

// Options are what services work with. All but Strict and Committed are needed.
type Options struct {
	Store *store.Store
	Jobs  *jobs.Loop
	// IDs is the source of the sources of units of work.
	IDs      *ident.Source
	Behavior behavior.Set
	Quotas   *quota.Set
	Log      *slog.Logger
	// Strict is set where accounts are made on purpose only: neither a call nor an
	// invitation registers one.
	Strict bool
	// Committed, when set, is called after each change, so that messages are
	// delivered at once.
	Committed func()
}

// Runner runs units of work.
type Runner struct {
	Options
	pages    *page.Sealer
	authz    *authz.Authorizer
	service  string
	mapError ErrorMapper
	// adapted is true for one that handles no jobs.
	adapted bool
}

// ErrorMapper turns an error of a transaction that is not an *api.Error into the
// one that a service answers an operation with.
type ErrorMapper func(op *api.Operation, err error) error

// ForService returns the runner of one service, by its name in event records and
// with its own errors.
func (r *Runner) ForService(name string, mapError ErrorMapper) *Runner {
	own := *r
	own.service, own.mapError = name, mapError
	return &own
}

// committed tells the job loop and the outbox of a change, and for when it planned
// a job; zero for none.
func (r *Runner) committed(planned time.Time) {
	if !planned.IsZero() {
		r.Jobs.WakeBy(planned)
	}
	if r.Options.Committed != nil {
		r.Options.Committed()
	}
}

// Native reports whether answers take the form of the recorded service.
func (r *Runner) Native() bool { return r.Behavior.WireStyle == api.Native }
