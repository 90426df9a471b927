package journal_test

import (
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/journal"
	"accord/internal/store"
)

// BenchmarkDeliver writes batches of 100 records of 1 kB; the time is mostly that of the
// disk.
func BenchmarkDeliver(b *testing.B) {
	j, err := journal.Open(filepath.Join(b.TempDir(), "journal"), options)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	batch := make([]store.Message, 100)
	for i := range batch {
		batch[i] = store.Message{Body: `{"x":"` + strings.Repeat("y", 1000) + `"}`, Number: int64(i + 1)}
	}
	for b.Loop() {
		if err := j.Deliver(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}
