package clock_test

import (
	"testing"
	"time"

	"accord/internal/clock"
)

func TestDurationsMayBeginWithDays(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"15d": 15 * day, "1d12h": 36 * time.Hour, "0d": 0, "-2d": -2 * day, "+1d": day, "-1d6h": -30 * time.Hour,
		"90m": 90 * time.Minute, "1h30m": 90 * time.Minute, "0": 0, "-1h": -time.Hour, "106751d": 106751 * day,
	} {
		if got, err := clock.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "15", "1.5d", "15d15", "1d-1h", "1d+1h", "1h1d", "1d1d", "106752d", "106751d48h", "9999999d", "15D"} {
		if got, err := clock.ParseDuration(text); err == nil {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}

func TestInstantsMayBeDates(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-12-24":                time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC),
		"2026-12-24T12:00:00Z":      time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC),
		"2026-12-24T12:00:00+01:00": time.Date(2026, 12, 24, 11, 0, 0, 0, time.UTC),
	} {
		if got, err := clock.ParseInstant(text); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "tomorrow", "2026-13-01", "2026-12-24 12:00"} {
		if got, err := clock.ParseInstant(text); err == nil {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}
