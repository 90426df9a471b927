// Package schema is the tables of the store as migrations, and how a database gets them.
package schema

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"accord/internal/store/engine"
)

// Files are the migrations in their order.
//
//go:embed *.sql
var Files embed.FS

// Migrate brings the schema up to date. It only goes forward, and refuses the schema
// of a newer program. accept can refuse a store with an older schema before.
func Migrate(ctx context.Context, e engine.Engine, accept func() error) error {
	provider, err := e.Migrations(Files)
	if err != nil {
		return err
	}
	// The lock of the migrations keeps other servers from new sessions: it is not taken
	// where there is nothing to migrate.
	current, latest, err := versions(ctx, e, provider)
	if err != nil {
		return err
	}
	if current < latest {
		if current > 0 {
			err = accept()
		}
		if err != nil {
			return err
		}
		if _, err := provider.Up(ctx); err != nil {
			return err
		}
		if current, _, err = provider.GetVersions(ctx); err != nil {
			return err
		}
	}
	return RequireKnown(current)
}

// RequireKnown refuses the version of a schema that a newer program has made.
func RequireKnown(version int64) error {
	latest, err := Latest()
	if err == nil && version > latest {
		err = fmt.Errorf("the schema has version %d, this program knows up to %d: use a newer program, or restore a backup that was made before", version, latest)
	}
	return err
}

// Versions returns the version of a database and the one of this program.
func Versions(ctx context.Context, e engine.Engine) (current, latest int64, err error) {
	provider, err := e.Migrations(Files)
	if err != nil {
		return 0, 0, err
	}
	return versions(ctx, e, provider)
}

func versions(ctx context.Context, e engine.Engine, provider *goose.Provider) (current, latest int64, err error) {
	quick, has := e.(engine.Versioned)
	if !has {
		return provider.GetVersions(ctx)
	}
	current, err = quick.Version(ctx)
	if err == nil {
		latest, err = Latest()
	}
	return current, latest, err
}

// Latest is the version of the schema that this program has.
func Latest() (int64, error) {
	files, err := fs.Glob(Files, "*.sql")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1])
}
