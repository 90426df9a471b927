package config

import (
	"time"

	"github.com/dustin/go-humanize"

	"accord/internal/clock"
)

// sizeForm describes the sizes that parseSize reads.
const sizeForm = "a size such as 64MiB or 100MB"

// largestSize bounds sizes, so that sums of them do not overflow.
const largestSize = 1 << 60

// parseSize reads a size in bytes. Its unit, if it has one, is of 1000 (KB, MB, GB) or of
// 1024 (KiB, MiB, GiB).
func parseSize(text string) (int64, bool) {
	n, err := humanize.ParseBytes(text)
	return int64(n), err == nil && n <= largestSize //nolint:gosec // 60 bits
}

// parseLimit reads a size that is not 0; "off" is 0.
func parseLimit(text string) (int64, bool) {
	if text == "off" {
		return 0, true
	}
	n, ok := parseSize(text)
	return n, ok && n > 0
}

// parseAge reads a duration that is not 0; "off" is 0.
func parseAge(text string) (time.Duration, bool) {
	if text == "off" {
		return 0, true
	}
	d, err := clock.ParseDuration(text)
	return d, err == nil && d > 0
}
