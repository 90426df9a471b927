package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresSession is one open transaction on a connection of its own. What nobody
// waits for goes to the database together with the next statement that somebody
// does wait for, or with the commit: each way there and back costs more than the
// statement.
type postgresSession struct {
	ctx  context.Context
	conn *pgxpool.Conn
	// waiting are the statements that wait, the beginning of the transaction first.
	waiting *pgx.Batch
	// gate is the one that a session which writes came through; nil for one that
	// reads. conflict is true once the transaction lost against others.
	gate     *gate
	conflict bool
	// sent is true once the database knows of the transaction.
	sent bool
	done bool
}

func (e *postgresEngine) begin(ctx context.Context, write bool) (session, error) {
	s := &postgresSession{ctx: ctx, waiting: &pgx.Batch{}}
	begin := "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	if write {
		begin = "BEGIN ISOLATION LEVEL SERIALIZABLE"
		s.gate = &e.gate
		if err := s.gate.enter(ctx); err != nil {
			return nil, err
		}
	}
	var err error
	if s.conn, err = e.pool.Acquire(ctx); err != nil {
		s.end()
		return nil, err
	}
	s.waiting.Queue(begin)
	return s, nil
}

// end gives back what the session holds.
func (s *postgresSession) end() {
	s.done = true
	if s.conn != nil {
		s.conn.Release()
	}
	if s.gate != nil {
		s.gate.leave(s.conflict)
	}
}

// look notes an error that says that others won, and says in our words that no row
// was changed.
func (s *postgresSession) look(err error) error {
	s.conflict = s.conflict || lost(err)
	if postgresCode(err) == divisionByZero {
		return fmt.Errorf("%w: %w", ErrUnchanged, err)
	}
	return err
}

// divisionByZero is the error of statements that had to change a row: no other one
// divides. [PostgreSQL: Appendix A]
const divisionByZero = "22012"

// execLater lets the database itself refuse what has to change a row and changes none:
// the commit may be on its way together with the statement.
func (s *postgresSession) execLater(query string, args []any, single bool) error {
	if single {
		query = "WITH changed AS (" + query + " RETURNING 1) SELECT 1 / COUNT(*) FROM changed"
	}
	s.waiting.Queue(query, args...)
	return nil
}

// send sends what waits and one statement more, and reads the answers up to that.
func (s *postgresSession) send(ctx context.Context, query string, args []any) (pgx.BatchResults, error) {
	before := s.waiting.Len()
	s.waiting.Queue(query, args...)
	answers := s.conn.SendBatch(ctx, s.waiting)
	s.waiting, s.sent = &pgx.Batch{}, true
	for range before {
		if _, err := answers.Exec(); err != nil {
			// Closing repeats the error.
			_ = answers.Close()
			return nil, s.look(err)
		}
	}
	return answers, nil
}

func (s *postgresSession) query(query string, args []any) (rows, error) {
	answers, err := s.send(s.ctx, query, args)
	if err != nil {
		return nil, err
	}
	found, err := answers.Query()
	if err != nil {
		_ = answers.Close()
		return nil, s.look(err)
	}
	return &postgresRows{found, answers, s}, nil
}

func (s *postgresSession) exec(query string, args []any) (int64, error) {
	answers, err := s.send(s.ctx, query, args)
	if err != nil {
		return 0, err
	}
	tag, err := answers.Exec()
	if ended := answers.Close(); err == nil {
		err = ended
	}
	return tag.RowsAffected(), s.look(err)
}

// postgresRows are the rows of a query, and what came with them.
type postgresRows struct {
	pgx.Rows
	answers pgx.BatchResults
	session *postgresSession
}

func (r *postgresRows) Err() error { return r.session.look(r.Rows.Err()) }

func (r *postgresRows) Close() error {
	r.Rows.Close()
	return r.answers.Close()
}

func (s *postgresSession) commit() error {
	if !s.sent && s.waiting.Len() == 1 {
		s.rollback()
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), commitTime)
	defer cancel()
	answers, err := s.send(ctx, "COMMIT", nil)
	var tag pgconn.CommandTag
	if err == nil {
		tag, err = answers.Exec()
		// What went wrong after the answer to COMMIT changes nothing about it.
		_ = answers.Close()
	}
	if err == nil && tag.String() != "COMMIT" {
		err = &pgconn.PgError{Code: "40000", Message: "the database rolled back instead of committing"}
	}
	if err == nil {
		s.end()
		return nil
	}
	_ = s.look(err)
	s.rollback()
	if refused(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

// refused reports whether the database says itself that it did not commit. Of the
// class that tells of transactions rolled back, 40003 is the one that says that it
// does not know; every other error but those of the class 57 and 08, in which a
// server goes down, is one of a statement before COMMIT.
func refused(err error) bool {
	code := postgresCode(err)
	return code != "" && code != "40003" && !strings.HasPrefix(code, "57") && !strings.HasPrefix(code, "08")
}

func (s *postgresSession) rollback() {
	if s.done {
		return
	}
	if s.sent {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), commitTime)
		defer cancel()
		// A connection that is broken, or still in a transaction, goes back to no pool.
		_, _ = s.conn.Exec(ctx, "ROLLBACK")
	}
	s.end()
}
