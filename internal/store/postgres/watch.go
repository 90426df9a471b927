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

// watch notes and logs a session of another program that keeps a serializable transaction open, such as
// one left in psql: PostgreSQL keeps what all later transactions have read until it ends, and
// refuses changes when it has no memory left for that. No timeout of ours reaches it. It also
// logs settings by which changes are lost from now on. It returns when the context ends.
func watch(ctx context.Context, db *sql.DB, log *slog.Logger, note func(*otherSession), settings *durability) {
	named := 0
	for {
		select {
		case <-time.After(watchInterval):
		case <-ctx.Done():
			return
		}
		found := oldestSerializable(ctx, db, forgotten)
		note(found)
		named = name(found, named, log)
		_ = settings.look(ctx, db, log) // A database that does not answer is told elsewhere.
	}
}

// oldestSerializable is the session with the oldest transaction that is older than an age, if
// that is serializable.
func oldestSerializable(ctx context.Context, db *sql.DB, age string) *otherSession {
	s, err := oldestTransaction(ctx, db, age)
	if err != nil || s == nil || !s.serializable {
		return nil
	}
	return s
}

// name logs a session, unless it was named before, and returns its pid.
func name(s *otherSession, named int, log *slog.Logger) int {
	if s == nil {
		return 0
	}
	if s.pid != named {
		log.Warn("a session keeps a serializable transaction open, and PostgreSQL the locks of all since", "session", s.String(), "cure", s.end())
	}
	return s.pid
}
