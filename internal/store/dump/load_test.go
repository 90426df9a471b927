package dump_test

import (
	"context"
	"sync"
	"testing"

	"accord/internal/store"
	"accord/internal/store/dump"
	"accord/test/require"
)

// TestADumpUnderLoadIsOneInstant: two counters that every transaction raises together are
// equal in each. The control reads them one after the other.
func TestADumpUnderLoadIsOneInstant(t *testing.T) {
	for name, url := range engines {
		t.Run(name, func(t *testing.T) {
			s, copied := open(t, url(t)), open(t, "memory")
			ctx, stop := context.WithCancel(t.Context())
			var writers sync.WaitGroup
			defer writers.Wait()
			defer stop()
			for range 4 {
				writers.Go(func() {
					for ctx.Err() == nil {
						err := s.Update(ctx, func(tx *store.Tx) error {
							if err := tx.AddToCounter("o-exampleorgid", "a", 1); err != nil {
								return err
							}
							return tx.AddToCounter("o-exampleorgid", "b", 1)
						})
						if err != nil && ctx.Err() == nil {
							t.Error(err)
							return
						}
					}
				})
			}
			counter := func(of *store.Store, name store.CounterName) (n int64) {
				t.Helper()
				if err := of.View(t.Context(), func(v *store.View) (err error) {
					n, err = v.Counter("o-exampleorgid", name)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				return n
			}
			dumps, states := require.Amount(10, 30, 200), map[int64]bool{}
			for range dumps {
				load(t, copied, read(t, s), false)
				a, b := counter(copied, "a"), counter(copied, "b")
				if a != b {
					t.Fatalf("a dump has %d and %d", a, b)
				}
				states[a] = true
			}
			a := counter(s, "a")
			for counter(s, "a") == a {
			}
			if b := counter(s, "b"); a == b {
				t.Errorf("the control: two reads of different instants have %d and %d", a, b)
			}
			t.Logf("evidence: %d dumps of %d states under 4 writers, each of one instant", dumps, len(states))
		})
	}
}

// TestALoadBesideWritersIsWhole: transactions that write beside a load are before or
// after it, and what was loaded is there as a whole in between.
func TestALoadBesideWritersIsWhole(t *testing.T) {
	for name, url := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t, url(t))
			if err := s.Update(t.Context(), func(tx *store.Tx) error {
				for _, name := range []store.CounterName{"a", "b"} {
					if err := tx.AddToCounter("o-exampleorgid", name, 1_000_000); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			base := read(t, s)
			if err := s.Update(t.Context(), dump.DeleteEverything); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			var writers sync.WaitGroup
			defer writers.Wait()
			defer stop()
			for range 3 {
				writers.Go(func() {
					for ctx.Err() == nil {
						_ = s.Update(ctx, func(tx *store.Tx) error {
							if err := tx.AddToCounter("o-exampleorgid", "a", 1); err != nil {
								return err
							}
							return tx.AddToCounter("o-exampleorgid", "b", 1)
						})
					}
				})
			}
			for range require.Amount(3, 10, 100) {
				load(t, s, base, false)
				if err := s.View(t.Context(), func(v *store.View) error {
					a, err := v.Counter("o-exampleorgid", "a")
					if err != nil {
						return err
					}
					b, err := v.Counter("o-exampleorgid", "b")
					if a != b || a < 1_000_000 {
						t.Errorf("after a load there are %d and %d", a, b)
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
