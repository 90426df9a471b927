package postgres

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"accord/internal/store/engine"
	"accord/test/postgres"
	"accord/test/require"
)

// TestPlansFollowTheTable: a transaction that fills a table reads as little for each of the last
// rows as for the first ones. The control keeps the plans that were made of an empty table.
func TestPlansFollowTheTable(t *testing.T) {
	require.Long(t)
	if first, all := fetched(t, false); all-first > 3*(many-few) {
		t.Errorf("%d rows fetched %d, and %d of them %d", few, first, many, all)
	}
	if first, all := fetched(t, true); all-first < 100*(many-few) {
		t.Errorf("with its first plans the database fetches %d for %d rows and %d for %d: the test shows nothing", first, few, all, many)
	}
}

const few, many = 500, 1500

// fetched inserts and updates many rows in one transaction, and returns how many the database
// has fetched for the first few and for all of them by its indexes.
func fetched(t *testing.T, firstPlans bool) (first, all int64) {
	t.Helper()
	e, err := Driver.Open(t.Context(), postgres.URL(t), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	if err := e.Update(t.Context(), func(s engine.Session) error {
		// The more columns, the fewer rows the database expects, before and after.
		if _, err := s.Exec(`CREATE TABLE t (owner TEXT, id TEXT, at BIGINT, done BOOLEAN,
			a TEXT, b TEXT, c TEXT, d TEXT, e TEXT, f TEXT, g TEXT, h TEXT, i TEXT, PRIMARY KEY (owner, id))`, nil); err != nil {
			return err
		}
		if _, err := s.Exec(`CREATE INDEX t_by_time ON t (owner, at)`, nil); err != nil {
			return err
		}
		if firstPlans {
			s.(*session).conn.Conn().PgConn().CustomData()[plannedKey] = &planned{next: math.MaxInt}
		}
		for i := range many {
			id := fmt.Sprint(i)
			if err := s.ExecOneDeferred(`INSERT INTO t VALUES ($1, $2, 0, FALSE, $3, $3, $3, $3, $3, $3, $3, $3, $3)`, []any{"o", id, strings.Repeat("x", 31)}); err != nil {
				return err
			}
			if i == few {
				if err := fetchedBy(s, &first); err != nil {
					return err
				}
			}
			if _, err := s.Exec(`UPDATE t SET done = TRUE WHERE owner = $1 AND id = $2`, []any{"o", id}); err != nil {
				return err
			}
		}
		return fetchedBy(s, &all)
	}); err != nil {
		t.Fatal(err)
	}
	return first, all
}

// fetchedBy counts the rows that a transaction has fetched.
func fetchedBy(s engine.Session, rows *int64) error {
	found, err := s.Query(`SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 't'`, nil)
	if err != nil {
		return err
	}
	for found.Next() {
		if err := found.Scan(rows); err != nil {
			return err
		}
	}
	return found.Close()
}
