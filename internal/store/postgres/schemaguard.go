package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"accord/internal/health"
	"accord/internal/store/engine"
)

// MigrationLock is the number of the advisory lock of the migrations, as an SQL
// expression: one for each schema, because the servers of another schema of the database
// migrate on their own.
var MigrationLock = fmt.Sprintf("(%d # hashtext(COALESCE(current_schema(), ''))::bigint)", lock.DefaultLockID)

// schemaGuard keeps the servers of two programs apart while one of them migrates the
// schema that they share. A migration ends the sessions of all servers after it has taken
// its lock, and a server asks for the version with each new session, under the same lock:
// so a session works with the schema that its server knows, or not at all. Transactions
// ask nothing.
type schemaGuard struct {
	// known is the version that this program has, and active says that the schema has it:
	// before that sessions are for looking.
	known  int64
	active atomic.Bool
	// refused is set when another version was found.
	refused atomic.Pointer[health.NotReady]
}

// lockAttempts and lockInterval are how often, and how far apart, a session tries to get
// the lock of the migrations: two seconds in all, in which a start on a busy machine ends.
const (
	lockAttempts = 100
	lockInterval = 20 * time.Millisecond
)

// refusal is the error of a server whose schema was migrated by a newer program.
func (g *schemaGuard) refusal() error {
	if e := g.refused.Load(); e != nil {
		return e
	}
	return nil
}

// inspect looks at the schema of a new session.
func (g *schemaGuard) inspect(ctx context.Context, conn *pgx.Conn) error {
	if !g.active.Load() {
		return nil
	}
	// A statement of its own: the next one sees what a migration has committed before it
	// gave the lock up. Servers that start at once on a new database have the lock for
	// moments without a migration.
	free := false
	for attempt := 0; !free && attempt < lockAttempts; attempt++ {
		if attempt > 0 {
			select {
			case <-time.After(lockInterval):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock_shared("+MigrationLock+")").Scan(&free); err != nil {
			return err
		}
	}
	if !free {
		return &health.NotReady{Reason: health.Locked, Cure: "wait until the other server has migrated the schema",
			Cause: fmt.Errorf("PostgreSQL: another server migrates the schema or restores a backup")}
	}
	var version int64
	var unlocked bool
	if err := conn.QueryRow(ctx, "SELECT COALESCE(MAX(version_id), 0), pg_advisory_unlock_shared("+MigrationLock+") FROM "+engine.VersionTable).Scan(&version, &unlocked); err != nil {
		return err
	}
	if version == g.known {
		return nil
	}
	refused := &health.NotReady{Reason: health.NewerSchema, Cure: "stop this server, and start the program that the others run",
		Cause: fmt.Errorf("the schema has version %d now, this program has version %d", version, g.known)}
	if version < g.known {
		refused.Reason, refused.Cure = health.Replaced, "start this server again: the database was restored to an older schema"
	}
	g.refused.Store(refused)
	return refused
}

// latest is the newest version among the files of a schema.
func latest(schema fs.FS) (int64, error) {
	files, err := fs.Glob(schema, "*.sql")
	if err != nil || len(files) == 0 {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1])
}

// startSuffix ends the application_name of sessions that migrate or look, and do not serve.
const startSuffix = " (start)"

// sessionChecks is how often sessions are counted that have to end, fifty times a second.
const sessionChecks = 50

// endSessions ends the sessions of the servers that know an older schema, if there is
// something to migrate: those of its own role, by whatever name. New ones wait for the
// lock that the caller has.
func endSessions(ctx context.Context, conn *sql.Conn, known int64, log *slog.Logger) error {
	var made bool
	if err := conn.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", engine.VersionTable).Scan(&made); err != nil || !made {
		return err
	}
	var version int64
	if err := conn.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+engine.VersionTable).Scan(&version); err != nil || version >= known || version == 0 {
		return err // No server serves version 0.
	}
	var left int
	for range sessionChecks {
		var ended int
		if err := conn.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity, pg_sleep(0.02)
			WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND application_name NOT LIKE '%' || $1`,
			startSuffix).Scan(&left, &ended); err != nil {
			return fmt.Errorf("ending the sessions of the servers with the old schema (stop them first): %w", err)
		}
		if left == 0 {
			return nil
		}
		log.Warn("the schema is migrated: the sessions of older servers end", "sessions", left, "version", version, "new version", known)
	}
	return fmt.Errorf("%d sessions of servers with the old schema do not end: stop these servers first", left)
}
