// Package engine is the contract between the store and the databases that it runs
// on. A database is a package beside this one; the store lists them in one table.
// The contract knows SQL texts and transactions, and none of the store's rows.
package engine

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
)

// VersionTable is the table in which the migrations keep the version of the schema.
const VersionTable = "schema_version"

// Driver says which store URLs an engine has, and opens them.
type Driver struct {
	// Form is how its URLs are written, for messages: "sqlite:PATH".
	Form string
	// Accepts reports whether a URL has that form.
	Accepts func(url string) bool
	// Name describes the store of a URL to people, without passwords.
	Name func(url string) string
	// Exists reports whether there is something to open. Open makes what is missing,
	// so that a caller who only looks asks first.
	Exists func(url string) bool
	// Look reports the version of the schema of what exists, 0 for none, without any
	// change of it; a foreign database is an error. Optional.
	Look func(ctx context.Context, url string, o Options) (version int64, err error)
	// Path is the file of the database; nil for one that is elsewhere.
	Path func(url string) string
	// Inspect looks at what exists as a server does at its start, reads a file as a whole
	// besides, and changes nothing. It returns the version of the schema, 0 for none, and
	// the time of a clock of the database; zero without one. An error that wraps ErrInUse
	// says that another process has it open alone. Optional.
	Inspect func(ctx context.Context, url string, o Options) (version int64, now time.Time, err error)
	// Open opens the engine: it takes what locks and connections it needs, and changes no
	// row of a database that exists. The schema may be missing or old.
	Open func(ctx context.Context, url string, o Options) (Engine, error)
	// Backup writes the state of one moment into an empty file, while servers may use the
	// database, and runs look in a transaction that sees exactly that state. Optional.
	Backup func(ctx context.Context, url string, o Options, path string, look func(Engine, Session) error) error
	// Restore makes the database that which Backup has written, unless accept refuses it:
	// accept gets the whole copy before a server can open it. A database that is in use
	// is refused, and one that holds anything too, unless overwrite is set. Then kept
	// says where its old content is now. Optional.
	Restore func(ctx context.Context, url string, o Options, copied io.Reader, overwrite bool, accept func(Engine) error) (kept string, err error)
}

// Options are what an engine is opened with besides its URL. All are optional.
type Options struct {
	// Log receives what operators have to know: a wait at the start, a setting of the
	// database that loses changes.
	Log *slog.Logger
	// Wait bounds how long the start waits for a database that is not there yet, or that
	// another server migrates; 0 gives up at once.
	Wait time.Duration
	// Check says when a file is read as a whole at the start, to find damage: one of the values below.
	Check string
	// NetworkFile permits a file on a file system of the network.
	NetworkFile bool
	// Image is what a store in memory begins with, which Imager has returned; nil for an
	// empty one.
	Image []byte
	// PasswordFile is a file with the password of the database, read before each
	// connection; empty for none.
	PasswordFile string
}

// The values of Options.Check; the zero value is CheckUnclean.
const (
	// CheckUnclean: after the process that had it open was killed.
	CheckUnclean = "unclean"
	// CheckAlways: at every start.
	CheckAlways = "always"
	// CheckOff: never.
	CheckOff = "off"
)

// Engine is an open database. It is used by many goroutines at once. A canceled context
// ends the wait for a transaction, and not a commit that has begun.
//
// View and Update return an error with a *health.NotReady in its chain when the database
// cannot be written or reached; the store notes it, and answers callers without it when
// the error wraps ErrUnknown too.
type Engine interface {
	// View runs fn on one consistent snapshot that cannot be written. It sees every
	// change whose Update has returned.
	View(ctx context.Context, fn func(Session) error) error
	// Update runs fn in a serializable transaction and commits it when fn returns nil;
	// otherwise it returns fn's error and changes nothing. It runs fn again if another
	// transaction, which was to share the commit, failed in the database. When Update
	// returns, what fn saw and did is durable. Other goroutines may run fn, and a panic of
	// fn reaches the caller. An error that wraps ErrUnknown says that the change may or
	// may not have been made.
	Update(ctx context.Context, fn func(Session) error) error
	// Retryable reports whether the transaction failed only because of concurrent ones
	// and may be run again from its beginning.
	Retryable(err error) bool
	// Duplicate reports whether a unique constraint was violated.
	Duplicate(err error) bool
	// Shared reports whether several servers can use the database at the same time.
	Shared() bool
	// Migrations applies the files of a schema, which are written for SQLite; the engine
	// replaces what it writes differently. Servers that start at once take turns.
	Migrations(schema fs.FS) (*goose.Provider, error)
	// Check refuses a database that does not keep the promises of this contract or of
	// the SQL texts: text compares by its bytes, and commits are durable. It runs when
	// the schema is up to date, and changes nothing.
	Check(ctx context.Context) error
	// Close ends the use of the database. No transaction may be running.
	Close() error
}

// States is an Engine that tells its states apart.
type States interface {
	// Scratch is that of the sessions of a View that begins now; nil if that is not known.
	Scratch() *atomic.Value
}

// Imager is an Engine that can be copied as it is, in a form of its own.
type Imager interface {
	// Image returns the copy. No transaction may be running.
	Image() ([]byte, error)
}

// Versioned is an Engine that reads the version of its schema by itself, 0 for none.
type Versioned interface {
	Version(ctx context.Context) (int64, error)
}

// Timekeeper is an Engine whose database has a clock of its own, which the servers of the
// database share.
type Timekeeper interface {
	// Time reads that clock.
	Time(ctx context.Context) (time.Time, error)
}

// Shared is an Engine whose database other programs can use beside the servers.
type Shared interface {
	// Forgotten describes a session of another program that has kept a transaction open for
	// long, to the harm of the servers, and how to end it. Both are empty if there is none.
	Forgotten() (session, cure string)
	// Missing lists what the database had when it was checked, and has no longer or may no
	// longer be used: without what is lost, such as tables and constraints, a change can be lost
	// or wrong; without what makes it slow, such as indexes, it cannot. A *health.NotReady says
	// that the database was replaced.
	Missing(ctx context.Context) (lost, slow []string, err error)
}

// Local is an Engine whose data is in the file system of this machine.
type Local interface {
	// Folder is the folder of the data.
	Folder() string
}

// Session is one transaction. It is used by one goroutine at a time, and ends with
// the function that it was given to. After a statement failed it runs no other one.
//
// Texts have the parameters $1 to $n. Arguments are strings, whole numbers, booleans,
// types of these, sql.NullString, sql.NullInt64 or nil.
type Session interface {
	// Query runs a statement that returns rows and changes none. They are closed before
	// the next statement.
	Query(query string, args []any) (Rows, error)
	// Exec runs a statement that changes rows, and counts them.
	Exec(query string, args []any) (int64, error)
	// ExecDeferred is Exec for callers that do not need the result: an engine may send the
	// statement with the next one or with the commit, which then fails in its place.
	ExecDeferred(query string, args []any) error
	// ExecOneDeferred is ExecDeferred for a statement that has to change exactly one row;
	// otherwise it fails with ErrUnchanged.
	ExecOneDeferred(query string, args []any) error
	// ExecOneApart is ExecOneDeferred for a change on which no value in Scratch depends.
	ExecOneApart(query string, args []any) error
	// Copy inserts rows, by the fastest way that there is. next returns the values of one,
	// which are not kept, and nil after the last.
	Copy(table string, columns []string, next func() []any) error
	// Scratch returns memory for a value that is derived from the state that the
	// transaction sees. Transactions share it if they see exactly the same state, and
	// only then; it is dropped with that state, unless the next one differs by ExecOneApart only. It is nil for a transaction that can
	// write, and for an engine that does not know what state a transaction sees.
	Scratch() *atomic.Value
}

// Rows are the result of a query, as in database/sql.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// The errors that all engines share.
var (
	// ErrUnchanged: a statement had to change exactly one row and did not.
	ErrUnchanged = errors.New("store: no row was changed")
	// ErrInUse: another process, or another store of this one, has the database open.
	ErrInUse = errors.New("another process has the store open")
	// ErrUnknown: the transaction may or may not have been committed.
	ErrUnknown = errors.New("store: outcome unknown")
)
