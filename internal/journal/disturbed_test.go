package journal_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/journal"
	"accord/internal/store"
)

// numberedMessage is a message that says which one it is.
func numberedMessage(n int) []store.Message {
	return []store.Message{{Body: record(n), Number: int64(n)}}
}

// A reader asks now and then, as `accord calls --follow` does, while the file is disturbed
// between its questions. The control reads the file that has the name, from the byte where
// it was before: it misses and repeats records.
func TestAReaderMissesAndRepeatsNothing(t *testing.T) {
	disturb := map[string]func(j *journal.Journal) error{
		"asked to reopen, as by SIGHUP, without a rotation": func(j *journal.Journal) error { return j.Reopen() },
		"renamed":            func(j *journal.Journal) error { return os.Rename(j.Path(), j.Path()+".1") },
		"renamed and reopen": func(j *journal.Journal) error { return errors.Join(os.Rename(j.Path(), j.Path()+".1"), j.Reopen()) },
		"rotated by itself":  nil,
	}
	for name, disturb := range disturb {
		t.Run(name, func(t *testing.T) {
			o := options
			if disturb == nil {
				// Half of what is written between two questions.
				o.Rotation.Size = 700
			}
			j := open(t, filepath.Join(t.TempDir(), "journal.ndjson"), o)
			var want, got []string
			position := int64(0)
			ask := func() {
				for {
					page, next, err := j.Read(position, 3)
					if err != nil {
						t.Fatal(err)
					}
					if len(page) == 0 {
						return
					}
					got, position = append(got, plainRecords(page)...), next
				}
			}
			at, naive := 0, 0
			for n := 1; n <= 40; n++ {
				if err := j.Deliver(t.Context(), numberedMessage(n)); err != nil {
					t.Fatal(err)
				}
				want = append(want, record(n))
				if n%4 == 2 && disturb != nil {
					if err := disturb(j); err != nil {
						t.Fatal(err)
					}
				}
				if n%4 == 0 {
					ask()
					text := content(t, j.Path())
					naive += strings.Count(text[min(at, len(text)):], "\n")
					at = len(text)
				}
			}
			same(t, "what was read", want, got)
			if renames := !strings.Contains(name, "without"); renames && naive >= 40 {
				t.Errorf("the control misses nothing")
			}
			t.Logf("evidence: %d of 40 records read once each; control, a reader of the name: %d", len(got), naive)
		})
	}
}

// Another program cuts the file in the middle of a line, or leaves half a line at its end:
// what is delivered afterwards is on lines of its own. The control appends at the end.
func TestADeliveredRecordHasItsOwnLine(t *testing.T) {
	for name, disturb := range map[string]func(path string, size int64) error{
		"cut within a line": func(path string, size int64) error { return os.Truncate(path, size-20) },
		"cut to nothing":    func(path string, _ int64) error { return os.Truncate(path, 0) },
		"half a line added": func(path string, _ int64) error { return appendText(path, `{"eventID":`) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.ndjson")
			j := open(t, path, options)
			deliver(t, j, record(1), record(2))
			_, position, err := j.Last(9)
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := disturb(path, info.Size()); err != nil {
				t.Fatal(err)
			}
			damaged := content(t, path)
			if err := j.Deliver(t.Context(), numberedMessage(3)); err != nil {
				t.Fatal(err)
			}
			whole := plainRecords(strings.Split(content(t, path), "\n"))
			if !slices.Contains(whole, record(3)) {
				t.Errorf("the file is\n%s", content(t, path))
			}
			page, _, err := j.Read(position, 9)
			if err != nil || !slices.Equal(plainRecords(page), []string{record(3)}) {
				t.Errorf("a reader gets %q, %v", page, err)
			}
			report, err := journal.Verify([]string{path}, nil)
			if err != nil || report.Complete() {
				t.Errorf("verified: %+v, %v", report, err)
			}
			glued := strings.Split(damaged+record(4)+"\n", "\n")
			if damaged != "" && slices.Contains(glued, record(4)) {
				t.Error("the control has a line of its own")
			}
			t.Log("evidence: the next record has a line of its own; control, appended at the end: it has none, or what was there is gone")
		})
	}
}

func appendText(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// The age of a file counts from its first record, over restarts and over requests to open
// it again. A clock that was set back does not make it last for ever.
func TestTheAgeOfAFileCountsFromItsFirstRecord(t *testing.T) {
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		disturb func(t *testing.T, j *journal.Journal, o journal.Options) *journal.Journal
		step    time.Duration
		rotated bool
	}{
		"young": {nil, day / 10, false},
		"old":   {nil, day, true},
		"old, and reopened each day": {func(t *testing.T, j *journal.Journal, _ journal.Options) *journal.Journal {
			if err := j.Reopen(); err != nil {
				t.Fatal(err)
			}
			return j
		}, day, true},
		"old, and restarted each day": {func(t *testing.T, j *journal.Journal, o journal.Options) *journal.Journal {
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, j.Path(), o)
		}, day, true},
	} {
		t.Run(name, func(t *testing.T) {
			now := clock.NewVirtual(start)
			o := options
			o.Clock, o.Rotation = now, journal.Rotation{Age: 7 * day}
			j := open(t, filepath.Join(t.TempDir(), "journal.ndjson"), o)
			// Nothing is written at first.
			now.Set(start.Add(20 * day))
			for n := 1; n <= 8; n++ {
				if err := j.Deliver(t.Context(), numberedMessage(n)); err != nil {
					t.Fatal(err)
				}
				if files, err := journal.Files(j.Path()); err != nil || n < 8 && len(files) != 1 {
					t.Errorf("after record %d there are %q, %v", n, files, err)
				}
				// The file looks new.
				if err := os.Chtimes(j.Path(), time.Time{}, now.Now()); err != nil {
					t.Fatal(err)
				}
				now.Set(now.Now().Add(test.step))
				if test.disturb != nil {
					j = test.disturb(t, j, o)
				}
			}
			files, err := journal.Files(j.Path())
			if err != nil || (len(files) == 2) != test.rotated {
				t.Errorf("files %q, %v", files, err)
			}
		})
	}
	t.Run("a clock that was set back", func(t *testing.T) {
		now := clock.NewVirtual(start)
		o := options
		o.Clock, o.Rotation = now, journal.Rotation{Age: 7 * day}
		j := open(t, filepath.Join(t.TempDir(), "journal.ndjson"), o)
		for n, at := range []time.Time{start, start.Add(-1000 * day), start.Add(-993 * day)} {
			now.Set(at)
			if err := j.Deliver(t.Context(), numberedMessage(n+1)); err != nil {
				t.Fatal(err)
			}
		}
		if files, err := journal.Files(j.Path()); err != nil || len(files) != 2 {
			t.Errorf("files %q, %v", files, err)
		}
	})
}

// The files of one chain are in the order of their entries, whatever the times of the
// files: what is removed is the oldest.
func TestRotatedFilesAreInTheOrderOfTheirEntries(t *testing.T) {
	o := options
	o.Rotation = journal.Rotation{Size: 1, Keep: 3}
	j := open(t, filepath.Join(t.TempDir(), "journal.ndjson"), o)
	for n := 1; n <= 8; n++ {
		if err := j.Deliver(t.Context(), numberedMessage(n)); err != nil {
			t.Fatal(err)
		}
		// Each rotated file looks older than the one before it.
		files, err := journal.Files(j.Path())
		if err != nil {
			t.Fatal(err)
		}
		for i, path := range files {
			if err := os.Chtimes(path, time.Time{}, start.Add(-time.Duration(n+i)*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
	}
	files, err := journal.Files(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, path := range files {
		got = append(got, plainRecords(strings.Split(strings.TrimSpace(content(t, path)), "\n"))...)
	}
	same(t, "what is left", []string{record(5), record(6), record(7), record(8)}, got)
}

// The disk does not take what was written: nothing counts as delivered, and when the disk
// works again each record is there once, in a chain without a gap. The control is the same
// without failures.
func TestAFailedSyncLosesAndRepeatsNothing(t *testing.T) {
	for name, fails := range map[string]func(sync int) bool{
		"never, the control": func(int) bool { return false },
		"every second":       func(n int) bool { return n%2 == 0 },
		"most":               func(n int) bool { return n%5 != 0 },
	} {
		t.Run(name, func(t *testing.T) {
			syncs, failed, lost := 0, 0, 0
			o := options
			o.Lost = func(records int) { lost += records }
			o.Sync = func(f *os.File) error {
				if syncs++; fails(syncs) {
					failed++
					return fmt.Errorf("sync %d: input/output error", syncs)
				}
				return f.Sync()
			}
			j := open(t, filepath.Join(t.TempDir(), "journal.ndjson"), o)
			direct := 0
			for n := 1; n <= 30; n++ {
				if n%3 == 0 {
					j.Record(record(1000 + n))
					direct++
				}
				if n%7 == 0 {
					// As by SIGHUP, also while the disk fails.
					_ = j.Reopen()
				}
				for attempt := 0; j.Deliver(t.Context(), numberedMessage(n)) != nil; attempt++ {
					if attempt > 20 {
						t.Fatal("never delivered")
					}
				}
			}
			for syncs++; fails(syncs + 1); syncs++ {
			}
			known := journal.Known{DeliveryState: store.DeliveryState{Last: 30, Journals: []store.Journal{j.Position()}}}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			report, err := journal.Verify([]string{j.Path()}, &known)
			if err != nil || report.Problems != nil || report.Repeated != 0 || report.Last != 30 || report.Records != 30+direct-lost {
				t.Errorf("%+v, %v; %d direct, %d lost", report, err, direct, lost)
			}
			if (failed == 0) != strings.Contains(name, "control") {
				t.Errorf("%d syncs failed", failed)
			}
			t.Logf("evidence: %d of %d syncs failed: 30 of 30 delivered once, %d of %d direct records counted as lost", failed, syncs, lost, direct)
		})
	}
}
