package sqlite

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"accord/test/require"
)

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// maintain cuts what has grown, as the watch does.
func maintain(t *testing.T, db *DB) {
	t.Helper()
	if err := db.Update(t.Context(), func(*Conn) error {
		db.writer.maintain = (*writer).shrink
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	// The next transaction runs after the maintenance.
	if err := db.Update(t.Context(), func(*Conn) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// still stops the watch, so that a test decides when it looks.
func still(db *DB) {
	db.stop()
	db.watching.Wait()
}

// TestTheLogIsCutWhenAReaderEnds: while another program reads one state, the log grows with
// every change. The control is the same without a guard, where it keeps its size.
func TestTheLogIsCutWhenAReaderEnds(t *testing.T) {
	require.Full(t)
	sizes := map[bool][2]int64{}
	for _, guarded := range []bool{true, false} {
		path := t.TempDir() + "/test.db"
		db := newTable(t, path, guarded)
		still(db)
		other, err := connect(path, []string{"query_only(1)"})
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"BEGIN", "SELECT count(*) FROM t"} {
			if err := other.control(statement); err != nil {
				t.Fatal(err)
			}
		}
		for range 100 {
			if err := insertRow(t, db, 400); err != nil {
				t.Fatal(err)
			}
		}
		if guarded {
			maintain(t, db)
		}
		during := sizeOf(t, path+"-wal")
		if during < 2*logLimit {
			t.Errorf("the log has %d bytes while another program reads: this test shows nothing", during)
		}
		if err := other.control("ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if guarded {
			maintain(t, db)
		}
		for range 10 {
			if err := insertRow(t, db, 400); err != nil {
				t.Fatal(err)
			}
		}
		sizes[guarded] = [2]int64{during, sizeOf(t, path+"-wal")}
		if err := other.close(); err != nil {
			t.Fatal(err)
		}
	}
	if after := sizes[true][1]; after > logLimit {
		t.Errorf("the log has %d bytes after the reader has ended", after)
	}
	if after := sizes[false][1]; after <= logLimit {
		t.Errorf("without the guard it has %d bytes: this test shows nothing", after)
	}
	t.Logf("evidence: the log has %d MB while another program reads, and %d afterwards; without the guard %d",
		sizes[true][0]>>20, sizes[true][1]>>20, sizes[false][1]>>20)
}

// TestTheLogIsBoundedUnderOurOwnReads: however they follow each other, a look at the log
// cuts it.
func TestTheLogIsBoundedUnderOurOwnReads(t *testing.T) {
	require.Full(t)
	largest := map[bool]int64{}
	for _, held := range []bool{false, true} {
		path := t.TempDir() + "/test.db"
		db := newTable(t, path, true)
		still(db)
		ctx, stop := context.WithCancel(t.Context())
		var reading sync.WaitGroup
		for range 2 {
			reading.Go(func() {
				for ctx.Err() == nil {
					_ = db.View(ctx, func(c *Conn) error {
						rows, err := c.Query("SELECT count(*) FROM t", nil)
						for err == nil && rows.Next() {
						}
						if held { // The control: one that never ends.
							<-ctx.Done()
						}
						return err
					})
				}
			})
		}
		for n := range require.Amount(100, 100, 1000) {
			if err := insertRow(t, db, 400); err != nil {
				t.Error(err)
			}
			largest[held] = max(largest[held], sizeOf(t, path+"-wal"))
			if n%10 == 0 && db.writer.guard.isTooLong() {
				maintain(t, db)
			}
		}
		stop()
		reading.Wait()
	}
	// Between two looks it grows by ten rows.
	if largest[false] > logLimit+(10*410)<<10 {
		t.Errorf("the log reached %d bytes", largest[false])
	}
	if largest[true] <= 2*logLimit {
		t.Errorf("beside a transaction that never ends it reached %d bytes: this test shows nothing", largest[true])
	}
	t.Logf("evidence: the log reaches %d MB beside two readers without a pause; %d beside transactions that never end", largest[false]>>20, largest[true]>>20)
}

// TestAFileThatIsMostlyFreeIsWrittenAnew: it has the size of its content, and the content
// and the numbers of the sequence stay. While another program reads an old state, nothing
// is written. The control is the same without a look.
func TestAFileThatIsMostlyFreeIsWrittenAnew(t *testing.T) {
	path := t.TempDir() + "/test.db"
	db := newTable(t, path, true)
	still(db)
	for range 100 {
		if err := insertRow(t, db, 400); err != nil {
			t.Fatal(err)
		}
	}
	before := int64(0)
	if err := db.Update(t.Context(), func(c *Conn) error {
		if _, err := c.Exec("DELETE FROM t", nil); err != nil {
			return err
		}
		if _, err := c.Exec("INSERT INTO t VALUES (nextval('s'))", nil); err != nil {
			return err
		}
		before = db.writer.sequence.last
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Pragma("wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	full := sizeOf(t, path)
	if full < worthwhile || !db.writer.guard.isMostlyFree() {
		t.Fatalf("without a look it has %d bytes: this test shows nothing", full)
	}
	other, err := connect(path, []string{"query_only(1)"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.close() }()
	for _, statement := range []string{"BEGIN", "SELECT count(*) FROM t"} {
		if err := other.control(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := insertRow(t, db, 1); err != nil { // The state that it reads is an old one.
		t.Fatal(err)
	}
	log := sizeOf(t, path+"-wal")
	for range 3 {
		maintain(t, db)
	}
	if now := sizeOf(t, path+"-wal"); now > log+1<<20 {
		t.Errorf("beside a reader the log grew from %d to %d bytes without a change", log, now)
	}
	if err := other.control("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	maintain(t, db)
	after := sizeOf(t, path)
	if after > 1<<20 {
		t.Errorf("it has %d bytes", after)
	}
	var found string
	if err := db.Update(t.Context(), func(c *Conn) error {
		rows, err := c.Query("SELECT CAST(v AS TEXT) || '/' || nextval('s') FROM t WHERE typeof(v) = 'integer'", nil)
		for err == nil && rows.Next() {
			err = rows.Scan(&found)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d/%d", before, before+1); found != want {
		t.Errorf("it holds %q, want %q", found, want)
	}
	if err := db.Compare(); err != nil {
		t.Errorf("it is taken for lost: %v", err)
	}
	if result, err := db.Pragma("integrity_check"); err != nil || result != "ok" {
		t.Errorf("%s: %v", result, err)
	}
	t.Logf("evidence: a file of %d MB whose rows were deleted has %d kB", full>>20, after>>10)
}
