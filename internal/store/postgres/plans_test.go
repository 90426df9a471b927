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
// rows as for the first ones. The controls keep the plans that were made of an empty table, and
// do not analyze one that was analyzed when it was empty.
func TestPlansFollowTheTable(t *testing.T) {
	require.Long(t)
	for _, c := range []struct {
		emptied, control bool
		prepare          func(t *testing.T, e *postgresEngine, s *session)
	}{
		{false, false, func(*testing.T, *postgresEngine, *session) {}},
		{false, true, func(_ *testing.T, _ *postgresEngine, s *session) {
			s.conn.Conn().PgConn().CustomData()[plannedKey] = &due{next: math.MaxInt}
		}},
		{true, false, func(t *testing.T, e *postgresEngine, s *session) {
			var err error
			if s.analysis, err = analysis(t.Context(), e.start); err != nil {
				t.Fatal(err)
			}
			s.analyzed = due{next: 256, factor: 4}
		}},
		{true, true, func(*testing.T, *postgresEngine, *session) {}},
	} {
		first, all := fetched(t, c.emptied, c.prepare)
		switch {
		case c.control && all-first < 100*(many-few):
			t.Errorf("emptied %t: the database fetches %d for %d rows and %d for %d: the test shows nothing", c.emptied, first, few, all, many)
		case !c.control && all-first > 3*(many-few):
			t.Errorf("emptied %t: %d rows fetched %d, and %d of them %d", c.emptied, many, all, few, first)
		}
	}
}

const few, many = 500, 1500

// fetched inserts and updates many rows in one transaction, and returns how many the database
// has fetched for the first few and for all of them by its indexes.
func fetched(t *testing.T, emptied bool, prepare func(t *testing.T, e *postgresEngine, s *session)) (first, all int64) {
	t.Helper()
	opened, err := Driver.Open(t.Context(), postgres.URL(t), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := opened.(*postgresEngine)
	defer func() { _ = e.Close() }()
	statements := []string{
		// The more columns, the fewer rows the database expects, before and after.
		`CREATE TABLE t (owner TEXT, id TEXT, at BIGINT, done BOOLEAN,
			a TEXT, b TEXT, c TEXT, d TEXT, e TEXT, f TEXT, g TEXT, h TEXT, i TEXT, PRIMARY KEY (owner, id))`,
		`CREATE INDEX t_by_time ON t (owner, at)`,
	}
	if emptied {
		// Their pages stay.
		statements = append(statements, `INSERT INTO t SELECT 'p', i, 0 FROM generate_series(1, 1000) i`, `DELETE FROM t`, `ANALYZE t`)
	}
	for _, s := range statements {
		if _, err := e.pool.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Update(t.Context(), func(s engine.Session) error {
		prepare(t, e, s.(*session))
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
