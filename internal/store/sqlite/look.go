package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"accord/internal/store/engine"
)

// header begins every SQLite file. [SQLite: database file format]
const header = "SQLite format 3\x00"

// look reads the version of the schema of a file, 0 for a new or empty one, and returns
// an error for a file of something else. It makes no file and changes none. A file with a
// write-ahead log says nothing by itself: it is in use, or its server was killed, perhaps
// while it copied the log into the file. Then look returns 0, and opening the file decides.
func look(ctx context.Context, path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if folder := filepath.Dir(path); !exists(folder) {
			return 0, fmt.Errorf("the folder %s does not exist", folder)
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking at the store's file: %w", err)
	}
	if !info.Mode().IsRegular() {
		// A device must not be made private, and a pipe not be waited for.
		return 0, fmt.Errorf("%s is not a store: it is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("opening the store's file: %w", err)
	}
	defer func() { _ = f.Close() }()
	begin := make([]byte, len(header))
	n, err := io.ReadFull(f, begin)
	switch {
	case errors.Is(err, io.EOF):
		return 0, nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return 0, fmt.Errorf("reading the store's file: %w", err)
	case string(begin[:n]) != header:
		return 0, fmt.Errorf("%s is not a store: it is not a database of SQLite", path)
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return 0, nil
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return 0, fmt.Errorf("opening %s: %w", path, err)
	}
	defer func() { _ = db.Close() }()
	var tables, versioned int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(name = $1), 0) FROM sqlite_master
		WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`, engine.VersionTable).Scan(&tables, &versioned); err != nil {
		return 0, fmt.Errorf("%s is not a store: %w", path, err)
	}
	if versioned == 0 {
		if tables > 0 {
			return 0, fmt.Errorf("%s is not a store: it is the database of another program", path)
		}
		return 0, nil
	}
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+engine.VersionTable).Scan(&version); err != nil {
		return 0, fmt.Errorf("the version of %s: %w", path, err)
	}
	return version, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
