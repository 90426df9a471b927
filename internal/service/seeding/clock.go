package seeding

import (
	"context"
	"time"

	"accord/internal/seed"
)

// Clock is the clock of a server.
type Clock interface {
	Now() time.Time
	// Virtual reports whether the clock moves only when it is moved.
	Virtual() bool
	Set(ctx context.Context, to time.Time) error
}

// ApplyAt is Apply in a server with a clock: a virtual one that is behind that of the document
// is moved to it first, if the document can be applied then.
func (s *Seeder) ApplyAt(ctx context.Context, c Clock, f *seed.File, o Options) (*Report, error) {
	if f.Clock == nil || !c.Virtual() || !f.Clock.After(c.Now()) {
		return s.Apply(ctx, f, o)
	}
	o.At = *f.Clock
	tried := o
	tried.DryRun = true
	report, err := s.Apply(ctx, f, tried)
	if err != nil || o.DryRun {
		return report, err
	}
	if err := c.Set(ctx, *f.Clock); err != nil {
		return nil, err
	}
	return s.Apply(ctx, f, o)
}
