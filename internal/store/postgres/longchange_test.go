package postgres

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"accord/internal/store/engine"
)

// TestALongChangeDoesNotHoldTheOthers: while it runs, others are made, also when only one
// transaction may run at a time, unless the last long change lost against them. The control
// waits for it.
func TestALongChangeDoesNotHoldTheOthers(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		lost  bool
		holds bool
	}{
		"as it is": {time.Millisecond, false, false}, "after one that conflicted": {time.Millisecond, true, true}, "control": {time.Hour, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := openTable(t)
			e.writers.longAfter, e.writers.lost = c.after, c.lost
			const others = 3
			var errs [1 + others]error
			var long, short sync.WaitGroup
			began, end := make(chan struct{}), make(chan struct{})
			var once sync.Once
			long.Go(func() {
				errs[others] = e.Update(t.Context(), func(s engine.Session) error {
					once.Do(func() { close(began) })
					<-end
					return insert(s, nameOf(others))
				})
			})
			<-began
			for i := range others {
				short.Go(func() {
					errs[i] = e.Update(t.Context(), func(s engine.Session) error { return insert(s, nameOf(i)) })
				})
			}
			if c.holds {
				awaitQueue(t, e, others)
			} else {
				short.Wait()
				wantFacts(t, e, func(i int) bool { return i < others }, 1+others)
			}
			close(end)
			short.Wait()
			long.Wait()
			for i, err := range errs {
				if err != nil {
					t.Errorf("%d: %v", i, err)
				}
			}
			wantFacts(t, e, func(int) bool { return true }, 1+others)
			if e.writers.running != 0 || e.writers.long != 0 {
				t.Errorf("%d count and %d do not, after all have ended", e.writers.running, e.writers.long)
			}
			t.Logf("evidence: %s: %d changes beside one that does not end, held: %v", name, others, c.holds)
		})
	}
}

// TestALongChangeThatConflictsRunsAloneNext, and lets others run again afterwards.
func TestALongChangeThatConflictsRunsAloneNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := writers{longAfter: longAfter, concurrencyLimit: concurrencyLimit{limit: 8, size: maxGroup}}
		conflict := &pgconn.PgError{Code: serializationFailure}
		for _, step := range []struct {
			takes       time.Duration
			err         error
			beside      bool
			lost        bool
			limit, long int
		}{
			{longAfter / 2, conflict, false, false, 8, 0},
			{2 * longAfter, nil, true, false, 8, 1},
			{2 * longAfter, conflict, true, true, 1, 1},
			{longAfter / 2, nil, false, true, 1, 0},
			{2 * longAfter, errors.New("of a member"), false, false, 1, 0},
			{2 * longAfter, nil, true, false, 1, 1},
		} {
			w.running = 1
			release := w.count()
			time.Sleep(step.takes)
			synctest.Wait()
			if (w.running == 0) != step.beside || w.long != step.long {
				t.Errorf("%+v: %d count and %d do not", step, w.running, w.long)
			}
			release(step.err)
			if w.lost != step.lost || w.limit != step.limit || w.running != 0 || w.long != 0 {
				t.Errorf("%+v: lost %v, limit %d, %d and %d run", step, w.lost, w.limit, w.running, w.long)
			}
		}
	})
}
