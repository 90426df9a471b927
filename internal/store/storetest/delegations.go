package storetest

import (
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

var delegations = []testCase{
	{"a registration is kept whole, for one account and service of one organization", func(t *fixture) {
		t.foundWithMembers(3)
		d := org.Delegation{Account: number(1), Service: "guardduty.amazonaws.com", Since: epoch.Add(-time.Microsecond)}
		t.write(func(tx *store.Tx) error { return tx.InsertDelegation(ours.ID, d) })
		wants(t, "the registration", d, delegation(ours, d.Account, d.Service))
		misses(t, "of another account", delegation(ours, number(2), d.Service))
		misses(t, "for another service", delegation(ours, d.Account, "GuardDuty.amazonaws.com"))
		misses(t, "of the other organization", delegation(theirs, d.Account, d.Service))
		for id, want := range map[ident.AccountID]bool{number(1): true, number(2): false, ours.Management: false} {
			wants(t, "whether "+string(id)+" is one", want, func(v *store.View) (bool, error) { return v.IsDelegatedAdministrator(ours.ID, id) })
			wants(t, "whether it is one of theirs", false, func(v *store.View) (bool, error) { return v.IsDelegatedAdministrator(theirs.ID, id) })
		}
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertDelegation(ours.ID, d) })
		for _, end := range []struct {
			of  org.Organization
			was bool
		}{{theirs, false}, {ours, true}, {ours, false}} {
			var was bool
			t.write(func(tx *store.Tx) (err error) {
				was, err = tx.DeleteDelegation(end.of.ID, d.Account, d.Service)
				return err
			})
			if was != end.was {
				t.Errorf("ending the registration in %s: %t, want %t", end.of.ID, was, end.was)
			}
		}
		misses(t, "once it ended", delegation(ours, d.Account, d.Service))
		t.fails(func(tx *store.Tx) error { d.Account = "999999999999"; return tx.InsertDelegation(ours.ID, d) })
	}},
	{"the services of an account are listed in the order of registration", func(t *fixture) {
		t.foundWithMembers(2)
		var want, all []org.Delegation
		for i, since := range []time.Time{epoch, epoch.Add(time.Microsecond)} {
			for _, service := range descending {
				d := org.Delegation{Account: number(1), Service: org.ServicePrincipal(string(rune('z'-i)) + service), Since: since}
				other := d
				other.Account = number(0)
				want, all = append(want, d), append(all, d, other)
			}
		}
		t.write(func(tx *store.Tx) error {
			return each(latestFirst(all, func(d org.Delegation) time.Time { return d.Since }), func(d org.Delegation) error { return tx.InsertDelegation(ours.ID, d) })
		})
		paged(t, "the services", want, page.First, store.AfterDelegation,
			func(v *store.View, after page.Cursor, limit int) ([]org.Delegation, error) {
				return v.Delegations(ours.ID, number(1), after, limit)
			})
	}},
	{"delegated administrators are listed in the order of registration, each once", func(t *fixture) {
		const members = 5
		t.foundWithMembers(members)
		register := func(tx *store.Tx, n int, service org.ServicePrincipal, since time.Duration) error {
			return tx.InsertDelegation(ours.ID, org.Delegation{Account: number(n), Service: service, Since: epoch.Add(since)})
		}
		t.write(func(tx *store.Tx) error {
			for n := range members {
				// Each has "all" since later the smaller its number, in pairs of the
				// same instant, and some have "few" before or at the same time.
				if err := register(tx, n, "all", time.Duration((members-n)/2)*time.Hour); err != nil {
					return err
				}
				if n%2 == 0 {
					if err := register(tx, n, "few", time.Duration(n)*time.Hour-time.Hour); err != nil {
						return err
					}
				}
			}
			return tx.InsertDelegation(theirs.ID, org.Delegation{Account: theirs.Management, Service: "all", Since: epoch})
		})
		type since struct {
			Number int
			Since  time.Duration
		}
		for service, want := range map[org.ServicePrincipal][]since{
			"all":  {{4, 0}, {2, time.Hour}, {3, time.Hour}, {0, 2 * time.Hour}, {1, 2 * time.Hour}},
			"few":  {{0, -time.Hour}, {2, time.Hour}, {4, 3 * time.Hour}},
			"none": {},
			"":     {{0, -time.Hour}, {4, 0}, {2, time.Hour}, {3, time.Hour}, {1, 2 * time.Hour}},
		} {
			var whole []store.Administrator
			for _, w := range want {
				a := read(t, accountNumber(w.Number))
				whole = append(whole, store.Administrator{Account: a, Since: epoch.Add(w.Since)})
			}
			if whole == nil {
				whole = []store.Administrator{}
			}
			paged(t, "the administrators of "+string(service), whole, page.First, store.AfterAdministrator,
				func(v *store.View, after page.Cursor, limit int) ([]store.Administrator, error) {
					return v.Administrators(ours.ID, service, after, limit)
				})
		}
	}},
	{"trusted access is enabled once and disabled", func(t *fixture) {
		t.foundBoth()
		access := func(o org.Organization, service org.ServicePrincipal) func(v *store.View) (org.ServiceAccess, error) {
			return func(v *store.View) (org.ServiceAccess, error) { return v.ServiceAccess(o.ID, service) }
		}
		misses(t, "without any", access(ours, "ram.amazonaws.com"))
		want := org.ServiceAccess{Service: "ram.amazonaws.com", Enabled: epoch}
		for _, at := range []time.Time{epoch, epoch.Add(time.Hour)} {
			t.write(func(tx *store.Tx) error { return tx.UpsertServiceAccess(ours.ID, want.Service, at) })
			wants(t, "since it was given first", want, access(ours, want.Service))
		}
		misses(t, "of the other organization", access(theirs, want.Service))
		misses(t, "in another case", access(ours, "RAM.amazonaws.com"))
		for range 2 {
			t.write(func(tx *store.Tx) error { return tx.DeleteServiceAccess(ours.ID, want.Service) })
			misses(t, "once taken away", access(ours, want.Service))
		}
		t.fails(func(tx *store.Tx) error { return tx.UpsertServiceAccess("o-cccccccccc", want.Service, epoch) })
	}},
	{"services with trusted access are listed in the order of enablement", func(t *fixture) {
		t.foundBoth()
		var want []org.ServiceAccess
		for i, enabled := range []time.Time{epoch, epoch.Add(time.Microsecond)} {
			for _, service := range descending {
				want = append(want, org.ServiceAccess{Service: org.ServicePrincipal(string(rune('z'-i)) + service), Enabled: enabled})
			}
		}
		t.write(func(tx *store.Tx) error {
			if err := tx.UpsertServiceAccess(theirs.ID, "foreign", epoch); err != nil {
				return err
			}
			return each(latestFirst(want, func(a org.ServiceAccess) time.Time { return a.Enabled }), func(a org.ServiceAccess) error { return tx.UpsertServiceAccess(ours.ID, a.Service, a.Enabled) })
		})
		paged(t, "the services", want, page.First, store.AfterServiceAccess,
			func(v *store.View, after page.Cursor, limit int) ([]org.ServiceAccess, error) {
				return v.ServiceAccesses(ours.ID, after, limit)
			})
	}},
}

// foundWithMembers makes both organizations, and members of ours from number 0.
func (t *fixture) foundWithMembers(n int) {
	t.Helper()
	t.foundBoth()
	t.write(func(tx *store.Tx) error {
		for i := range n {
			if err := enter(tx, number(i), memberOf(ours, epoch)); err != nil {
				return err
			}
		}
		return nil
	})
}

func delegation(o org.Organization, account ident.AccountID, service org.ServicePrincipal) func(v *store.View) (org.Delegation, error) {
	return func(v *store.View) (org.Delegation, error) { return v.Delegation(o.ID, account, service) }
}
