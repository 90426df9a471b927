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
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	_ "modernc.org/sqlite" // The driver of the migrations.
	sqlitelib "modernc.org/sqlite/lib"
)

// sqliteEngine keeps everything in one file that belongs to this process: one
// connection that writes, and some that read consistent snapshots beside it.
type sqliteEngine struct {
	// db is for the migrations alone, whose library wants one.
	db      *sql.DB
	path    string
	pragmas []string
	// turns has the connection that writes, readers those that read.
	turns   turns
	readers readers
	// crowd is how many sessions were in the last group. It belongs to who has the
	// connection that writes.
	crowd int
	// writing is true while there is a session that writes; changes counts the
	// commits.
	writing atomic.Bool
	changes atomic.Int64
	lock    *os.File
	// folder is removed at the end; empty for a file that stays.
	folder string
}

func openMemory(ctx context.Context) (engine, error) {
	folder, err := os.MkdirTemp("", memoryFolder)
	if err != nil {
		return nil, fmt.Errorf("making a folder for the store: %w", err)
	}
	removeAbandoned(folder)
	e, err := openFile(ctx, filepath.Join(folder, "accord.db"), "OFF")
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, err
	}
	e.(*sqliteEngine).folder = folder
	return e, nil
}

// memoryFolder is the pattern of the folders of stores in memory.
const memoryFolder = "accord-memory-*"

// removeAbandoned removes the folders beside an own new one whose process was
// killed: nobody holds their lock. Folders of the last minute are left alone, as
// their process may be about to take it.
func removeAbandoned(own string) {
	made, err := os.Stat(own)
	if err != nil {
		return
	}
	folders, _ := filepath.Glob(filepath.Join(filepath.Dir(own), memoryFolder))
	for _, folder := range folders {
		info, err := os.Stat(filepath.Join(folder, "accord.db.lock"))
		if err != nil || made.ModTime().Sub(info.ModTime()) < time.Minute {
			continue
		}
		if lock, err := lockFile(filepath.Join(folder, "accord.db.lock")); err == nil {
			_ = os.RemoveAll(folder)
			_ = lock.Close()
		}
	}
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
	e := &sqliteEngine{
		lock:    lock,
		path:    path,
		pragmas: []string{"journal_mode(WAL)", "synchronous(" + synchronous + ")", "foreign_keys(1)", "busy_timeout(10000)"},
		readers: readers{free: make(chan struct{}, max(4, runtime.GOMAXPROCS(0)))},
	}
	if err := makePrivate(path); err != nil {
		return nil, errors.Join(err, e.close())
	}
	// The steps of the schema need not be synced one by one: a power cut leaves some
	// of the first, and the first change of a verb syncs them all.
	pragmas := strings.ReplaceAll(strings.Join(e.pragmas, "&_pragma="), "(FULL)", "(NORMAL)")
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=" + pragmas
	if e.db, err = sql.Open("sqlite", dsn); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), e.close())
	}
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

// connect fills the pools, once the schema is there.
func (e *sqliteEngine) connect() error {
	writer, err := connectSQLite(e.path, e.pragmas...)
	if err != nil {
		return err
	}
	e.turns.rest(writer)
	for range cap(e.readers.free) {
		reader, err := connectSQLite(e.path, append(slices.Clone(e.pragmas), "query_only(1)")...)
		if err != nil {
			return err
		}
		e.readers.rest(reader)
	}
	// The connections of the migrations would keep their memory. They are closed
	// last, because closing the only one would empty the log into the file.
	e.db.SetMaxIdleConns(0)
	return nil
}

func (e *sqliteEngine) begin(ctx context.Context, write bool) (session, error) {
	if write {
		return e.beginWriting(ctx)
	}
	return e.beginReading(ctx)
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
	var e *sqliteError
	if errors.As(err, &e) {
		return e.code
	}
	return 0
}

// columnTypes changes nothing: the schema is written in types that SQLite knows,
// and it compares text bytewise.
func (e *sqliteEngine) columnTypes(schema string) string { return schema }

func (e *sqliteEngine) selfCheck(context.Context) error {
	if err := e.connect(); err != nil {
		return err
	}
	mode, err := e.turns.idle.pragma("journal_mode")
	if err == nil && mode != "wal" {
		err = fmt.Errorf("the file cannot be put into WAL mode (it is in %q)", mode)
	}
	return err
}

func (e *sqliteEngine) migrations(schema fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(database.DialectSQLite3, e.db, schema)
}

func (e *sqliteEngine) close() error {
	var errs []error
	if e.turns.idle != nil {
		errs = append(errs, e.turns.idle.close())
	}
	errs = append(errs, e.readers.close()...)
	if e.db != nil {
		errs = append(errs, e.db.Close())
	}
	errs = append(errs, e.lock.Close())
	if e.folder != "" {
		errs = append(errs, os.RemoveAll(e.folder))
	}
	return errors.Join(errs...)
}
