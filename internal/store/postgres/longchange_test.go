package postgres

import (
	"sync"
	"testing"
	"time"

	"accord/internal/store/engine"
)

// TestALongChangeDoesNotHoldTheOthers: while it runs, others are made, also when only one
// transaction may run at a time. The control waits for it.
func TestALongChangeDoesNotHoldTheOthers(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		holds bool
	}{
		"as it is": {time.Millisecond, false}, "control": {time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := openTable(t)
			e.writers.longAfter = c.after
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
