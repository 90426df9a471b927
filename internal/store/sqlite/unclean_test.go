package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/engine"
	"accord/test/require"
)

// openWith opens a store with a setting of the check.
func openWith(path string, check string) (*store.Store, error) {
	return store.Open(ctx, "sqlite:"+path, store.Options{
		Clock: new(clock.System), Source: ident.NewSource(), Engine: store.EngineOptions{Check: check},
	})
}

// copyKilled copies the files of a store in use, as a killed server leaves them.
func copyKilled(t *testing.T, from, to string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(from + suffix)
		if err != nil {
			t.Fatal(err)
		}
		write(t, to+suffix, content)
	}
}

// fill inserts messages of a kilobyte, in transactions of fifty.
func fill(t *testing.T, s *store.Store, from, to int) {
	t.Helper()
	for n := from; n < to; n += 50 {
		if err := s.Update(ctx, func(tx *store.Tx) error {
			for i := n; i < min(n+50, to); i++ {
				if err := tx.InsertMessage(store.Message{Kind: "mail", Body: fmt.Sprintf("%06d %s", i, strings.Repeat("x", 1000))}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFileIsCheckedAfterAnUncleanEnd: pages that are not what SQLite wrote. Without the
// check the server starts. [SQLite: PRAGMA quick_check]
func TestAFileIsCheckedAfterAnUncleanEnd(t *testing.T) {
	folder := t.TempDir()
	living := filepath.Join(folder, "living.db")
	s := serve(t, living)
	fill(t, s, 0, 5000) // More than a checkpoint.
	found, started, pages := 0, 0, require.Amount(3, 10, 100)
	for n := range pages {
		path := filepath.Join(folder, fmt.Sprintf("killed-%d.db", n))
		copyKilled(t, living, path)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// Beyond the first pages, which have the schema and are in the log again.
		at := 4096 * (30 + n*(len(content)/4096-40)/pages)
		clear(content[at : at+4096])
		write(t, path, content)
		log, err := os.ReadFile(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		checked, err := openWith(path, engine.CheckUnclean)
		if err == nil {
			_ = checked.Close()
			continue
		}
		found++
		for _, text := range []string{path, "the file is damaged", "restore a backup", "--store-check off"} {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("the error lacks %q: %v", text, err)
			}
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, content) {
			t.Errorf("the file was changed: %v", err)
		}
		if now, err := os.ReadFile(path + "-wal"); err != nil || !bytes.Equal(now, log) {
			t.Errorf("the log was changed: %v", err)
		}
		if unchecked, err := openWith(path, engine.CheckOff); err == nil {
			started++
			_ = unchecked.Close()
		}
	}
	if found < pages/2 {
		t.Errorf("of %d pages that were cleared, %d were found", pages, found)
	}
	if started == 0 {
		t.Error("without the check none starts either: this test shows nothing")
	}
	t.Logf("evidence: of %d pages that were cleared, %d were found at the start; without the check %d of these start", pages, found, started)
}

// TestACopyBesideAnOldLogIsRefused: an operator restores an older copy after a crash, and
// leaves the log of the killed server. Neither file is touched.
func TestACopyBesideAnOldLogIsRefused(t *testing.T) {
	require.Full(t)
	refused, cases, lossy := 0, 0, 0
	for _, kind := range []string{"copy of a stopped store", "VACUUM INTO"} {
		for _, later := range []int{500, require.Amount(0, 6000, 3000), require.Amount(0, 6000, 12000)}[:require.Amount(1, 2, 3)] {
			folder := t.TempDir()
			living, path, backup := filepath.Join(folder, "living.db"), filepath.Join(folder, "accord.db"), filepath.Join(folder, "backup.db")
			s := serve(t, living)
			fill(t, s, 0, 3000)
			if kind == "VACUUM INTO" {
				execute(t, living, "VACUUM INTO '"+backup+"'")
			} else {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				content, err := os.ReadFile(living)
				if err != nil {
					t.Fatal(err)
				}
				write(t, backup, content)
				s = serve(t, living)
			}
			fill(t, s, 3000, 3000+later)
			copyKilled(t, living, path)
			want := len(messages(t, s))
			// As it is, the killed server starts.
			whole, err := openWith(path, engine.CheckUnclean)
			if err != nil {
				t.Fatalf("%s, %d later: a killed server does not start: %v", kind, later, err)
			}
			if got := len(messages(t, whole)); got != want {
				t.Errorf("%d messages, want %d", got, want)
			}
			if err := whole.Close(); err != nil {
				t.Fatal(err)
			}
			copyKilled(t, living, path)
			old, err := os.ReadFile(backup)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, old)
			before := contents(t, folder)
			cases++
			mixed, err := openWith(path, engine.CheckUnclean)
			if err == nil {
				if got := len(messages(t, mixed)); got != want {
					t.Errorf("%s, %d later: it was opened with %d of %d messages", kind, later, got, want)
				}
				_ = mixed.Close()
				continue
			}
			refused++
			after := contents(t, folder)
			// The control: without the check the same files are opened, and are not what was
			// acknowledged.
			if opened, err := openWith(path, engine.CheckOff); err == nil {
				if !isWhole(opened, want) {
					lossy++
				}
				_ = opened.Close()
			} else {
				lossy++
			}
			delete(before, "accord.db.lock")
			delete(after, "accord.db.lock")
			for name, content := range before {
				if name != "living.db-shm" && after[name] != content {
					t.Errorf("%s, %d later: %s was changed by a start that was refused: %v", kind, later, name, err)
				}
			}
		}
	}
	if refused < cases/2 {
		t.Errorf("of %d copies beside an old log, %d were refused", cases, refused)
	}
	if lossy == 0 {
		t.Error("without the check all of them are whole: this test shows nothing")
	}
	t.Logf("evidence: of %d copies beside an old log, %d were refused and left as they were; without the check %d of these are damaged or lack changes", cases, refused, lossy)
}

// isWhole reports whether a store can be read and has as many messages.
func isWhole(s *store.Store, want int) bool {
	got := 0
	err := s.View(ctx, func(v *store.View) error {
		found, err := v.Messages("mail", 0, 100_000)
		got = len(found)
		return err
	})
	return err == nil && got == want
}

// TestErrorsAtTheStartSayWhatToDo: the path, the cause, the cure.
func TestErrorsAtTheStartSayWhatToDo(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "file"), nil)
	for path, texts := range map[string][]string{
		filepath.Join(folder, "absent", "accord.db"): {"the folder " + filepath.Join(folder, "absent") + " does not exist", "make it"},
		filepath.Join(folder, "file", "accord.db"):   {filepath.Join(folder, "file", "accord.db"), "not a directory", "make the folder"},
		folder: {folder, "it is a folder: name a file in it"},
		filepath.Join(folder, strings.Repeat("x", 300)): {"file name too long", "use a shorter name"},
	} {
		refuse(t, path, texts...)
		if _, err := os.Stat(path + ".lock"); err == nil || path != folder && !errors.Is(err, fs.ErrNotExist) && len(path) < 200 && !strings.Contains(path, "file/") {
			t.Errorf("%s: a lock was made: %v", path, err)
		}
	}
	path := filepath.Join(folder, "accord.db")
	serve(t, path)
	refuse(t, path, path, "another process has the store open", "stop it, or use another file")
}
