package postgres

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// holders finds the sessions that others may wait for. It asks the database at most once
// in a while, because it is asked when many transactions fail.
type holders struct {
	mu   sync.Mutex
	text string
	// recent is true for a while after the last question.
	recent bool
}

const (
	// holdersTimeout bounds a question, and holdersInterval is the time between two.
	holdersTimeout  = 2 * time.Second
	holdersInterval = 5 * time.Second
)

// oldest finds the oldest transaction of another session that is older than those of this
// server can be. The begin of a transaction of another role can be hidden; that there is one
// shows in pg_locks.
const oldest = "SELECT " + sessionColumns + ` FROM pg_stat_activity a
	WHERE a.pid <> pg_backend_pid() AND (a.xact_start < now() - CAST($1 AS interval)
		OR a.xact_start IS NULL AND a.state IS NULL AND EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'virtualxid'))
	ORDER BY a.xact_start LIMIT 1`

// oldestTransaction returns the session with the oldest transaction that is older than an
// age, or nil.
func oldestTransaction(ctx context.Context, db *sql.DB, age string) (*otherSession, error) {
	var s otherSession
	err := db.QueryRowContext(ctx, oldest, age).Scan(s.columns()...)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	return &s, err
}

// describe returns the end of a cure: how to end the oldest transaction; empty if there is
// none, or if the database does not say.
func (h *holders) describe(ctx context.Context, db *sql.DB) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.recent {
		return h.text
	}
	h.recent, h.text = true, ""
	time.AfterFunc(holdersInterval, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.recent = false
	})
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), holdersTimeout)
	defer cancel()
	if s, err := oldestTransaction(ctx, db, "1s"); err == nil && s != nil {
		h.text = ": " + s.String() + "; " + s.end()
	}
	return h.text
}
