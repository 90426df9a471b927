package sqlite_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // Makes files of other programs.

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/sqlite"
)

var ctx = context.Background()

func open(path string) (*store.Store, error) {
	return store.Open(ctx, "sqlite:"+path, store.Options{Clock: clock.NewVirtual(time.Now()), Source: ident.NewSource()})
}

// serve opens a store that the test closes.
func serve(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// refuse expects that a store is not opened, with an error that has all the texts.
func refuse(t *testing.T, path string, texts ...string) {
	t.Helper()
	s, err := open(path)
	if err == nil {
		_ = s.Close()
		t.Errorf("%s was opened", path)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error lacks %q: %v", text, err)
		}
	}
}

func insert(s *store.Store, body string) error {
	return s.Update(ctx, func(tx *store.Tx) error {
		return tx.InsertMessage(store.Message{Kind: "mail", Body: body})
	})
}

func messages(t *testing.T, s *store.Store) (bodies []string) {
	t.Helper()
	if err := s.View(ctx, func(v *store.View) error {
		found, err := v.Messages("mail", 0, 100_000)
		for _, m := range found {
			bodies = append(bodies, m.Body)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return bodies
}

// execute runs statements on a file, past the store.
func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A server under another name of the file would have a write-ahead log of its own.
func TestAFileWithTwoNamesIsRefused(t *testing.T) {
	folder := t.TempDir()
	path, other := filepath.Join(folder, "accord.db"), filepath.Join(folder, "other.db")
	s := serve(t, path)
	if err := os.Link(path, other); err != nil {
		t.Fatal(err)
	}
	refuse(t, other, "another process has the store open")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	refuse(t, other, other, "has 2 names (hard links)", "make a copy")
	refuse(t, path, path, "has 2 names (hard links)")
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	serve(t, path)
}

// The lock of the file itself holds where the one beside it does not.
func TestTheFileItselfIsLocked(t *testing.T) {
	for what, second := range map[string]func(folder, path string) string{
		"the lock file was deleted": func(_, path string) string {
			if err := os.Remove(path + ".lock"); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			return path
		},
		"a dangling link came first": func(folder, _ string) string { return filepath.Join(folder, "target.db") },
	} {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "accord.db")
			if strings.HasPrefix(what, "a dangling") {
				if err := os.Symlink("target.db", path); err != nil {
					t.Fatal(err)
				}
			}
			s := serve(t, path)
			for range 2 {
				refuse(t, second(folder, path), "another process has the store open")
			}
			if err := insert(s, "kept"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// An empty store would hide that a file with changes is gone.
func TestNoFileIsMadeWhereALogLies(t *testing.T) {
	for _, content := range [][]byte{nil, {}} {
		path := filepath.Join(t.TempDir(), "accord.db")
		write(t, path+"-wal", []byte("changes"))
		if content != nil {
			write(t, path, content)
		}
		refuse(t, path, path+" is gone or empty", "restore the file", path+"-wal")
		if _, err := os.Stat(path + ".lock"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a lock was made: %v", err)
		}
	}
}

// Mode, content, folder: a file of another program is as before. [SQLite: PRAGMA application_id]
func TestAForeignFileIsNotTouched(t *testing.T) {
	const text = "is not a store: it is the database of another program"
	for what, c := range map[string]struct {
		make func(path string)
		want string
	}{
		"a text":                    {func(path string) { write(t, path, []byte("a text\n")) }, "is not a store: it is not a database of SQLite"},
		"tables":                    {func(path string) { execute(t, path, "CREATE TABLE notes (id INTEGER)") }, text},
		"a table accounts":          {func(path string) { execute(t, path, "CREATE TABLE accounts (id INTEGER)") }, text},
		"a table of versions":       {func(path string) { execute(t, path, "CREATE TABLE schema_version (id)", "CREATE TABLE notes (id)") }, text},
		"a mark":                    {func(path string) { execute(t, path, "PRAGMA application_id = 1196444487") }, text + " (its application_id is 0x47504b47)"},
		"a rollback journal":        {func(path string) { execute(t, path, "CREATE TABLE notes (id)"); write(t, path+"-journal", nil) }, text},
		"tables in a log":           {func(path string) { killed(t, path, "CREATE TABLE notes (id)") }, text},
		"a log and no tables":       {func(path string) { killed(t, path, "PRAGMA user_version = 7") }, "it has no tables of a store"},
		"the first page is damaged": {func(path string) { write(t, path, append([]byte("SQLite format 3\x00"), make([]byte, 8192)...)) }, "is not a store"},
	} {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "accord.db")
			c.make(path)
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
			before := contents(t, folder)
			refuse(t, path, path, c.want)
			if after := contents(t, folder); !maps.Equal(before, after) {
				t.Errorf("it was changed: there were %d files, there are %d", len(before), len(after))
			}
		})
	}
}

// killed makes a file whose program was killed: its log has the last statement.
func killed(t *testing.T, path, statement string) {
	t.Helper()
	living := path + ".living"
	db, err := sql.Open("sqlite", living)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA journal_mode = WAL", statement} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(living + suffix)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path+suffix, content)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(living); err != nil {
		t.Fatal(err)
	}
}

// contents are the files of a folder, with their modes and contents.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = fmt.Sprintf("%v %x", info.Mode(), sha256.Sum256(content))
	}
	return all
}

// A file that an older program made has no mark: it is known by its tables, and marked.
func TestAnUnmarkedStoreIsMarked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accord.db")
	s := serve(t, path)
	if err := insert(s, "kept"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	mark := []byte("ACCD")
	if got := readMark(t, path); !bytes.Equal(got, mark) {
		t.Errorf("a new store has the mark %q", got)
	}
	execute(t, path, "PRAGMA application_id = 0")
	if got := readMark(t, path); bytes.Equal(got, mark) {
		t.Fatal("the mark is still there")
	}
	s = serve(t, path)
	if got := messages(t, s); len(got) != 1 {
		t.Errorf("the messages are %q", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := readMark(t, path); !bytes.Equal(got, mark) {
		t.Errorf("the mark is %q", got)
	}
}

func readMark(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content[68:72]
}

// What a backup has to be.
func TestAStoreThatIsWholeIsVerified(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "accord.db")
	if err := sqlite.Verify(ctx, path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
	s := serve(t, path)
	for range 50 {
		if err := insert(s, strings.Repeat("kept", 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := sqlite.Verify(ctx, path); err == nil || !strings.Contains(err.Error(), "another process has the store open") {
		t.Errorf("in use: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before := contents(t, folder)
	if err := sqlite.Verify(ctx, path); err != nil {
		t.Error(err)
	}
	if !maps.Equal(before, contents(t, folder)) {
		t.Error("verifying changed something")
	}
	write(t, path+"-wal", []byte("changes"))
	if err := sqlite.Verify(ctx, path); err == nil || !strings.Contains(err.Error(), "write-ahead log") {
		t.Errorf("with a log: %v", err)
	}
	if err := os.Remove(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	damage(t, path, 10)
	if err := sqlite.Verify(ctx, path); err == nil || !strings.Contains(err.Error(), "the file is damaged") {
		t.Errorf("damaged: %v", err)
	}
	foreign := filepath.Join(folder, "foreign.db")
	execute(t, foreign, "CREATE TABLE notes (id)")
	if err := sqlite.Verify(ctx, foreign); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("foreign: %v", err)
	}
}

// damage writes over the last pages of a file.
func damage(t *testing.T, path string, pages int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(bytes.Repeat([]byte{0x55}, int(pages)*4096), info.Size()-pages*4096)
	}
	if err != nil {
		t.Fatal(err)
	}
}
