package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

// postgresEngine keeps everything in a PostgreSQL database, which several
// servers may share.
type postgresEngine struct {
	// db is for the migrations and the checks of the start.
	db   *sql.DB
	pool *pgxpool.Pool
	gate gate
}

// commitTime bounds the wait for an answer to COMMIT. A client that gives up
// does not shorten it: that would cancel the commit itself.
const commitTime = 15 * time.Second

func openPostgres(ctx context.Context, address string) (engine, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil || misread(address) {
		// The driver's error repeats the address, and with it the password.
		return nil, &URLError{address, "cannot be read; in a password the signs @ / # ? % are written %40 %2F %23 %3F %25"}
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "accord"
	}
	e := &postgresEngine{db: stdlib.OpenDB(*config)}
	e.db.SetMaxIdleConns(0)
	pooled, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.Join(&URLError{address, "cannot be read"}, e.close())
	}
	pooled.ConnConfig.RuntimeParams["application_name"] = config.RuntimeParams["application_name"]
	pooled.MaxConns = 20
	if e.pool, err = pgxpool.NewWithConfig(ctx, pooled); err == nil {
		err = e.pool.Ping(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reaching the store: %w", err), e.close())
	}
	return e, nil
}

// misread reports whether an address has a user, but is taken for one without:
// its password holds a sign that ends the host's name, which would then be
// looked up somewhere.
func misread(address string) bool {
	u, err := url.Parse(address)
	return err != nil || u.User == nil && strings.Contains(address, "@")
}

// withoutPassword is an address as people may see it: who, where, which database.
// A password can hide in the parameters too, and in what is no URL at all.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil || misread(address) || u.Scheme == "" && strings.Contains(address, "=") {
		return "(unreadable)"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil {
		shown.User = url.User(u.User.Username())
	}
	return shown.String()
}

// retryable: serialisation failure and deadlock. [PostgreSQL: Appendix A]
func (e *postgresEngine) retryable(err error) bool { return lost(err) }

// lost reports whether a transaction lost against others.
func lost(err error) bool {
	code := postgresCode(err)
	return code == "40001" || code == "40P01"
}

func (e *postgresEngine) duplicate(err error) bool { return postgresCode(err) == "23505" }

func postgresCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// columnTypes makes every text compare by its bytes, whatever the locale of the
// database is; otherwise lists would be ordered differently on each engine.
func (e *postgresEngine) columnTypes(schema string) string {
	return strings.ReplaceAll(schema, " TEXT", ` TEXT COLLATE "C"`)
}

func (e *postgresEngine) selfCheck(ctx context.Context) error {
	var recovering bool
	var encoding string
	row := e.db.QueryRowContext(ctx, "SELECT pg_is_in_recovery(), current_setting('server_encoding')")
	if err := row.Scan(&recovering, &encoding); err != nil {
		return err
	}
	if recovering {
		return errors.New("the database is a standby and cannot be written")
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database's encoding is %s, it has to be UTF8", encoding)
	}
	var ordered bool
	row = e.db.QueryRowContext(ctx, `SELECT collation_name = 'C' FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = 'accounts' AND column_name = 'id'`)
	if err := row.Scan(&ordered); err != nil || !ordered {
		return errors.Join(errors.New("the tables do not compare text by its bytes"), err)
	}
	return nil
}

// migrations lets servers that start at once change the schema one by one.
func (e *postgresEngine) migrations(schema fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(database.DialectPostgres, e.db, schema, goose.WithSessionLocker(startLock{}))
}

// startLock is a lock of the database session. It waits in the database; the
// library's own asks again every five seconds, by which the last of four servers
// starts late.
type startLock struct{}

func (startLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock.DefaultLockID)
	return err
}

func (startLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", lock.DefaultLockID)
	return err
}

func (e *postgresEngine) close() error {
	if e.pool != nil {
		e.pool.Close()
	}
	return e.db.Close()
}
