package durability_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/test/process"
	"accord/test/require"
)

// digest is a sum of all rows of a file, but for what the store says of itself, which differs
// in one that was restored.
func digest(path string) (string, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	names, err := db.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('meta', 'schema_version') ORDER BY name")
	if err != nil {
		return "", err
	}
	defer func() { _ = names.Close() }()
	var tables []string
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			return "", err
		}
		tables = append(tables, name)
	}
	if err := names.Err(); err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, table := range tables {
		if err := digestTable(db, table, sum); err != nil {
			return "", fmt.Errorf("%s: %w", table, err)
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

func digestTable(db *sql.DB, table string, sum io.Writer) error {
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		fmt.Fprintln(sum, table, values)
	}
	return rows.Err()
}

// What a killed command leaves where a store is expected.
const (
	nothing = "nothing"
	refused = "refused"
	half    = "half of a copy, which is served"
)

func openStore(path string) (*store.Store, error) {
	return store.Open(context.Background(), "sqlite:"+path, store.Options{Clock: &clock.System{}, Source: ident.NewSource()})
}

// found judges what is at a path. whole are the digests of what may be served, by name.
func found(t *testing.T, path string, whole map[string]string) string {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nothing
	}
	s, err := openStore(path)
	if err != nil {
		if !strings.Contains(err.Error(), path) {
			t.Errorf("the refusal does not name the file: %v", err)
		}
		return refused
	}
	if err := s.Close(); err != nil {
		return half + ": " + err.Error()
	}
	sum, err := digest(path)
	if name, known := whole[sum]; known && err == nil {
		return name
	}
	return half
}

// killedStore makes a store of a server that was killed, with changes, and a backup of it
// before the last ones.
func killedStore(t *testing.T, folder string) (path, backup string) {
	t.Helper()
	path, backup = filepath.Join(folder, "accord.db"), filepath.Join(folder, "accord.backup")
	s := serveFile(t, process.Program(t), path)
	callers := callersOf(s.url)
	defer callers.close()
	c := startChanging(t, callers.as(manager))
	for range 200 {
		c.change()
	}
	if out, err := exec.Command(process.Program(t), "backup", backup, "--store", "sqlite:"+path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for range 50 {
		c.change()
	}
	if err := s.kill(); err != nil {
		t.Fatal(err)
	}
	return path, backup
}

// shoutRecords changes many rows of a store that is stopped, each in its place.
func shoutRecords(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec("UPDATE outbox SET body = upper(body)"); err != nil {
		t.Fatal(err)
	}
}

func copyStore(t *testing.T, from, to string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm", ".open"} {
		if err := copyFile(from+suffix, to+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// changesOfFiles are the calls of the system by which a command changes files.
var changesOfFiles = []string{"openat", "write", "pwrite64", "fsync,fdatasync", "ftruncate", "rename,renameat,renameat2", "link,linkat", "unlink,unlinkat", "fchmod,fchmodat,fchown"}

// killedAt runs a command that the kernel kills at a call of the system, the nth of the
// thread that makes it, and reports whether it was killed.
func killedAt(t *testing.T, strace, calls string, n int, command ...string) bool {
	t.Helper()
	args := append([]string{"-f", "-qq", "-o", os.DevNull, "-e", "trace=" + calls,
		"-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", calls, n)}, command...)
	err := exec.Command(strace, args...).Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return err != nil
}

// TestAKilledRestoreLeavesNothingHalf: no file, one that is refused, or a whole state. The
// control is a copy that is written in place, killed in the same way.
func TestAKilledRestoreLeavesNothingHalf(t *testing.T) {
	require.Long(t)
	t.Parallel()
	strace := require.Tool(t, "strace")
	folder := t.TempDir()
	killed, backup := killedStore(t, folder)
	program := process.Program(t)
	whole, copied := map[string]string{}, filepath.Join(folder, "copied.db")
	if out, err := exec.Command(program, "restore", backup, "--store", "sqlite:"+copied).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	old := filepath.Join(folder, "old.db")
	copyStore(t, killed, old)
	for name, path := range map[string]string{"the backup": copied, "the old store": old} {
		sum, err := digest(path)
		if err != nil {
			t.Fatal(err)
		}
		whole[sum] = name
	}
	require.That(t, killedAt(t, strace, "openat", 1, program, "restore", backup, "--store", "sqlite:"+filepath.Join(folder, "first.db")), "permission to trace processes")
	tally := func(prepare func(path string), command func(path string) []string) (kills int, seen map[string]int) {
		seen = map[string]int{}
		for _, calls := range changesOfFiles {
			for n := 1; n < 600; n++ {
				path := filepath.Join(t.TempDir(), "accord.db")
				prepare(path)
				if !killedAt(t, strace, calls, n, command(path)...) {
					break
				}
				kills++
				seen[found(t, path, whole)]++
			}
		}
		return kills, seen
	}
	kills, total := 0, map[string]int{}
	for what, prepare := range map[string]func(path string){
		"no store":                   func(string) {},
		"a store of a killed server": func(path string) { copyStore(t, killed, path) },
	} {
		n, seen := tally(prepare, func(path string) []string {
			return []string{program, "restore", backup, "--store", "sqlite:" + path, "--force"}
		})
		if seen[half] > 0 {
			t.Errorf("over %s: %v", what, seen)
		}
		kills += n
		for name, count := range seen {
			total[name] += count
		}
	}
	// The control: a file of the stopped store that is copied back in place, over a later
	// state with the same pages. Between files with other pages SQLite sees that one is half.
	stopped, err := openStore(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := stopped.Close(); err != nil {
		t.Fatal(err)
	}
	later := filepath.Join(folder, "later.db")
	copyStore(t, old, later)
	for name, path := range map[string]string{"the old store": old, "the later store": later} {
		if name == "the later store" {
			shoutRecords(t, path)
		}
		sum, err := digest(path)
		if err != nil {
			t.Fatal(err)
		}
		whole[sum] = name
	}
	control, inPlace := tally(func(path string) { copyStore(t, later, path) }, func(path string) []string {
		return []string{"dd", "if=" + old, "of=" + path, "bs=4k", "conv=notrunc"}
	})
	if kills < 5 || inPlace[half] == 0 {
		t.Errorf("%d kills; of %d copies in place that were killed none was bad: this test shows nothing", kills, control)
	}
	t.Logf("evidence: %d kills of accord restore at a call of the system left %v; control: %d kills of a copy that is written in place left %v", kills, total, control, inPlace)
}
