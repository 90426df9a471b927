package postgres

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"accord/internal/store/engine"
)

// session is a transaction on a connection of its own. Deferred statements are sent
// together with the next one whose result is needed, or with the commit (pipelining):
// a round trip takes longer than most statements.
type session struct {
	ctx context.Context
	// patience cancels ctx when the database takes too long for an answer. A transaction
	// that only reads has none: its ctx is that of the caller.
	patience *time.Timer
	conn     *pgxpool.Conn
	// places are where it has one.
	places *places
	// deferred are the statements that are not sent yet, first those that begin the
	// transaction, as many as opening.
	deferred []statement
	opening  int
	// sent is true after the database has seen the transaction.
	sent bool
	// marked is how many statements were deferred at the mark, and changed is true when
	// others have been sent since.
	marked  int
	changed bool
	// analysis is the statement that makes statistics, and analyzed counts the statements until
	// then.
	analysis string
	analyzed due
	// failed is the first error of a statement.
	failed error
	ended  bool
}

// statement is a deferred statement.
type statement struct {
	query string
	args  []any
	// one is true when it has to change exactly one row.
	one bool
}

// answerTimeout bounds the wait for an answer of the database to a transaction that
// writes, and to ROLLBACK. A client that gives up does not shorten it: that would cancel the
// commit itself, and the transactions that share it.
const answerTimeout = 15 * time.Second

// detach makes a transaction independent of the context that it was begun with.
func (s *session) detach() {
	ctx, cancel := context.WithCancel(context.Background())
	s.ctx, s.patience = ctx, time.AfterFunc(answerTimeout, cancel)
}

// mark begins the part of a member of a group.
func (s *session) mark() { s.marked, s.changed = len(s.deferred), false }

// forget drops what was deferred since the mark, and reports whether the transaction
// is now as it was then.
func (s *session) forget() bool {
	if s.changed {
		return false
	}
	s.deferred = s.deferred[:s.marked]
	return true
}

// Scratch is nil: other servers may have written in between.
func (s *session) Scratch() *atomic.Value { return nil }

func (s *session) ExecDeferred(query string, args []any) error {
	s.deferred = append(s.deferred, statement{query: query, args: args})
	return nil
}

// ExecOneApart: there is no Scratch.
func (s *session) ExecOneApart(query string, args []any) error { return s.ExecOneDeferred(query, args) }

func (s *session) ExecOneDeferred(query string, args []any) error {
	s.deferred = append(s.deferred, statement{query, args, true})
	return nil
}

// expectOneRow makes the database itself refuse a statement that changes no row, for
// those that are sent with COMMIT: a check here would come too late. No statement
// divides but this one.
func expectOneRow(query string) string {
	return "WITH changed AS (" + query + " RETURNING 1) SELECT 1 / COUNT(*) FROM changed"
}

// inspect notes an error, and translates those of expectOneRow and of a connection that
// broke.
func (s *session) inspect(err error) error {
	switch {
	case err == nil:
	case codeOf(err) == divisionByZero:
		err = fmt.Errorf("%w: %w", engine.ErrUnchanged, err)
	case s.patience != nil && s.ctx.Err() != nil:
		err = fmt.Errorf("%w: %w", errUnanswered, err)
	case s.conn.Conn().IsClosed():
		err = fmt.Errorf("%w: %w", errBroken, err)
	}
	if s.failed == nil {
		s.failed = err
	}
	return err
}

const commit = "COMMIT"

// idle is the status of a connection without a transaction. [PostgreSQL: Message Formats,
// ReadyForQuery]
const idle = 'I'

// send sends the deferred statements and one more, and reads the results up to that.
func (s *session) send(query string, args []any) (pgx.BatchResults, error) {
	var batch pgx.Batch
	deferred := s.deferred
	s.changed = s.changed || len(deferred) > s.marked
	if isPlanDue(s.conn.Conn().PgConn(), len(deferred)+1) {
		deferred = append(deferred, statement{query: replan})
	}
	if s.analysis != "" && query != commit && s.analyzed.count(len(deferred)+1) {
		deferred = append(deferred, statement{query: s.analysis})
	}
	for _, d := range deferred {
		if d.one && query == commit {
			d.query = expectOneRow(d.query)
		}
		batch.Queue(d.query, d.args...)
	}
	batch.Queue(query, args...)
	s.deferred, s.marked, s.sent = nil, 0, true
	if s.patience != nil {
		s.patience.Reset(answerTimeout)
	}
	results := s.conn.SendBatch(s.ctx, &batch)
	for _, d := range deferred {
		tag, err := results.Exec()
		if err == nil && d.one && query != commit && tag.RowsAffected() != 1 {
			err = engine.ErrUnchanged
		}
		if err != nil {
			// Close repeats the error.
			_ = results.Close()
			return nil, s.inspect(err)
		}
	}
	return results, nil
}

func (s *session) Query(query string, args []any) (engine.Rows, error) {
	results, err := s.send(query, args)
	if err != nil {
		return nil, err
	}
	found, err := results.Query()
	if err != nil {
		_ = results.Close()
		return nil, s.inspect(err)
	}
	return &rows{found, results, s}, nil
}

func (s *session) Exec(query string, args []any) (int64, error) {
	results, err := s.send(query, args)
	if err != nil {
		return 0, err
	}
	s.changed = true
	tag, err := results.Exec()
	if closing := results.Close(); err == nil {
		err = closing
	}
	return tag.RowsAffected(), s.inspect(err)
}

// rows are the result of a query within a batch.
type rows struct {
	pgx.Rows
	results pgx.BatchResults
	session *session
}

func (r *rows) Err() error { return r.session.inspect(r.Rows.Err()) }

func (r *rows) Close() error {
	r.Rows.Close()
	return r.session.inspect(r.results.Close())
}

// commit ends the transaction. An error that wraps engine.ErrUnknown says that it may
// have been committed.
func (s *session) commit() error {
	if !s.sent && len(s.deferred) == s.opening {
		s.rollback()
		return nil
	}
	custom := s.conn.Conn().PgConn().CustomData()
	delete(custom, notReplicated)
	results, err := s.send(commit, nil)
	var tag pgconn.CommandTag
	if err == nil {
		tag, err = results.Exec()
		err = s.inspect(err)
		// An error after the answer to COMMIT does not change that.
		_ = results.Close()
	}
	if err == nil && tag.String() != commit {
		err = &pgconn.PgError{Code: rollback, Message: "the database rolled back instead of committing"}
	}
	if warning, is := custom[notReplicated]; is && err == nil {
		s.release()
		return fmt.Errorf("%w: %w: %v", engine.ErrUnknown, errNotReplicated, warning)
	}
	if err == nil {
		s.release()
		return nil
	}
	s.rollback()
	if isRolledBack(err) {
		return err
	}
	return fmt.Errorf("%w: %w", engine.ErrUnknown, err)
}

// rollback gives the transaction up; it does nothing after it has ended.
func (s *session) rollback() {
	if s.ended {
		return
	}
	if s.sent && s.conn.Conn().PgConn().TxStatus() != idle {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), answerTimeout)
		defer cancel()
		// The pool closes a connection that is broken or still in a transaction.
		_, _ = s.conn.Exec(ctx, "ROLLBACK")
	}
	s.release()
}

func (s *session) release() {
	s.ended = true
	if s.patience != nil {
		s.patience.Stop()
	}
	s.conn.Release()
	s.places.leave()
}
