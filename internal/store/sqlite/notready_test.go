package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"
	zombiezen "zombiezen.com/go/sqlite"

	"accord/internal/health"
)

// TestErrorsOfTheFileHaveAReasonAndACure, also by their extended codes, and those of a
// statement have none. [SQLite: result codes]
func TestErrorsOfTheFileHaveAReasonAndACure(t *testing.T) {
	for code, want := range map[int32]health.Reason{
		sqlite3.SQLITE_FULL: health.DiskFull, sqlite3.SQLITE_IOERR_FSYNC: health.StorageFailing, sqlite3.SQLITE_IOERR_WRITE: health.StorageFailing,
		sqlite3.SQLITE_READONLY_DBMOVED: health.ReadOnly, sqlite3.SQLITE_BUSY_SNAPSHOT: health.Locked, sqlite3.SQLITE_CANTOPEN_ISDIR: health.Unreachable,
		sqlite3.SQLITE_NOMEM: health.Exhausted, sqlite3.SQLITE_CORRUPT_INDEX: health.Damaged, sqlite3.SQLITE_NOTADB: health.Damaged,
		sqlite3.SQLITE_CONSTRAINT_UNIQUE: "", sqlite3.SQLITE_ERROR: "", sqlite3.SQLITE_MISUSE: "", sqlite3.SQLITE_TOOBIG: "",
	} {
		cause := fmt.Errorf("a step: %w", zombiezen.ResultCode(code).ToError())
		err := asNotReady("/data/accord.db", cause)
		e := health.NotReadyIn(err)
		switch {
		case want == "" && e != nil:
			t.Errorf("%d is %s", code, e.Reason)
		case want == "":
		case e == nil || e.Reason != want || !errors.Is(err, cause) || e.Cure == "" || strings.Contains(e.Cure, "PATH"):
			t.Errorf("%d: %+v, want %s", code, e, want)
		}
	}
	if asNotReady("/data/accord.db", nil) != nil {
		t.Error("no error is one")
	}
}
