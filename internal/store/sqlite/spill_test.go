package sqlite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/internal/sqlite"
)

// TestATransactionWritesAPageOnce: rows with random keys change the same pages again and
// again, which are more than the cache of SQLite holds. They are written with the commit, so
// that a transaction of ten times the rows takes ten times as long. The controls are SQLite as
// it is by default, and the bound that turns writing ahead off altogether.
func TestATransactionWritesAPageOnce(t *testing.T) {
	if ahead := writtenAhead(t, pragmas("OFF")); ahead != 0 {
		t.Errorf("%d pages were written ahead of the commit", ahead)
	}
	byDefault := slices.DeleteFunc(pragmas("OFF"), func(p string) bool { return strings.HasPrefix(p, "cache_spill") })
	if ahead := writtenAhead(t, byDefault); ahead < 100 {
		t.Errorf("by default SQLite has written %d pages ahead of the commit: the transaction is too small to show anything", ahead)
	}
	for bound, want := range map[int]bool{keptPages: true, keptPages + 1: false} {
		if got := spills(t, bound); got != want {
			t.Errorf("with a bound of %d pages SQLite writes ahead: %t", bound, got)
		}
	}
}

// writtenAhead inserts rows with random keys in one transaction, and returns how many pages
// are in the log before its commit.
func writtenAhead(t *testing.T, pragmas []string) (pages int64) {
	t.Helper()
	path, db := empty(t, pragmas)
	random := rand.New(rand.NewPCG(1, 2))
	if err := db.Update(t.Context(), func(c *sqlite.Conn) error {
		if _, err := c.Exec(`CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID`, nil); err != nil {
			return err
		}
		for range 2500 {
			if _, err := c.Exec(`INSERT INTO t VALUES ($1, $2)`, []any{fmt.Sprintf("%016x", random.Uint64()), strings.Repeat("x", 800)}); err != nil {
				return err
			}
		}
		log, err := os.Stat(path + "-wal")
		pages = log.Size() / 4096
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return pages
}

// spills reports whether SQLite writes pages ahead of a commit at all.
func spills(t *testing.T, bound int) bool {
	t.Helper()
	_, db := empty(t, []string{fmt.Sprintf("cache_spill(%d)", bound)})
	value, err := db.Pragma("cache_spill")
	if err != nil {
		t.Fatal(err)
	}
	return value != "0"
}

// empty opens an empty file.
func empty(t *testing.T, pragmas []string) (string, *sqlite.DB) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(path, sqlite.Options{Pragmas: pragmas, Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return path, db
}
