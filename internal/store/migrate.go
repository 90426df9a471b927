package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"accord/internal/store/engine"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the schema of a store up to date without serving the store, and
// returns the versions before and after. Unless apply is set it only looks: then the
// second version is the one that this program has, and no store is created.
func Migrate(ctx context.Context, url string, o EngineOptions, apply bool) (before, after int64, err error) {
	driver, err := driverOf(url)
	if err != nil {
		return 0, 0, err
	}
	if !apply && !driver.Exists(url) {
		after, err = latestVersion()
		return 0, after, err
	}
	e, err := openEngine(ctx, driver, url, o)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if before, after, err = versions(ctx, e); err != nil || !apply {
		return before, after, err
	}
	return before, after, migrate(ctx, e)
}

// migrate brings the schema up to date. It only goes forward, and refuses the schema
// of a newer program.
func migrate(ctx context.Context, e engine.Engine) error {
	provider, err := migrations(e)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	current, _, err := versions(ctx, e)
	if err != nil {
		return err
	}
	return RequireKnown(current)
}

// openEngine opens a database, unless it is foreign or of a newer program: that is
// found before anything of it is changed.
func openEngine(ctx context.Context, driver engine.Driver, url string, o EngineOptions) (engine.Engine, error) {
	if driver.Look != nil {
		current, err := driver.Look(ctx, url)
		if err != nil {
			return nil, err
		}
		if err := RequireKnown(current); err != nil {
			return nil, err
		}
	}
	return driver.Open(ctx, url, o)
}

// RequireKnown refuses the version of a schema that a newer program has made.
func RequireKnown(version int64) error {
	latest, err := latestVersion()
	if err == nil && version > latest {
		err = fmt.Errorf("the schema has version %d, this program knows up to %d: use a newer program, or restore a backup that was made before", version, latest)
	}
	return err
}

// versions returns the version of a database and the one of this program.
func versions(ctx context.Context, e engine.Engine) (current, latest int64, err error) {
	provider, err := migrations(e)
	if err != nil {
		return 0, 0, err
	}
	if current, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, err
	}
	latest, err = latestVersion()
	return current, latest, err
}

func migrations(e engine.Engine) (*goose.Provider, error) {
	folder, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	return e.Migrations(folder)
}

// latestVersion is the version of the schema that this program has.
func latestVersion() (int64, error) {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1])
}
