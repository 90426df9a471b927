package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// openSnapshots counts the readers without work that keep a snapshot.
func openSnapshots(e *sqliteEngine) (n int) {
	e.readers.mu.Lock()
	defer e.readers.mu.Unlock()
	for _, c := range e.readers.idle {
		if c.snapshot != noSnapshot {
			n++
		}
	}
	return n
}

func lookFor(s *Store, t *testing.T, name FactName) (value string) {
	t.Helper()
	err := s.View(t.Context(), func(v *View) (err error) {
		value, err = v.Fact(name)
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	return value
}

func setFact(s *Store, t *testing.T, name FactName, value string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *Tx) error { return tx.UpsertFact(name, value) }); err != nil {
		t.Fatal(err)
	}
}

func TestASnapshotIsKeptUntilSomebodyWrites(t *testing.T) {
	s := openForStatements(t, "memory")
	e := s.engine.(*sqliteEngine)
	lookFor(s, t, "a")
	lookFor(s, t, "a")
	if n := openSnapshots(e); n == 0 {
		t.Error("no reader kept its snapshot")
	}
	setFact(s, t, "a", "1")
	if n := openSnapshots(e); n != 0 {
		t.Errorf("%d readers without work keep a snapshot from before a change", n)
	}
	// Within each other, so that each reader is asked.
	var ask func(more int)
	ask = func(more int) {
		err := s.View(t.Context(), func(v *View) error {
			if got, err := v.Fact("a"); err != nil || got != "1" {
				t.Errorf("after the commit a reader finds %q, %v", got, err)
			}
			if more > 1 {
				ask(more - 1)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	ask(cap(e.readers.free))
	err := s.Update(t.Context(), func(tx *Tx) error {
		if err := tx.UpsertFact("a", "2"); err != nil {
			return err
		}
		return errors.New("given up")
	})
	if err == nil {
		t.Error("the transaction was not given up")
	}
	if got := lookFor(s, t, "a"); got != "1" {
		t.Errorf("a reader finds what was given up: %q", got)
	}
}

func TestAReaderThatWorksKeepsItsSnapshotOverACommit(t *testing.T) {
	s := openForStatements(t, "memory")
	setFact(s, t, "a", "1")
	err := s.View(t.Context(), func(v *View) error {
		before, err := v.Fact("a")
		if err != nil {
			return err
		}
		setFact(s, t, "a", "2")
		after, err := v.Fact("a")
		if before != "1" || after != "1" {
			t.Errorf("one view finds %q and then %q", before, after)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := openSnapshots(s.engine.(*sqliteEngine)); n != 0 {
		t.Error("a snapshot that is old was kept")
	}
	if got := lookFor(s, t, "a"); got != "2" {
		t.Errorf("the next view finds %q", got)
	}
}

func TestAFailedStatementEndsTheSnapshot(t *testing.T) {
	s := openForStatements(t, "memory")
	setFact(s, t, "a", "1") // No reader has a snapshot from here.
	_ = s.View(t.Context(), func(v *View) error {
		_, err := one(v, scanText[string], `SELECT abs(-9223372036854775808)`)
		if err == nil {
			t.Error("an overflow is no error")
		}
		return err
	})
	if n := openSnapshots(s.engine.(*sqliteEngine)); n != 0 {
		t.Error("a snapshot in which a statement failed was kept")
	}
}

func TestReadersDoNotLetTheLogGrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accord.db")
	s := openForStatements(t, "sqlite:"+path)
	for i := range 600 {
		setFact(s, t, "a", strings.Repeat(string(rune('a'+i%26)), 20_000))
		lookFor(s, t, "a")
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	// The log begins again after 1,000 pages of 4 KiB.
	if info.Size() > 8<<20 {
		t.Errorf("the log has %d bytes", info.Size())
	}
}
