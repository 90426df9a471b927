// Package sqlite runs one SQLite file for one process: one connection that writes and
// a pool that reads. Readers keep their snapshots between transactions, and writing
// transactions share commits (group commit).
//
// It knows SQLite and nothing of the data: texts of SQL come from its callers.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	lib "zombiezen.com/go/sqlite"
)

// DB is an open file.
type DB struct {
	writer  writer
	readers readers
	// stop ends the watch, watching waits for it.
	stop     context.CancelFunc
	watching sync.WaitGroup
	closing  func() error
}

// Options are how a file is opened.
type Options struct {
	// Pragmas are run on each connection.
	Pragmas []string
	// Readers is how many connections may read. One is opened at once, and each other when all
	// are in use: every connection reads the whole schema, and keeps it.
	Readers int
	// Guarded compares the files with their names and with what was written, and refuses
	// writes once they differ. It is for a file in WAL mode that others can reach.
	Guarded bool
	// Warn, if set, is called with what an operator should mend, of a guarded file.
	Warn func(text string)
	// Closing, if set, is called before SQLite copies the log into the file and removes it.
	Closing func() error
}

// Open opens a file that exists.
func Open(path string, o Options) (*DB, error) {
	ctx, stop := context.WithCancel(context.Background())
	db := &DB{stop: stop, closing: o.Closing}
	pragmas := o.Pragmas
	if o.Guarded {
		// The writer decides when, and knows then what it compares.
		pragmas = append(slices.Clone(pragmas), "wal_autocheckpoint(0)", fmt.Sprintf("journal_size_limit(%d)", logLimit))
	}
	db.readers.current.Store(&state{})
	db.readers.open = func() (*Conn, error) {
		return db.writer.guard.connect(path, append(slices.Clone(pragmas), "query_only(1)"))
	}
	db.writer.readers = &db.readers
	var err error
	if db.writer.conn, err = connect(path, pragmas); err != nil {
		return nil, err
	}
	if db.writer.sequence, err = newSequence(db.writer.conn); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.readers.fill(o.Readers); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if o.Guarded {
		if db.writer.guard, err = openGuard(path, o.Warn); err != nil {
			return nil, errors.Join(err, db.Close())
		}
		db.watching.Go(func() { watch(ctx, &db.writer) })
	}
	return db, nil
}

// Pragma runs pragmas on a file that nothing else uses, and returns the value of the last.
func Pragma(path string, pragmas ...string) (value string, err error) {
	c, err := connect(path, nil)
	if err != nil {
		return "", err
	}
	for _, pragma := range pragmas {
		if value, err = c.pragma(pragma); err != nil {
			break
		}
	}
	return value, errors.Join(err, c.close())
}

// Look runs fn on a connection to a file that it does not change. The name is a URI of SQLite,
// with the parameters of that.
func Look(uri string, fn func(*Conn) error) error {
	c, err := openConn(uri, nil, lib.OpenReadOnly, lib.OpenURI)
	if err != nil {
		return err
	}
	return errors.Join(fn(c), c.close())
}

// View runs fn on a snapshot that contains every committed transaction.
func (db *DB) View(ctx context.Context, fn func(*Conn) error) error {
	return db.readers.view(ctx, fn)
}

// Scratch is that of a view that begins now. It is nil while a view has a snapshot that may
// contain a commit which has not ended.
func (db *DB) Scratch() *atomic.Value { return db.readers.scratch() }

// Update runs fn in a transaction and returns when it is durable. If fn returns an
// error nothing of it is kept. Other transactions may share the commit; fn may run
// on the goroutine of one of them. ErrCommit says that the outcome is not known.
func (db *DB) Update(ctx context.Context, fn func(*Conn) error) error {
	return db.writer.update(ctx, fn)
}

// Compare returns ErrReplaced, ErrTruncated or ErrOverwritten if the open files are not those of the path,
// or not whole. Then nothing more is written. A file that was opened without a guard is not
// compared.
func (db *DB) Compare() error {
	if db.writer.guard == nil {
		return nil
	}
	return db.writer.guard.compareAll()
}

// Commits counts the transactions of the file that have ended.
func (db *DB) Commits() int64 { return db.readers.current.Load().commits }

// Pragma returns the value of a pragma on the connection that writes. No transaction
// may be running.
func (db *DB) Pragma(name string) (string, error) { return db.writer.conn.pragma(name) }

// Image returns the content of the file with all commits. No transaction may be running.
func (db *DB) Image() ([]byte, error) {
	content, err := db.writer.conn.conn.Serialize("main")
	return content, wrap("copying the file", err)
}

// Close closes all connections. No transaction may be running. Files that are not whole
// stay open until the process ends: SQLite would copy the log into the file, and holes
// with it.
func (db *DB) Close() error {
	db.stop()
	db.watching.Wait()
	if db.writer.guard != nil {
		_ = db.writer.guard.compareContent()
	}
	if err := db.writer.guard.refusal(); err != nil {
		return err
	}
	errs := db.readers.close()
	if db.closing != nil {
		errs = append(errs, db.closing())
	}
	return errors.Join(append(errs, db.writer.conn.close(), db.writer.guard.close())...)
}
