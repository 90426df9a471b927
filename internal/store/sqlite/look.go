package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"accord/internal/filelock"
	"accord/internal/sqlite"
	"accord/internal/store/engine"
)

// look is recognize for a file that is to be opened: it refuses one that is in use.
func look(ctx context.Context, path string, o engine.Options) (int64, error) {
	if !protected {
		return 0, nil
	}
	if err := checkUse(path); err != nil {
		return 0, err
	}
	if name := networkOf(filepath.Dir(path)); name != "" && !o.NetworkFile {
		return 0, unsuitable("%s is on %s: SQLite needs the locks and the shared memory of a local file system; use one, or PostgreSQL, "+
			"or permit it with --store-network-file on", path, name)
	}
	version, err := recognize(ctx, path)
	if err == nil && o.Check != engine.CheckOff {
		err = requireMatch(path)
	}
	return version, err
}

// requireMatch returns an error if the log that a killed server has left beside a file is
// not there as it was, or is that of another file. A server that runs has compared it.
func requireMatch(path string) error {
	if !exists(path) {
		return nil
	}
	if inUse := checkUse(path); inUse != nil {
		return nil //nolint:nilerr // That a server runs is no difference.
	}
	if err := requireLog(path); err != nil || !hasLog(path) {
		return err
	}
	if err := sqlite.Match(path); err != nil {
		return unsuitable("%[1]s: %[2]w: one of them was replaced, as when a copy is restored; keep copies of both, then put the "+
			"former file back, or remove %[1]s-wal, %[1]s-shm and %[1]s%[3]s, whose changes are lost then", path, err, openedSuffix)
	}
	return nil
}

// hasLog reports whether changes lie in a write-ahead log: a server has the file open, or
// was killed.
func hasLog(path string) bool {
	log, err := os.Stat(path + "-wal")
	return err == nil && log.Size() > 0
}

// checkUse returns an error if a server has the file open, by whatever name.
func checkUse(path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if filelock.IsOwn(info) {
		return inUse(path, "this process")
	}
	f, err := os.Open(path)
	if err != nil {
		return explain(path, err)
	}
	defer func() { _ = f.Close() }()
	if errors.Is(filelock.CheckByte(f), filelock.ErrLocked) {
		return inUse(path, "process"+strings.TrimPrefix(filelock.Owner(path), " by process"))
	}
	return nil
}

// recognize reads the version of the schema of a file, 0 for a new or empty one, and
// returns an error for a file of something else and one that is not safe to open. It makes
// no file and changes none. A file with a write-ahead log says nothing of its version: it
// is in use, or its server was killed, perhaps while it copied the log into the file. Then
// recognize returns 0, and opening the file decides.
func recognize(ctx context.Context, path string) (int64, error) {
	logged := hasLog(path)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, lookAtFolder(path, logged)
	}
	if err != nil {
		return 0, explain(path, err)
	}
	if err := lookAtName(path, info); err != nil {
		return 0, err
	}
	if filelock.IsOwn(info) {
		return 0, nil // This process has it open: it is a store.
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, explain(path, err)
	}
	defer func() { _ = f.Close() }()
	h := make(header, headerSize)
	n, err := io.ReadFull(f, h)
	h = h[:n]
	switch {
	case errors.Is(err, io.EOF):
		return 0, lookAtFolder(path, logged)
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return 0, explain(path, err)
	case !h.isSQLite():
		return 0, notAStore(path, "it is not a database of SQLite")
	}
	switch id := h.application(); {
	case id == applicationID && logged:
		return 0, nil
	case id != applicationID && id != 0:
		return 0, notAStore(path, fmt.Sprintf("it is the database of another program (its application_id is %#08x)", id))
	}
	if logged {
		return 0, lookIntoLog(ctx, path)
	}
	return versionOf(path, "?mode=ro&immutable=1")
}

// lookAtFolder looks at the folder of a file that is to be made.
func lookAtFolder(path string, logged bool) error {
	folder := filepath.Dir(path)
	switch info, err := os.Stat(folder); {
	case errors.Is(err, fs.ErrNotExist):
		return unsuitable("the folder %s does not exist: make it, or use a file elsewhere", folder)
	case err != nil:
		return explain(path, err)
	case !info.IsDir():
		return unsuitable("%s is not a folder: use a file elsewhere", folder)
	case logged:
		return unsuitable("%[1]s is gone or empty, and its write-ahead log %[1]s-wal has changes: restore the file; "+
			"to begin with an empty store, remove %[1]s-wal and %[1]s-shm first", path)
	}
	return nil
}

// lookAtName refuses what is no file, and a file with several names: SQLite has the
// write-ahead log beside each, so that a server under one name would not see what a killed
// one has left under another.
func lookAtName(path string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return notAStore(path, "it is a folder: name a file in it")
	case !info.Mode().IsRegular():
		// A device must not be made private, and a pipe not be waited for.
		return notAStore(path, "it is not a regular file")
	case filelock.Links(info) > 1:
		return unsuitable("%s has %d names (hard links), and the write-ahead log would be beside one of them only: "+
			"remove the others, or make a copy", path, filelock.Links(info))
	case mounted(path):
		return unsuitable("%s is mounted by itself, and its write-ahead log would be beside it on another file system: "+
			"mount its folder", path)
	}
	return nil
}

func notAStore(path, why string) error {
	return unsuitable("%s is not a store: %s", path, why)
}

// unsuitable is the error of a file that nobody but an operator can make one of a store.
func unsuitable(format string, arguments ...any) error {
	return &engine.Unsuitable{Reason: fmt.Errorf(format, arguments...)}
}

// tables are some of each store; a file that has them is one, also without a mark.
const tables = "'accounts', 'handshakes', 'organizations'"

// lookIntoLog looks at a file without a mark whose tables may be in its log only.
func lookIntoLog(ctx context.Context, path string) error {
	_, before := os.Stat(path + "-shm")
	version, err := versionOf(path, "?mode=ro")
	if errors.Is(before, fs.ErrNotExist) {
		_ = os.Remove(path + "-shm")
	}
	if err == nil && version == 0 {
		err = notAStore(path, "it has no tables of a store, and a write-ahead log")
	}
	return err
}

// versionOf reads the version of the schema by a connection with parameters; 0 without
// tables.
func versionOf(path, parameters string) (version int64, err error) {
	read := false
	err = sqlite.Look(dsn(path, parameters), func(c *sqlite.Conn) error {
		var all, versioned, ours int64
		if err := numbers(c, `SELECT COUNT(*), COALESCE(SUM(name = '`+engine.VersionTable+`'), 0), COALESCE(SUM(name IN (`+tables+`)), 0)
			FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`, &all, &versioned, &ours); err != nil {
			return err
		}
		read = true
		// The first migration makes the table of versions, and then all others at once.
		if all > 0 && (versioned == 0 || ours < 3 && all > 1) {
			return notAStore(path, "it is the database of another program")
		}
		if versioned == 0 {
			return nil
		}
		if err := numbers(c, `SELECT COALESCE(MAX(version_id), 0) FROM `+engine.VersionTable, &version); err != nil {
			return fmt.Errorf("the version of %s: %w", path, err)
		}
		return nil
	})
	if err != nil && !read {
		err = notAStore(path, err.Error())
	}
	return version, err
}

// numbers reads the one row of a query.
func numbers(c *sqlite.Conn, query string, dest ...any) error {
	rows, err := c.Query(query, nil)
	if err != nil {
		return err
	}
	for rows.Next() {
		err = errors.Join(err, rows.Scan(dest...))
	}
	return errors.Join(err, rows.Err(), rows.Close())
}
