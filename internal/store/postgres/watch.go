package postgres

import (
	"context"
	"database/sql"
	"log/slog"
	"time"
)

const (
	// watchInterval is how often the sessions of others are looked at.
	watchInterval = 30 * time.Second
	// forgotten is the age from which a transaction of another session is named.
	forgotten = "1 min"
)

// watch logs a session of another program that keeps a serializable transaction open, such as
// one left in psql: PostgreSQL keeps what all later transactions have read until it ends, and
// refuses changes when it has no memory left for that. No timeout of ours reaches it. It
// returns when the context ends.
func watch(ctx context.Context, db *sql.DB, log *slog.Logger) {
	named := 0
	for {
		select {
		case <-time.After(watchInterval):
		case <-ctx.Done():
			return
		}
		named = name(ctx, db, forgotten, named, log)
	}
}

// name logs the session with the oldest transaction, unless it was named before, and returns
// its pid.
func name(ctx context.Context, db *sql.DB, age string, named int, log *slog.Logger) int {
	s, err := oldestTransaction(ctx, db, age)
	if err != nil || s == nil || !s.serializable {
		return 0
	}
	if s.pid != named {
		log.Warn("a session keeps a serializable transaction open, and PostgreSQL the locks of all since",
			"session", s.String(), "cure", "SELECT pg_terminate_backend("+s.number()+")")
	}
	return s.pid
}
