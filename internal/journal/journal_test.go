package journal_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/journal"
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

var (
	start = time.Date(2026, 9, 13, 20, 0, 0, 0, time.UTC)
	quiet = slog.New(slog.DiscardHandler)
	// options are those of a journal that is not rotated.
	options = journal.Options{Log: quiet, Source: ident.NewSeededSource(1), Clock: clock.NewVirtual(start)}
)

// member is what a journal adds to a record.
var member = regexp.MustCompile(`,"journal":\{[^}]*\}\}(\n|$)`)

// plain is a text without what the journal adds to its records.
func plain(text string) string { return member.ReplaceAllString(text, "}$1") }

func plainRecords(lines []string) []string {
	var all []string
	for _, line := range lines {
		all = append(all, plain(line))
	}
	return all
}

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func messages(bodies ...string) []store.Message {
	all := make([]store.Message, len(bodies))
	for i, body := range bodies {
		all[i].Body, all[i].Number = body, int64(i+1)
	}
	return all
}

// record is a body that says which one it is.
func record(i int) string { return fmt.Sprintf(`{"eventID":"%d"}`, i) }

func open(t *testing.T, path string, o journal.Options) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path, o)
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

func deliver(t *testing.T, j *journal.Journal, bodies ...string) {
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
	j := open(t, path, options)
	deliver(t, j, record(1), record(2))
	deliver(t, j, "{\r\n\"eventID\": \"3\"\n}")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, path, options)
	deliver(t, j, record(4))
	same(t, "journal", record(1)+"\n"+record(2)+"\n{  \"eventID\": \"3\" }\n"+record(4)+"\n", plain(content(t, path)))
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
			deliver(t, open(t, path, options), record(9))
			same(t, "journal", test.kept+record(9)+"\n", plain(content(t, path)))
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
		if _, err := journal.Open(path, options); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", name, err)
		}
		if content(t, path) != text {
			t.Errorf("%s was changed", name)
		}
	}
	for _, path := range []string{folder, filepath.Join(folder, "missing", "journal"), "/dev/null"} {
		_, missing := os.Stat(path + ".lock")
		if _, err := journal.Open(path, options); err == nil {
			t.Errorf("%s: accepted", path)
		}
		if _, err := os.Stat(path + ".lock"); err == nil && missing != nil {
			t.Errorf("%s has a lock now", path)
		}
	}
}

func TestAJournalHasOneWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	open(t, path, options)
	if _, err := journal.Open(path, options); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("error %v", err)
	}
}

func TestDirectRecordsAreWrittenSoonAndBeforeLaterMessages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	j := open(t, path, options)
	j.Record(record(1))
	deliver(t, j, record(2))
	j.Record(record(3) + "\n")
	want := record(1) + "\n" + record(2) + "\n" + record(3) + "\n"
	for deadline := time.Now().Add(time.Minute); plain(content(t, path)) != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("journal:\n%s", content(t, path))
		}
	}
	j.Record(record(4))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j.Record(record(5))
	same(t, "after the end", want+record(4)+"\n", plain(content(t, path)))
	if err := j.Deliver(t.Context(), messages(record(6))); err == nil {
		t.Error("a closed journal accepted a message")
	}
}

// A burst that is faster than the disk costs records, not memory and not time.
func TestDirectRecordsAreDroppedRatherThanBlocking(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	var log strings.Builder
	o, lost := options, 0
	o.Log, o.Lost = slog.New(slog.NewTextHandler(&log, nil)), func(records int) { lost += records }
	j, err := journal.Open(path, o)
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
	if lines == 0 || lines == burst || plain(content(t, path)) != strings.Repeat(big+"\n", lines) {
		t.Errorf("%d whole lines of %d", lines, burst)
	}
	if lost != burst-lines {
		t.Errorf("%d records are missing, %d were told of", burst-lines, lost)
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
		s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(folder, "accord.db"), store.Options{
			Clock: c, Source: ident.NewSource(), Log: quiet, BeforeCommit: func() error {
				if commits++; commits > 3 {
					return errors.New("gone")
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 2 {
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				return tx.InsertMessage(store.Message{Kind: "record", Body: record(2*i + n)})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		j, err := journal.Open(path, options)
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
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	seen, next := map[string]bool{}, 0
	lines := bufio.NewScanner(strings.NewReader(content(t, path)))
	for lines.Scan() {
		if !json.Valid(lines.Bytes()) {
			t.Errorf("line %q", lines.Text())
		}
		if body := plain(lines.Text()); !seen[body] {
			same(t, "next new record", record(next), body)
			seen[body] = true
			next++
		}
	}
	same(t, "records", 2*restarts, next)
	report, err := journal.Verify([]string{path}, nil)
	if err != nil || report.Problems != nil || report.Last != 2*restarts || report.Repeated == 0 {
		t.Errorf("%+v, %v", report, err)
	}
}
