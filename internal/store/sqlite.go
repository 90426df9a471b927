package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	sqlite "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// sqliteEngine keeps everything in one file that belongs to this process: one
// connection that writes, and some that read consistent snapshots beside it.
type sqliteEngine struct {
	writing, reading *sql.DB
	writer           chan *sqliteConn
	readers          chan *sqliteConn
	lock             *os.File
	// folder is removed at the end; empty for a file that stays.
	folder string
}

// sqliteConn is one connection with its prepared statements. SQLite in Go spends
// more on preparing a small statement than on running it.
type sqliteConn struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// The statements are short and local: none of them is given the context of a
// request, whose watching would cost more than the statement, and whose end must
// not break a commit.
var background = context.Background()

func openMemory(ctx context.Context) (engine, error) {
	folder, err := os.MkdirTemp("", "accord-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the store: %w", err)
	}
	e, err := openFile(ctx, filepath.Join(folder, "accord.db"), "OFF")
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, err
	}
	e.(*sqliteEngine).folder = folder
	return e, nil
}

// openSQLite opens a file that stays. FULL: an answer means that the change is on
// the disk.
func openSQLite(ctx context.Context, path string) (engine, error) {
	return openFile(ctx, path, "FULL")
}

func openFile(ctx context.Context, path, synchronous string) (engine, error) {
	// Two names of one file are one store, with one lock.
	if behind, err := filepath.EvalSymlinks(path); err == nil {
		path = behind
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{lock: lock}
	if err := makePrivate(path); err != nil {
		return nil, errors.Join(err, e.close())
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=journal_mode(WAL)&_pragma=synchronous(" +
		synchronous + ")&_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)"
	if e.writing, err = sql.Open("sqlite", dsn); err == nil {
		e.reading, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), e.close())
	}
	e.writing.SetMaxOpenConns(1)
	readers := max(4, runtime.GOMAXPROCS(0))
	e.writer, e.readers = make(chan *sqliteConn, 1), make(chan *sqliteConn, readers)
	return e, nil
}

// makePrivate makes sure that the file is there and only for its owner. SQLite
// would make it readable for everybody, and gives the files beside it the same
// mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the store's file: %w", err)
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// lockFile makes this process the owner of the file, or says that another is.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the store's lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another process has the store open (%s is locked)", path)
		}
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return f, nil
}

// connect fills the pools. It runs after the migrations, which need the writing
// connection for themselves.
func (e *sqliteEngine) connect(ctx context.Context) error {
	writer, err := e.writing.Conn(ctx)
	if err != nil {
		return err
	}
	e.writer <- &sqliteConn{conn: writer, statements: map[string]*sql.Stmt{}}
	for range cap(e.readers) {
		reader, err := e.reading.Conn(ctx)
		if err != nil {
			return err
		}
		e.readers <- &sqliteConn{conn: reader, statements: map[string]*sql.Stmt{}}
	}
	return nil
}

func (e *sqliteEngine) begin(ctx context.Context, write bool) (session, error) {
	pool, begin := e.readers, "BEGIN"
	if write {
		pool, begin = e.writer, "BEGIN IMMEDIATE"
	}
	select {
	case c := <-pool:
		s := &sqliteSession{sqliteConn: c, pool: pool}
		if _, err := s.exec(begin, nil); err != nil {
			pool <- c
			return nil, err
		}
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type sqliteSession struct {
	*sqliteConn
	pool chan *sqliteConn
	done bool
}

func (s *sqliteSession) statement(query string) (*sql.Stmt, error) {
	if st := s.statements[query]; st != nil {
		return st, nil
	}
	st, err := s.conn.PrepareContext(background, query)
	if err != nil {
		return nil, err
	}
	s.statements[query] = st
	return st, nil
}

func (s *sqliteSession) query(query string, args []any) (*sql.Rows, error) {
	st, err := s.statement(query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(background, args...)
}

func (s *sqliteSession) exec(query string, args []any) (sql.Result, error) {
	st, err := s.statement(query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(background, args...)
}

func (s *sqliteSession) commit() error {
	_, err := s.exec("COMMIT", nil)
	if err == nil {
		s.release()
		return nil
	}
	// The disk refused somewhere between the log and its sync: whether the change
	// is there shows only when the file is opened again.
	s.rollback()
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

func (s *sqliteSession) rollback() {
	if s.done {
		return
	}
	// After a failed COMMIT there may be nothing to roll back.
	_, _ = s.exec("ROLLBACK", nil)
	s.release()
}

func (s *sqliteSession) release() {
	s.done = true
	s.pool <- s.sqliteConn
}

// retryable is true for the busy errors that another connection of this process
// can cause; the one writer makes them rare.
func (e *sqliteEngine) retryable(err error) bool {
	code := sqliteCode(err) & 0xff
	return code == sqlitelib.SQLITE_BUSY || code == sqlitelib.SQLITE_LOCKED
}

func (e *sqliteEngine) duplicate(err error) bool {
	code := sqliteCode(err)
	return code == sqlitelib.SQLITE_CONSTRAINT_UNIQUE || code == sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// columnTypes changes nothing: the schema is written in types that SQLite knows,
// and it compares text bytewise.
func (e *sqliteEngine) columnTypes(schema string) string { return schema }

func (e *sqliteEngine) selfCheck(ctx context.Context) error {
	if err := e.connect(ctx); err != nil {
		return err
	}
	var mode string
	c := <-e.writer
	defer func() { e.writer <- c }()
	if err := c.conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("the file cannot be put into WAL mode (it is in %q)", mode)
	}
	return nil
}

func (e *sqliteEngine) migrations(schema fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(database.DialectSQLite3, e.writing, schema)
}

func (e *sqliteEngine) close() error {
	var errs []error
	for _, pool := range []chan *sqliteConn{e.writer, e.readers} {
		for len(pool) > 0 {
			c := <-pool
			for _, st := range c.statements {
				_ = st.Close()
			}
			errs = append(errs, c.conn.Close())
		}
	}
	for _, db := range []*sql.DB{e.reading, e.writing} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	errs = append(errs, e.lock.Close())
	if e.folder != "" {
		errs = append(errs, os.RemoveAll(e.folder))
	}
	return errors.Join(errs...)
}
