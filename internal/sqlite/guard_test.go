package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lossy are what happens to the files of a running server, and what it has to notice.
var lossy = map[string]struct {
	act  func(path string) error
	want error
}{
	"the file is removed":    {os.Remove, ErrReplaced},
	"all files are removed":  {removeAll, ErrReplaced},
	"the log is removed":     {func(path string) error { return os.Remove(path + "-wal") }, ErrReplaced},
	"the index is removed":   {func(path string) error { return os.Remove(path + "-shm") }, ErrReplaced},
	"the file is renamed":    {func(path string) error { return os.Rename(path, path+".moved") }, ErrReplaced},
	"the folder is renamed":  {func(path string) error { return os.Rename(filepath.Dir(path), filepath.Dir(path)+".moved") }, ErrReplaced},
	"the file is replaced":   {replace, ErrReplaced},
	"the file is emptied":    {func(path string) error { return os.Truncate(path, 0) }, ErrTruncated},
	"the file is cut":        {func(path string) error { return os.Truncate(path, 8192) }, ErrTruncated},
	"the log is emptied":     {func(path string) error { return os.Truncate(path+"-wal", 0) }, ErrTruncated},
	"half of the log is cut": {halve, ErrTruncated},
}

func removeAll(path string) error {
	return errors.Join(os.Remove(path), os.Remove(path+"-wal"), os.Remove(path+"-shm"))
}

func replace(path string) error {
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path+".new", content, 0o600)
	}
	return errors.Join(err, os.Rename(path+".new", path))
}

func halve(path string) error {
	info, err := os.Stat(path + "-wal")
	if err != nil {
		return err
	}
	return os.Truncate(path+"-wal", info.Size()/2)
}

// TestNothingIsWrittenIntoLostFiles: after the loss no change is acknowledged. Without the
// guard all are.
func TestNothingIsWrittenIntoLostFiles(t *testing.T) {
	total := map[bool]int{}
	for what, c := range lossy {
		for _, guarded := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, guarded %v", what, guarded), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "folder", "test.db")
				if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				db, err := Open(path, Options{Pragmas: []string{"journal_mode(WAL)", "synchronous(OFF)"}, Readers: 2, Guarded: guarded})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = db.Close() }()
				put := func(n int) error {
					return db.Update(t.Context(), func(c *Conn) error {
						_, err := c.Exec(`INSERT INTO t VALUES ($1)`, []any{fmt.Sprint(n, strings.Repeat("x", 3000))})
						return err
					})
				}
				if err := db.Update(t.Context(), func(c *Conn) error {
					_, err := c.Exec(`CREATE TABLE t (v)`, nil)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				// The first half is in the file, the second in the log.
				for n := range 40 {
					if n == 20 {
						if _, err := db.Pragma("wal_checkpoint"); err != nil {
							t.Fatal(err)
						}
					}
					if err := put(n); err != nil {
						t.Fatal(err)
					}
				}
				if err := db.Compare(); err != nil {
					t.Fatalf("before: %v", err)
				}
				if err := c.act(path); err != nil {
					t.Fatal(err)
				}
				// The names are compared from time to time, as the watch does; sizes with each commit.
				if errors.Is(c.want, ErrReplaced) {
					_ = db.Compare()
				}
				acknowledged := 0
				for n := range 10 {
					err := put(n)
					if err == nil {
						acknowledged++
					} else if guarded && !errors.Is(err, c.want) {
						t.Errorf("%v, want %v", err, c.want)
					}
				}
				total[guarded] += acknowledged
				if guarded && acknowledged > 0 {
					t.Errorf("%d changes were acknowledged", acknowledged)
				}
				if !guarded && acknowledged == 0 && !strings.Contains(what, "the file is") {
					t.Errorf("without the guard nothing was acknowledged either: this test shows nothing")
				}
				if err := db.Compare(); guarded && !errors.Is(err, c.want) {
					t.Errorf("the comparison says %v", err)
				}
			})
		}
	}
	t.Logf("evidence: %d ways to lose a file: %d changes acknowledged afterwards, and %d without the guard", len(lossy), total[true], total[false])
}
