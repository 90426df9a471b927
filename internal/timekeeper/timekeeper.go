// Package timekeeper keeps the time of a server right: it corrects the clock by that of
// the database, lets no start go behind the newest instant that the store has seen, and
// says how far the clock of the machine is off.
//
// It knows the store and the clock, and no rule of a service.
package timekeeper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"time"

	"accord/internal/clock"
	"accord/internal/health"
	"accord/internal/store"
	"accord/internal/store/engine"
)

const (
	// tolerance is the difference to the clock of the database that is not corrected: it is
	// about what a round trip lets a measurement vary.
	tolerance = 20 * time.Millisecond
	// longAgo is how far the newest instant of the store lies back at a start that tells
	// which jobs become due by it.
	longAgo = 7 * 24 * time.Hour
	// saveDelay is how long changes are collected before their instant is saved.
	saveDelay = time.Second
)

// Keeper keeps the time of one server. It does nothing to a virtual clock.
type Keeper struct {
	// clock is nil if the clock of the server is virtual.
	clock *clock.System
	store *store.Store
	log   *slog.Logger
	// slot is the name of the probes of this server.
	slot    string
	changed chan struct{}

	mu sync.Mutex
	// probes counts the probes, so that each writes another value.
	probes int
	// correction is that of the clock.
	correction time.Duration
}

// New returns the keeper of a clock. The slot is a byte in hexadecimal; servers of one
// store have different ones.
func New(c clock.Clock, db *store.Store, slot string, log *slog.Logger) *Keeper {
	system, _ := c.(*clock.System)
	return &Keeper{clock: system, store: db, log: log, slot: slot, changed: make(chan struct{}, 1)}
}

// Start corrects the clock, and lets it show no instant before the newest that the store
// has seen. With accept the store forgets that one instead. It logs when the clock is
// behind, or so far ahead that it decides what becomes due.
func (k *Keeper) Start(ctx context.Context, accept bool) error {
	if k.clock == nil {
		return nil
	}
	if _, _, err := k.measure(ctx, startAttempts); err != nil {
		return err
	}
	// The store was opened by the clock as it was before it was corrected.
	k.clock.Forget()
	if accept {
		if err := k.store.Update(ctx, forget); err != nil {
			return err
		}
	}
	newest, jobs, err := k.seen(ctx)
	if err != nil || newest.IsZero() {
		return err
	}
	k.clock.NotBefore(newest)
	ahead := k.clock.Corrected().Sub(newest)
	switch {
	case ahead < -health.ClockWarning:
		k.log.WarnContext(ctx, "the clock of this machine is behind the store: the time of the service goes on from there, at half speed until this clock has caught up",
			"behind", -ahead, "newest", newest, "cure", cureBehind)
	case ahead > longAgo && len(jobs) > 0:
		k.log.WarnContext(ctx, "the store was last served long ago, by the clock of this machine: what became due meanwhile is done now, and cannot be undone",
			"ahead", ahead, "newest", newest, "jobs", summary(jobs))
	}
	k.Changed()
	return nil
}

const cureBehind = "set the clock of the machine; if it is right, and the store was served with a wrong one, start once with --accept-clock on"

// manyJobs bounds the jobs that are counted at the start.
const manyJobs = 1000

// seen returns the newest instant of the store, and the jobs that are due now.
func (k *Keeper) seen(ctx context.Context) (newest time.Time, jobs []store.Job, err error) {
	err = k.store.View(ctx, func(v *store.View) error {
		if newest, err = newestProbe(v); err != nil {
			return err
		}
		jobs, err = v.JobsDueBy(v.Now(), manyJobs)
		return err
	})
	return newest, jobs, err
}

// summary counts jobs by their kinds, in the order in which they come first.
func summary(jobs []store.Job) string {
	counts := map[string]int{}
	var kinds []string
	for _, job := range jobs {
		if counts[job.Kind]++; counts[job.Kind] == 1 {
			kinds = append(kinds, job.Kind)
		}
	}
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", counts[kind], kind)
	}
	if len(jobs) == manyJobs {
		kinds = append(kinds, "and more")
	}
	return strings.Join(kinds, ", ")
}

// Changed says that a change was committed. It never blocks.
func (k *Keeper) Changed() {
	select {
	case k.changed <- struct{}{}:
	default:
	}
}

// Run saves the newest instant, at most a second after a change, until the context ends.
func (k *Keeper) Run(ctx context.Context) {
	if k.clock == nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.changed:
		}
		later, cancel := k.clock.Wake(k.clock.Now().Add(saveDelay))
		select {
		case <-ctx.Done():
			cancel()
			return
		case <-later:
		}
		// The monitor of the store logs why it cannot, and the next change tries again.
		_ = k.Probe(ctx)
	}
}

// Save saves the newest instant at the end of a server.
func (k *Keeper) Save(ctx context.Context) error {
	if k.clock == nil {
		return nil
	}
	return k.Probe(ctx)
}

// Probe makes a small durable change that notes the present instant. Its text differs from
// one probe to the next: a database may not write what has not changed. Servers with slots
// of their own do not wait for each other.
func (k *Keeper) Probe(ctx context.Context) error {
	k.mu.Lock()
	k.probes++
	different := fmt.Sprint(k.probes)
	k.mu.Unlock()
	return k.store.Update(ctx, func(tx *store.Tx) error {
		return tx.UpsertUncachedFact(probes+store.FactName(k.slot), fmt.Sprintf("%016x %s", tx.Now().UnixMicro(), different))
	})
}

// The names of the facts that probes write begin with probes and end before probesEnd. The
// values compare like their instants.
const probes, probesEnd store.FactName = "probe-", "probe."

// forget makes what all probes have written empty.
func forget(tx *store.Tx) error {
	for slot := range 256 {
		name := probes + store.FactName(fmt.Sprintf("%02x", slot))
		_, err := tx.Fact(name)
		if err == nil {
			err = tx.UpsertFact(name, "")
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// newestProbe is the newest instant of the probes of all servers; zero without one.
func newestProbe(v *store.View) (time.Time, error) {
	text, err := v.LargestFact(probes, probesEnd)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	var newest int64
	if _, err := fmt.Sscanf(text, "%x", &newest); err != nil {
		return time.Time{}, fmt.Errorf("the newest instant of the store: %w", err)
	}
	return time.UnixMicro(newest).UTC(), nil
}

// startAttempts is how often a start asks the database for its time at most, until an answer
// is fast.
const startAttempts = 5

// measure compares the clock of the machine with that of the database, if that has one,
// and corrects by the difference. The fastest of several answers says most; what a slow one
// leaves unknown, half of its round trip, is not corrected, but the rest is: a server that is
// busy at its start must not keep a wrong time.
func (k *Keeper) measure(ctx context.Context, attempts int) (off time.Duration, measured bool, err error) {
	keeper, is := k.store.Engine().(engine.Timekeeper)
	if !is {
		return 0, false, nil
	}
	fastest := time.Duration(math.MaxInt64)
	for n := 0; n < attempts && fastest > tolerance; n++ {
		before := k.clock.Machine()
		theirs, err := keeper.Time(ctx)
		if err != nil {
			return 0, false, err
		}
		// A clock that was set meanwhile measures nothing.
		if trip := k.clock.Machine().Sub(before); trip >= 0 && trip < fastest {
			fastest, off, measured = trip, before.Add(trip/2).Sub(theirs), true
		}
	}
	if !measured {
		return 0, false, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if change := k.correction + off; change.Abs() > max(tolerance, fastest/2) {
		k.correction = -off
		k.clock.Correct(k.correction)
	}
	return off, true, nil
}

// Check compares the clock of the machine with that of the database, and with the newest
// instant that the store has seen.
func (k *Keeper) Check(ctx context.Context) health.Result {
	if k.clock == nil {
		return health.Result{Status: health.OK, Value: "virtual"}
	}
	off, measured, err := k.measure(ctx, 1)
	if err != nil {
		return health.Of("", err)
	}
	var newest time.Time
	if err := k.store.View(ctx, func(v *store.View) (err error) {
		newest, err = newestProbe(v)
		return err
	}); err != nil {
		return health.Of("", err)
	}
	if behind := newest.Sub(k.clock.Corrected()); !newest.IsZero() && behind > health.ClockWarning {
		return health.OfClock(-behind, "the newest instant that the store has seen; "+cureBehind)
	}
	if measured {
		return health.OfClock(off, "the clock of the database, whose time the server uses; synchronize the clocks of both")
	}
	return health.Result{Status: health.OK}
}
