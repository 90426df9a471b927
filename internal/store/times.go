package store

import (
	"database/sql"
	"time"
)

// Instants are stored as microseconds since 1970, and "never" as NULL.

func micros(t time.Time) int64 { return t.UnixMicro() }

// currentTime is the instant of a transaction as an argument. It differs from one to
// the next, so that results that depend on it are not cached.
type currentTime int64

func instant(us int64) time.Time { return time.UnixMicro(us).UTC() }

func nullMicros(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

func nullInstant(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return instant(us.Int64)
}
