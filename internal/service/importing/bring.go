// Package importing brings an organization that was read elsewhere to a server, and says what
// differs since. Imports does both in the background of a server.
package importing

import (
	"context"
	"fmt"
	"time"

	"accord/internal/clone"
	"accord/internal/seed"
	"accord/internal/seed/compare"
	"accord/internal/service/seeding"
)

// Target is the server that an organization comes to.
type Target interface {
	// Organization is the document of one of its organizations; nil if it does not have it.
	Organization(ctx context.Context, id string) (*seed.Document, error)
	// Now is its time, and whether its clock can be moved.
	Now(ctx context.Context) (now time.Time, virtual bool, err error)
	// Apply makes what a document describes, and takes away what the organization has besides.
	// With replace, it begins the organization anew. A virtual clock that is behind the document
	// is moved to it.
	Apply(ctx context.Context, d *seed.Document, replace bool) (*seeding.Report, error)
}

// Exists is the error of an organization that the server has already, and Absent that of one
// which it does not have.
type (
	Exists struct{ ID string }
	Absent struct{ ID string }
)

func (e *Exists) Error() string { return "the server has " + e.ID + " already" }

func (a *Absent) Error() string {
	return fmt.Sprintf("the server does not have %s: import it first", a.ID)
}

// Brought is what came of an import.
type Brought struct {
	*seeding.Report
	// Clock is the instant to which the clock of the server was moved; zero if it was not.
	Clock time.Time
}

// RequireFree returns *Exists for an organization that the server has and that is not to be
// replaced.
func RequireFree(ctx context.Context, t Target, id string, replace bool) error {
	if replace {
		return nil
	}
	here, err := t.Organization(ctx, id)
	if err == nil && here != nil {
		err = &Exists{id}
	}
	return err
}

// Bring makes the organization of a document in a server.
func Bring(ctx context.Context, t Target, d *seed.Document, replace bool) (*Brought, error) {
	if err := RequireFree(ctx, t, d.Organizations[0].ID, replace); err != nil {
		return nil, err
	}
	now, virtual, err := t.Now(ctx)
	if err != nil {
		return nil, err
	}
	b := &Brought{}
	if latest := clone.Latest(d); virtual && latest.After(now) {
		// Nothing of an organization may lie ahead. The clock takes whole seconds.
		b.Clock = latest.Add(time.Second).Truncate(time.Second).UTC()
		d.Clock = &b.Clock
	}
	if b.Report, err = t.Apply(ctx, d, replace); err != nil {
		return nil, fmt.Errorf("nothing was imported: %w", err)
	}
	return b, nil
}

// Drift says what has changed from the organization of the server to that of a document.
func Drift(ctx context.Context, t Target, now *seed.Document) (*compare.Report, error) {
	id := now.Organizations[0].ID
	here, err := t.Organization(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case here == nil:
		return nil, &Absent{id}
	}
	return compare.Documents(here, now), nil
}
