package storetest

import (
	"slices"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

var creations = []testCase{
	{"a request is kept whole", func(t *fixture) {
		t.foundBoth()
		for i, text := range append([]string{"", strings.Repeat("long é", 50_000)}, hard...) {
			c := creationOf(ours, ident.CreationID("car-"+string(rune('a'+i))), ident.Email("Mixed.Case@"+string(rune('a'+i))))
			c.AccountName, c.RoleName, c.BillingAccess, c.GovCloud = text, text, text, i%2 == 0
			t.write(func(tx *store.Tx) error { return tx.InsertCreation(c) })
			wants(t, "the request", c, creationWith(ours, c.ID))
		}
		c := creationOf(ours, "car-finished", "done@example.com")
		c.State, c.FailureReason, c.Completed, c.PurgeAt = org.Failed, "EMAIL_ALREADY_EXISTS", epoch, epoch.Add(90*day)
		c.Account, c.GovCloudAccount = number(1), number(2)
		t.write(func(tx *store.Tx) error { return tx.InsertCreation(c) })
		wants(t, "one that is finished", c, creationWith(ours, c.ID))
	}},
	{"a request is found in its own organization only", func(t *fixture) {
		t.foundBoth()
		c := creationOf(ours, "car-1", "New@Example.com")
		t.write(func(tx *store.Tx) error { return tx.InsertCreation(c) })
		misses(t, "of the other organization", creationWith(theirs, c.ID))
		misses(t, "another one", creationWith(ours, "car-2"))
		in := func(o org.Organization, email ident.Email) func(v *store.View) (org.Creation, error) {
			return func(v *store.View) (org.Creation, error) { return v.CreationInProgress(o.ID, email) }
		}
		wants(t, "in progress", c, in(ours, "new@example.COM"))
		misses(t, "in progress, of the other organization", in(theirs, c.Email))
		misses(t, "in progress, for another address", in(ours, "other@example.com"))
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertCreation(c) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error {
			stray := c
			stray.Organization = theirs.ID
			return tx.UpdateCreation(stray)
		})
	}},
	{"a request is finished once", func(t *fixture) {
		t.foundBoth()
		c := creationOf(ours, "car-1", "new@example.com")
		t.write(func(tx *store.Tx) error { return tx.InsertCreation(c) })
		c.State, c.Completed, c.PurgeAt, c.Account, c.GovCloudAccount =
			org.Succeeded, epoch.Add(time.Minute), epoch.Add(90*day), number(1), number(2)
		t.write(func(tx *store.Tx) error { return tx.UpdateCreation(c) })
		wants(t, "finished", c, creationWith(ours, c.ID))
		again := c
		again.State, again.FailureReason = org.Failed, "INTERNAL_FAILURE"
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.UpdateCreation(again) })
		wants(t, "still as it was finished first", c, creationWith(ours, c.ID))
		misses(t, "in progress", func(v *store.View) (org.Creation, error) { return v.CreationInProgress(ours.ID, c.Email) })
		misses(t, "the oldest", func(v *store.View) (org.Creation, error) { return v.OldestCreation(c.Email) })
	}},
	{"the oldest request for an address comes first, whoever sent it", func(t *fixture) {
		t.foundBoth()
		oldest := func(v *store.View) (org.Creation, error) { return v.OldestCreation("new@example.com") }
		misses(t, "without any", oldest)
		first, second, third := creationOf(theirs, "car-3", "New@example.com"), creationOf(ours, "car-2", "nEw@example.com"), creationOf(ours, "car-1", "new@example.com")
		third.Requested = epoch.Add(time.Microsecond)
		t.write(func(tx *store.Tx) error { return each([]org.Creation{third, first, second}, tx.InsertCreation) })
		for _, want := range []org.Creation{first, second, third} {
			wants(t, "the oldest", want, oldest)
			want.State, want.Completed, want.PurgeAt = org.Failed, epoch, epoch.Add(day)
			t.write(func(tx *store.Tx) error { return tx.UpdateCreation(want) })
		}
		misses(t, "once all are finished", oldest)
	}},
	{"a finished request can be read until its retention is over", func(t *fixture) {
		t.foundBoth()
		open, ended := creationOf(ours, "car-1", "a@example.com"), creationOf(ours, "car-2", "b@example.com")
		ended.State, ended.Completed, ended.PurgeAt = org.Failed, epoch, epoch.Add(90*day)
		t.write(func(tx *store.Tx) error { return each([]org.Creation{open, ended}, tx.InsertCreation) })
		t.clock.Set(ended.PurgeAt.Add(-time.Microsecond))
		wants(t, "at the last moment", ended, creationWith(ours, ended.ID))
		wants(t, "listed at the last moment", []org.Creation{ended, open}, creationsOf(ours))
		t.clock.Set(ended.PurgeAt)
		misses(t, "afterwards", creationWith(ours, ended.ID))
		wants(t, "listed afterwards", []org.Creation{open}, creationsOf(ours))
		t.write(func(tx *store.Tx) error { return tx.DeleteCreation(ours.ID, ended.ID) })
		t.write(func(tx *store.Tx) error { return tx.DeleteCreation(theirs.ID, open.ID) })
		t.clock.Set(epoch)
		misses(t, "deleted", creationWith(ours, ended.ID))
		wants(t, "the other one", open, creationWith(ours, open.ID))
	}},
	{"requests are listed newest first, and filtered by their states", func(t *fixture) {
		t.foundBoth()
		states := []org.CreationState{org.InProgress, org.Succeeded, org.Failed}
		var all []org.Creation
		for i := range slices.Backward(unordered) {
			id := descending[i]
			c := creationOf(ours, ident.CreationID(id), ident.Email(id+"@example.com"))
			c.State, c.Requested = states[i%3], epoch.Add(time.Duration(i/4)*time.Microsecond)
			all = append(all, c)
		}
		t.write(func(tx *store.Tx) error {
			return each(append(latestFirst(reversed(all), func(c org.Creation) time.Time { return c.Requested }), creationOf(theirs, "car-foreign", "foreign@example.com")), tx.InsertCreation)
		})
		for set := range 1 << len(states) {
			var chosen []org.CreationState
			for i, state := range states {
				if set>>i&1 == 1 {
					chosen = append(chosen, state)
				}
			}
			want := slices.DeleteFunc(slices.Clone(all), func(c org.Creation) bool {
				return len(chosen) > 0 && !slices.Contains(chosen, c.State)
			})
			paged(t, "the requests", want, page.Newest, store.AfterCreation,
				func(v *store.View, after page.Cursor, limit int) ([]org.Creation, error) {
					return v.Creations(ours.ID, chosen, after, limit)
				})
		}
	}},
}

func creationWith(o org.Organization, id ident.CreationID) func(v *store.View) (org.Creation, error) {
	return func(v *store.View) (org.Creation, error) { return v.Creation(o.ID, id) }
}

func creationsOf(o org.Organization) func(v *store.View) ([]org.Creation, error) {
	return func(v *store.View) ([]org.Creation, error) { return v.Creations(o.ID, nil, page.Newest, 100) }
}
