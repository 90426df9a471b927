package storetest

import (
	"errors"
	"math"
	"time"

	"accord/internal/ident"
	"accord/internal/store"
)

var counters = []testCase{
	{"a counter counts up and down, independent of others", func(t *fixture) {
		count := func(o ident.OrganizationID, name store.CounterName, by int64) {
			t.write(func(tx *store.Tx) error { return tx.AddToCounter(o, name, by) })
		}
		wants(t, "never counted", 0, countOf(ours.ID, "a"))
		count(ours.ID, "a", 3)
		count(ours.ID, "b", 5)
		count(theirs.ID, "a", 7)
		count(ours.ID, "a", -2)
		wants(t, "ours", 1, countOf(ours.ID, "a"))
		wants(t, "another of ours", 5, countOf(ours.ID, "b"))
		wants(t, "theirs", 7, countOf(theirs.ID, "a"))
		count(ours.ID, "a", -1)
		wants(t, "back at nothing", 0, countOf(ours.ID, "a"))
		count(ours.ID, "a", math.MaxInt64)
		wants(t, "the largest", math.MaxInt64, countOf(ours.ID, "a"))
	}},
	{"a counter is never negative", func(t *fixture) {
		t.fails(func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", -1) })
		wants(t, "never counted", 0, countOf(ours.ID, "a"))
		t.write(func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", 2) })
		t.fails(func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", -3) })
		wants(t, "unchanged", 2, countOf(ours.ID, "a"))
	}},
	{"a counter that a transaction changes many times is written at last", func(t *fixture) {
		t.write(func(tx *store.Tx) error { return tx.AddToCounter(theirs.ID, "a", 4) })
		t.write(func(tx *store.Tx) error {
			for range 5 {
				for _, err := range []error{tx.AddToCounter(ours.ID, "a", 2), tx.AddToCounter(ours.ID, "b", 1), tx.AddToCounter(theirs.ID, "a", -1), tx.AddToCounter(theirs.ID, "a", 1)} {
					if err != nil {
						return err
					}
				}
			}
			// What it has not written yet is in what it reads first, and in what others read.
			for _, v := range []*store.View{&tx.View, tx.WithoutCache()} {
				if n, err := v.Counter(ours.ID, "a"); n != 10 || err != nil {
					t.Errorf("within the transaction: %d, %v", n, err)
				}
			}
			return tx.AddToCounter(ours.ID, "a", -3)
		})
		wants(t, "ours", 7, countOf(ours.ID, "a"))
		wants(t, "another of ours", 5, countOf(ours.ID, "b"))
		wants(t, "theirs", 4, countOf(theirs.ID, "a"))
		t.fails(func(tx *store.Tx) error {
			return errors.Join(tx.AddToCounter(ours.ID, "a", -7), tx.AddToCounter(ours.ID, "a", -1))
		})
		wants(t, "unchanged", 7, countOf(ours.ID, "a"))
	}},
	{"a counter is not reserved above the limit", func(t *fixture) {
		reserve := func(limit int64, want bool) {
			t.Helper()
			var got bool
			t.write(func(tx *store.Tx) (err error) {
				got, err = tx.ReserveCounter(ours.ID, "a", limit)
				return err
			})
			if got != want {
				t.Errorf("a limit of %d: reserved %v, want %v", limit, got, want)
			}
		}
		reserve(0, false)
		reserve(-1, false)
		reserve(2, true)
		reserve(2, true)
		reserve(2, false)
		wants(t, "at the limit", 2, countOf(ours.ID, "a"))
		reserve(3, true)
		// A limit that was lowered takes nothing away.
		reserve(1, false)
		wants(t, "above a lowered limit", 3, countOf(ours.ID, "a"))
		wants(t, "of the other organization", 0, countOf(theirs.ID, "a"))
	}},
	{"quotas differ for one organization", func(t *fixture) {
		quotas := func(o ident.OrganizationID) func(v *store.View) (map[string]int64, error) {
			return func(v *store.View) (map[string]int64, error) { return v.Quotas(o) }
		}
		wants(t, "without any", nil, quotas(ours.ID))
		t.write(func(tx *store.Tx) error {
			for name, value := range map[string]int64{"accounts": 10, "units": math.MaxInt64} {
				if err := tx.UpsertQuota(ours.ID, name, value); err != nil {
					return err
				}
			}
			return tx.UpsertQuota(theirs.ID, "accounts", 1)
		})
		t.write(func(tx *store.Tx) error { return tx.UpsertQuota(ours.ID, "accounts", 20) })
		wants(t, "ours", map[string]int64{"accounts": 20, "units": math.MaxInt64}, quotas(ours.ID))
		wants(t, "theirs", map[string]int64{"accounts": 1}, quotas(theirs.ID))
		t.write(func(tx *store.Tx) error {
			return errors.Join(tx.DeleteQuota(ours.ID, "accounts"), tx.DeleteQuota(ours.ID, "never"))
		})
		wants(t, "ours without one", map[string]int64{"units": math.MaxInt64}, quotas(ours.ID))
		wants(t, "theirs as before", map[string]int64{"accounts": 1}, quotas(theirs.ID))
	}},
	{"what was counted last in a transaction is there for a release", func(t *fixture) {
		t.foundWithMembers(1)
		t.write(func(tx *store.Tx) error {
			for i := range 3 {
				d := store.Job{Organization: ours.ID, At: epoch.Add(time.Duration(i)), Kind: "k", Subject: "s"}
				if err := errors.Join(tx.AddToCounter(ours.ID, "a", 1), tx.InsertJob(d), tx.ReleaseCounter(d, "a"), tx.ReleaseCounter(d, "a")); err != nil {
					return err
				}
			}
			if n, err := tx.Counter(ours.ID, "a"); err != nil || n != 0 {
				t.Errorf("the counter is %d, %v", n, err)
			}
			return tx.AddToCounter(ours.ID, "a", 1)
		})
		wants(t, "what was counted and not released", 1, countOf(ours.ID, "a"))
		wants(t, "what is left", []store.Job{}, func(v *store.View) ([]store.Job, error) { return v.PendingJobs(ours.ID, 100) })
	}},
	{"a transaction gets another instant", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			at := epoch.Add(-time.Hour)
			tx.SetNow(at)
			if now := tx.Now(); !now.Equal(at) {
				t.Errorf("it is %s, want %s", now, at)
			}
			return nil
		})
	}},
}

func countOf(o ident.OrganizationID, name store.CounterName) func(v *store.View) (int64, error) {
	return func(v *store.View) (int64, error) { return v.Counter(o, name) }
}
