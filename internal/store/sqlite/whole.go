package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"accord/internal/store/engine"
)

// Verify returns nil if a file is a store of Accord that is whole, by PRAGMA quick_check,
// and that nothing has open. Its changes are all in the file: beside it lies no write-ahead
// log. It changes nothing.
func Verify(ctx context.Context, path string) error {
	path = resolve(path)
	if _, err := os.Stat(path); err != nil {
		return explain(path, err)
	}
	version, err := look(ctx, path, engine.Options{NetworkFile: true})
	if err != nil {
		return err
	}
	if hasLog(path) {
		return fmt.Errorf("%[1]s has changes in its write-ahead log %[1]s-wal: start a server on it and stop that first", path)
	}
	if version == 0 {
		return notAStore(path, "it has no tables")
	}
	return quickCheck(ctx, path, "?mode=ro&immutable=1")
}

// inspect is look, and reads the file as a whole with its write-ahead log, if a killed server
// has left one. It changes nothing.
func inspect(ctx context.Context, path string, o engine.Options) (version int64, err error) {
	if version, err = look(ctx, path, o); err != nil || !exists(path) {
		return version, err
	}
	if !hasLog(path) {
		return version, quickCheck(ctx, path, "?mode=ro&immutable=1")
	}
	if !exists(path + "-shm") {
		defer func() { _ = os.Remove(path + "-shm") }()
	}
	if version, err = versionOf(path, "?mode=ro"); err != nil {
		return 0, err
	}
	return version, quickCheck(ctx, path, "?mode=ro")
}

// errDamaged: the content of the file is not what SQLite wrote.
var errDamaged = errors.New("the file is damaged")

// checkUnclean checks a file whose last process was killed, before anything of it changes:
// what lies in the log is not copied into it.
func checkUnclean(ctx context.Context, path string, o engine.Options) error {
	unclean := hasLog(path)
	switch {
	case !protected, o.Check == engine.CheckOff, o.Check != engine.CheckAlways && !unclean:
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		o.Log.Info("checking the file of the store", "path", path, "bytes", info.Size(), "unclean", unclean)
	}
	existed := exists(path + "-shm")
	// A connection that only reads leaves the log where it is.
	err := quickCheck(ctx, path, "?mode=ro")
	if !existed && err != nil {
		_ = os.Remove(path + "-shm")
	}
	if err != nil {
		err = fmt.Errorf("%w: keep copies of %s and of what lies beside it, and restore a backup; --store-check off opens it as it is", err, path)
	}
	return err
}

// quickCheck reads all pages of a file by a connection with parameters, and returns
// errDamaged with what is wrong: a page that is not what refers to it says. It does not
// compare indexes with their tables, and finds no change within a value.
// [SQLite: PRAGMA quick_check]
func quickCheck(ctx context.Context, path, parameters string) error {
	db, err := sql.Open("sqlite", dsn(path, parameters))
	if err != nil {
		return explain(path, err)
	}
	defer func() { _ = db.Close() }()
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return fmt.Errorf("%s: %w: %w", path, errDamaged, err)
	}
	if found != "ok" {
		return fmt.Errorf("%s: %w: %s", path, errDamaged, found)
	}
	return nil
}
