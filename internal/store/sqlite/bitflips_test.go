package sqlite_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"accord/internal/health"
	"accord/internal/store"
	"accord/internal/store/engine"
	"accord/internal/store/sqlite"
	"accord/test/require"
)

// flipped counts what came of flipped bits.
type flipped struct {
	// refused: the start, and failed: a read. wrong: other rows were read without an error,
	// and structural are those of them of which SQLite finds that pages do not fit together.
	refused, failed, same, wrong, structural int
}

func (f flipped) String() string {
	return fmt.Sprintf("%d refused at the start, %d by a read, %d without an effect, %d read as other values", f.refused, f.failed, f.same, f.wrong)
}

// bodies reads all rows.
func bodies(s *store.Store) (all []string, err error) {
	err = s.View(ctx, func(v *store.View) error {
		found, err := v.Messages("mail", 0, 1_000_000)
		for _, m := range found {
			all = append(all, m.Body)
		}
		return err
	})
	return all, err
}

// readFlipped opens a store with a flipped bit and reads all rows.
func (f *flipped) read(t *testing.T, path, check string, want []string) {
	t.Helper()
	s, err := openWith(path, check)
	if err != nil {
		f.refused++
		return
	}
	got, err := bodies(s)
	_ = s.Close()
	switch {
	case err != nil:
		f.failed++
		if why := health.NotReadyIn(err); why == nil || why.Reason != health.Damaged {
			t.Errorf("%s: an error of another kind: %v", path, err)
		}
	case slices.Equal(got, want):
		f.same++
	default:
		f.wrong++
		if sqlite.Verify(ctx, path) != nil {
			f.structural++
		}
	}
}

// TestFlippedBitsAreFoundWherePagesDoNotFit: a bit of the file, or of the log of a killed
// server, at random places. SQLite has no checksums of pages: a bit within a value is read as
// another value, which nothing here can find. What breaks a page of a killed server's file, or
// the checksum of a change in its log, is found. The control is a start without a check.
func TestFlippedBitsAreFoundWherePagesDoNotFit(t *testing.T) {
	folder := t.TempDir()
	living := filepath.Join(folder, "living.db")
	s := serve(t, living)
	fill(t, s, 0, 1500) // More than a checkpoint: a part is in the file, a part in the log.
	want, err := bodies(s)
	if err != nil {
		t.Fatal(err)
	}
	killed, closed := filepath.Join(folder, "killed.db"), filepath.Join(folder, "closed.db")
	leave(t, living, killed)
	copyKilled(t, living, closed)
	whole, err := open(closed)
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.Close(); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	flip := func(path string, size int64) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if size == 0 {
			size = int64(len(content))
		}
		content[random.Int64N(size)] ^= 1 << random.IntN(8)
		write(t, path, content)
	}
	index, err := os.ReadFile(killed + "-shm")
	if err != nil {
		t.Fatal(err)
	}
	log := 32 + (24+4096)*int64(binary.NativeEndian.Uint32(index[16:]))
	number := require.Amount(2, 8, 300)
	var inFile, inLog, atRest, unchecked flipped
	for n := range number {
		for _, c := range []struct {
			name  string
			into  *flipped
			check string
			make  func(path string)
		}{
			{"file", &inFile, engine.CheckUnclean, func(path string) { leave(t, killed, path); flip(path, 0) }},
			{"log", &inLog, engine.CheckUnclean, func(path string) { leave(t, killed, path); flip(path+"-wal", log) }},
			{"rest", &atRest, engine.CheckUnclean, func(path string) {
				content, err := os.ReadFile(closed)
				if err != nil {
					t.Fatal(err)
				}
				write(t, path, content)
				flip(path, 0)
			}},
			{"unchecked", &unchecked, engine.CheckOff, func(path string) { leave(t, killed, path); flip(path+"-wal", log) }},
		} {
			if c.into == &unchecked && n >= 8 {
				continue
			}
			path := filepath.Join(folder, fmt.Sprintf("%s-%d.db", c.name, n))
			c.make(path)
			c.into.read(t, path, c.check, want)
			for _, suffix := range []string{"", "-wal", "-shm", ".open", ".lock"} {
				_ = os.Remove(path + suffix)
			}
		}
	}
	if inFile.structural > 0 || inLog.wrong > 0 {
		t.Errorf("a killed server: %d wrong answers from the log, and %d of pages that do not fit together", inLog.wrong, inFile.structural)
	}
	if unchecked.wrong == 0 {
		t.Error("the control: without a check nothing is read as other values")
	}
	// A start after an orderly end reads no page but those that it needs.
	t.Logf("evidence: %d bits flipped in the file of a killed server: %s; in its log: %s; in a file that was closed: %s, %d of which accord check finds; in the log, without a check: %s",
		number, inFile, inLog, atRest, atRest.structural, unchecked)
}
