package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Verify returns nil if a file is a store of Accord that is whole, by PRAGMA quick_check,
// and that nothing has open. Its changes are all in the file: beside it lies no write-ahead
// log. It changes nothing.
func Verify(ctx context.Context, path string) error {
	path = resolve(path)
	if _, err := os.Stat(path); err != nil {
		return explain(path, err)
	}
	version, err := look(ctx, path)
	if err != nil {
		return err
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return fmt.Errorf("%[1]s has changes in its write-ahead log %[1]s-wal: start a server on it and stop that first", path)
	}
	if version == 0 {
		return notAStore(path, "it has no tables")
	}
	return quickCheck(ctx, path, "?mode=ro&immutable=1")
}

// errDamaged: the content of the file is not what SQLite wrote.
var errDamaged = errors.New("the file is damaged")

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
