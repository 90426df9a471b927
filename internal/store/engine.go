package store

import (
	"context"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

// engine is all in which one database differs from another.
type engine interface {
	// begin opens a transaction: a serialisable one that can write, or a
	// consistent snapshot that cannot.
	begin(ctx context.Context, write bool) (session, error)
	// retryable reports whether the transaction failed only because of others and
	// may be run again from its beginning.
	retryable(err error) bool
	// duplicate reports whether a unique constraint was broken.
	duplicate(err error) bool
	// columnTypes turns the schema's text into the engine's.
	columnTypes(schema string) string
	// selfCheck opens what begin needs, once the schema is there, and refuses a
	// database that does not keep the promises that the SQL text relies on.
	selfCheck(ctx context.Context) error

	migrations(schema fs.FS) (*goose.Provider, error)
	close() error
}

// session is one open transaction.
type session interface {
	// query runs a statement that finds rows.
	query(query string, args []any) (rows, error)
	// exec runs a statement that changes rows, and counts them.
	exec(query string, args []any) (int64, error)
	// execLater is exec for who does not wait: the statement runs before the next one
	// that somebody waits for, or before the commit, which then fail if it fails. One
	// that has to change a single row fails with ErrUnchanged when it changes none.
	execLater(query string, args []any, single bool) error
	// commit makes the transaction durable. An error that wraps ErrUnknown says
	// that it may have become so.
	commit() error
	// rollback gives the transaction up; it does nothing after commit.
	rollback()
}

// rows are what a statement found, as in database/sql.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// engineOf chooses the engine for a store's URL: "memory", "sqlite:PATH", or a
// "postgres://" URL.
func engineOf(ctx context.Context, url string) (engine, error) {
	switch {
	case url == "memory":
		return openMemory(ctx)
	case strings.HasPrefix(url, "sqlite:") && url != "sqlite:":
		return openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"))
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return openPostgres(ctx, url)
	default:
		return nil, &URLError{url, "is not one of memory, sqlite:PATH, postgres://USER@HOST/DATABASE"}
	}
}

// URLError says that a store's URL names no engine, or cannot be read.
type URLError struct {
	URL string
	// Message is what is wrong with it: "is not …".
	Message string
}

func (e *URLError) Error() string { return "store " + withoutPassword(e.URL) + " " + e.Message }

// Name says in a word or two which engine a store's URL names, for people;
// passwords in the URL are left out.
func Name(url string) string {
	switch {
	case url == "memory":
		return "memory (gone at the end)"
	case strings.HasPrefix(url, "sqlite:"):
		return "SQLite, " + strings.TrimPrefix(url, "sqlite:")
	default:
		return "PostgreSQL, " + withoutPassword(url)
	}
}
