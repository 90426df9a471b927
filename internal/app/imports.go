package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/seed"
	"accord/internal/service/analysis"
	"accord/internal/service/importing"
	"accord/internal/service/seeding"
)

// ownTarget is the server itself, to which organizations of others come.
type ownTarget struct {
	analyzer *analysis.Analyzer
	clock    *Clock
	seeder   clockedSeeder
}

// Organization is one of the organizations of the server.
func (t ownTarget) Organization(ctx context.Context, id string) (*seed.Document, error) {
	d, err := t.analyzer.State(ctx, ident.OrganizationID(id))
	var unknown *analysis.BadRequest
	if errors.As(err, &unknown) {
		return nil, nil
	}
	return d, err
}

// Now is the time of the server.
func (t ownTarget) Now(context.Context) (time.Time, bool, error) {
	return t.clock.Now(), t.clock.Virtual(), nil
}

// Apply makes what a document describes.
func (t ownTarget) Apply(ctx context.Context, d *seed.Document, replace bool) (*seeding.Report, error) {
	f, err := importing.File(d)
	if err != nil {
		return nil, err
	}
	// What the server would make by itself in a new organization goes too.
	return t.seeder.Apply(ctx, f, seeding.Options{Prune: true, Replace: replace})
}

// maskKeyBytes is how long the random key of a mask is.
const maskKeyBytes = 32

// newImports returns the imports of a server; run runs their work until the server stops.
func newImports(t ownTarget, o Options, log *slog.Logger, run func(func(context.Context))) *importing.Imports {
	return importing.New(importing.Options{
		Target: t, Open: o.OpenSource, Now: clock.NewSystem(o.MachineTime).Now,
		Key: func() []byte { return ident.NewSource().Bytes(maskKeyBytes) }, Run: run, Log: log,
	})
}
