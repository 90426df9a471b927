package storetest

import (
	"slices"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/internal/store/lists"
)

// listedAccounts are accounts that differ in all that lists are filtered and sorted by.
func listedAccounts() []org.Account {
	var all []org.Account
	for n, name := range []string{"zebra", "Alpha", "ALPHA", "Éclair", "beta 100%", "b_ta", "alpha", "\U0010FFFF last"} {
		a := accountOf(number(20 - n))
		a.Name, a.Email = name, ident.Email(strings.Repeat("x", n%3+1)+"Y"+string(a.ID)+"@example.com")
		m := memberOf(ours, epoch.Add(time.Duration(n/3)*time.Hour))
		if n%2 == 1 {
			m.Parent, m.ParentPath, m.Method = "ou-1", "x/", org.Created
		}
		if n%4 == 3 {
			a.State = org.Suspended
		}
		a.Membership, a.MembershipChanged = &m, m.Joined
		all = append(all, a)
	}
	return all
}

// listKeys are the texts by which the orders sort, written another way.
var listKeys = map[lists.Order]func(a org.Account) string{
	lists.ByJoining: func(a org.Account) string { return a.Membership.Joined.Format(time.RFC3339) },
	lists.ByName:    func(a org.Account) string { return lowered(a.Name) + "\x00" + string(a.ID) },
	lists.ByID:      func(a org.Account) string { return string(a.ID) },
	lists.ByEmail:   func(a org.Account) string { return lowered(string(a.Email)) },
	lists.ByState:   func(a org.Account) string { return string(a.State) + "\x00" + string(a.ID) },
}

// lowered is a text with A to Z in lower case, and nothing else changed.
func lowered(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

var listCases = []testCase{
	{"accounts of an organization are listed in each order and back, filtered, in pages of every size", func(t *fixture) {
		t.foundBoth()
		members := listedAccounts()
		t.write(func(tx *store.Tx) error {
			if err := enter(tx, "200000000002", memberOf(theirs, epoch)); err != nil {
				return err
			}
			return each(members, func(a org.Account) error {
				alone := a
				alone.Membership = nil
				if err := tx.InsertAccount(alone); err != nil {
					return err
				}
				return tx.InsertMembership(a.ID, *a.Membership)
			})
		})
		// The management account joined first, also at the instant of others.
		management := read(t, func(v *store.View) (org.Account, error) { return v.Account(ours.Management) })
		all := append([]org.Account{management}, members...)
		for f, admits := range map[lists.Filter]func(a org.Account) bool{
			{}:                     func(org.Account) bool { return true },
			{State: org.Suspended}: func(a org.Account) bool { return a.State == org.Suspended },
			{Method: org.Created}:  func(a org.Account) bool { return a.Membership.Method == org.Created },
			{Parent: "ou-1"}:       func(a org.Account) bool { return a.Membership.Parent == "ou-1" },
			{Parent: "ou-2"}:       func(org.Account) bool { return false },
			{Text: "lPh"}:          func(a org.Account) bool { return lowered(a.Name) == "alpha" },
			{Text: "%"}:            func(a org.Account) bool { return a.Name == "beta 100%" },
			{Text: "_"}:            func(a org.Account) bool { return a.Name == "b_ta" },
			{Text: "É"}:            func(a org.Account) bool { return a.Name == "Éclair" },
			{Text: "é"}:            func(org.Account) bool { return false },
			{Text: "XXXY"}:         func(a org.Account) bool { return strings.HasPrefix(string(a.Email), "xxxY") },
			{Text: "0020"}:         func(a org.Account) bool { return strings.HasSuffix(string(a.ID), "0020") },
			{Text: "alpha", State: org.Active, Method: org.Created, Parent: "ou-1"}: func(a org.Account) bool { return a.Name == "Alpha" },
		} {
			for _, by := range lists.Orders {
				want := []org.Account{}
				for _, a := range all {
					if admits(a) {
						want = append(want, a)
					}
				}
				slices.SortStableFunc(want, func(a, b org.Account) int { return strings.Compare(listKeys[by](a), listKeys[by](b)) })
				for _, descending := range []bool{false, true} {
					paged(t, string(by)+" "+f.Text, want, nil, func(a org.Account) *org.Account { return &a },
						func(v *store.View, after *org.Account, limit int) ([]org.Account, error) {
							return lists.Accounts(v, ours.ID, f, by, descending, after, limit)
						})
					slices.Reverse(want)
				}
			}
		}
	}},
	{"standalone accounts are listed in the order of registration", func(t *fixture) {
		t.foundBoth()
		var want []org.Account
		for _, id := range descending {
			want = append(want, accountOf(ident.AccountID(id)))
		}
		gone := accountOf(number(9))
		t.write(func(tx *store.Tx) error {
			if err := each(append(want, gone), tx.InsertAccount); err != nil {
				return err
			}
			gone.State = org.Gone
			return tx.UpdateAccount(gone)
		})
		paged(t, "standalone accounts", want, "", func(a org.Account) ident.AccountID { return a.ID },
			func(v *store.View, after ident.AccountID, limit int) ([]org.Account, error) {
				return lists.Standalone(v, after, limit)
			})
	}},
	{"the policies at some targets are those of users, of enabled types", func(t *fixture) {
		t.foundWithMembers(20)
		service, tags := policyOf(ours, "p-aaaaaaaa", 1), policyOf(ours, "p-bbbbbbbb", 2)
		tags.Type = "TAG_POLICY"
		attach := func(enablement int64, target ident.TargetID, p ident.PolicyID, position int64, detached bool) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				return tx.UpsertAttachment(ours.ID, enablement, org.Attachment{Target: target, Policy: p, Position: position, Detached: detached})
			}
		}
		root, one, last := ours.Root.Target(), number(1).Target(), number(19).Target()
		t.write(func(tx *store.Tx) error {
			return each([]func(tx *store.Tx) error{
				func(tx *store.Tx) error { return tx.InsertPolicy(service) },
				func(tx *store.Tx) error { return tx.InsertPolicy(tags) },
				func(tx *store.Tx) error {
					return tx.InsertEnabledPolicyType(ours.ID, org.EnabledPolicyType{Type: service.Type, EnablementID: current, Since: epoch})
				},
				attach(current, root, service.ID, 3, false), attach(current, last, service.ID, 2, false), attach(current, number(2).Target(), service.ID, 5, false),
				// Of AWS, detached, of a former time, and of a type that is not enabled.
				attach(current, one, "p-AWS", 1, false), attach(current, one, "p-off", 4, true), attach(former, one, service.ID, 6, false), attach(7, one, tags.ID, 7, false),
			}, func(f func(tx *store.Tx) error) error { return f(tx) })
		})
		targets := []ident.TargetID{root}
		for n := range 20 {
			if n != 2 {
				targets = append(targets, number(n).Target())
			}
		}
		at := func(target ident.TargetID) lists.PolicyAt {
			return lists.PolicyAt{Target: target, Policy: service.ID, Type: service.Type, Name: service.Name}
		}
		wants(t, "policies", []lists.PolicyAt{at(root), at(last)}, func(v *store.View) ([]lists.PolicyAt, error) { return lists.PoliciesAt(v, ours.ID, targets) })
		wants(t, "policies of nothing", []lists.PolicyAt{}, func(v *store.View) ([]lists.PolicyAt, error) { return lists.PoliciesAt(v, ours.ID, nil) })
	}},
}
