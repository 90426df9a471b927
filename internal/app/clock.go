package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"accord/internal/clock"
	"accord/internal/config"
	"accord/internal/jobs"
	"accord/internal/store"
)

// newClock returns the clock of a kind; a virtual one shows an instant, or the
// present second. machine is the time of the operating system, nil for time.Now.
func newClock(kind config.Clock, start time.Time, machine func() time.Time) clock.Clock {
	system := clock.NewSystem(machine)
	if kind != config.Virtual {
		return system
	}
	if start.IsZero() {
		start = system.Now().Truncate(time.Second)
	}
	return clock.NewVirtual(start)
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

func kindOf(c clock.Clock) config.Clock {
	if _, is := c.(*clock.Virtual); is {
		return config.Virtual
	}
	return config.System
}

// requireClock rejects a store that is bound to another kind of clock; store.ErrNotFound says
// that it is bound to none.
func requireClock(v *store.View, wanted config.Clock) error {
	served, err := v.Fact(store.ClockKind)
	if err == nil && served != string(wanted) {
		err = &ClockError{Served: config.Clock(served), Wanted: wanted}
	}
	return err
}

// acceptClock is requireClock before a store is migrated.
func acceptClock(c clock.Clock) func(*store.View) error {
	return func(v *store.View) error {
		err := requireClock(v, kindOf(c))
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	}
}

// bindClock binds a new store to the kind of the clock and rejects one that is
// bound to the other kind. A virtual clock is set to where it last was in this
// store.
func bindClock(ctx context.Context, db *store.Store, c clock.Clock) error {
	virtual, isVirtual := c.(*clock.Virtual)
	wanted := kindOf(c)
	return db.Update(ctx, func(tx *store.Tx) error {
		err := requireClock(&tx.View, wanted)
		switch {
		case errors.Is(err, store.ErrNotFound):
			if err := tx.UpsertFact(store.ClockKind, string(wanted)); err != nil || !isVirtual {
				return err
			}
			return saveVirtualNow(tx, c.Now())
		case err != nil:
			return err
		case !isVirtual:
			return nil
		}
		return showStored(tx, virtual)
	})
}

// showStored sets a virtual clock to where it last was in a store.
func showStored(tx *store.Tx, virtual *clock.Virtual) error {
	text, err := tx.Fact(store.VirtualNow)
	if err != nil {
		return fmt.Errorf("reading the virtual clock: %w", err)
	}
	last, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return fmt.Errorf("reading the virtual clock: %w", err)
	}
	virtual.Set(last)
	return nil
}

func saveVirtualNow(tx *store.Tx, now time.Time) error {
	return tx.UpsertFact(store.VirtualNow, now.Format(time.RFC3339Nano))
}

// Clock is the clock of an App. A virtual clock is moved only here; after a
// restart it shows what it showed before.
type Clock struct {
	clock clock.Clock
	// virtual is the same clock if it is virtual, else nil.
	virtual *clock.Virtual
	// change runs a transaction, which is recorded if the context has a change.
	change change
	jobs   *jobs.Loop
	log    *slog.Logger
	// ctx ends with the App. A move that has begun continues although the client
	// that asked for it has gone.
	ctx context.Context
	mu  sync.Mutex
}

// change runs a transaction.
type change func(ctx context.Context, fn func(*store.Tx) error) error

func newAppClock(ctx context.Context, c clock.Clock, update change, loop *jobs.Loop, log *slog.Logger) *Clock {
	virtual, _ := c.(*clock.Virtual)
	return &Clock{clock: c, virtual: virtual, change: update, jobs: loop, log: log, ctx: ctx}
}

// Now returns the present instant.
func (c *Clock) Now() time.Time { return c.clock.Now() }

// Virtual reports whether the clock is virtual: it only moves when it is moved.
func (c *Clock) Virtual() bool { return c.virtual != nil }

// Advance moves a virtual clock forward by a duration, as Set does.
func (c *Clock) Advance(ctx context.Context, by time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.set(ctx, c.Now().Add(by))
}

// Set moves a virtual clock to an instant. Before it returns it runs the jobs that
// become due on the way, each at its own instant. The clock goes back only while
// the store has no account. clock.ErrNotNow says that the clock cannot be
// moved so, clock.ErrOutOfRange that no clock shows the instant; after a
// *jobs.FailedError it has been moved.
func (c *Clock) Set(ctx context.Context, to time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.set(ctx, to)
}

func (c *Clock) set(ctx context.Context, to time.Time) error {
	to = to.UTC().Truncate(clock.Precision)
	switch {
	case !c.Virtual():
		return fmt.Errorf("%w: the clock is the system's; only a virtual clock can be moved (--clock virtual)", clock.ErrNotNow)
	case to.Year() < 1970 || to.Year() > 9999:
		return fmt.Errorf("%w: the clock shows the years 1970 to 9999", clock.ErrOutOfRange)
	case to.Before(c.Now()):
		return c.rewind(ctx, to)
	}
	// Saved first: after a crash on the way the clock shows the target, and the jobs
	// that have not run are due.
	if err := c.change(ctx, func(tx *store.Tx) error { return saveVirtualNow(tx, to) }); err != nil {
		return err
	}
	from, outcomes := c.Now(), c.jobs.Count()
	err := c.jobs.RunUntil(c.ctx, to, c.virtual.Set)
	c.moved(from, outcomes())
	return err
}

// rewind sets the clock back while the store has nothing that carries an instant.
func (c *Clock) rewind(ctx context.Context, to time.Time) error {
	before := c.Now()
	err := c.change(ctx, func(tx *store.Tx) error {
		empty, err := tx.Empty()
		if err != nil {
			return err
		}
		if !empty {
			return fmt.Errorf("%w: the clock is at %s and goes back only while there is no account (POST /reset deletes all)",
				clock.ErrNotNow, before.Format(time.RFC3339Nano))
		}
		// Within the transaction, so that no other transaction writes at the older
		// instant.
		c.virtual.Set(to)
		return saveVirtualNow(tx, to)
	})
	if err != nil {
		c.virtual.Set(before)
		return err
	}
	c.moved(before, "")
	return nil
}

// Return runs a change that takes the store to the state of an instant. A virtual clock is
// set to it, also back, where the change calls the function that it is given, and shows
// what it showed before if the change fails. A system clock stays.
func (c *Clock) Return(to time.Time, change func(arrive func(*store.Tx) error) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.Virtual() {
		return change(func(*store.Tx) error { return nil })
	}
	before := c.Now()
	// Within the transaction, as in rewind.
	err := change(func(tx *store.Tx) error {
		c.virtual.Set(to)
		return saveVirtualNow(tx, to)
	})
	if err != nil {
		c.virtual.Set(before)
		if errors.Is(err, store.ErrUnknown) {
			// Whichever state there is, the clock is that of it.
			_ = c.change(c.ctx, func(tx *store.Tx) error { return showStored(tx, c.virtual) })
		}
		return err
	}
	if !to.Equal(before) {
		c.moved(before, "")
	}
	return nil
}

// moved logs a move, with what the jobs did that became due.
func (c *Clock) moved(from time.Time, outcomes string) {
	attributes := []any{"from", from, "to", c.Now()}
	if outcomes != "" {
		attributes = append(attributes, "jobs", outcomes)
	}
	c.log.Info("clock moved", attributes...)
}
