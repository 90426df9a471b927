package sqlite_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/store/engine"
	"accord/test/require"
)

// leave copies all files of a store in use, as a killed server leaves them.
func leave(t *testing.T, from, to string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm", ".open"} {
		content, err := os.ReadFile(from + suffix)
		if err != nil {
			t.Fatal(err)
		}
		write(t, to+suffix, content)
	}
}

// TestChangesInALogThatIsGoneAreMissed: a killed server has acknowledged what was in the log
// alone. The control is the start without a check, which serves the state before.
func TestChangesInALogThatIsGoneAreMissed(t *testing.T) {
	remove := func(suffixes ...string) func(path string) error {
		return func(path string) (err error) {
			for _, suffix := range suffixes {
				err = errors.Join(err, os.Remove(path+suffix))
			}
			return err
		}
	}
	const frame = 24 + 4096
	cut := func(left func(size int64) int64) func(path string) error {
		return func(path string) error {
			index, err := os.ReadFile(path + "-shm")
			if err != nil {
				return err
			}
			// The file is longer: its end is from before the last checkpoint. [SQLite: WAL-mode file format]
			return os.Truncate(path+"-wal", left(32+frame*int64(binary.NativeEndian.Uint32(index[16:]))))
		}
	}
	folder := t.TempDir()
	living := filepath.Join(folder, "living.db")
	s := serve(t, living)
	fill(t, s, 0, require.Amount(500, 4000, 5000)) // More than a checkpoint: a part of it is in the file.
	want := len(messages(t, s))
	refused, lacking := 0, 0
	attacks := map[string]func(path string) error{
		"the log is removed":                  remove("-wal"),
		"the log and its index are removed":   remove("-wal", "-shm"),
		"the log is emptied":                  cut(func(int64) int64 { return 0 }),
		"the log is cut within its header":    cut(func(int64) int64 { return 20 }),
		"the log is cut after its first page": cut(func(int64) int64 { return 32 + frame }),
		"the last page of the log is cut off": cut(func(size int64) int64 { return size - frame }),
		"the log is cut within its last page": cut(func(size int64) int64 { return size - 1 }),
		"another program opens what lacks both": func(path string) error {
			err := remove("-wal", "-shm")(path)
			execute(t, path, "SELECT COUNT(*) FROM sqlite_master")
			return err
		},
	}
	for what, attack := range attacks {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "accord.db")
			leave(t, living, path)
			if err := attack(path); err != nil {
				t.Fatal(err)
			}
			before := contents(t, folder)
			refuse(t, path, path, "its server was killed", "committed changes are missing", "restore a backup", path+".open")
			after := contents(t, folder)
			if !maps.Equal(before, after) {
				t.Error("a start that was refused changed something")
			}
			refused++
			unchecked, err := openWith(path, engine.CheckOff)
			if err != nil {
				t.Fatalf("without the check: %v", err)
			}
			if !isWhole(unchecked, want) {
				lacking++
			}
			if err := unchecked.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	if lacking < len(attacks)/2 {
		t.Errorf("without the check %d of %d lack changes: this test shows nothing", lacking, len(attacks))
	}
	t.Logf("evidence: %d of %d ways to lose a log were noticed at the start; without the check all are served, %d without acknowledged changes", refused, len(attacks), lacking)
}

// TestWhatAKilledServerLeavesIsOpened: no false alarm, whatever it was doing.
func TestWhatAKilledServerLeavesIsOpened(t *testing.T) {
	folder := t.TempDir()
	living := filepath.Join(folder, "living.db")
	s := serve(t, living)
	for what, mend := range map[string]func(path string) error{
		"as it was":                 func(string) error { return nil },
		"without its index":         func(path string) error { return os.Remove(path + "-shm") },
		"without its mark":          func(path string) error { return os.Remove(path + ".open") },
		"in an orderly end":         func(path string) error { return errors.Join(os.Remove(path+".open"), os.Remove(path+"-shm")) },
		"with an index of zeros":    func(path string) error { return os.WriteFile(path+"-shm", make([]byte, 32768), 0o600) },
		"with the index cut to 100": func(path string) error { return os.Truncate(path+"-shm", 100) },
	} {
		for range require.Amount(1, 1, 5) {
			fill(t, s, 0, 100)
			path := filepath.Join(folder, strings.ReplaceAll(what, " ", "-")+".db")
			leave(t, living, path)
			if err := mend(path); err != nil {
				t.Fatal(err)
			}
			opened, err := open(path)
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			if !isWhole(opened, len(messages(t, s))) {
				t.Errorf("%s: changes are missing", what)
			}
			if err := opened.Close(); err != nil {
				t.Error(err)
			}
			for _, suffix := range []string{"-wal", ".open"} {
				if _, err := os.Stat(path + suffix); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: after an orderly end there is a file %s: %v", what, suffix, err)
				}
			}
		}
	}
}
