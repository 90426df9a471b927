package sqlite

import (
	"errors"
	"testing"
)

func openAgain(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(path, Options{Pragmas: []string{"journal_mode(WAL)"}, Readers: 1, Guarded: true})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// next inserts one number and returns it.
func next(t *testing.T, db *DB, outcome error) (n int64) {
	t.Helper()
	err := db.Update(t.Context(), func(c *Conn) error {
		rows, err := c.Query(`SELECT nextval('any')`, nil)
		if err != nil {
			return err
		}
		if !rows.Next() {
			t.Error("there is no number")
		}
		if err := rows.Scan(&n); err != nil {
			return err
		}
		if err := rows.Close(); err != nil {
			return err
		}
		if _, err := c.Exec(`INSERT INTO t (n) VALUES ($1)`, []any{n}); err != nil {
			return err
		}
		return outcome
	})
	if !errors.Is(err, outcome) {
		t.Fatal(err)
	}
	return n
}

var errUnwanted = errors.New("unwanted")

// TestNumbersGrow across steps of the bound, transactions that were rolled back, and
// openings of the file.
func TestNumbersGrow(t *testing.T) {
	path := file(t)
	db := openAgain(t, path)
	if err := db.Update(t.Context(), func(c *Conn) error {
		_, err := c.Exec(`CREATE TABLE t (n INTEGER PRIMARY KEY)`, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var last int64
	grows := func(n int64) {
		t.Helper()
		if n <= last {
			t.Fatalf("%d follows %d", n, last)
		}
		last = n
	}
	for opening := range 4 {
		grows(next(t, db, nil))
		grows(next(t, db, errUnwanted))
		if opening%2 == 1 {
			// Beyond the bound in one transaction, which is rolled back, and in the next.
			for _, outcome := range []error{errUnwanted, nil} {
				err := db.Update(t.Context(), func(c *Conn) error {
					for range sequenceStep + 1 {
						if _, err := c.exec(`SELECT nextval('any')`, nil); err != nil {
							return err
						}
					}
					c.changed = true
					return outcome
				})
				if !errors.Is(err, outcome) {
					t.Fatal(err)
				}
			}
			grows(next(t, db, nil))
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = openAgain(t, path)
	}
	grows(next(t, db, nil))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestTheBoundIsWrittenRarely: most transactions leave the first page of the file alone.
func TestTheBoundIsWrittenRarely(t *testing.T) {
	db := openAgain(t, file(t))
	defer func() { _ = db.Close() }()
	if err := db.Update(t.Context(), func(c *Conn) error {
		_, err := c.Exec(`CREATE TABLE t (n INTEGER PRIMARY KEY)`, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	next(t, db, nil)
	bound, err := db.Pragma("user_version")
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		next(t, db, nil)
	}
	if got, err := db.Pragma("user_version"); err != nil || got != bound || bound == "0" {
		t.Errorf("the bound is %s, and was %s: %v", got, bound, err)
	}
}
