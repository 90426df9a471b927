package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accord/internal/clock"
	"accord/internal/journal"
	"accord/internal/store"
	"accord/test/require"
)

func TestARotatedJournalIsFollowed(t *testing.T) {
	for name, reopen := range map[string]bool{"noticed before a batch": false, "told to": true} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.ndjson")
			j := open(t, path, options)
			deliver(t, j, record(1))
			if err := os.Rename(path, path+".1"); err != nil {
				t.Fatal(err)
			}
			if reopen {
				if err := j.Reopen(); err != nil {
					t.Fatal(err)
				}
			}
			deliver(t, j, record(2))
			same(t, "the rotated file", record(1)+"\n", plain(content(t, path+".1")))
			same(t, "the new file", record(2)+"\n", plain(content(t, path)))
		})
	}
}

// What is delivered is in a file that has the name of the journal, or of the rotated
// file: 200 batches while another program renames the file as fast as it can. The
// negative control is a writer that keeps its file: it loses what it writes once the
// renamed file is removed.
func TestNothingDeliveredIsLostWhileTheFileIsRenamed(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "journal.ndjson")
	j := open(t, path, options)
	stop, stopped := make(chan struct{}), make(chan int)
	go func() {
		moves := 0
		for {
			select {
			case <-stop:
				stopped <- moves
				return
			default:
				if os.Rename(path, fmt.Sprintf("%s.%d", path, moves)) == nil {
					moves++
				}
				time.Sleep(time.Millisecond)
			}
		}
	}()
	batches := int64(require.Amount(40, 200, 200))
	acknowledged := 0
	for i := int64(1); i <= batches; i++ {
		if j.Deliver(t.Context(), []store.Message{{Body: record(int(i)), Number: i}}) == nil {
			acknowledged++
		} else {
			i--
		}
	}
	close(stop)
	moves := <-stopped
	files := []string{}
	for n := range moves {
		files = append(files, fmt.Sprintf("%s.%d", path, n))
	}
	if _, err := os.Stat(path); err == nil {
		files = append(files, path)
	}
	report, err := journal.Verify(files, &journal.Known{DeliveryState: store.DeliveryState{Last: batches, Journals: []store.Journal{j.Position()}}})
	if err != nil || report.Problems != nil || report.Last != batches || moves == 0 {
		t.Errorf("%+v, %v", report, err)
	}
	t.Logf("evidence: %d batches acknowledged while the file was renamed %d times: lost 0, repeated %d", acknowledged, moves, report.Repeated)

	kept, err := os.OpenFile(filepath.Join(folder, "kept"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(kept.Name()); err != nil {
		t.Fatal(err)
	}
	lost := 0
	for i := range 30 {
		if _, err := kept.WriteString(record(i) + "\n"); err == nil && kept.Sync() == nil {
			if _, err := os.ReadFile(kept.Name()); err != nil {
				lost++
			}
		}
	}
	if err := kept.Close(); err != nil || lost != 30 {
		t.Errorf("the control lost %d of 30, %v", lost, err)
	}
	t.Logf("evidence: control, a writer that keeps its file: %d of 30 lost", lost)
}

func TestARemovedJournalIsBegunAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	j := open(t, path, options)
	deliver(t, j, record(1))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	deliver(t, j, record(2))
	same(t, "the new file", record(2)+"\n", plain(content(t, path)))
	// A folder that is gone takes nothing, so that messages wait in the store.
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if err := j.Deliver(t.Context(), messages(record(3))); err == nil {
		t.Error("delivered into a file without a name")
	}
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	deliver(t, j, record(3))
	same(t, "after the folder came back", record(3)+"\n", plain(content(t, path)))
}

func TestAJournalRotatesItself(t *testing.T) {
	for name, rotation := range map[string]journal.Rotation{
		"by size": {Size: 1000, Keep: 3},
		"by age":  {Age: time.Hour, Keep: 3},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.ndjson")
			o, now := options, clock.NewVirtual(start)
			o.Clock, o.Rotation = now, rotation
			j, err := journal.Open(path, o)
			if err != nil {
				t.Fatal(err)
			}
			position, read := int64(0), 0
			for i := 1; i <= 60; i++ {
				if err := j.Deliver(t.Context(), []store.Message{{Body: record(i), Number: int64(i)}}); err != nil {
					t.Fatal(err)
				}
				now.Set(now.Now().Add(time.Hour / 5))
				// A reader goes on over the rotation.
				records, next, err := j.Read(position, 10)
				if err != nil {
					t.Fatal(err)
				}
				position, read = next, read+len(records)
			}
			end := j.Position()
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			files, err := journal.Files(path)
			if err != nil || len(files) != 4 || files[3] != path || read != 60 {
				t.Fatalf("files %q, %v; %d records were read", files, err, read)
			}
			report, err := journal.Verify(files, &journal.Known{DeliveryState: store.DeliveryState{Last: 60, Journals: []store.Journal{end}}})
			if err != nil || report.Problems != nil || len(report.Missing) != 2 || report.Records < 10 {
				t.Errorf("%+v, %v", report, err)
			}
			// A removed file in the middle is missed.
			report, err = journal.Verify([]string{files[0], files[2], files[3]}, nil)
			if err != nil || len(report.Problems) == 0 {
				t.Errorf("without a file: %+v, %v", report, err)
			}
		})
	}
}

func TestAJournalThatOthersCanReadBecomesPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	if err := os.WriteFile(path, []byte(record(1)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	open(t, path, options)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestALinkIsFollowedOnceAndNotCreatedThrough(t *testing.T) {
	folder := t.TempDir()
	target, link := filepath.Join(folder, "target"), filepath.Join(folder, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(link, options); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a link to nothing: %v", err)
	}
	save(t, target, nil)
	j := open(t, link, options)
	if _, err := journal.Open(target, options); err == nil {
		t.Error("two names of one file have two writers")
	}
	deliver(t, j, record(1))
	same(t, "the file", record(1)+"\n", plain(content(t, target)))
}
