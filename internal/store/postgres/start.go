package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"
)

// turn is how long one attempt waits at the start, and how often the log says so.
const turn = time.Second

// await calls ping until the database answers, for as long as wait allows and the error is
// one that passes by itself.
func await(ctx context.Context, wait time.Duration, log *slog.Logger, ping func(context.Context) error) error {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		err := ping(ctx)
		if codeOf(err) == protocolViolation && strings.Contains(err.Error(), "startup parameter") {
			return fmt.Errorf("%w: %w", errParameters, err)
		}
		if err == nil || !isAbsent(err) || waiting.Err() != nil {
			return err
		}
		log.Warn("waiting for PostgreSQL", "error", connectError{err}, "at most", wait.String())
		select {
		case <-time.After(turn):
		case <-waiting.Done():
		}
	}
}

// isAbsent reports whether a database cannot be reached yet, or refuses everybody for a
// while. A wrong password and a database that does not exist are not of this kind.
func isAbsent(err error) bool {
	if code := codeOf(err); code != "" {
		return code == tooManyConnections || strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08")
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// migrationLock is an advisory lock by which servers that start at once migrate one after
// the other. It waits in the database; the lock of goose polls every five seconds.
type migrationLock struct {
	wait time.Duration
	log  *slog.Logger
	// known is the version to which the holder will migrate; 0 if it does not.
	known int64
}

func (l migrationLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	waiting, cancel := context.WithTimeout(ctx, l.wait)
	defer cancel()
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("SET lock_timeout = %d", turn.Milliseconds())); err != nil {
		return err
	}
	for {
		_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock("+MigrationLock+")")
		if err == nil {
			_, err = conn.ExecContext(ctx, "RESET lock_timeout")
		}
		if err == nil {
			return endSessions(ctx, conn, l.known, l.log)
		}
		if codeOf(err) != lockNotAvailable {
			return err
		}
		holder := l.holder(ctx, conn)
		if waiting.Err() != nil {
			return fmt.Errorf("another session keeps the lock of the migrations: %s; "+
				"if it is no server that migrates, end it with pg_terminate_backend", holder)
		}
		l.log.Warn("waiting for the lock of the migrations", "holder", holder, "at most", l.wait.String())
	}
}

// holder describes the session that has the lock.
func (l migrationLock) holder(ctx context.Context, conn *sql.Conn) string {
	var s otherSession
	row := conn.QueryRowContext(ctx, "SELECT "+sessionColumns+` FROM pg_stat_activity a JOIN pg_locks l USING (pid)
		WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint << 32 | l.objid::bigint = `+MigrationLock)
	if err := row.Scan(s.columns()...); err != nil {
		return "unknown (" + err.Error() + ")"
	}
	return s.String()
}

func (migrationLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock("+MigrationLock+")")
	return err
}
