package sqlite

import (
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lib "zombiezen.com/go/sqlite"
)

// connection returns a connection to an empty file.
func connection(t *testing.T) *Conn {
	t.Helper()
	c, err := connect(file(t), []string{"journal_mode(WAL)", "foreign_keys(1)"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// file returns the path of an empty file.
func file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t *testing.T, c *Conn, query string, args ...any) int64 {
	t.Helper()
	n, err := c.Exec(query, args)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

type word string

func TestValuesComeBackFromSQLite(t *testing.T) {
	c := connection(t)
	run(t, c, `CREATE TABLE t (v)`)
	for _, text := range []string{"", "a", strings.Repeat("é", 100_000), "nul \x00 within", strings.Repeat("x", 1023), strings.Repeat("x", 1024), strings.Repeat("x", 1025)} {
		var plain string
		var named word
		var null sql.NullString
		for i, place := range []any{&plain, &named, &null} {
			run(t, c, `DELETE FROM t`)
			if n := run(t, c, `INSERT INTO t VALUES ($1)`, []any{text, word(text), sql.NullString{String: text, Valid: true}}[i]); n != 1 {
				t.Errorf("%d rows were added", n)
			}
			scanOne(t, c, place)
		}
		if plain != text || string(named) != text || null.String != text || !null.Valid {
			t.Errorf("a text of %d bytes comes back as %d, %d and %d", len(text), len(plain), len(named), len(null.String))
		}
	}
	for _, number := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64} {
		var plain int64
		var null sql.NullInt64
		run(t, c, `DELETE FROM t`)
		run(t, c, `INSERT INTO t VALUES ($1)`, number)
		scanOne(t, c, &plain)
		scanOne(t, c, &null)
		if plain != number || null != (sql.NullInt64{Int64: number, Valid: true}) {
			t.Errorf("%d comes back as %d and %v", number, plain, null)
		}
	}
	for _, truth := range []bool{true, false} {
		var plain bool
		var null sql.NullBool
		run(t, c, `DELETE FROM t`)
		run(t, c, `INSERT INTO t VALUES ($1)`, truth)
		scanOne(t, c, &plain)
		scanOne(t, c, &null)
		if plain != truth || null != (sql.NullBool{Bool: truth, Valid: true}) {
			t.Errorf("%v comes back as %v and %v", truth, plain, null)
		}
	}
	for _, nothing := range []any{nil, sql.NullString{String: "x"}, sql.NullInt64{Int64: 1}} {
		text, number, truth := sql.NullString{String: "x", Valid: true}, sql.NullInt64{Int64: 1, Valid: true}, sql.NullBool{Bool: true, Valid: true}
		run(t, c, `DELETE FROM t`)
		run(t, c, `INSERT INTO t VALUES ($1)`, nothing)
		scanOne(t, c, &text)
		scanOne(t, c, &number)
		scanOne(t, c, &truth)
		if text.Valid || number.Valid || truth.Valid {
			t.Errorf("%#v comes back as %v, %v and %v", nothing, text, number, truth)
		}
	}
}

// scanOne reads the only value of the table.
func scanOne(t *testing.T, c *Conn, place any) {
	t.Helper()
	found, err := c.Query(`SELECT v FROM t`, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	if !found.Next() {
		t.Fatalf("no row: %v", found.Err())
	}
	if err := found.Scan(place); err != nil {
		t.Fatalf("into a %T: %v", place, err)
	}
}

func TestSQLiteRefusesWhatDoesNotFit(t *testing.T) {
	c := connection(t)
	run(t, c, `CREATE TABLE t (v)`)
	var (
		text   string
		named  word
		number int64
		truth  bool
		null   sql.NullInt64
		float  float64
	)
	for _, value := range []struct {
		stored any
		places []any
	}{
		{"text", []any{&number, &truth, &null, &float}},
		{int64(1), []any{&text, &named, &float}},
		{nil, []any{&text, &named, &number, &truth, &float}},
	} {
		run(t, c, `DELETE FROM t`)
		run(t, c, `INSERT INTO t VALUES ($1)`, value.stored)
		for _, place := range value.places {
			found, err := c.Query(`SELECT v FROM t`, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !found.Next() {
				t.Fatal("no row")
			}
			if err := found.Scan(place); err == nil {
				t.Errorf("%#v was read into a %T", value.stored, place)
			}
			if err := found.Scan(place, place); err == nil {
				t.Error("one column was read into two destinations")
			}
			_ = found.Close()
		}
	}
	for _, args := range [][]any{{}, {"a", "b"}, {1.5}, {[]byte("a")}, {struct{}{}}} {
		if _, err := c.Exec(`INSERT INTO t VALUES ($1)`, args); err == nil {
			t.Errorf("the arguments %v were taken", args)
		}
	}
}

// TestOneQueryIsOpenAtATime: a statement within the rows of another one is refused,
// as PostgreSQL does, and does not disturb them.
func TestOneQueryIsOpenAtATime(t *testing.T) {
	c := connection(t)
	run(t, c, `CREATE TABLE t (v)`)
	for i := range 5 {
		run(t, c, `INSERT INTO t VALUES ($1)`, fmt.Sprint(i))
	}
	const query = `SELECT v FROM t WHERE v <> $1 ORDER BY rowid`
	read := func(disturb func()) (got []string) {
		found, err := c.Query(query, []any{"3"})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = found.Close() }()
		for found.Next() {
			var v string
			if err := found.Scan(&v); err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
			disturb()
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := []string{"0", "1", "2", "4"}
	if diff := cmp.Diff(want, read(func() {})); diff != "" {
		t.Errorf("undisturbed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, read(func() {
		for _, other := range []string{query, `SELECT v FROM t WHERE v = $1`, `UPDATE t SET v = v WHERE v = $1`} {
			if _, err := c.Exec(other, []any{"1"}); err == nil {
				t.Errorf("%s runs while rows are open", other)
			}
		}
	})); diff != "" {
		t.Errorf("disturbed (-want +got):\n%s", diff)
	}
	// Rows that are left open do not keep a transaction from its end.
	run(t, c, `BEGIN IMMEDIATE`)
	run(t, c, `DELETE FROM t WHERE v = $1`, "0")
	found, err := c.Query(query, []any{"3"})
	if err != nil || !found.Next() {
		t.Fatalf("no rows: %v", err)
	}
	if err := c.control(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	_ = found.Close()
	if diff := cmp.Diff(want, read(func() {})); diff != "" {
		t.Errorf("after the rollback (-want +got):\n%s", diff)
	}
}

// TestAStatementIsPreparedOnce, whatever its arguments are.
func TestAStatementIsPreparedOnce(t *testing.T) {
	c := connection(t)
	run(t, c, `CREATE TABLE t (v INTEGER PRIMARY KEY, w TEXT)`)
	prepared := 0
	if err := c.conn.SetAuthorizer(lib.AuthorizeFunc(func(action lib.Action) lib.AuthResult {
		if action.Type() == lib.OpSelect {
			prepared++
		}
		return lib.AuthResultOK
	})); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		run(t, c, `SELECT v FROM t WHERE v > $1 AND w <> $2 ORDER BY v LIMIT $3`, i, fmt.Sprint(i), i)
	}
	if prepared != 1 {
		t.Errorf("it was prepared %d times", prepared)
	}
}

func TestSQLiteSaysWhatIsWrong(t *testing.T) {
	c := connection(t)
	run(t, c, `CREATE TABLE t (v TEXT PRIMARY KEY)`)
	run(t, c, `INSERT INTO t VALUES ($1)`, "a")
	for query, duplicate := range map[string]bool{
		`INSERT INTO t VALUES ('a')`:  true,
		`INSERT INTO t VALUES (1, 2)`: false,
		`SELECT v FROM u`:             false,
		`SELECT FROM WHERE`:           false,
	} {
		// A statement that failed runs again, and fails again.
		for range 2 {
			if _, err := c.Exec(query, nil); err == nil || IsDuplicate(err) != duplicate || Code(err) != int(lib.ResultConstraint) && duplicate {
				t.Errorf("%s: %v (duplicate: %v, code: %d)", query, err, IsDuplicate(err), Code(err))
			}
		}
	}
	run(t, c, `INSERT INTO t VALUES ($1)`, "b")
}
