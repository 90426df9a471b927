// Package seeding makes what a document describes: it compares the document with the store
// and calls the operations that any client calls for what is missing or differs.
//
// All calls of one document share one transaction. It is committed as a whole, or nothing
// has happened. IDs that the document gives are handed to the operations by their source,
// and instants by the clock of the transaction; the operations know neither.
package seeding

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"accord/internal/ident"
	"accord/internal/seed"
	"accord/internal/service/iam"
	"accord/internal/service/operation"
	"accord/internal/service/provider"
	"accord/internal/store"
)

// Seeder applies documents.
type Seeder struct{ runner *operation.Runner }

// New returns the seeder.
func New(r *operation.Runner) *Seeder { return &Seeder{r} }

// errNothingToCommit ends a transaction that changed nothing, or was only tried.
var errNothingToCommit = errors.New("nothing to commit")

// Apply makes what a document describes. After an error, which is a *Failure if the
// document or the state of the store is the reason, nothing has changed.
func (s *Seeder) Apply(ctx context.Context, f *seed.File, o Options) (*Report, error) {
	text, err := f.JSON()
	if err != nil {
		return nil, err
	}
	// With a seed of its own kind a server makes the same IDs as another one. Those that the
	// document gives may be of that.
	sum := sha256.Sum256(text)
	source := s.runner.IDs.For("seed", s.runner.IDs.UUID(), hex.EncodeToString(sum[:]))
	var report *Report
	err = s.runner.Together(ctx, func(ctx context.Context, tx *store.Tx) error {
		r := s.begin(ctx, tx, f, source, o)
		report = &r.report
		if o.Once != "" {
			if done, err := tx.Fact(store.Seeded); err == nil && done == o.Once {
				return errNothingToCommit
			} else if err = errors.Join(operation.IgnoreMissing(err), tx.UpsertFact(store.Seeded, o.Once)); err != nil {
				return err
			}
		}
		if err := r.all(); err != nil {
			return err
		}
		if o.DryRun || len(report.Changes) == 0 && o.Once == "" {
			return errNothingToCommit
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNothingToCommit) {
		return nil, err
	}
	return report, nil
}

func (s *Seeder) begin(ctx context.Context, tx *store.Tx, f *seed.File, source *ident.Source, o Options) *run {
	r := &run{
		Options: o, ctx: ctx, tx: tx, file: f, index: seed.NewIndex(&f.Document), runner: s.runner, source: source, now: tx.Now(),
		accounts: map[*seed.Member]ident.AccountID{}, units: map[*seed.Branch]ident.ParentID{}, policies: map[*seed.Policy]ident.PolicyID{},
		report: Report{DryRun: o.DryRun, Changes: []Change{}},
	}
	if o.At.After(r.now) {
		r.now = o.At.UTC().Truncate(time.Microsecond)
	}
	r.clock = r.now
	if f.Clock != nil && f.Clock.Before(r.now) {
		r.clock = *f.Clock
	}
	r.behavior = withoutWaits(s.runner.Behavior)
	r.quotas = s.runner.Quotas.Without(rates...)
	own := s.runner.Adapted(r.behavior, r.quotas)
	r.organizations, r.iam, r.provider = r.service(nil), iam.New(own, nil), provider.New(own)
	return r
}
