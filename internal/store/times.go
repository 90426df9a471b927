package store

import (
	"database/sql"
	"time"
)

// Micros is an instant as it is stored: microseconds since 1970, and "never" as NULL.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// currentTime is the instant of a transaction as an argument. It differs from one to
// the next, so that results that depend on it are not cached.
type currentTime int64

// Instant is the instant that Micros stores.
func Instant(us int64) time.Time { return time.UnixMicro(us).UTC() }

// NullMicros is Micros for an instant that may be zero, which is NULL.
func NullMicros(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

// NullInstant is the instant that NullMicros stores.
func NullInstant(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return Instant(us.Int64)
}
