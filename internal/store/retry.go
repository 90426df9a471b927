package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"accord/internal/store/engine"
)

// attempts bounds how often a transaction that conflicts is run.
const attempts = 12

// Update runs fn in a serializable transaction and commits it when fn returns nil. A
// violated unique constraint counts as a conflict: operations look first, so that the
// other row was inserted in between, and the next run sees it.
//
// fn may run more than once, and must have no effect outside of the transaction. The
// errors are those of fn, ErrConflict when all attempts conflicted, ErrUnknown when the
// change may or may not have been made, and *health.NotReady when the database cannot be
// written or reached and nothing was changed.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	if err := s.options.Health.Refusal(); err != nil {
		return s.options.Health.Note(err)
	}
	if s.options.Rehearse {
		engine.RefuseNesting()
		_ = s.try(ctx, fn, errRehearsed)
	}
	for attempt := 1; ; attempt++ {
		err := s.try(ctx, fn, nil)
		switch {
		case err == nil:
			s.options.Health.Succeeded()
			return nil
		case errors.Is(err, ErrUnknown):
			s.observe(OutcomeUnknown)
			_ = s.options.Health.Note(err)
			// As text: a NotReady that callers find in a chain says that nothing was changed.
			return fmt.Errorf("%w: %s", ErrUnknown, strings.TrimPrefix(err.Error(), ErrUnknown.Error()+": "))
		case !s.engine.Retryable(err) && !errors.Is(err, ErrDuplicate):
			return s.options.Health.Note(err)
		case attempt == attempts:
			s.observe(RetriesExhausted)
			return fmt.Errorf("%w: %w", ErrConflict, err)
		}
		s.observe(Retried)
		if err := s.pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// pause waits a random time that grows with the attempts, so that conflicting
// transactions do not meet again.
func (s *Store) pause(ctx context.Context, attempt int) error {
	spread := s.options.Source.Bytes(1)[0]
	wait := time.Duration(1+int(spread)%(4<<min(attempt, 6))) * time.Millisecond / 2
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
