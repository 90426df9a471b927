// Package sqlite runs one SQLite file for one process: one connection that writes and
// a pool that reads. Readers keep their snapshots between transactions, and writing
// transactions share commits (group commit).
//
// It knows SQLite and nothing of the data: texts of SQL come from its callers.
package sqlite

import (
	"context"
	"errors"
	"slices"
)

// DB is an open file.
type DB struct {
	writer  writer
	readers readers
}

// Open opens a file that exists. The pragmas are run on each of its connections.
func Open(path string, pragmas []string, readers int) (*DB, error) {
	db := &DB{}
	db.readers.current.Store(&state{})
	db.readers.free = make(chan struct{}, readers)
	db.writer.readers = &db.readers
	var err error
	if db.writer.conn, err = connect(path, pragmas); err != nil {
		return nil, err
	}
	if db.writer.sequence, err = newSequence(db.writer.conn); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	for range readers {
		c, err := connect(path, append(slices.Clone(pragmas), "query_only(1)"))
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		db.readers.put(c)
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

// View runs fn on a snapshot that contains every committed transaction.
func (db *DB) View(ctx context.Context, fn func(*Conn) error) error {
	return db.readers.view(ctx, fn)
}

// Update runs fn in a transaction and returns when it is durable. If fn returns an
// error nothing of it is kept. Other transactions may share the commit; fn may run
// on the goroutine of one of them. ErrCommit says that the outcome is not known.
func (db *DB) Update(ctx context.Context, fn func(*Conn) error) error {
	return db.writer.update(ctx, fn)
}

// Commits counts the transactions of the file that have ended.
func (db *DB) Commits() int64 { return db.readers.current.Load().commits }

// Pragma returns the value of a pragma on the connection that writes. No transaction
// may be running.
func (db *DB) Pragma(name string) (string, error) { return db.writer.conn.pragma(name) }

// Close closes all connections. No transaction may be running.
func (db *DB) Close() error {
	return errors.Join(append(db.readers.close(), db.writer.conn.close())...)
}
