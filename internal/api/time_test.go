package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"accord/internal/api"
)

func TestTimesAreSecondsWithThreeDecimals(t *testing.T) {
	for want, at := range map[string]time.Time{
		"0.000":            time.Unix(0, 0),
		"1482952459.257":   time.UnixMilli(1482952459257),
		"1482952459.001":   time.Unix(1482952459, 1_999_999),
		"1482952459.999":   time.Unix(1482952459, 999_999_999),
		"-0.001":           time.UnixMilli(-1),
		"-1.500":           time.UnixMilli(-1500),
		"253402300799.999": time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC),
		"-62135596800.000": time.Time{},
		"1767225600.000":   time.Date(2026, 1, 1, 1, 0, 0, 0, time.FixedZone("", 3600)),
		"1767225600.123":   time.Date(2026, 1, 1, 0, 0, 0, 123456789, time.UTC),
	} {
		got, err := json.Marshal(api.At(at))
		if err != nil || string(got) != want {
			t.Errorf("%v: %s, %v, want %s", at, got, err, want)
		}
	}
}

func TestTimesAreReadInEveryNumberForm(t *testing.T) {
	at := time.UnixMilli(1482952459257).UTC()
	for text, want := range map[string]time.Time{
		"1482952459.257":     at,
		"1.482952459257E9":   at,
		"1482952459257e-3":   at,
		"1482952459.2570004": at,
		"0":                  time.Unix(0, 0).UTC(),
		"-1.5":               time.UnixMilli(-1500).UTC(),
		"253402300799":       time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		var got api.Time
		if err := got.UnmarshalJSON([]byte(text)); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v, %v, want %v", text, got.Time, err, want)
		}
	}
	for _, text := range []string{
		``, `"1482952459"`, `"2026-01-01T00:00:00Z"`, `null`, `true`, `{}`, `253402300800`, `-253402300800`, `1e400`, `NaN`, `Inf`, `-Infinity`,
	} {
		var got api.Time
		if err := got.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s was read as %v", text, got.Time)
		}
	}
}

func FuzzTimesAreReadBack(f *testing.F) {
	for _, ms := range []int64{0, 1, -1, 999, 1482952459257, 253402300799000, -253402300799000} {
		f.Add(ms)
	}
	f.Fuzz(func(t *testing.T, ms int64) {
		if ms > 253402300799000 || ms < -253402300799000 {
			return
		}
		text, err := api.At(time.UnixMilli(ms)).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var got api.Time
		if err := got.UnmarshalJSON(text); err != nil || got.UnixMilli() != ms {
			t.Errorf("%d ms is written %s and read as %d, %v", ms, text, got.UnixMilli(), err)
		}
	})
}

func FuzzReadingTimes(f *testing.F) {
	for _, text := range []string{"1482952459.257", "1.482952459257E9", "-0", "1e-400", "0x1p-2", "9007199254740993", `"x"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got api.Time
		if got.UnmarshalJSON([]byte(text)) != nil {
			return
		}
		if year := got.Year(); year < -6100 || year > 10000 {
			t.Errorf("%q was read as %v", text, got.Time)
		}
	})
}
