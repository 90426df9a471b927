package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"accord/internal/store/engine"
)

// File keeps a store in a file.
var File = engine.Driver{
	Form: scheme + "PATH",
	// SQLite takes :memory: for no file; the driver of that is Memory.
	Accepts: func(url string) bool {
		path, ok := strings.CutPrefix(url, scheme)
		return ok && path != "" && path != ":memory:"
	},
	Name: func(url string) string { return "SQLite, " + pathOf(url) },
	Exists: func(url string) bool {
		_, err := os.Stat(pathOf(url))
		return !errors.Is(err, fs.ErrNotExist)
	},
	Look: func(ctx context.Context, url string, o engine.Options) (int64, error) {
		return look(ctx, resolve(pathOf(url)), o)
	},
	Path: func(url string) string { return resolve(pathOf(url)) },
	Inspect: func(ctx context.Context, url string, o engine.Options) (int64, time.Time, error) {
		version, err := inspect(ctx, resolve(pathOf(url)), o)
		return version, time.Time{}, err
	},
	// FULL: a commit is on the disk when it returns.
	Open: func(ctx context.Context, url string, o engine.Options) (engine.Engine, error) {
		return open(ctx, pathOf(url), "FULL", o)
	},
	Backup:  backup,
	Restore: restore,
}
