package store

import (
	"context"
	"errors"

	"accord/internal/store/engine"
	"accord/internal/store/schema"
)

// Migrate brings the schema of a store up to date without serving the store, and
// returns the versions before and after. Unless apply is set it only looks: then the
// second version is the one that this program has, and no store is created.
func Migrate(ctx context.Context, url string, o EngineOptions, apply bool) (before, after int64, err error) {
	driver, err := DriverOf(url)
	if err != nil {
		return 0, 0, err
	}
	if !apply && !driver.Exists(url) {
		after, err = schema.Latest()
		return 0, after, err
	}
	e, err := openEngine(ctx, driver, url, o)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if before, after, err = schema.Versions(ctx, e); err != nil || !apply {
		return before, after, err
	}
	return before, after, schema.Migrate(ctx, e, func() error { return nil })
}

// openEngine opens a database, unless it is foreign or of a newer program: that is
// found before anything of it is changed.
func openEngine(ctx context.Context, driver engine.Driver, url string, o EngineOptions) (engine.Engine, error) {
	if driver.Look != nil {
		current, err := driver.Look(ctx, url, o)
		if err != nil {
			return nil, err
		}
		if err := schema.RequireKnown(current); err != nil {
			return nil, err
		}
	}
	return driver.Open(ctx, url, o)
}
