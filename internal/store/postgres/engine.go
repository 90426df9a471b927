// Package postgres keeps a store in a PostgreSQL database, which several servers can
// share.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"accord/internal/health"
	"accord/internal/store/engine"
)

// postgresEngine is an open database.
type postgresEngine struct {
	pool *pgxpool.Pool
	// start is for the migrations and the check at the start.
	start   *sql.DB
	options engine.Options
	schema  schemaGuard
	pins    pins
	writers writers
	places  places
	holders holders
	// objects are what the schema had at the start.
	objects objects
	// analysis is the statement that makes statistics.
	analysis string
	// forgotten is the session that the last look at the others found, or nil.
	forgotten  atomic.Pointer[otherSession]
	durability durability
	// watching counts the goroutine that looks at other sessions until stop.
	watching sync.WaitGroup
	stop     context.CancelFunc
}

func open(ctx context.Context, url string, o engine.Options) (engine.Engine, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil || engine.Misread(url) {
		// The driver's error repeats the address, and with it the password.
		return nil, &engine.URLError{URL: url, Message: "cannot be read; in a password the signs @ / # ? % are written %40 %2F %23 %3F %25"}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	configure(config.ConnConfig, o)
	config.MaxConns, config.PingTimeout = maxConns, connectTimeout
	config.BeforeConnect = passwordFrom(o.PasswordFile)
	e := &postgresEngine{options: o, places: places{limit: maxConns}}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if err := e.pins.set(ctx, conn); err != nil {
			return err
		}
		return e.schema.inspect(ctx, conn)
	}
	// A copy without the parameters of the pool, which the database does not know.
	e.start = stdlib.OpenDB(*forMigrations(config.ConnConfig), stdlib.OptionBeforeConnect(config.BeforeConnect), stdlib.OptionAfterConnect(e.pins.set))
	e.writers = writers{begin: e.beginWrite, turn: make(chan struct{}, 1), longAfter: longAfter, concurrencyLimit: concurrencyLimit{limit: maxWriters, size: maxGroup}}
	e.start.SetMaxIdleConns(0)
	if e.pool, err = pgxpool.NewWithConfig(ctx, config); err == nil {
		err = await(ctx, o.Wait, o.Log, e.pool.Ping)
	}
	if err == nil {
		err = refusePooler(ctx, e.pool)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reaching the store: %w", connectError{err}), e.Close())
	}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stop = stop
	e.watching.Go(func() { watch(watching, e.start, o.Log, e.forgotten.Store, &e.durability) })
	return e, nil
}

func (e *postgresEngine) View(ctx context.Context, fn func(engine.Session) error) error {
	s, err := e.begin(ctx, statement{query: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"})
	if err != nil {
		return e.explain(ctx, err)
	}
	defer s.rollback()
	return e.explain(ctx, fn(s))
}

func (e *postgresEngine) Update(ctx context.Context, fn func(engine.Session) error) error {
	return e.explain(ctx, e.writers.update(ctx, fn))
}

// beginWrite begins a transaction that a canceled context does not end: it may be that
// of a whole group.
func (e *postgresEngine) beginWrite(ctx context.Context, alone bool) (*session, error) {
	statements := opening(alone)
	active := e.schema.active.Load()
	if !active {
		statements = statements[:1] // There is no table to lock yet.
	}
	s, err := e.begin(ctx, statements...)
	if err != nil {
		return nil, err
	}
	s.detach()
	if active {
		s.analysis, s.analyzed = e.analysis, due{next: firstAnalysis, factor: 4}
	}
	return s, nil
}

func (e *postgresEngine) begin(ctx context.Context, opening ...statement) (*session, error) {
	if err := e.schema.refusal(); err != nil {
		return nil, err
	}
	for {
		if err := e.places.enter(ctx); err != nil {
			return nil, fmt.Errorf("beginning a transaction: %w", connectError{err})
		}
		conn, err := e.pool.Acquire(ctx)
		if err == nil {
			return &session{ctx: ctx, conn: conn, places: &e.places, deferred: opening, opening: len(opening)}, nil
		}
		wait := codeOf(err) == tooManyConnections && e.places.refused()
		e.places.leave()
		if !wait {
			return nil, fmt.Errorf("beginning a transaction: %w", connectError{err})
		}
	}
}

// explain makes a NotReady of an error by which the database cannot be used.
func (e *postgresEngine) explain(ctx context.Context, err error) error {
	c, found := causeOf(err)
	if !found || health.NotReadyIn(err) != nil || errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	if c.blocked {
		c.cure += e.holders.describe(ctx, e.start)
	}
	return asNotReady(c, err)
}

// Missing is what the schema had at the start of the server, and has no longer.
func (e *postgresEngine) Missing(ctx context.Context) (lost, slow []string, err error) {
	return e.objects.missing(ctx, e.start)
}

func (e *postgresEngine) Retryable(err error) bool { return isConflict(err) }

func (e *postgresEngine) Duplicate(err error) bool { return codeOf(err) == uniqueViolation }

// Shared is true: the database keeps the transactions of several servers apart.
func (e *postgresEngine) Shared() bool { return true }

// Forgotten is what the last look at the other sessions has found.
func (e *postgresEngine) Forgotten() (session, cure string) {
	s := e.forgotten.Load()
	if s == nil {
		return "", ""
	}
	return s.String(), s.end()
}

func (e *postgresEngine) Migrations(schema fs.FS) (*goose.Provider, error) {
	known, err := latest(schema)
	if err != nil {
		return nil, err
	}
	e.schema.known = known
	e.pool.Reset() // Its sessions would end by the migration.
	return goose.NewProvider(database.DialectPostgres, e.start, bytewiseSchema{schema},
		goose.WithTableName(engine.VersionTable), goose.WithSessionLocker(migrationLock{e.options.Wait, e.options.Log, known}))
}

func (e *postgresEngine) Check(ctx context.Context) error {
	var recovering bool
	var encoding string
	row := e.start.QueryRowContext(ctx, "SELECT pg_is_in_recovery(), current_setting('server_encoding')")
	if err := row.Scan(&recovering, &encoding); err != nil {
		return err
	}
	if recovering {
		return errors.New("the database is a standby and cannot be written")
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database's encoding is %s, it has to be UTF8", encoding)
	}
	var bytewise bool
	row = e.start.QueryRowContext(ctx, `SELECT collation_name = 'C' FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = 'accounts' AND column_name = 'id'`)
	err := row.Scan(&bytewise)
	if err != nil || !bytewise {
		return errors.Join(errors.New("the tables do not compare text by its bytes"), err)
	}
	if e.objects, err = readObjects(ctx, e.start); err != nil {
		return err
	}
	if e.analysis, err = analysis(ctx, e.start); err != nil {
		return err
	}
	// From here on each session is inspected; those of before were for looking.
	e.schema.active.Store(true)
	e.pool.Reset()
	return e.durability.look(ctx, e.start, e.options.Log)
}

func (e *postgresEngine) Close() error {
	if e.stop != nil {
		e.stop()
		e.watching.Wait()
	}
	if e.pool != nil {
		e.pool.Close()
	}
	return e.start.Close()
}
