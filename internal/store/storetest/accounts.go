package storetest

import (
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

var accounts = []testCase{
	{"an account is kept whole", func(t *fixture) {
		a := accountOf(number(1))
		a.Name, a.AccessRole, a.BillingAccess = "Ops", "OrganizationAccountAccessRole", "DENY"
		a.State, a.Registered = org.PendingActivation, time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(a) })
		wants(t, "once registered", a, accountNumber(1))
		wants(t, "by its address", a, func(v *store.View) (org.Account, error) { return v.AccountByEmail(a.Email) })
		wants(t, "with its place", store.AccountWithOrganization{Account: a}, func(v *store.View) (store.AccountWithOrganization, error) { return v.AccountWithOrganization(a.ID) })

		a.Name, a.Email, a.State, a.BillingAccess = "Dev", "dev@example.com", org.Closed, "ALLOW"
		a.AccessRole = ""
		a.ClosureRequested, a.ClosedAt = epoch.Add(-time.Microsecond), epoch
		a.VerificationSent = epoch.Add(time.Microsecond)
		t.write(func(tx *store.Tx) error { return tx.UpdateAccount(a) })
		wants(t, "once saved", a, accountNumber(1))
		wants(t, "by its address", a, func(v *store.View) (org.Account, error) { return v.AccountByEmail(a.Email) })
		a.ClosureRequested, a.ClosedAt, a.VerificationSent = time.Time{}, time.Time{}, time.Time{}
		t.write(func(tx *store.Tx) error { return tx.UpdateAccount(a) })
		wants(t, "with its closure undone", a, accountNumber(1))
	}},
	{"the booleans of an account are independent", func(t *fixture) {
		of := func(a *org.Account) []*bool {
			r := &a.Readiness
			return []*bool{&a.EmailVerified, &a.ServiceLinkedRole, &a.Paired, &r.Agreement, &r.Phone, &r.Payment, &r.Contact, &r.Support}
		}
		blank := accountOf(number(0))
		blank.EmailVerified, blank.Readiness = false, org.Readiness{}
		for i := range of(&blank) {
			a := blank
			a.ID = number(i)
			a.Email = ident.Email(a.ID + "@example.com")
			*of(&a)[i] = true
			t.write(func(tx *store.Tx) error { return tx.InsertAccount(a) })
			wants(t, "once registered", a, accountNumber(i))
			for j, b := range of(&a) {
				*b = j != i
			}
			t.write(func(tx *store.Tx) error { return tx.UpdateAccount(a) })
			wants(t, "once saved", a, accountNumber(i))
		}
	}},
	{"texts are kept byte by byte", func(t *fixture) {
		texts := append([]string{"", strings.Repeat("long é", 50_000)}, hard...)
		for i, text := range texts {
			a := accountOf(number(i))
			a.Name, a.AccessRole = text, text
			t.write(func(tx *store.Tx) error { return tx.InsertAccount(a) })
			wants(t, "the account", a, accountNumber(i))
		}
	}},
	{"an unknown account is not found", func(t *fixture) {
		t.foundBoth()
		misses(t, "by id", accountNumber(9))
		misses(t, "by address", func(v *store.View) (org.Account, error) { return v.AccountByEmail("nobody@example.com") })
		misses(t, "its place", func(v *store.View) (store.AccountWithOrganization, error) {
			return v.AccountWithOrganization(number(9))
		})
		for what, fn := range map[string]func(tx *store.Tx) error{
			"saving":  func(tx *store.Tx) error { return tx.UpdateAccount(accountOf(number(9))) },
			"joining": func(tx *store.Tx) error { return tx.InsertMembership(number(9), memberOf(ours, epoch)) },
			"leaving": func(tx *store.Tx) error { return tx.DeleteMembership(number(9), epoch) },
			"moving":  func(tx *store.Tx) error { return tx.UpdateAccountParent(number(9), "ou-x", "x/") },
		} {
			t.Logf("%s an unknown account", what)
			t.refuses(store.ErrUnchanged, fn)
		}
		wants(t, "making its role", false, func(v *store.View) (made bool, err error) {
			err = t.store().Update(t.Context(), func(tx *store.Tx) error {
				made, err = tx.UpdateServiceLinkedRole(number(9))
				return err
			})
			return made, err
		})
	}},
	{"no id and no address is used twice", func(t *fixture) {
		a := accountOf(number(1))
		a.Email = "Zoë.K@Example.com"
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(a) })
		b := accountOf(number(1))
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertAccount(b) })
		b = accountOf(number(2))
		b.Email = "zoë.k@eXAMPLE.COM"
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertAccount(b) })
		misses(t, "the refused account", accountNumber(2))

		// Only A to Z compare without case.
		b.Email = "ZOË.K@example.com"
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(b) })
		for _, c := range []org.Account{a, b} {
			wants(t, "by address", c.ID, func(v *store.View) (ident.AccountID, error) {
				found, err := v.AccountByEmail(ident.Email(c.Email.Key()))
				return found.ID, err
			})
		}
		b.Email = a.Email
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.UpdateAccount(b) })
		// An account may write its own address in another way.
		a.Email = "zoë.K@EXAMPLE.com"
		t.write(func(tx *store.Tx) error { return tx.UpdateAccount(a) })
		wants(t, "the address as it was written last", a, accountNumber(1))
	}},
	{"a deleted account frees its address and keeps its id", func(t *fixture) {
		a := accountOf(number(1))
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(a) })
		a.State = org.Gone
		t.write(func(tx *store.Tx) error { return tx.UpdateAccount(a) })
		misses(t, "by its address", func(v *store.View) (org.Account, error) { return v.AccountByEmail(a.Email) })
		wants(t, "by its id", a, accountNumber(1))
		b := accountOf(number(2))
		b.Email = a.Email
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(b) })
		wants(t, "who has the address", b, func(v *store.View) (org.Account, error) { return v.AccountByEmail(a.Email) })
		wants(t, "all accounts", []org.Account{b}, func(v *store.View) ([]org.Account, error) { return v.AllAccounts("", 10) })
		// Several accounts may be gone that had the same address.
		b.State = org.Gone
		t.write(func(tx *store.Tx) error { return tx.UpdateAccount(b) })
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertAccount(accountOf(number(1))) })
	}},
	{"an account joins, moves and leaves", func(t *fixture) {
		t.foundBoth()
		a, joined := accountOf(number(1)), epoch.Add(time.Hour)
		t.write(func(tx *store.Tx) error { return enter(tx, a.ID, memberOf(ours, joined)) })
		m := memberOf(ours, joined)
		a.Membership, a.MembershipChanged = &m, joined
		wants(t, "a member", store.AccountWithOrganization{Account: a, Organization: &ours}, func(v *store.View) (store.AccountWithOrganization, error) { return v.AccountWithOrganization(a.ID) })

		m.Parent, m.ParentPath = "ou-aaaa-11111111", "o-aaaaaaaaaa/r-aaaa/ou-aaaa-11111111/"
		m.Moved = t.clock.Now()
		t.write(func(tx *store.Tx) error { return tx.UpdateAccountParent(a.ID, m.Parent, m.ParentPath) })
		wants(t, "moved", a, accountNumber(1))

		// What an account is, and where, are saved apart.
		a.Name = "Renamed"
		stray := a
		stray.Membership = nil
		t.write(func(tx *store.Tx) error { return tx.UpdateAccount(stray) })
		wants(t, "saved", a, accountNumber(1))

		a.Membership, a.MembershipChanged = nil, epoch.Add(2*time.Hour)
		t.write(func(tx *store.Tx) error { return tx.DeleteMembership(a.ID, a.MembershipChanged) })
		wants(t, "standalone", store.AccountWithOrganization{Account: a}, func(v *store.View) (store.AccountWithOrganization, error) { return v.AccountWithOrganization(a.ID) })
	}},
	{"an account is in at most one organization", func(t *fixture) {
		t.foundBoth()
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.InsertMembership(theirs.Management, memberOf(ours, epoch)) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.InsertMembership(ours.Management, memberOf(ours, epoch)) })
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(accountOf(number(1))) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteMembership(number(1), epoch) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.UpdateAccountParent(number(1), "r-aaaa", "x/") })
		t.fails(func(tx *store.Tx) error {
			m := memberOf(ours, epoch)
			m.Organization = "o-cccccccccc"
			return tx.InsertMembership(number(1), m)
		})
	}},
	{"the service-linked role is created once", func(t *fixture) {
		t.foundBoth()
		ids := []ident.AccountID{number(3), number(2), number(1)}
		t.write(func(tx *store.Tx) error {
			return each(ids, func(id ident.AccountID) error { return enter(tx, id, memberOf(ours, epoch)) })
		})
		without := func(v *store.View) ([]ident.AccountID, error) { return v.AccountsWithoutRole(ours.ID) }
		wants(t, "without the role", append([]ident.AccountID{ours.Management}, ids...), without)
		for _, want := range []bool{true, false} {
			var made bool
			t.write(func(tx *store.Tx) (err error) {
				made, err = tx.UpdateServiceLinkedRole(number(2))
				return err
			})
			if made != want {
				t.Errorf("made: %v, want %v", made, want)
			}
		}
		wants(t, "then without it", []ident.AccountID{ours.Management, number(3), number(1)}, without)
	}},
	{"accounts are listed in the order of joining, also at one instant", func(t *fixture) {
		t.foundBoth()
		var all, root, unit []org.Account
		add := func(id string, joined time.Time, list *[]org.Account, m org.Membership) {
			a := accountOf(ident.AccountID(id))
			m.Joined = joined
			a.Membership, a.MembershipChanged = &m, joined
			all, *list = append(all, a), append(*list, a)
		}
		below := memberOf(ours, epoch)
		below.Parent, below.ParentPath = "ou-1", "x/"
		for _, id := range descending {
			add("1"+id, epoch.Add(-time.Microsecond), &root, memberOf(ours, epoch))
		}
		for _, id := range descending {
			add("0"+id, epoch, &unit, below)
		}
		t.write(func(tx *store.Tx) error {
			if err := enter(tx, "200000000002", memberOf(theirs, epoch)); err != nil {
				return err
			}
			joined := func(a org.Account) time.Time { return a.Membership.Joined }
			return each(latestFirst(all, joined), func(a org.Account) error { return enter(tx, a.ID, *a.Membership) })
		})
		management := read(t, func(v *store.View) (org.Account, error) { return v.Account(ours.Management) })
		paged(t, "the accounts of the organization", append([]org.Account{management}, all...), page.First, store.AfterAccount,
			func(v *store.View, after page.Cursor, limit int) ([]org.Account, error) {
				return v.Accounts(ours.ID, after, limit)
			})
		members := func(accounts []org.Account) []org.Member {
			list := make([]org.Member, len(accounts))
			for i := range accounts {
				list[i] = accounts[i].Member()
			}
			return list
		}
		paged(t, "the members of the organization", members(append([]org.Account{management}, all...)), page.First, store.AfterMember,
			func(v *store.View, after page.Cursor, limit int) ([]org.Member, error) {
				return v.Members(ours.ID, after, limit)
			})
		for parent, want := range map[ident.ParentID][]org.Account{"r-aaaa": append([]org.Account{management}, root...), "ou-1": unit, "ou-2": {}} {
			paged(t, "the members in "+string(parent), members(want), page.First, store.AfterMember,
				func(v *store.View, after page.Cursor, limit int) ([]org.Member, error) {
					return v.MembersIn(ours.ID, parent, after, limit)
				})
			paged(t, "the accounts in "+string(parent), want, page.First, store.AfterAccount,
				func(v *store.View, after page.Cursor, limit int) ([]org.Account, error) {
					return v.AccountsIn(ours.ID, parent, after, limit)
				})
		}
	}},
	{"all accounts are listed in the order of registration", func(t *fixture) {
		var want []org.Account
		for _, id := range descending {
			want = append(want, accountOf(ident.AccountID(id)))
		}
		t.write(func(tx *store.Tx) error { return each(want, tx.InsertAccount) })
		paged(t, "all accounts", want, "", func(a org.Account) ident.AccountID { return a.ID },
			func(v *store.View, after ident.AccountID, limit int) ([]org.Account, error) {
				return v.AllAccounts(after, limit)
			})
	}},
	{"a store without accounts is empty", func(t *fixture) {
		empty := func(v *store.View) (bool, error) { return v.Empty() }
		wants(t, "a new store is empty", true, empty)
		a := accountOf(number(1))
		t.write(func(tx *store.Tx) error { return tx.InsertAccount(a) })
		wants(t, "a store with an account is empty", false, empty)
	}},
}

// accountNumber reads the n-th account.
func accountNumber(n int) func(v *store.View) (org.Account, error) {
	return func(v *store.View) (org.Account, error) { return v.Account(number(n)) }
}
