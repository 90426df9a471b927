package export_test

import (
	"testing"

	"accord/internal/export"
)

// BenchmarkFormats writes an organization of 10,000 accounts.
func BenchmarkFormats(b *testing.B) {
	d := large(10_000, 5)
	for _, f := range export.Formats() {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				b.SetBytes(int64(len(written(b, f.Name, d).Text)))
			}
		})
	}
}
