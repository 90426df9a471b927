package sqlite

import (
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// openSnapshots counts the idle readers that keep a snapshot.
func openSnapshots(db *DB) (n int) {
	db.readers.mu.Lock()
	defer db.readers.mu.Unlock()
	for _, c := range db.readers.idle {
		if c.snapshot != nil {
			n++
		}
	}
	return n
}

func TestASnapshotIsKeptUntilAWrite(t *testing.T) {
	db := open(t)
	get(t, db, "a")
	get(t, db, "a")
	if n := openSnapshots(db); n == 0 {
		t.Error("no reader kept its snapshot")
	}
	set(t, db, "a", "1")
	if n := openSnapshots(db); n != 0 {
		t.Errorf("%d idle readers keep a snapshot from before a change", n)
	}
	// Within each other, so that each reader is used.
	var nest func(more int)
	nest = func(more int) {
		if err := db.View(t.Context(), func(c *Conn) error {
			if got, err := read(c, "a"); err != nil || got != "1" {
				t.Errorf("after the commit a reader finds %q, %v", got, err)
			}
			if more > 1 {
				nest(more - 1)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	nest(cap(db.readers.free))
	refusal := errors.New("refused")
	if err := db.Update(t.Context(), func(c *Conn) error {
		return errors.Join(upsert(c, "a", "2"), refusal)
	}); !errors.Is(err, refusal) {
		t.Errorf("the error is %v", err)
	}
	if got := get(t, db, "a"); got != "1" {
		t.Errorf("a reader finds what was rolled back: %q", got)
	}
}

func TestAReaderInUseKeepsItsSnapshotOverACommit(t *testing.T) {
	db := open(t)
	set(t, db, "a", "1")
	if err := db.View(t.Context(), func(c *Conn) error {
		before, err := read(c, "a")
		if err != nil {
			return err
		}
		set(t, db, "a", "2")
		after, err := read(c, "a")
		if before != "1" || after != "1" {
			t.Errorf("one view finds %q and then %q", before, after)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := openSnapshots(db); n != 0 {
		t.Error("an old snapshot was kept")
	}
	if got := get(t, db, "a"); got != "2" {
		t.Errorf("the next view finds %q", got)
	}
}

func TestAFailedStatementEndsTheSnapshot(t *testing.T) {
	db := open(t)
	set(t, db, "a", "1") // No reader has a snapshot from here.
	if err := db.View(t.Context(), func(c *Conn) error {
		_, err := c.Exec(`SELECT abs(-9223372036854775808)`, nil)
		return err
	}); err == nil {
		t.Error("an overflow is no error")
	}
	if n := openSnapshots(db); n != 0 {
		t.Error("a snapshot in which a statement failed was kept")
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := open(t)
	if err := db.View(t.Context(), func(c *Conn) error { return upsert(c, "a", "1") }); err == nil {
		t.Error("a reader wrote")
	}
}

// TestReadersDoNotLetTheLogGrow: SQLite starts its log from the beginning after 1,000
// pages of 4 KiB, unless a reader still needs it.
func TestReadersDoNotLetTheLogGrow(t *testing.T) {
	path := file(t)
	db := openFile(t, path)
	for i := range 600 {
		set(t, db, "a", strings.Repeat(string(rune('a'+i%26)), 20_000))
		get(t, db, "a")
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 8<<20 {
		t.Errorf("the log has %d bytes", info.Size())
	}
}

// scratchOf returns the scratch of a view, in which all readers that are open at the
// same time take part.
func scratchOf(t *testing.T, db *DB) (scratch *atomic.Value) {
	t.Helper()
	if err := db.View(t.Context(), func(c *Conn) error {
		scratch = c.Scratch()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return scratch
}

func TestScratchBelongsToOneState(t *testing.T) {
	db := open(t)
	set(t, db, "a", "1")
	first := scratchOf(t, db)
	if err := db.View(t.Context(), func(c *Conn) error {
		if c.Scratch() != first || scratchOf(t, db) != first {
			t.Error("readers of one state have more than one scratch")
		}
		set(t, db, "a", "2")
		if c.Scratch() != first {
			t.Error("a view lost its scratch with a commit")
		}
		if scratchOf(t, db) == first {
			t.Error("the scratch was kept over a commit")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	second := scratchOf(t, db)
	if second == nil || second == first {
		t.Error("a later view has the scratch of an older state")
	}
	if err := db.Update(t.Context(), func(c *Conn) error {
		if c.Scratch() != nil {
			t.Error("a transaction that can write has a scratch")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A snapshot that is taken during a commit may contain it already: what is read from it
// must not be found by readers of the state before.
func TestASnapshotOfACommitInProgressSharesNothing(t *testing.T) {
	db := open(t)
	set(t, db, "a", "1")
	before := scratchOf(t, db)
	if db.Scratch() != before {
		t.Error("the next view has another scratch")
	}
	db.readers.endSnapshots()
	db.readers.beginCommit()
	if db.Scratch() != before {
		t.Error("the state before a commit that nobody has seen has another scratch")
	}
	if scratchOf(t, db) == before {
		t.Error("the scratch of the state before the commit is shared")
	}
	if db.Scratch() != nil {
		t.Error("the state before a commit that a view may have seen has a scratch")
	}
	db.readers.endWrite(true, true)
	if after := scratchOf(t, db); after == before || db.Scratch() != after {
		t.Error("the scratch was kept over a commit")
	}
}

// SQLite shows a commit to readers before it returns, and may run a checkpoint in
// between. When one of them has seen it, no later one sees the state before.
func TestReadsNeverGoBackDuringACommit(t *testing.T) {
	db := open(t)
	set(t, db, "a", "1")
	older := db.readers.current.Load()
	set(t, db, "a", "2")
	w := db.writer.conn
	if err := db.View(t.Context(), func(c *Conn) error {
		db.readers.beginWrite()
		if err := errors.Join(w.control("BEGIN IMMEDIATE"), upsert(w, "a", "3")); err != nil {
			return err
		}
		db.readers.beginCommit()
		if err := w.control("COMMIT"); err != nil {
			return err
		}
		if got := get(t, db, "a"); got != "3" {
			t.Errorf("a new snapshot has %q", got)
		}
		// A reader that took its snapshot during the commit before notes it only now.
		db.readers.raiseAhead(older)
		got, err := read(c, "a")
		if got != "2" {
			t.Errorf("the view from before has %q", got)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// The reader from before the commit is idle, and next.
	if got := get(t, db, "a"); got != "3" {
		t.Errorf("3 was read, and then %q", got)
	}
	db.readers.endWrite(true, true)
	if got := get(t, db, "a"); got != "3" {
		t.Errorf("after the commit a reader finds %q", got)
	}
}

func TestATransactionThatChangesNothingKeepsTheState(t *testing.T) {
	db := open(t)
	set(t, db, "a", "1")
	before := scratchOf(t, db)
	if err := db.Update(t.Context(), func(c *Conn) error {
		_, err := read(c, "a")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if scratchOf(t, db) != before {
		t.Error("the scratch was dropped")
	}
}

func TestSnapshotsAreKeptBesideAWriter(t *testing.T) {
	db := open(t)
	for i := range 2 * checkpointInterval {
		keeps := db.Commits()%checkpointInterval >= checkpointWrites
		get(t, db, "a")
		if err := db.Update(t.Context(), func(c *Conn) error {
			get(t, db, "a")
			if n := openSnapshots(db); (n > 0) != keeps {
				t.Errorf("write %d: %d idle readers keep a snapshot, want some: %v", i, n, keeps)
			}
			return upsert(c, "a", "1")
		}); err != nil {
			t.Fatal(err)
		}
		if n := openSnapshots(db); n != 0 {
			t.Errorf("write %d: %d idle readers keep a snapshot from before a change", i, n)
		}
	}
}
