// Package sqlite keeps a store in a SQLite file that belongs to one process. How
// SQLite is used is in accord/internal/sqlite; this package has the file, its lock
// and the contract of engines.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	_ "modernc.org/sqlite" // The driver of the migrations.

	"accord/internal/sqlite"
	"accord/internal/store/engine"
)

// sqliteEngine is an open file.
type sqliteEngine struct {
	path string
	db   *sqlite.DB
	// migrations is for goose, which needs database/sql.
	migrations *sql.DB
	claim      *claim
}

// pragmas are those of every connection. How much of a commit is synced differs.
func pragmas(synchronous string) []string {
	return []string{"journal_mode(WAL)", "synchronous(" + synchronous + ")", "foreign_keys(1)", fmt.Sprintf("cache_spill(%d)", keptPages)}
}

// keptPages is how many pages of 4 KiB a transaction has changed before SQLite writes some of
// them to the log ahead of the commit; by default it does when they fill its cache, after 500.
// IDs are random, so that those pages are soon changed again: 10,000 new accounts were read
// and written six times over. What a transaction keeps beyond the cache it gives back at its
// end. A multiple of 256 would turn off the writing ahead, because SQLite takes the last byte
// of the number for a switch. [SQLite: PRAGMA cache_spill; pragma.c, getSafetyLevel]
const keptPages = 1<<14 - 1

// unsynced is the mode of a file that only lives as long as its process.
const unsynced = "OFF"

func open(ctx context.Context, path, synchronous string, o engine.Options) (engine.Engine, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	path = resolve(path)
	claim, err := claimFile(path, synchronous != unsynced, o.Log)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{path: path, claim: claim}
	if err := checkUnclean(ctx, path, o); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	if err := claim.mark(); err != nil {
		return nil, errors.Join(explain(path, err), e.Close())
	}
	options := sqlite.Options{
		Pragmas: pragmas(synchronous), Readers: max(4, runtime.GOMAXPROCS(0)),
		// Windows removes and renames no file that is open.
		Guarded: protected && synchronous != unsynced && runtime.GOOS != "windows",
		Warn:    func(text string) { o.Log.Warn(text, "path", path) },
	}
	marked := protected && synchronous != unsynced
	if marked {
		options.Closing = func() error { return unmarkOpened(path) }
	}
	if e.db, err = sqlite.Open(path, options); err != nil {
		return nil, errors.Join(explain(path, err), e.Close())
	}
	if marked {
		if err := markOpened(path); err != nil {
			return nil, errors.Join(explain(path, err), e.Close())
		}
	}
	// A migration need not be synced: after a power cut it is there or not, and the first
	// change of the store syncs it too.
	if e.migrations, err = sql.Open("sqlite", dsn(path, "?_pragma="+strings.Join(append(pragmas("NORMAL"), "busy_timeout(10000)"), "&_pragma="))); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), e.Close())
	}
	// Its connections would keep their memory.
	e.migrations.SetMaxIdleConns(0)
	return e, nil
}

func (e *sqliteEngine) View(ctx context.Context, fn func(engine.Session) error) error {
	return asNotReady(e.path, e.db.View(ctx, func(c *sqlite.Conn) error { return fn(session{c}) }))
}

// Scratch is that of the sessions of a View that begins now; nil while a commit is seen that
// has not ended.
func (e *sqliteEngine) Scratch() *atomic.Value { return e.db.Scratch() }

func (e *sqliteEngine) Update(ctx context.Context, fn func(engine.Session) error) error {
	err := e.db.Update(ctx, func(c *sqlite.Conn) error { return fn(session{c}) })
	unknown := errors.Is(err, sqlite.ErrCommit)
	if err = asNotReady(e.path, err); unknown {
		err = fmt.Errorf("%w: %w", engine.ErrUnknown, err)
	}
	return err
}

// Retryable is false: one connection writes. A lock of another program has been waited
// for.
func (e *sqliteEngine) Retryable(error) bool { return false }

func (e *sqliteEngine) Duplicate(err error) bool { return sqlite.IsDuplicate(err) }

// Shared is false: the file belongs to one process.
func (e *sqliteEngine) Shared() bool { return false }

// Folder is the folder of the file.
func (e *sqliteEngine) Folder() string { return filepath.Dir(e.path) }

func (e *sqliteEngine) Migrations(schema fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(database.DialectSQLite3, e.migrations, schema, goose.WithTableName(engine.VersionTable))
}

// Version reads the version without database/sql and goose, which take longer than all else
// at the start of a server that has nothing to migrate.
func (e *sqliteEngine) Version(ctx context.Context) (version int64, err error) {
	for _, query := range []string{
		"SELECT COUNT(*) FROM sqlite_master WHERE name = '" + engine.VersionTable + "'",
		"SELECT COALESCE(MAX(version_id), 0) FROM " + engine.VersionTable,
	} {
		err = e.db.View(ctx, func(c *sqlite.Conn) error { return numbers(c, query, &version) })
		if err != nil || version == 0 {
			break
		}
	}
	return version, err
}

func (e *sqliteEngine) Check(context.Context) error {
	mode, err := e.db.Pragma("journal_mode")
	if err == nil && mode != "wal" {
		err = fmt.Errorf("the file cannot be put into WAL mode (it is in %q)", mode)
	}
	return err
}

func (e *sqliteEngine) Close() error {
	var errs []error
	if e.migrations != nil {
		errs = append(errs, e.migrations.Close())
	}
	if e.db != nil {
		errs = append(errs, e.db.Close())
	}
	return errors.Join(append(errs, e.claim.release())...)
}

// session is a transaction. Nothing is deferred: there is no round trip to save.
type session struct{ *sqlite.Conn }

func (s session) Query(query string, args []any) (engine.Rows, error) {
	rows, err := s.Conn.Query(query, args)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (s session) ExecDeferred(query string, args []any) error {
	_, err := s.Exec(query, args)
	return err
}

func (s session) ExecOneDeferred(query string, args []any) error {
	n, err := s.Exec(query, args)
	return exactlyOne(n, err)
}

func (s session) ExecOneApart(query string, args []any) error {
	n, err := s.ExecApart(query, args)
	return exactlyOne(n, err)
}

// Copy inserts rows one by one: there is no round trip to save, and a statement for several
// takes as long for each.
func (s session) Copy(table string, columns []string, next func() []any) error {
	places := make([]string, len(columns))
	for i := range places {
		places[i] = "$" + strconv.Itoa(i+1)
	}
	insert := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")"
	for values := next(); values != nil; values = next() {
		if _, err := s.Exec(insert, values); err != nil {
			return err
		}
	}
	return nil
}

func exactlyOne(n int64, err error) error {
	if err == nil && n != 1 {
		err = engine.ErrUnchanged
	}
	return err
}
