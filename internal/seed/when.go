package seed

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// maxAge bounds an age, and how far an instant lies ahead.
const maxAge = 100 * 365 * 24 * time.Hour

const day = 24 * time.Hour

// At is an instant as a When.
func At(instant time.Time) *When { return &When{At: instant.UTC()} }

// Instant is the instant at a clock.
func (w *When) Instant(clock time.Time) time.Time {
	if w.At.IsZero() {
		return clock.Add(-w.Age).UTC().Truncate(time.Microsecond)
	}
	return w.At
}

// String is the instant, or the age.
func (w *When) String() string {
	if !w.At.IsZero() {
		return w.At.UTC().Format(time.RFC3339Nano)
	}
	age, sign := w.Age, ""
	if age < 0 {
		age, sign = -age, "-"
	}
	days := ""
	if n := age / day; n > 0 {
		days = strconv.FormatInt(int64(n), 10) + "d"
	}
	rest := age % day
	if rest == 0 && days != "" {
		return sign + days
	}
	text := rest.String()
	for _, nothing := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, nothing) {
			text = text[:len(text)-2]
		}
	}
	return sign + days + text
}

// errWhen is what every wrong instant is told.
var errWhen = errors.New(`neither an instant (2026-01-31T12:00:00Z, 2026-01-31) nor an age ("3d", "3d12h", "-2h" for what lies ahead)`)

// ParseWhen reads an instant or an age.
func ParseWhen(s string) (When, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			if t = t.UTC().Truncate(time.Microsecond); t.Year() < 1980 || t.Year() > 2200 {
				return When{}, errors.New("a year from 1980 to 2200 is expected")
			}
			return When{At: t}, nil
		}
	}
	rest, negative := strings.CutPrefix(s, "-")
	var age time.Duration
	if days, after, has := strings.Cut(rest, "d"); has {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || time.Duration(n) > maxAge/day {
			return When{}, errWhen
		}
		age, rest = time.Duration(n)*day, after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || strings.HasPrefix(rest, "+") || strings.HasPrefix(rest, "-") {
			return When{}, errWhen
		}
		age += d
	} else if age == 0 && s != "0d" {
		return When{}, errWhen
	}
	if age = age.Truncate(time.Microsecond); age > maxAge {
		return When{}, errors.New("100 years are the limit of an age")
	}
	if negative {
		age = -age
	}
	return When{Age: age}, nil
}
