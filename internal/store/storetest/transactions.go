package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
	"accord/internal/store/dump"
)

var errExpected = errors.New("expected")

var transactions = []testCase{
	{"an error rolls everything back", func(t *fixture) {
		t.foundBoth()
		err := t.store().Update(t.Context(), func(tx *store.Tx) error {
			if err := furnish(tx, ours); err != nil {
				return err
			}
			if err := tx.InsertMessage(store.Message{Kind: "mail"}); err != nil {
				return err
			}
			return errExpected
		})
		if !errors.Is(err, errExpected) {
			t.Errorf("the error is %v", err)
		}
		onlyFounded(t)
	}},
	{"a panic rolls everything back and leaves the store usable", func(t *fixture) {
		t.with(store.Options{})
		t.foundBoth()
		for range 3 {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic is lost")
					}
				}()
				_ = t.store().Update(t.Context(), func(tx *store.Tx) error {
					if err := furnish(tx, ours); err != nil {
						return err
					}
					panic("expected")
				})
			}()
			func() {
				defer func() { _ = recover() }()
				_ = t.store().View(t.Context(), func(*store.View) error { panic("expected") })
			}()
		}
		onlyFounded(t)
		t.write(func(tx *store.Tx) error { return furnish(tx, ours) })
	}},
	{"a commit that fails leaves nothing", func(t *fixture) {
		broken := false
		t.with(store.Options{Rehearse: true, BeforeCommit: func() error {
			if broken {
				return errExpected
			}
			return nil
		}})
		t.foundBoth()
		broken = true
		err := t.store().Update(t.Context(), func(tx *store.Tx) error { return furnish(tx, ours) })
		if !errors.Is(err, errExpected) {
			t.Errorf("the error is %v", err)
		}
		onlyFounded(t)
		broken = false
		t.write(func(tx *store.Tx) error { return furnish(tx, ours) })
	}},
	{"a rehearsal runs the closure twice and leaves one effect", func(t *fixture) {
		runs := 0
		t.write(func(tx *store.Tx) error {
			runs++
			if n, err := tx.Counter(ours.ID, "a"); err != nil || n != 0 {
				t.Errorf("run %d begins with %d, %v", runs, n, err)
			}
			return tx.AddToCounter(ours.ID, "a", 1)
		})
		if runs != 2 {
			t.Errorf("the closure ran %d times", runs)
		}
		wants(t, "the effect", 1, countOf(ours.ID, "a"))
	}},
	{"without a rehearsal the closure runs once", func(t *fixture) {
		t.with(store.Options{})
		runs := 0
		t.write(func(*store.Tx) error {
			runs++
			return nil
		})
		if runs != 1 {
			t.Errorf("the closure ran %d times", runs)
		}
	}},
	{"Update within Update panics in a rehearsal", func(t *fixture) {
		s := t.store()
		func() {
			defer func() {
				if recover() == nil {
					t.Error("nothing stopped it")
				}
			}()
			// Without the panic this would wait for itself.
			ctx := t.within(10 * time.Second)
			_ = s.Update(ctx, func(*store.Tx) error {
				return s.Update(ctx, func(*store.Tx) error { return nil })
			})
		}()
		t.write(func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", 1) })
	}},
	{"a failed statement ends the transaction, whatever the closure makes of it", func(t *fixture) {
		t.foundBoth()
		err := t.store().Update(t.Context(), func(tx *store.Tx) error {
			if err := furnish(tx, ours); err != nil {
				return err
			}
			// On one engine the failure comes now, on another with the question after it.
			failed := tx.AddToCounter(ours.ID, "none", -1)
			if failed == nil {
				_, failed = tx.Counter(ours.ID, "b")
			}
			if failed == nil {
				t.Error("a negative number was kept")
			}
			return nil
		})
		if err == nil {
			t.Error("the transaction was committed")
		}
		onlyFounded(t)
	}},
	{"a deferred statement fails at the commit at the latest", func(t *fixture) {
		t.foundBoth()
		for want, last := range map[error]func(tx *store.Tx) error{
			store.ErrUnchanged: func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "none", -1) },
			store.ErrConflict:  func(tx *store.Tx) error { return tx.InsertOrganization(ours) },
		} {
			err := t.store().Update(t.Context(), func(tx *store.Tx) error {
				if err := furnish(tx, ours); err != nil {
					return err
				}
				return last(tx)
			})
			if !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			onlyFounded(t)
		}
	}},
	{"a transaction has one instant", func(t *fixture) {
		t.with(store.Options{})
		wrong := func(now time.Time) bool { return !now.Equal(epoch) || now.Location() != time.UTC }
		t.write(func(tx *store.Tx) error {
			t.clock.Set(epoch.Add(time.Hour))
			if wrong(tx.Now()) {
				t.Errorf("a transaction of %v is at %v", epoch, tx.Now())
			}
			return nil
		})
		t.clock.Set(epoch)
		read(t, func(v *store.View) (any, error) {
			t.clock.Set(epoch.Add(time.Hour))
			if wrong(v.Now()) {
				t.Errorf("a snapshot of %v is at %v", epoch, v.Now())
			}
			return nil, nil
		})
	}},
	{"instants are returned in UTC", func(t *fixture) {
		t.foundBoth()
		o := read(t, func(v *store.View) (org.Organization, error) { return v.Organization(ours.ID) })
		if o.Created.Location() != time.UTC {
			t.Errorf("in %v", o.Created.Location())
		}
	}},
	{"a transaction reads what it wrote", func(t *fixture) {
		t.write(func(tx *store.Tx) error {
			for want := range int64(3) {
				if n, err := tx.Counter(ours.ID, "a"); err != nil || n != want {
					t.Errorf("after %d: %d, %v", want, n, err)
				}
				if err := tx.AddToCounter(ours.ID, "a", 1); err != nil {
					return err
				}
			}
			return nil
		})
	}},
	{"the cache of a transaction follows its changes", func(t *fixture) {
		t.foundBoth()
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(accountOf(number(1))) })
		a := accountOf(number(1))
		a.Name = "Renamed"
		for _, c := range []struct {
			name   string
			change func(tx *store.Tx) error
		}{
			{"nothing", func(*store.Tx) error { return nil }},
			{"Join", func(tx *store.Tx) error { return tx.InsertMembership(number(1), memberOf(ours, epoch)) }},
			{"MoveAccount", func(tx *store.Tx) error { return tx.UpdateAccountParent(number(1), "ou-1", "x/") }},
			{"MakeServiceLinkedRole", func(tx *store.Tx) error {
				_, err := tx.UpdateServiceLinkedRole(number(1))
				return err
			}},
			{"SaveAccount", func(tx *store.Tx) error { return tx.UpdateAccount(a) }},
			{"SetFeatureSet", func(tx *store.Tx) error { return tx.UpdateFeatureSet(ours.ID, org.ConsolidatedBilling) }},
			{"Leave", func(tx *store.Tx) error { return tx.DeleteMembership(number(1), epoch) }},
			{"Count", func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", 2) }},
			{"Reserve", func(tx *store.Tx) error {
				_, err := tx.ReserveCounter(ours.ID, "a", 9)
				return err
			}},
			{"taking from a number", func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", -1) }},
			{"SetQuota", func(tx *store.Tx) error { return tx.UpsertQuota(ours.ID, "a", 7) }},
			{"CountOffAndDrop", func(tx *store.Tx) error {
				d := store.Job{Organization: ours.ID, At: epoch, Kind: "k", Subject: "s"}
				return errors.Join(tx.InsertJob(d), tx.ReleaseCounter(d, "a"))
			}},
			{"DeleteOrganization", func(tx *store.Tx) error {
				return errors.Join(tx.DeleteMembership(ours.Management, epoch), tx.DeleteOrganization(ours.ID))
			}},
			{"Reset", dump.DeleteEverything},
		} {
			t.write(func(tx *store.Tx) error {
				remember := func() {
					for _, id := range []ident.AccountID{number(1), ours.Management} {
						same(t, c.name+": the place", func() (store.AccountWithOrganization, error) { return tx.AccountWithOrganization(id) }, func() (store.AccountWithOrganization, error) { return tx.WithoutCache().AccountWithOrganization(id) })
						same(t, c.name+": the account", func() (org.Account, error) { return tx.Account(id) }, func() (org.Account, error) { return tx.WithoutCache().Account(id) })
					}
					same(t, c.name+": the number", func() (int64, error) { return tx.Counter(ours.ID, "a") }, func() (int64, error) { return tx.WithoutCache().Counter(ours.ID, "a") })
					same(t, c.name+": the quotas", func() (map[string]int64, error) { return tx.Quotas(ours.ID) }, func() (map[string]int64, error) { return tx.WithoutCache().Quotas(ours.ID) })
				}
				remember()
				if err := c.change(tx); err != nil {
					return err
				}
				remember()
				return nil
			})
		}
	}},
	{"a caller that changes a result does not change the cache", func(t *fixture) {
		t.foundWithMembers(1)
		t.write(func(tx *store.Tx) error {
			for range 3 {
				p, err := tx.AccountWithOrganization(number(0))
				if err != nil {
					return err
				}
				if p.Account.Name != accountOf(number(0)).Name || p.Account.Membership.Parent != memberOf(ours, epoch).Parent || p.Organization.FeatureSet != ours.FeatureSet {
					t.Errorf("it is %+v, %+v, %+v", p.Account, p.Account.Membership, p.Organization)
				}
				p.Account.Name, p.Account.Membership.Parent, p.Organization.FeatureSet = "x", "x", "x"
				a, err := tx.Account(number(0))
				if err != nil {
					return err
				}
				a.Membership.Parent = "x"
			}
			return nil
		})
	}},
	{"a snapshot does not change while others commit", func(t *fixture) {
		t.foundBoth()
		t.write(func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "accounts", 1) })
		look := func(v *store.View) (count int64, members int) {
			count, err := v.Counter(ours.ID, "accounts")
			if err != nil {
				t.Error(err)
			}
			list, err := v.Accounts(ours.ID, page.First, 100)
			if err != nil {
				t.Error(err)
			}
			return count, len(list)
		}
		read(t, func(v *store.View) (any, error) {
			count, _ := look(v)
			for i := range 3 {
				t.write(func(tx *store.Tx) error {
					if err := enter(tx, number(i), memberOf(ours, epoch)); err != nil {
						return err
					}
					return tx.AddToCounter(ours.ID, "accounts", 1)
				})
				if c, members := look(v); c != count || members != 1 {
					t.Errorf("after %d commits the snapshot has a count of %d and %d members", i+1, c, members)
				}
			}
			return nil, nil
		})
		read(t, func(v *store.View) (any, error) {
			if c, members := look(v); c != 4 || members != 4 {
				t.Errorf("the next snapshot has a count of %d and %d members", c, members)
			}
			return nil, nil
		})
	}},
	{"a context that is canceled before the transaction begins changes nothing", func(t *fixture) {
		t.with(store.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		// A transaction that has no lock to wait for may commit, but only as a whole.
		err := t.store().Update(ctx, func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", 1) })
		want := int64(0)
		if err == nil {
			want = 1
		} else if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		wants(t, "the effect", want, countOf(ours.ID, "a"))
	}},
	{"a context that is canceled before the commit does not break it", func(t *fixture) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		t.with(store.Options{BeforeCommit: func() error {
			cancel()
			return nil
		}})
		if err := t.store().Update(ctx, func(tx *store.Tx) error { return tx.AddToCounter(ours.ID, "a", 1) }); err != nil {
			t.Errorf("the error is %v", err)
		}
		wants(t, "the effect", 1, countOf(ours.ID, "a"))
	}},
	{"a wait for a transaction ends with its context", func(t *fixture) {
		t.with(store.Options{})
		began, end := make(chan struct{}), make(chan struct{})
		done := make(chan error, 1)
		go func() {
			done <- t.opened.Update(t.Context(), func(tx *store.Tx) error {
				close(began)
				<-end
				return tx.AddToCounter(ours.ID, "a", 1)
			})
		}()
		<-began
		var ran atomic.Bool
		err := t.store().Update(t.within(50*time.Millisecond), func(tx *store.Tx) error {
			ran.Store(true)
			return nil
		})
		// Where writers stand in line the second one gives up; elsewhere it is done.
		if ran.Load() == (err != nil) {
			t.Errorf("ran: %v, error: %v", ran.Load(), err)
		}
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		close(end)
		if err := <-done; err != nil {
			t.Errorf("the first one: %v", err)
		}
		wants(t, "the effect", 1, countOf(ours.ID, "a"))
	}},
}

// onlyFounded wants nothing to be there but the two organizations.
func onlyFounded(t *fixture) {
	t.Helper()
	for _, o := range []org.Organization{ours, theirs} {
		if got, want := furnitureOf(t, o), (furniture{organization: 1, accounts: 1}); got != want {
			t.Errorf("there are %+v, want %+v", got, want)
		}
	}
	if got := messages(t, "mail"); len(got) > 0 {
		t.Errorf("there are %d messages", len(got))
	}
}

// same says when what a transaction remembers is not what it would read.
func same[T any](t *fixture, what string, remembered, asked func() (T, error)) {
	t.Helper()
	got, failed := remembered()
	want, err := asked()
	if diff := cmp.Diff(want, got); diff != "" || !errors.Is(failed, err) {
		t.Errorf("%s: remembered with %v, asked with %v (-asked +remembered):\n%s", what, failed, err, diff)
	}
}
