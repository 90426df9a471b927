package sqlite

import (
	"errors"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"

	"accord/internal/health"
	"accord/internal/sqlite"
)

// notReady is the table of the errors of SQLite by which the file cannot be written or
// read, by their primary codes. PATH in a cure is that of the file. [SQLite: result codes]
var notReady = map[int]struct {
	reason health.Reason
	cure   string
}{
	sqlite3.SQLITE_FULL:     {health.DiskFull, "free space on the file system of PATH, or raise its quota; the server then goes on by itself"},
	sqlite3.SQLITE_IOERR:    {health.StorageFailing, "look for errors of the device of PATH in the log of the kernel, and for quotas and limits of file sizes; the server goes on by itself once PATH can be written"},
	sqlite3.SQLITE_READONLY: {health.ReadOnly, "let the user of the server write PATH and its folder, and mount the file system for writing"},
	sqlite3.SQLITE_PERM:     {health.ReadOnly, "let the user of the server write PATH and its folder"},
	sqlite3.SQLITE_BUSY:     {health.Locked, "end the other program that has locked PATH: only the server may use the file"},
	sqlite3.SQLITE_LOCKED:   {health.Locked, "end the other program that has locked PATH: only the server may use the file"},
	sqlite3.SQLITE_PROTOCOL: {health.Locked, "end the other program that has locked PATH: only the server may use the file"},
	sqlite3.SQLITE_CANTOPEN: {health.Unreachable, "look whether PATH and its folder exist and may be opened, and raise the limit of open files"},
	sqlite3.SQLITE_NOMEM:    {health.Exhausted, "give the server more memory"},
	sqlite3.SQLITE_CORRUPT:  {health.Damaged, "stop the server, keep a copy of PATH, and restore a backup"},
	sqlite3.SQLITE_NOTADB:   {health.Damaged, "stop the server, keep a copy of PATH, and restore a backup"},
}

// lostCure is that of a file that was removed, renamed, replaced, truncated or overwritten.
const lostCure = "keep copies of PATH, PATH-wal and what is left elsewhere, stop the server, restore PATH or a backup, and start it again"

// asNotReady makes a NotReady of an error by which a file cannot be used, and returns
// any other error as it is.
func asNotReady(path string, err error) error {
	switch {
	case errors.Is(err, sqlite.ErrReplaced):
		return &health.NotReady{Reason: health.Replaced, Cure: strings.ReplaceAll(lostCure, "PATH", path), Cause: err}
	case errors.Is(err, sqlite.ErrTruncated), errors.Is(err, sqlite.ErrOverwritten):
		return &health.NotReady{Reason: health.Damaged, Cure: strings.ReplaceAll(lostCure, "PATH", path), Cause: err}
	case lacksPart(err):
		return &health.NotReady{Reason: health.Damaged, Cure: strings.ReplaceAll(partCure, "PATH", path), Cause: err}
	}
	row, found := notReady[sqlite.Code(err)]
	if err == nil || !found || health.NotReadyIn(err) != nil {
		return err
	}
	return &health.NotReady{Reason: row.reason, Cure: strings.ReplaceAll(row.cure, "PATH", path), Cause: err}
}

const partCure = "another program has changed the tables of PATH: stop the server, undo that or restore a backup, and start it again"

// lacksPart reports whether a statement names a table or a column that another program has
// removed: the code is that of all errors in statements. [SQLite: src/resolve.c, src/build.c]
func lacksPart(err error) bool {
	if sqlite.Code(err) != sqlite3.SQLITE_ERROR {
		return false
	}
	text := err.Error()
	return strings.Contains(text, "no such table: ") || strings.Contains(text, "no such column: ") || strings.Contains(text, " has no column named ")
}
