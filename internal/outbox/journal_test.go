package outbox_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"accord/internal/clock"
	"accord/internal/outbox"
	"accord/internal/store"
)

// child is what a process does that a test starts; nil in the process of the tests.
var child func() error

func TestMain(m *testing.M) {
	if child == nil {
		goleak.VerifyTestMain(m)
		return
	}
	if err := child(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func messages(bodies ...string) []store.Message {
	all := make([]store.Message, len(bodies))
	for i, body := range bodies {
		all[i].Body = body
	}
	return all
}

// record is a body that says which one it is.
func record(i int) string { return fmt.Sprintf(`{"eventID":"%d"}`, i) }

func journal(t *testing.T, path string) *outbox.Journal {
	t.Helper()
	j, err := outbox.OpenJournal(path, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

func deliver(t *testing.T, j *outbox.Journal, bodies ...string) {
	t.Helper()
	if err := j.Deliver(t.Context(), messages(bodies...)); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheJournalIsAppendedToAndPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	j := journal(t, path)
	deliver(t, j, record(1), record(2))
	deliver(t, j, "{\r\n\"eventID\": \"3\"\n}")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = journal(t, path)
	deliver(t, j, record(4))
	same(t, "journal", record(1)+"\n"+record(2)+"\n{  \"eventID\": \"3\" }\n"+record(4)+"\n", content(t, path))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("mode %o", mode)
	}
}

func TestAnIncompleteLastLineIsCompletedOrCut(t *testing.T) {
	long := `{"x":"` + strings.Repeat("y", 300<<10) + `"}`
	for name, test := range map[string]struct{ left, kept string }{
		"nothing":                    {"", ""},
		"whole lines":                {record(1) + "\n" + record(2) + "\n", record(1) + "\n" + record(2) + "\n"},
		"only the break is missing":  {record(1) + "\n" + record(2), record(1) + "\n" + record(2) + "\n"},
		"half a record":              {record(1) + "\n" + record(2)[:7], record(1) + "\n"},
		"half of the first record":   {record(1)[:7], ""},
		"zeros of a lost block":      {record(1) + "\n\x00\x00\x00\x00", record(1) + "\n"},
		"a long line without break":  {record(1) + "\n" + long, record(1) + "\n" + long + "\n"},
		"half a long line":           {record(1) + "\n" + long[:200<<10], record(1) + "\n"},
		"half a long line, no other": {long[:200<<10], ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.ndjson")
			if err := os.WriteFile(path, []byte(test.left), 0o600); err != nil {
				t.Fatal(err)
			}
			deliver(t, journal(t, path), record(9))
			same(t, "journal", test.kept+record(9)+"\n", content(t, path))
		})
	}
}

func TestAFileThatIsNotAJournalIsRefusedAndUnchanged(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"text":    "127.0.0.1 localhost\nhalf",
		"binary":  "\x7fELF" + strings.Repeat("x", 100),
		"endless": "{" + strings.Repeat("x", 20<<20),
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := outbox.OpenJournal(path, quiet); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", name, err)
		}
		if content(t, path) != text {
			t.Errorf("%s was changed", name)
		}
	}
	for _, path := range []string{folder, filepath.Join(folder, "missing", "journal"), "/dev/null"} {
		_, missing := os.Stat(path + ".lock")
		if _, err := outbox.OpenJournal(path, quiet); err == nil {
			t.Errorf("%s: accepted", path)
		}
		if _, err := os.Stat(path + ".lock"); err == nil && missing != nil {
			t.Errorf("%s has a lock now", path)
		}
	}
}

func TestAJournalHasOneWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	journal(t, path)
	if _, err := outbox.OpenJournal(path, quiet); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("error %v", err)
	}
}

func TestDirectRecordsAreWrittenSoonAndBeforeLaterMessages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	j := journal(t, path)
	j.Record(record(1))
	deliver(t, j, record(2))
	j.Record(record(3) + "\n")
	want := record(1) + "\n" + record(2) + "\n" + record(3) + " \n"
	for deadline := time.Now().Add(time.Minute); content(t, path) != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("journal:\n%s", content(t, path))
		}
	}
	j.Record(record(4))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j.Record(record(5))
	same(t, "after the end", want+record(4)+"\n", content(t, path))
	if err := j.Deliver(t.Context(), messages(record(6))); err == nil {
		t.Error("a closed journal accepted a message")
	}
}

func TestARotatedJournalIsOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	j := journal(t, path)
	deliver(t, j, record(1))
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := j.Reopen(); err != nil {
		t.Fatal(err)
	}
	deliver(t, j, record(2))
	same(t, "the rotated file", record(1)+"\n", content(t, path+".1"))
	same(t, "the new file", record(2)+"\n", content(t, path))
}

// A burst that is faster than the disk costs records, not memory and not time.
func TestDirectRecordsAreDroppedRatherThanBlocking(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	var log strings.Builder
	j, err := outbox.OpenJournal(path, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	big := `{"x":"` + strings.Repeat("y", 1<<20) + `"}`
	const burst = 2000
	for range burst {
		j.Record(big)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(content(t, path), "\n")
	if lines == 0 || lines == burst || len(content(t, path)) != lines*(len(big)+1) {
		t.Errorf("%d whole lines of %d", lines, burst)
	}
	if !strings.Contains(log.String(), "were lost") {
		t.Errorf("log: %s", log.String())
	}
}

// The worker crashes after each delivery; the journal has each record, in order, some
// twice.
func TestNoRecordIsLostOverRestarts(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "journal.ndjson")
	c := clock.NewVirtual(start)
	const restarts = 5
	for i := range restarts {
		commits := 0
		s := open(t, "sqlite:"+filepath.Join(folder, "accord.db"), c, store.Options{BeforeCommit: func() error {
			if commits++; commits > 3 {
				return errors.New("gone")
			}
			return nil
		}})
		write(t, s, "record", record(2*i), record(2*i+1))
		j, err := outbox.OpenJournal(path, quiet)
		if err != nil {
			t.Fatal(err)
		}
		d := outbox.New(s, quiet, outbox.Options{})
		d.Sink("record", j)
		if err := d.Flush(t.Context()); err == nil {
			t.Error("did not crash")
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		closed(t, s)
	}
	seen, next := map[string]bool{}, 0
	lines := bufio.NewScanner(strings.NewReader(content(t, path)))
	for lines.Scan() {
		if !json.Valid(lines.Bytes()) {
			t.Errorf("line %q", lines.Text())
		}
		if !seen[lines.Text()] {
			same(t, "next new record", record(next), lines.Text())
			seen[lines.Text()] = true
			next++
		}
	}
	same(t, "records", 2*restarts, next)
}
