package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"accord/internal/diskspace"
	"accord/internal/filelock"
	"accord/internal/fsync"
	"accord/internal/sqlite"
	"accord/internal/store/engine"
)

// backup copies a file with VACUUM INTO: one transaction that reads, also beside a
// server, whose commits it neither delays nor repeats. The backup interface of SQLite
// begins anew with each commit of another process and does not end under load.
func backup(ctx context.Context, storeURL string, _ engine.Options, path string, inspect func(engine.Engine, engine.Session) error) error {
	from := resolve(pathOf(storeURL))
	// A file of something else is refused.
	if _, err := recognize(ctx, from); err != nil {
		return err
	}
	if err := requireMatch(from); err != nil {
		return err
	}
	mode := "mode=rw"
	if exists(from + "-wal") {
		// A connection that only reads leaves the log where it is, also if it is the last one
		// because the server is killed meanwhile.
		mode = "mode=ro"
	}
	if err := withFile(from, mode, func(db *sql.DB) error {
		if err := requireSpace(ctx, db, filepath.Dir(path)); err != nil {
			return err
		}
		_, err := db.ExecContext(ctx, "VACUUM INTO $1", path)
		return err
	}); err != nil {
		return fmt.Errorf("copying %s: %w", from, err)
	}
	copied, err := sqlite.Open(path, sqlite.Options{Readers: 1})
	if err != nil {
		return err
	}
	e := &sqliteEngine{db: copied}
	return errors.Join(e.View(ctx, func(s engine.Session) error { return inspect(e, s) }), copied.Close())
}

// requireSpace returns an error if the copy of a file does not fit into a folder: to find that
// out by writing would leave a server that writes there without space.
func requireSpace(ctx context.Context, db *sql.DB, folder string) error {
	var size uint64
	if err := db.QueryRowContext(ctx, `SELECT (page_count - freelist_count) * page_size
		FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`).Scan(&size); err != nil {
		return err
	}
	free, err := diskspace.Free(folder)
	if err == nil && free < size {
		err = fmt.Errorf("the copy needs %d MiB and has to be compressed beside it, and the file system of %s has %d MiB free: name a file elsewhere",
			size>>20+1, folder, free>>20)
	}
	return err
}

// withFile opens a file with the driver of database/sql.
func withFile(path, parameters string, use func(*sql.DB) error) error {
	db, err := sql.Open("sqlite", dsn(path, "?"+parameters+"&_pragma=busy_timeout(10000)"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	return errors.Join(use(db), db.Close())
}

// beside are the endings of the files that SQLite keeps beside a database. The first
// one is part of it.
var beside = []string{"-wal", "-shm", "-journal"}

// restore puts a copy where a file is expected. A server finds the old file or the
// new one there, at every moment.
func restore(ctx context.Context, storeURL string, _ engine.Options, copied io.Reader, overwrite bool, accept func(engine.Engine) error) (kept string, err error) {
	path := resolve(pathOf(storeURL))
	lock, err := lockFile(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if err := checkUse(path); err != nil {
		return "", err
	}
	old, err := content(path)
	if err != nil {
		return "", err
	}
	if len(old) > 0 && !overwrite {
		return "", fmt.Errorf("%s is there already; --force replaces it, and keeps it beside the new store", old[0])
	}
	temporary, err := place(path, copied)
	if temporary != "" {
		defer func() {
			for _, suffix := range append(slices.Clone(beside), "", openedSuffix, filelock.Suffix) {
				_ = os.Remove(temporary + suffix)
			}
		}()
	}
	if err != nil {
		return "", fmt.Errorf("writing the copy: %w", err)
	}
	if err := checkCopy(ctx, temporary, accept); err != nil {
		return "", err
	}
	if len(old) > 0 {
		if kept, err = keep(path, unused(path+".replaced")); err != nil {
			return "", fmt.Errorf("keeping the old store: %w", err)
		}
	}
	// The copy is whole: it needs no log.
	if err := unmarkOpened(path); err != nil {
		return kept, err
	}
	return kept, errors.Join(os.Rename(temporary, path), fsync.Path(filepath.Dir(path)))
}

// content returns the files of a path that hold something.
func content(path string) (files []string, err error) {
	for _, suffix := range append([]string{""}, beside...) {
		info, err := os.Stat(path + suffix)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s is not a regular file", path+suffix)
		case info.Size() > 0:
			files = append(files, path+suffix)
		}
	}
	return files, nil
}

// place writes a copy beside the file that it will become.
func place(path string, copied io.Reader) (temporary string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".restoring-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, copied)
	return f.Name(), errors.Join(err, filelock.GiveToFolder(f), f.Sync(), f.Close())
}

// checkCopy has SQLite check every page, index and reference of a copy, and then accept
// its rows.
func checkCopy(ctx context.Context, path string, accept func(engine.Engine) error) error {
	if err := withFile(path, "mode=ro&immutable=1", func(db *sql.DB) error {
		var found string
		if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
			return err
		}
		if found != "ok" {
			return errors.New(found)
		}
		var table sql.NullString
		err := db.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return errors.Join(err, fmt.Errorf("a row of %s refers to one that does not exist", table.String))
	}); err != nil {
		return fmt.Errorf("the copy is damaged: %w", err)
	}
	e, err := open(ctx, path, "FULL", engine.Options{})
	if err != nil {
		return err
	}
	return errors.Join(accept(e), e.Close(), fsync.Path(path))
}

// keep gives an old file a second name, under which it stays. Its write-ahead log is
// copied into it first. If SQLite cannot do that, or the log belongs to another file, the
// file is of something else or damaged, and everything moves as it is.
func keep(path, kept string) (string, error) {
	merged := requireMatch(path)
	if merged == nil {
		// The log is removed when it is in the file.
		merged = unmarkOpened(path)
	}
	if merged == nil {
		merged = withFile(path, "mode=rw", func(db *sql.DB) error {
			_, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
			return err
		})
	}
	left, err := content(path)
	if err != nil {
		return "", err
	}
	if merged == nil && len(left) == 1 && left[0] == path && os.Link(path, kept) == nil {
		return kept, nil
	}
	// The file goes first: a log without its file is not taken for a store. What says that the
	// file had a log goes last.
	for _, suffix := range append(append([]string{""}, beside...), openedSuffix) {
		if err := os.Rename(path+suffix, kept+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return kept, nil
}

// unused returns a path, or one with a number, at which there is nothing.
func unused(path string) string {
	for n, candidate := 2, path; ; n++ {
		if !exists(candidate) {
			return candidate
		}
		candidate = path + "-" + strconv.Itoa(n)
	}
}
