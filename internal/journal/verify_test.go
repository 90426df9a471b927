package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/internal/journal"
	"accord/internal/store"
	"accord/test/require"
)

// written makes a journal of n records in which every third is a direct one, and returns
// its lines.
func written(t *testing.T, path string, n int) (lines []string, known journal.Known) {
	t.Helper()
	j, err := journal.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= n; i++ {
		if i%3 == 0 {
			j.Record(record(-i))
			continue
		}
		known.Last++
		if err := j.Deliver(t.Context(), []store.Message{{Body: record(i), Number: known.Last}}); err != nil {
			t.Fatal(err)
		}
	}
	known.Journals = []store.Journal{j.Position()}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(strings.Lines(content(t, path))), known
}

func save(t *testing.T, path string, lines []string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestVerifyFindsEachChange makes each change to a whole journal, at each place. The
// negative control is the file as it was, in which nothing is found.
func TestVerifyFindsEachChange(t *testing.T) {
	folder := t.TempDir()
	lines, known := written(t, filepath.Join(folder, "journal"), require.Amount(12, 40, 40))
	edited := func(at int, change func(lines []string, at int) []string) []string {
		return change(slices.Clone(lines), at)
	}
	forged := func(l []string, at int) []string {
		l[at] = strings.Replace(l[at], `"eventID":"`, `"eventID":"7`, 1)
		return l
	}
	changes := map[string]struct {
		change func(lines []string, at int) []string
		says   string
		// tail is found by what the store knows alone; the last lines have no neighbor.
		last, tail bool
	}{
		"a changed record":       {forged, "does not have its hash", true, false},
		"a removed record":       {func(l []string, at int) []string { return slices.Delete(l, at, at+1) }, "missing", false, false},
		"an inserted record":     {func(l []string, at int) []string { return slices.Insert(l, at, record(99)+"\n") }, "no chain", false, false},
		"a record that is twice": {func(l []string, at int) []string { return slices.Insert(l, at, l[at]) }, "moved or repeated", true, false},
		"two swapped records":    {func(l []string, at int) []string { l[at], l[at+1] = l[at+1], l[at]; return l }, "missing", false, false},
		"a record without its end": {func(l []string, at int) []string {
			l[at] = plain(l[at])
			return l
		}, "chain", false, false},
		"an end that is missing": {func(l []string, at int) []string { return l[:at+1] }, "the end is missing", false, true},
	}
	for name, test := range changes {
		found, places := 0, 0
		for at := range lines {
			if at == 0 || at == len(lines)-1 && !test.last {
				continue
			}
			if test.tail && at >= len(lines)-2 {
				continue
			}
			places++
			path := save(t, filepath.Join(folder, "edited"), edited(at, test.change))
			alone, err := journal.Verify([]string{path}, nil)
			if err != nil {
				t.Fatal(err)
			}
			report, err := journal.Verify([]string{path}, &known)
			if err != nil {
				t.Fatal(err)
			}
			if test.tail && alone.Problems != nil {
				t.Errorf("%s at %d: without the store %q", name, at+1, alone.Problems)
			}
			if strings.Contains(strings.Join(report.Problems, "\n"), test.says) {
				found++
			} else {
				t.Errorf("%s at line %d: %q", name, at+1, report.Problems)
			}
		}
		t.Logf("evidence: %s: found at %d of %d places", name, found, places)
	}
	whole, err := journal.Verify([]string{filepath.Join(folder, "journal")}, &known)
	if err != nil || whole.Problems != nil || !whole.Complete() || whole.Notes != nil || whole.Records != len(lines) || whole.Last != known.Last {
		t.Errorf("the journal as it was written: %+v, %v", whole, err)
	}
	t.Logf("evidence: control, the file as it was written: %d problems", len(whole.Problems))
}

// A chain that was computed anew fits in itself, but is not the one that the store
// knows.
func TestVerifyFindsAChainThatWasWrittenAnew(t *testing.T) {
	folder := t.TempDir()
	_, known := written(t, filepath.Join(folder, "journal"), 10)
	forgery := filepath.Join(folder, "forgery")
	j, err := journal.Open(forgery, options)
	if err != nil {
		t.Fatal(err)
	}
	deliver(t, j, record(1), record(2), record(3), record(4), record(5), record(6), record(7))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(content(t, forgery), j.Position().ID, known.Journals[0].ID)
	report, err := journal.Verify([]string{save(t, forgery, []string{text})}, &known)
	if err != nil || len(report.Problems) == 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

// Files of two servers, each rotated, in any order; a record that was delivered by both.
func TestVerifyReadsTheFilesOfSeveralServers(t *testing.T) {
	folder := t.TempDir()
	var files []string
	known := journal.Known{DeliveryState: store.DeliveryState{Last: 12, Waiting: []int64{12}}}
	for server, numbers := range [][]int64{{1, 2, 5, 6, 9}, {3, 4, 6, 7, 8, 10, 11}} {
		path := filepath.Join(folder, fmt.Sprint("journal", server))
		j := open(t, path, options)
		for i, n := range numbers {
			if i == 2 {
				if err := os.Rename(path, path+".old"); err != nil {
					t.Fatal(err)
				}
			}
			if err := j.Deliver(t.Context(), []store.Message{{Body: record(int(n)), Number: n}}); err != nil {
				t.Fatal(err)
			}
		}
		known.Journals = append(known.Journals, j.Position())
		files = append(files, path, path+".old")
	}
	report, err := journal.Verify(files, &known)
	if err != nil || !report.Complete() || report.Notes != nil || report.Chains != 2 || report.Repeated != 1 {
		t.Errorf("all files: %+v, %v", report, err)
	}
	for i := range files {
		rest := slices.Delete(slices.Clone(files), i, i+1)
		if report, err = journal.Verify(rest, &known); err != nil || report.Complete() {
			t.Errorf("without %s: %+v, %v", files[i], report, err)
		}
	}
	// The same number for another record: the store went back in time.
	save(t, files[0], []string{content(t, files[0])})
	other := open(t, filepath.Join(folder, "third"), options)
	if err := other.Deliver(t.Context(), []store.Message{{Body: record(77), Number: 7}}); err != nil {
		t.Fatal(err)
	}
	report, err = journal.Verify(append(files, other.Path()), nil)
	if err != nil || !strings.Contains(strings.Join(report.Problems, "\n"), "sequence 7 is another record") {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestVerifyNotesRecordsOfAnOlderProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	save(t, path, []string{record(1) + "\n", record(2) + "\n"})
	deliver(t, open(t, path, options), record(3))
	report, err := journal.Verify([]string{path}, nil)
	if err != nil || report.Problems != nil || len(report.Missing) != 1 || report.Records != 3 {
		t.Errorf("%+v, %v", report, err)
	}
}

// The files of one of two servers are whole by themselves, and not complete: what the
// other one has delivered is in its files. The control is a store that knows one server.
func TestFilesOfOneServerAreWholeAndNotComplete(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal"), options)
	for _, n := range []int{1, 2, 5, 6} {
		if err := j.Deliver(t.Context(), numberedMessage(n)); err != nil {
			t.Fatal(err)
		}
	}
	known := journal.Known{DeliveryState: store.DeliveryState{Last: 6, Journals: []store.Journal{j.Position()}}, Chain: j.Position().ID}
	control, err := journal.Verify([]string{j.Path()}, &known)
	if err != nil || len(control.Problems) != 1 {
		t.Errorf("the control: %+v, %v", control, err)
	}
	known.Journals = append(known.Journals, store.Journal{ID: "another", Entries: 2, Hash: "x"})
	report, err := journal.Verify([]string{j.Path()}, &known)
	if err != nil || report.Problems != nil || report.Complete() || len(report.Missing) != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}
