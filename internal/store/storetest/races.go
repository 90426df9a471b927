package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/page"
	"accord/internal/store"
)

// races holds what several transactions at once may not do to each other. A
// case that took far too long has ended in waiting.
var races = []testCase{
	{"a limit of two is never exceeded", func(t *fixture) {
		retried := t.racing()
		var wins atomic.Int64
		const rounds, racers = 50, 4
		for round := range rounds {
			name := store.CounterName(fmt.Sprint("round ", round))
			wins.Store(0)
			t.race(racers, func(racer int) {
				var reserved bool
				err := t.opened.Update(t.Context(), func(tx *store.Tx) (err error) {
					if reserved, err = tx.ReserveCounter(ours.ID, name, 2); err != nil || !reserved {
						return err
					}
					u := unitOf(ours, ident.UnitID(fmt.Sprintf("ou-%d-%d", round, racer)))
					u.Parent = ident.ParentID(name)
					return tx.InsertUnit(u)
				})
				if reserved && err == nil {
					wins.Add(1)
				}
				t.lost(err)
			})
			there := read(t, func(v *store.View) (int, error) {
				list, err := v.UnitsIn(ours.ID, ident.ParentID(name), page.First, 10)
				return len(list), err
			})
			count := read(t, countOf(ours.ID, name))
			if count > 2 || int64(there) != count || wins.Load() != count {
				t.Fatalf("round %d: %d succeeded, %d are there, %d are counted", round, wins.Load(), there, count)
			}
			if count < 2 {
				t.Errorf("round %d: only %d got through", round, count)
			}
		}
		t.Logf("%d transactions were retried", retried())
	}},
	{"no update is lost", func(t *fixture) {
		retried := t.racing()
		var done atomic.Int64
		t.race(4, func(int) {
			for range 10 {
				err := t.opened.Update(t.Context(), func(tx *store.Tx) error {
					n, err := tx.Counter(ours.ID, "a")
					if err != nil {
						return err
					}
					if err := tx.UpsertQuota(ours.ID, "a", n+1); err != nil {
						return err
					}
					return tx.AddToCounter(ours.ID, "a", 1)
				})
				if t.lost(err); err == nil {
					done.Add(1)
				}
			}
		})
		wants(t, "the number", done.Load(), countOf(ours.ID, "a"))
		wants(t, "what followed from reading it", map[string]int64{"a": done.Load()}, func(v *store.View) (map[string]int64, error) {
			return v.Quotas(ours.ID)
		})
		t.Logf("%d of 40 were done, %d retried", done.Load(), retried())
	}},
	{"of two transactions that read what the other writes one is retried", func(t *fixture) {
		// Write skew: each may take from its own number as long as both together
		// leave one. Snapshots that are not serializable let both take.
		t.racing()
		names := []store.CounterName{"left", "right"}
		for round := range 25 {
			t.write(func(tx *store.Tx) error {
				return each(names, func(name store.CounterName) error {
					n, err := tx.Counter(ours.ID, name)
					if err != nil {
						return err
					}
					return tx.AddToCounter(ours.ID, name, 1-n)
				})
			})
			t.race(2, func(racer int) {
				t.lost(t.opened.Update(t.Context(), func(tx *store.Tx) error {
					var sum int64
					for _, name := range names {
						n, err := tx.Counter(ours.ID, name)
						if err != nil {
							return err
						}
						sum += n
					}
					if sum < 2 {
						return nil
					}
					return tx.AddToCounter(ours.ID, names[racer], -1)
				}))
			})
			left, right := read(t, countOf(ours.ID, "left")), read(t, countOf(ours.ID, "right"))
			if left+right != 1 {
				t.Fatalf("round %d leaves %d and %d", round, left, right)
			}
		}
	}},
	{"a recipient gets one invitation from concurrent transactions", func(t *fixture) {
		t.racing()
		for round := range 15 {
			to := toEmail(fmt.Sprintf("invited-%d@example.com", round))
			var won atomic.Int64
			t.race(4, func(racer int) {
				h := invitationOf(ours, ident.HandshakeID(fmt.Sprintf("h-%d-%d", round, racer)), to)
				err := t.opened.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.OpenHandshake(ours.ID, handshake.Invite, to)
					switch {
					case err == nil:
						return errExpected
					case !errors.Is(err, store.ErrNotFound):
						return err
					}
					return tx.InsertHandshake(h)
				})
				switch {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, errExpected):
					t.lost(err)
				}
			})
			if won.Load() != 1 {
				t.Fatalf("round %d: %d invitations were made", round, won.Load())
			}
			read(t, unanswered(ours, to))
		}
	}},
	{"each job is claimed once", func(t *fixture) {
		t.racing()
		const pieces = 40
		t.write(func(tx *store.Tx) error {
			for i := range pieces {
				if err := tx.InsertJob(store.Job{Organization: ours.ID, At: epoch, Kind: "k", Subject: fmt.Sprintf("%02d", i)}); err != nil {
					return err
				}
			}
			return nil
		})
		var taken tally
		t.race(2, func(int) {
			for {
				rows := read(t, func(v *store.View) ([]store.Job, error) { return v.JobsDueBy(epoch, 5) })
				if len(rows) == 0 {
					return
				}
				for _, d := range rows {
					var mine bool
					err := t.opened.Update(t.Context(), func(tx *store.Tx) (err error) {
						if mine, err = tx.ClaimJob(d); err != nil || !mine {
							return err
						}
						return tx.AddToCounter(ours.ID, "done", 1)
					})
					if t.lost(err); mine && err == nil {
						taken.add(d.Subject)
					}
				}
			}
		})
		taken.once(t, pieces)
		wants(t, "what was done", pieces, countOf(ours.ID, "done"))
	}},
	{"each message is leased once", func(t *fixture) {
		t.racing()
		const posted = 40
		t.write(func(tx *store.Tx) error {
			for i := range posted {
				if err := tx.InsertMessage(store.Message{Kind: "mail", Body: fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		var leased tally
		t.race(3, func(int) {
			for {
				var batch []store.Message
				err := t.opened.Update(t.Context(), func(tx *store.Tx) (err error) {
					batch, err = tx.LeaseMessages("mail", epoch.Add(time.Hour), 3)
					return err
				})
				if t.lost(err); err != nil {
					continue
				}
				if len(batch) == 0 {
					return
				}
				leased.add(bodiesOf(batch)...)
			}
		})
		leased.once(t, posted)
	}},
	{"readers see whole transactions", func(t *fixture) {
		t.racing()
		var over atomic.Bool
		var looks atomic.Int64
		t.race(3, func(racer int) {
			if racer == 0 {
				defer over.Store(true)
				for range 40 {
					t.lost(t.opened.Update(t.Context(), func(tx *store.Tx) error {
						if err := tx.AddToCounter(ours.ID, "left", 1); err != nil {
							return err
						}
						return tx.AddToCounter(ours.ID, "right", 1)
					}))
				}
				return
			}
			for !over.Load() {
				err := t.opened.View(t.Context(), func(v *store.View) error {
					left, err := v.Counter(ours.ID, "left")
					if err != nil {
						return err
					}
					right, err := v.Counter(ours.ID, "right")
					if left != right {
						t.Errorf("half a transaction: %d and %d", left, right)
					}
					looks.Add(1)
					return err
				})
				if err != nil {
					t.Errorf("a reader failed: %v", err)
					return
				}
			}
		})
		if looks.Load() == 0 {
			t.Error("nobody looked")
		}
	}},
}

// racing opens a store in which the organizations are founded and transactions
// run once, and returns how many were retried since.
func (t *fixture) racing() (retried func() int64) {
	t.Helper()
	var n atomic.Int64
	t.with(store.Options{Observe: func(e store.Event) {
		if e == store.Retried {
			n.Add(1)
		}
	}})
	t.foundBoth()
	return n.Load
}

// race runs fn for all racers at the same time.
func (t *fixture) race(racers int, fn func(racer int)) {
	t.Helper()
	start := make(chan struct{})
	var all sync.WaitGroup
	for racer := range racers {
		all.Go(func() {
			<-start
			fn(racer)
		})
	}
	close(start)
	all.Wait()
}

// lost accepts success, and a conflict that the store gave up on.
func (t *fixture) lost(err error) {
	t.Helper()
	if err != nil && !errors.Is(err, store.ErrConflict) {
		t.Errorf("a racer failed: %v", err)
	}
}

// tally counts how often each item was had.
type tally struct {
	mu sync.Mutex
	of map[string]int
}

func (c *tally) add(items ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = map[string]int{}
	}
	for _, item := range items {
		c.of[item]++
	}
}

// once wants as many items as there are, each had once.
func (c *tally) once(t *fixture, all int) {
	t.Helper()
	if len(c.of) != all {
		t.Errorf("%d of %d were had", len(c.of), all)
	}
	for item, n := range c.of {
		if n != 1 {
			t.Errorf("%s was had %d times", item, n)
		}
	}
}
