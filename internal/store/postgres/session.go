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
	ctx  context.Context
	conn *pgxpool.Conn
	// deferred are the statements that are not sent yet, BEGIN first.
	deferred *pgx.Batch
	// sent is true after the database has seen the transaction.
	sent bool
	// conflict is true after the transaction failed because of concurrent ones.
	conflict bool
	ended    bool
}

// endTimeout bounds the wait for an answer to COMMIT or ROLLBACK. A client that gives
// up does not shorten it: that would cancel the commit itself.
const endTimeout = 15 * time.Second

// Scratch is nil: other servers may have written in between.
func (s *session) Scratch() *atomic.Value { return nil }

func (s *session) ExecDeferred(query string, args []any) error {
	s.deferred.Queue(query, args...)
	return nil
}

func (s *session) ExecOneDeferred(query string, args []any) error {
	return s.ExecDeferred(expectOneRow(query), args)
}

// expectOneRow makes the database itself refuse a statement that changes no row: a
// check here would come too late when COMMIT is sent with the statement. No statement
// divides but this one.
func expectOneRow(query string) string {
	return "WITH changed AS (" + query + " RETURNING 1) SELECT 1 / COUNT(*) FROM changed"
}

// inspect notes a conflict, and translates the error of expectOneRow.
func (s *session) inspect(err error) error {
	s.conflict = s.conflict || isConflict(err)
	if codeOf(err) == divisionByZero {
		return fmt.Errorf("%w: %w", engine.ErrUnchanged, err)
	}
	return err
}

// send sends the deferred statements and one more, and reads the results up to that.
func (s *session) send(ctx context.Context, query string, args []any) (pgx.BatchResults, error) {
	before := s.deferred.Len()
	s.deferred.Queue(query, args...)
	results := s.conn.SendBatch(ctx, s.deferred)
	s.deferred, s.sent = &pgx.Batch{}, true
	for range before {
		if _, err := results.Exec(); err != nil {
			// Close repeats the error.
			_ = results.Close()
			return nil, s.inspect(err)
		}
	}
	return results, nil
}

func (s *session) Query(query string, args []any) (engine.Rows, error) {
	results, err := s.send(s.ctx, query, args)
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
	results, err := s.send(s.ctx, query, args)
	if err != nil {
		return 0, err
	}
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
	return r.results.Close()
}

// commit ends the transaction. An error that wraps engine.ErrUnknown says that it may
// have been committed.
func (s *session) commit() error {
	if !s.sent && s.deferred.Len() == 1 {
		s.rollback()
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), endTimeout)
	defer cancel()
	results, err := s.send(ctx, "COMMIT", nil)
	var tag pgconn.CommandTag
	if err == nil {
		tag, err = results.Exec()
		// An error after the answer to COMMIT does not change that.
		_ = results.Close()
	}
	if err == nil && tag.String() != "COMMIT" {
		err = &pgconn.PgError{Code: rollback, Message: "the database rolled back instead of committing"}
	}
	if err == nil {
		s.release()
		return nil
	}
	_ = s.inspect(err)
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
	if s.sent {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), endTimeout)
		defer cancel()
		// The pool closes a connection that is broken or still in a transaction.
		_, _ = s.conn.Exec(ctx, "ROLLBACK")
	}
	s.release()
}

func (s *session) release() {
	s.ended = true
	s.conn.Release()
}
