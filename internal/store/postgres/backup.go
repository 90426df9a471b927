package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"accord/internal/store/engine"
)

// backup runs pg_dump on a snapshot, so that what look sees is what is in the dump. The
// lock of the migrations keeps the schema as it is meanwhile.
func backup(ctx context.Context, storeURL string, o engine.Options, path string, look func(engine.Engine, engine.Session) error) (err error) {
	opened, err := open(ctx, storeURL, o)
	if err != nil {
		return err
	}
	e := opened.(*postgresEngine)
	defer func() { err = errors.Join(err, e.Close()) }()
	conn, err := e.start.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock_shared("+MigrationLock+")"); err != nil {
		return err
	}
	return e.View(ctx, func(s engine.Session) error {
		// The session waits for pg_dump, and then reads everything.
		for _, timeout := range []string{"idle_in_transaction_session_timeout", "statement_timeout"} {
			if err := s.ExecDeferred("SET LOCAL "+timeout+" = 0", nil); err != nil {
				return err
			}
		}
		snapshot, err := text(s, "SELECT pg_export_snapshot()")
		if err != nil {
			return err
		}
		if err := runTool(ctx, storeURL, o.PasswordFile, nil, "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
			"--snapshot="+snapshot, "--file="+path); err != nil {
			return err
		}
		return look(e, s)
	})
}

// text reads the only row of a query.
func text(s engine.Session, query string) (value string, err error) {
	rows, err := s.Query(query, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		err = rows.Scan(&value)
	}
	return value, errors.Join(err, rows.Err())
}

// restore runs pg_restore in one transaction on an empty schema. Old tables keep their
// data in a schema of another name.
func restore(ctx context.Context, storeURL string, o engine.Options, copied io.Reader, overwrite bool, accept func(engine.Engine) error) (kept string, err error) {
	opened, err := open(ctx, storeURL, o)
	if err != nil {
		return "", err
	}
	e := opened.(*postgresEngine)
	defer func() { err = errors.Join(err, e.Close()) }()
	// It keeps servers from starting: they wait for it before they migrate.
	conn, err := e.start.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := (migrationLock{e.options.Wait, e.options.Log, 0}).SessionLock(ctx, conn); err != nil {
		return "", err
	}
	e.pool.Reset()
	t := target{conn: conn}
	if err := t.look(ctx); err != nil {
		return "", err
	}
	if len(t.relations) > 0 && !overwrite {
		return "", fmt.Errorf("the schema %s of the database holds %s already; --force renames the schema and restores into a new one", t.schema, t.relations[0])
	}
	if len(t.relations) > 0 {
		if kept, err = t.setAside(ctx); err != nil {
			return "", err
		}
	}
	if err = runTool(ctx, storeURL, o.PasswordFile, copied, "pg_restore", "--single-transaction", "--no-owner", "--no-privileges"); err == nil {
		err = accept(e)
	}
	if err != nil {
		return "", errors.Join(err, t.undo(context.WithoutCancel(ctx), kept))
	}
	if kept != "" {
		kept = "the schema " + kept + " of the same database"
	}
	return kept, nil
}

// target is the schema into which a copy is restored.
type target struct {
	conn *sql.Conn
	// schema is its name, and relations are its tables and sequences before.
	schema    string
	relations []string
}

// look refuses a database that others are connected to, and reads what is in it.
func (t *target) look(ctx context.Context) error {
	var others int
	var names sql.NullString
	// Sessions that were closed just now need a moment.
	for range sessionChecks {
		// Workers of the database itself have no user.
		err := t.conn.QueryRowContext(ctx, `SELECT COUNT(*), STRING_AGG(DISTINCT usename || ' ' || application_name, ', ')
			FROM pg_stat_activity, pg_sleep(0.02)
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL`).Scan(&others, &names)
		if err != nil {
			return err
		}
		if others == 0 {
			break
		}
	}
	if others > 0 {
		return fmt.Errorf("the database is in use: stop all servers first; it has %d other sessions (%s)", others, names.String)
	}
	if err := t.conn.QueryRowContext(ctx, "SELECT current_schema()").Scan(&t.schema); err != nil {
		return fmt.Errorf("the database has no schema to restore into: %w", err)
	}
	relations, err := t.list(ctx)
	t.relations = relations
	return err
}

// list returns the tables, views and sequences of the schema, as "TABLE name".
func (t *target) list(ctx context.Context) (names []string, err error) {
	rows, err := t.conn.QueryContext(ctx, `SELECT CASE c.relkind WHEN 'v' THEN 'VIEW ' WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'S') ORDER BY c.relkind, c.relname`, t.schema)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// setAside renames the schema and makes an empty one of its name.
func (t *target) setAside(ctx context.Context) (kept string, err error) {
	if err := t.conn.QueryRowContext(ctx, `SELECT $1 || '_replaced_' || COUNT(*) + 1 FROM pg_namespace
		WHERE nspname LIKE $1 || '\_replaced\_%'`, t.schema).Scan(&kept); err != nil {
		return "", err
	}
	err = t.run(ctx, "BEGIN; ALTER SCHEMA "+quoted(t.schema)+" RENAME TO "+quoted(kept)+"; CREATE SCHEMA "+quoted(t.schema)+"; COMMIT")
	if err != nil {
		_ = t.run(ctx, "ROLLBACK")
		return "", fmt.Errorf("renaming the schema %s (restore into an empty database instead): %w", t.schema, err)
	}
	return kept, nil
}

// undo removes what a restore that failed has left, and gives the schema its name back.
func (t *target) undo(ctx context.Context, kept string) error {
	if kept != "" {
		return t.run(ctx, "BEGIN; DROP SCHEMA "+quoted(t.schema)+" CASCADE; ALTER SCHEMA "+quoted(kept)+" RENAME TO "+quoted(t.schema)+"; COMMIT")
	}
	// It was empty.
	rest, err := t.list(ctx)
	for _, name := range rest {
		err = errors.Join(err, t.run(ctx, "DROP "+name+" CASCADE"))
	}
	return err
}

func (t *target) run(ctx context.Context, statements string) error {
	return t.conn.Raw(func(driver any) error {
		_, err := driver.(interface{ Conn() *pgx.Conn }).Conn().PgConn().Exec(ctx, statements).ReadAll()
		return err
	})
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// runTool runs a program of PostgreSQL on the database of a store. The password is in a
// variable: everybody on the machine can read a command line.
func runTool(ctx context.Context, storeURL, passwordFile string, in io.Reader, name string, args ...string) error {
	address, password, err := libpqAddress(storeURL)
	if err == nil && passwordFile != "" {
		var text []byte
		text, err = os.ReadFile(passwordFile)
		password = strings.TrimRight(string(text), "\r\n")
	}
	if err != nil {
		return err
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("%s is not installed here, and makes or reads the backup of a PostgreSQL store; where it is: %s",
			name, byHand(name, address))
	}
	c := exec.CommandContext(ctx, path, append(args, "--dbname="+address)...)
	var said bytes.Buffer
	c.Stdin, c.Stderr, c.Env = in, &said, os.Environ()
	if password != "" {
		c.Env = append(c.Env, "PGPASSWORD="+password)
	}
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(said.String()))
	}
	return nil
}

// byHand is the command for a machine that has the program.
func byHand(name, address string) string {
	if name == "pg_dump" {
		return "pg_dump --format=custom --no-owner --no-privileges --file=FILE '" + address + "'"
	}
	return "pg_restore --single-transaction --no-owner --no-privileges --dbname='" + address + "' FILE"
}

// ours are the parameters of a URL that only this program's driver knows.
var ours = []string{"password", "default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity"}

// libpqAddress returns the URL of a store as the programs of PostgreSQL read it, without
// the password.
func libpqAddress(storeURL string) (address, password string, err error) {
	u, err := url.Parse(storeURL)
	if err != nil {
		return "", "", &engine.URLError{URL: storeURL, Message: "cannot be read"}
	}
	query := u.Query()
	password = query.Get("password")
	for name := range query {
		if strings.HasPrefix(name, "pool_") || slices.Contains(ours, name) {
			query.Del(name)
		}
	}
	u.RawQuery = query.Encode()
	if u.User != nil {
		if p, set := u.User.Password(); set {
			password = p
		}
		u.User = url.User(u.User.Username())
	}
	return u.String(), password, nil
}
