package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"accord/internal/store"
)

// executeFile runs a statement on a SQLite file, past the store.
func executeFile(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAFileHasOneOwner(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "accord.db")
	owner := open(t, "sqlite:"+path, defaultOptions())
	insertMessage(t, owner, "before")
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link, folder + "/./accord.db"} {
		s, err := store.Open(t.Context(), "sqlite:"+name, defaultOptions())
		if err == nil {
			closeStore(t, s)
			t.Errorf("%s was opened a second time", name)
		} else if !strings.Contains(err.Error(), "another process") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The first one is unharmed.
	insertMessage(t, owner, "after")
	if diff := cmp.Diff([]string{"before", "after"}, messageBodies(t, owner)); diff != "" {
		t.Errorf("the messages (-want +got):\n%s", diff)
	}
	closeStore(t, owner)
	next := open(t, "sqlite:"+path, defaultOptions())
	closeStore(t, next)
}

// TestAFileIsLockedByItsProcess: the lock holds between processes, and goes with
// one that is killed.
func TestAFileIsLockedByItsProcess(t *testing.T) {
	const variable = "ACCORD_TEST_STORE_VICTIM"
	if path := os.Getenv(variable); path != "" {
		s := open(t, "sqlite:"+path, defaultOptions())
		insertMessage(t, s, "acknowledged")
		_, _ = os.Stdout.WriteString("ready\n")
		select {}
	}
	path := filepath.Join(t.TempDir(), "accord.db")
	c := exec.Command(os.Args[0], "-test.run=^TestAFileIsLockedByItsProcess$")
	c.Env = append(os.Environ(), variable+"="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make([]byte, len("ready\n"))
	if _, err := out.Read(ready); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(t.Context(), "sqlite:"+path, defaultOptions()); err == nil {
		closeStore(t, s)
		t.Error("a file that another process has open was opened")
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	s := open(t, "sqlite:"+path, defaultOptions())
	if diff := cmp.Diff([]string{"acknowledged"}, messageBodies(t, s)); diff != "" {
		t.Errorf("after the kill (-want +got):\n%s", diff)
	}
	closeStore(t, s)
}

func TestAMemoryStoreLeavesNoFiles(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	s := open(t, "memory", defaultOptions())
	insertMessage(t, s, "gone")
	other := open(t, "memory", defaultOptions())
	if got := messageBodies(t, other); len(got) > 0 {
		t.Errorf("another store in memory has %v", got)
	}
	if names, err := filepath.Glob(folder + "/*"); err != nil || len(names) != 2 {
		t.Errorf("there are %v, %v", names, err)
	}
	closeStore(t, s)
	closeStore(t, other)
	if names, err := filepath.Glob(folder + "/*"); err != nil || len(names) > 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestAFileThatIsNotAStoreIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accord.db")
	const text = "This is a text, and no database, and longer than the header of a file of SQLite would be; " +
		"whoever keeps it does not want it to be written over."
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if s, err := store.Open(t.Context(), "sqlite:"+path, defaultOptions()); err == nil {
			closeStore(t, s)
			t.Fatal("it was opened")
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != text {
		t.Errorf("the file was changed: %q, %v", got, err)
	}
	folder := filepath.Join(t.TempDir(), "absent")
	want := "the folder " + folder + " does not exist"
	if _, err := store.Open(t.Context(), "sqlite:"+filepath.Join(folder, "accord.db"), defaultOptions()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("in a folder that is not there: %v, want %s", err, want)
	}
}

// A file that is refused keeps its mode, its bytes and its folder without a lock.
func TestARefusedFileIsNotTouched(t *testing.T) {
	for what, c := range map[string]struct {
		make func(path string)
		want string
	}{
		"a text": {func(path string) {
			if err := os.WriteFile(path, []byte("a text"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "is not a store: it is not a database of SQLite"},
		"another program's database": {func(path string) { executeFile(t, path, "CREATE TABLE notes (id INTEGER)") }, "is not a store: it is the database of another program"},
		"a newer store": {func(path string) {
			closeStore(t, open(t, "sqlite:"+path, defaultOptions()))
			if err := os.Remove(path + ".lock"); err != nil {
				t.Fatal(err)
			}
			executeFile(t, path, "INSERT INTO schema_version (version_id, is_applied) VALUES (999, 1)")
			executeFile(t, path, "PRAGMA journal_mode = DELETE")
		}, "the schema has version 999"},
	} {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "accord.db")
			c.make(path)
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if s, err := store.Open(t.Context(), "sqlite:"+path, defaultOptions()); err == nil {
				closeStore(t, s)
				t.Fatal("it was opened")
			} else if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if _, _, err := store.Migrate(t.Context(), "sqlite:"+path, store.EngineOptions{}, true); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("migrating: %v, want %s", err, c.want)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o644 {
				t.Errorf("its mode is %v, %v", info.Mode(), err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("it was changed, %v", err)
			}
			if names, err := filepath.Glob(folder + "/*"); err != nil || len(names) != 1 {
				t.Errorf("there are %v, %v", names, err)
			}
		})
	}
}

// A server can be killed while the write-ahead log is copied into the file: until that is
// repeated, the file is no database without its log. [SQLite: WAL-mode file format]
func TestAFileThatIsIncompleteWithoutItsLogIsOpened(t *testing.T) {
	folder := t.TempDir()
	path, killed := filepath.Join(folder, "accord.db"), filepath.Join(folder, "killed.db")
	s := open(t, "sqlite:"+path, defaultOptions())
	insertMessage(t, s, "kept")
	for _, suffix := range []string{"", "-wal"} {
		text, err := os.ReadFile(path + suffix)
		if err == nil && suffix == "" {
			// The first page behind the header of the file. The log has the whole page.
			copy(text[100:], bytes.Repeat([]byte{0xff}, 1000))
		}
		if err == nil {
			err = os.WriteFile(killed+suffix, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	s = open(t, "sqlite:"+killed, defaultOptions())
	if diff := cmp.Diff([]string{"kept"}, messageBodies(t, s)); diff != "" {
		t.Errorf("the messages (-want +got):\n%s", diff)
	}
	closeStore(t, s)
}

func TestAPathCanHaveCharactersThatAURLEscapes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c=d&e#f%41é.db")
	s := open(t, "sqlite:"+path, defaultOptions())
	insertMessage(t, s, "kept")
	closeStore(t, s)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	s = open(t, "sqlite:"+path, defaultOptions())
	if diff := cmp.Diff([]string{"kept"}, messageBodies(t, s)); diff != "" {
		t.Errorf("the messages (-want +got):\n%s", diff)
	}
	closeStore(t, s)
}

func TestAbandonedStoresInMemoryAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, folder := range []string{"accord-memory-1", "accord-memory-2", "other-3"} {
		if err := os.Mkdir(filepath.Join(os.TempDir(), folder), 0o700); err != nil {
			t.Fatal(err)
		}
		lock := filepath.Join(os.TempDir(), folder, "accord.db.lock")
		if err := os.WriteFile(lock, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		// The second was made just now: its process may still come for it.
		if folder != "accord-memory-2" {
			if err := os.Chtimes(lock, long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	open(t, "memory", defaultOptions())
	for folder, stays := range map[string]bool{"accord-memory-1": false, "accord-memory-2": true, "other-3": true} {
		if _, err := os.Stat(filepath.Join(os.TempDir(), folder)); (err == nil) != stays {
			t.Errorf("%s: %v", folder, err)
		}
	}
}
