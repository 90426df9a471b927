package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"accord/test/require"
)

// overwrite writes into a file as cp does when the sizes are the same: it stays the same
// file and has its size at every moment.
func overwrite(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(content[:min(int64(len(content)), info.Size())], 0)
	}
	return errors.Join(err, f.Close())
}

// newTable opens a file with a table of rows, whose pages are large enough that a few
// changes lead to a checkpoint.
func newTable(t *testing.T, path string, guarded bool) *DB {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, Options{Pragmas: []string{"journal_mode(WAL)", "synchronous(OFF)"}, Readers: 2, Guarded: guarded})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Update(t.Context(), func(c *Conn) error {
		_, err := c.Exec(`CREATE TABLE t (v)`, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return db
}

// insertRow adds a row of some kilobytes.
func insertRow(t *testing.T, db *DB, kilobytes int) error {
	t.Helper()
	return db.Update(t.Context(), func(c *Conn) error {
		_, err := c.Exec(`INSERT INTO t VALUES ($1)`, []any{strings.Repeat("x", kilobytes<<10)})
		return err
	})
}

// TestNothingIsWrittenIntoOverwrittenFiles: the content of another file, of the same size,
// is found within a second, and before the next checkpoint. Without the guard the file is
// damaged in the end.
func TestNothingIsWrittenIntoOverwrittenFiles(t *testing.T) {
	attacks := map[string]func(path string, old []byte) error{
		"the file by an older state": overwrite,
		"the file by zeros":          func(path string, old []byte) error { return overwrite(path, make([]byte, len(old))) },
		"the log by other bytes": func(path string, _ []byte) error {
			return overwrite(path+"-wal", bytes.Repeat([]byte("accord"), 1<<20))
		},
		"the log by itself, shifted": func(path string, _ []byte) error {
			log, err := os.ReadFile(path + "-wal")
			if err != nil {
				return err
			}
			return overwrite(path+"-wal", append(log[:logHeader:logHeader], log[logHeader+frameHeader:]...))
		},
	}
	found, damaged := 0, 0
	for what, attack := range attacks {
		for _, guarded := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, guarded %v", what, guarded), func(t *testing.T) {
				path := t.TempDir() + "/test.db"
				db := newTable(t, path, guarded)
				grow := func(kilobytes int) {
					t.Helper()
					for done := 0; done < kilobytes; done += 400 {
						if err := insertRow(t, db, 400); err != nil {
							t.Fatal(err)
						}
					}
				}
				grow(5000) // A checkpoint, and the log is not empty.
				old, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if guarded {
					if err := db.writer.guard.compareContent(); err != nil {
						t.Fatal(err)
					}
				}
				grow(9000)
				if guarded {
					if err := db.writer.guard.compareContent(); err != nil {
						t.Fatalf("it was not overwritten: %v", err)
					}
				}
				if err := attack(path, old); err != nil {
					t.Fatal(err)
				}
				if !guarded {
					for range 30 {
						_ = insertRow(t, db, 400)
					}
					_, _ = db.Pragma("wal_checkpoint(TRUNCATE)")
					if result, err := db.Pragma("integrity_check(1)"); err != nil || result != "ok" {
						damaged++
					}
					return
				}
				if err := db.writer.guard.compareContent(); !errors.Is(err, ErrOverwritten) {
					t.Errorf("the comparison says %v", err)
				}
				if err := insertRow(t, db, 1); !errors.Is(err, ErrOverwritten) {
					t.Errorf("a change afterwards: %v", err)
				}
				found++
			})
		}
	}
	if damaged == 0 {
		t.Error("without the guard every file is whole: this test shows nothing")
	}
	t.Logf("evidence: of %d files overwritten in place %d were found and not written again; without the guard %d are damaged", len(attacks), found, damaged)
}

// TestOtherProgramsMayUseTheFile: their changes, checkpoints and rewrites are not taken for
// a loss.
func TestOtherProgramsMayUseTheFile(t *testing.T) {
	path := t.TempDir() + "/test.db"
	db := newTable(t, path, true)
	other, err := connect(path, []string{"journal_mode(WAL)", "synchronous(OFF)"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.close() }()
	rounds, looks := require.Amount(3, 12, 100), 0
	for round := range rounds {
		ended := make(chan error)
		go func() {
			var errs []error
			// The file shrinks and grows again between two looks.
			for _, statement := range []string{`INSERT INTO t VALUES (zeroblob(2000000))`, "DELETE FROM t", "VACUUM"} {
				errs = append(errs, other.control(statement))
				// It may be busy.
				_, _ = other.pragma([]string{"wal_checkpoint(PASSIVE)", "wal_checkpoint(RESTART)", "wal_checkpoint(TRUNCATE)"}[round%3])
			}
			ended <- errors.Join(append(errs, other.control(`INSERT INTO t VALUES (zeroblob(500000))`))...)
		}()
		var err error
		for wait := true; wait; {
			select {
			case others := <-ended:
				wait = false
				err = errors.Join(err, others)
			default:
			}
			err = errors.Join(err, db.writer.guard.compareContent())
			looks++
		}
		if err = errors.Join(err, db.Compare(), insertRow(t, db, 100)); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	t.Logf("evidence: %d looks beside %d changes and rewrites of another program: no false alarm", looks, 4*rounds)
}

// TestAFurtherNameOfTheFileIsReported, once.
func TestAFurtherNameOfTheFileIsReported(t *testing.T) {
	path := t.TempDir() + "/test.db"
	db := newTable(t, path, true)
	var said []string
	db.writer.guard.warn = func(text string) { said = append(said, text) }
	db.stop()
	db.watching.Wait()
	db.writer.guard.countNames()
	if len(said) > 0 {
		t.Errorf("without a link: %q", said)
	}
	for range 2 {
		if err := os.Link(path, path+".link"); err != nil {
			t.Fatal(err)
		}
		db.writer.guard.countNames()
		db.writer.guard.countNames()
		if err := os.Remove(path + ".link"); err != nil {
			t.Fatal(err)
		}
		db.writer.guard.countNames()
	}
	if len(said) != 2 || !strings.Contains(said[0], "2 names") {
		t.Errorf("%q", said)
	}
}
