package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"accord/internal/journal"
	"accord/internal/store"
)

// journalOf opens a journal with n records, {"n":0} and so on.
func journalOf(t *testing.T, n int) *journal.Journal {
	t.Helper()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal"), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	for i := range n {
		if err := j.Deliver(t.Context(), []store.Message{{Body: numbered(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func numbered(i int) string { return fmt.Sprintf(`{"n":%d}`, i) }

func records(from, to int) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, numbered(i))
	}
	return all
}

func TestJournalIsReadInPages(t *testing.T) {
	j := journalOf(t, 25)
	var all []string
	from := int64(0)
	for pages := 0; ; pages++ {
		page, next, err := j.Read(from, 7)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			if next != from || pages != 4 {
				t.Errorf("the end is at %d after %d pages, was %d", next, pages, from)
			}
			break
		}
		all, from = append(all, page...), next
	}
	if !slices.Equal(plainRecords(all), records(0, 25)) {
		t.Errorf("read %q", all)
	}
	if err := j.Deliver(t.Context(), []store.Message{{Body: numbered(25)}}); err != nil {
		t.Fatal(err)
	}
	if page, _, err := j.Read(from, 7); err != nil || !slices.Equal(plainRecords(page), records(25, 26)) {
		t.Errorf("after the end: %q, %v", page, err)
	}
}

func TestLastRecordsOfTheJournal(t *testing.T) {
	for _, test := range []struct{ records, limit, from int }{{0, 5, 0}, {1, 5, 0}, {5, 5, 0}, {6, 5, 1}, {120, 5, 115}, {3, 1, 2}} {
		j := journalOf(t, test.records)
		got, next, err := j.Last(test.limit)
		if want := records(test.from, test.records); err != nil || !slices.Equal(plainRecords(got), want) {
			t.Errorf("%d of %d: %q, %v, want %q", test.limit, test.records, got, err, want)
		}
		if page, _, err := j.Read(next, 5); err != nil || len(page) != 0 {
			t.Errorf("after the last: %q, %v", page, err)
		}
	}
}

// Clients can send any position.
func TestPositionsWithinARecordOrBehindTheEnd(t *testing.T) {
	j := journalOf(t, 3)
	_, first, err := j.Read(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := j.Read(first, 1)
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[int64]int{
		1: 1, first - 1: 1, first: 1, first + 1: 2, second - 1: 2, second: 2, second + 1: 3, 1 << 40: 3, 1 << 62: 3,
	} {
		got, _, err := j.Read(from, 10)
		if err != nil || !slices.Equal(plainRecords(got), records(want, 3)) {
			t.Errorf("from %d: %q, %v, want %q", from, got, err, records(want, 3))
		}
	}
}

func TestDamagedRecordsAreLeftOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(path, []byte("{\"n\":0}\n{\"n\"\n{\"n\":1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	if got, _, err := j.Last(10); err != nil || !slices.Equal(plainRecords(got), records(0, 2)) {
		t.Errorf("%q, %v", got, err)
	}
}
