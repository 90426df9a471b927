package postgres

import "github.com/jackc/pgx/v5"

// copiedTogether is how many rows one COPY inserts, well within statement_timeout.
const copiedTogether = 20_000

// Copy inserts rows by COPY, after the statements that were deferred.
func (s *session) Copy(table string, columns []string, next func() []any) error {
	if len(s.deferred) > 0 {
		if _, err := s.Exec("SELECT 1", nil); err != nil {
			return err
		}
	}
	s.changed = true
	for ended := false; !ended; {
		if s.patience != nil {
			s.patience.Reset(answerTimeout)
		}
		left := copiedTogether
		_, err := s.conn.CopyFrom(s.ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
			if left == 0 {
				return nil, nil
			}
			left--
			values := next()
			ended = values == nil
			return values, nil
		}))
		if err != nil {
			return s.inspect(err)
		}
	}
	return nil
}
