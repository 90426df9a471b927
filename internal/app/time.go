package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/jobs"
	"accord/internal/service/organizations"
	"accord/internal/store"
)

// Time is the clock of an installation. A virtual one is moved here and nowhere
// else, and stands after a restart where it stood before.
type Time struct {
	clock clock.Clock
	// virtual is the same clock when it can be moved; nil when it is the machine's.
	virtual *clock.Virtual
	store   *store.Store
	due     *jobs.Loop
	// life ends with the installation. A move that has begun goes on although who
	// asked for it went away.
	life   context.Context
	moving sync.Mutex
}

// newTime returns the clock of a kind; a virtual one stands at an instant, or at
// the present second.
func newTime(kind config.Clock, start time.Time) *Time {
	machine := &clock.System{}
	if kind != config.Virtual {
		return &Time{clock: machine}
	}
	if start.IsZero() {
		start = machine.Now().Truncate(time.Second)
	}
	virtual := clock.NewVirtual(start)
	return &Time{clock: virtual, virtual: virtual}
}

// ClockError says that a store belongs to another kind of clock.
type ClockError struct {
	// Served is the clock of the store, Wanted the one of the settings.
	Served, Wanted config.Clock
}

func (e *ClockError) Error() string {
	const other = "use another file (--store sqlite:PATH) or --store memory"
	if e.Wanted == config.Virtual {
		return "--clock virtual is not possible: the store was served in real time, and its state must not leave it; " + other
	}
	return "--clock system is not possible: the store was served with a virtual clock, which real time does not go on from; " +
		"start with --clock virtual, or " + other
}

// resume makes the store the clock's own: a new one takes the kind of the clock,
// and a virtual clock goes on where the store says that it stood.
func (t *Time) resume(ctx context.Context, s *store.Store) error {
	t.store = s
	wanted := config.System
	if t.Virtual() {
		wanted = config.Virtual
	}
	return s.Update(ctx, func(tx *store.Tx) error {
		served, err := tx.Fact(store.ClockKind)
		switch {
		case errors.Is(err, store.ErrNotFound):
			if err := tx.UpsertFact(store.ClockKind, string(wanted)); err != nil || !t.Virtual() {
				return err
			}
			return t.remember(tx, t.Now())
		case err != nil:
			return err
		case served != string(wanted):
			return &ClockError{Served: config.Clock(served), Wanted: wanted}
		case !t.Virtual():
			return nil
		}
		stood, err := tx.Fact(store.VirtualNow)
		if err != nil {
			return fmt.Errorf("where the virtual clock stood: %w", err)
		}
		at, err := time.Parse(time.RFC3339Nano, stood)
		if err != nil {
			return fmt.Errorf("where the virtual clock stood: %w", err)
		}
		t.virtual.Set(at)
		return nil
	})
}

func (t *Time) remember(tx *store.Tx, at time.Time) error {
	return tx.UpsertFact(store.VirtualNow, at.Format(time.RFC3339Nano))
}

// Now returns the present instant.
func (t *Time) Now() time.Time { return t.clock.Now() }

// Virtual reports whether the clock stands until it is moved.
func (t *Time) Virtual() bool { return t.virtual != nil }

// Advance moves a virtual clock on by a duration, as Set does.
func (t *Time) Advance(ctx context.Context, by time.Duration) error {
	t.moving.Lock()
	defer t.moving.Unlock()
	return t.set(ctx, t.Now().Add(by))
}

// Set moves a virtual clock to an instant, and does the work that becomes due on
// the way, each piece at its own instant, before it returns. Back it goes only
// while the store knows no account. organizations.ErrNotNow says that the clock
// cannot be moved so, ErrMalformed that no clock shows the instant; after a
// *jobs.FailedError it has been moved.
func (t *Time) Set(ctx context.Context, to time.Time) error {
	t.moving.Lock()
	defer t.moving.Unlock()
	return t.set(ctx, to)
}

func (t *Time) set(ctx context.Context, to time.Time) error {
	to = to.UTC().Truncate(clock.Precision)
	switch {
	case !t.Virtual():
		return fmt.Errorf("%w: the clock is the machine's; a virtual one can be moved (--clock virtual)", organizations.ErrNotNow)
	case to.Year() < 1970 || to.Year() > 9999:
		return fmt.Errorf("%w: the clock shows the years 1970 to 9999", organizations.ErrMalformed)
	case to.Before(t.Now()):
		return t.back(ctx, to)
	}
	// Written first: after a crash on the way the clock stands at the end of it,
	// and what was not done yet is overdue.
	if err := t.store.Update(ctx, func(tx *store.Tx) error { return t.remember(tx, to) }); err != nil {
		return err
	}
	return t.due.RunUntil(t.life, to, t.virtual.Set)
}

// back sets the clock back while there is nothing that has an instant.
func (t *Time) back(ctx context.Context, to time.Time) error {
	before := t.Now()
	err := t.store.Update(ctx, func(tx *store.Tx) error {
		empty, err := tx.Empty()
		if err != nil {
			return err
		}
		if !empty {
			return fmt.Errorf("%w: the clock stands at %s and goes back only while there is no account (POST /reset forgets all)",
				organizations.ErrNotNow, before.Format(time.RFC3339Nano))
		}
		// Within the transaction, so that nobody else writes at the older instant.
		t.virtual.Set(to)
		return t.remember(tx, to)
	})
	if err != nil {
		t.virtual.Set(before)
	}
	return err
}
