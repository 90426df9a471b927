package storetest

import (
	"math"

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
	}},
}

func countOf(o ident.OrganizationID, name store.CounterName) func(v *store.View) (int64, error) {
	return func(v *store.View) (int64, error) { return v.Counter(o, name) }
}
