package app

import (
	"context"

	"accord/internal/seed"
	"accord/internal/service/seeding"
)

// clockedSeeder makes what documents describe in a server whose clock may be behind theirs.
type clockedSeeder struct {
	*seeding.Seeder
	clock *Clock
}

// Apply is that of the seeder; a virtual clock that is behind that of the document is moved to
// it first, if the document can be applied then.
func (s clockedSeeder) Apply(ctx context.Context, f *seed.File, o seeding.Options) (*seeding.Report, error) {
	if f.Clock == nil || !s.clock.Virtual() || !f.Clock.After(s.clock.Now()) {
		return s.Seeder.Apply(ctx, f, o)
	}
	o.At = *f.Clock
	tried := o
	tried.DryRun = true
	report, err := s.Seeder.Apply(ctx, f, tried)
	if err != nil || o.DryRun {
		return report, err
	}
	if err := s.clock.Set(ctx, *f.Clock); err != nil {
		return nil, err
	}
	return s.Seeder.Apply(ctx, f, o)
}
