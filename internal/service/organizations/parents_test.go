package organizations_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
	"accord/internal/org"
	"accord/internal/service/provider"
)

// accountsIn lists the accounts directly below a parent.
func (a actor) accountsIn(parent string) []string {
	a.w.t.Helper()
	ids := []string{}
	for _, account := range must(a, (*service).ListAccountsForParent, orgapi.ListAccountsForParentRequest{ParentId: &parent}).Accounts {
		ids = append(ids, *account.Id)
	}
	return ids
}

// unitsIn lists the names of the units directly below a parent.
func (a actor) unitsIn(parent string) []string {
	a.w.t.Helper()
	names := []string{}
	for _, u := range must(a, (*service).ListOrganizationalUnitsForParent, orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &parent}).OrganizationalUnits {
		names = append(names, *u.Name)
	}
	return names
}

// childrenOf lists the ids directly below a parent.
func (a actor) childrenOf(parent string, kind orgapi.ChildType) []string {
	a.w.t.Helper()
	ids := []string{}
	for _, child := range must(a, (*service).ListChildren, orgapi.ListChildrenRequest{ParentId: &parent, ChildType: &kind}).Children {
		if *child.Type != kind {
			a.w.t.Errorf("%s is a child of type %s, want %s", *child.Id, *child.Type, kind)
		}
		ids = append(ids, *child.Id)
	}
	return ids
}

// parentOf is the one parent of a child.
func (a actor) parentOf(child string) orgapi.Parent {
	a.w.t.Helper()
	parents := must(a, (*service).ListParents, orgapi.ListParentsRequest{ChildId: &child}).Parents
	if len(parents) != 1 {
		a.w.t.Fatalf("%s has the parents %v", child, parents)
	}
	return parents[0]
}

func wantParent(t *testing.T, what string, got orgapi.Parent, id string, kind orgapi.ParentType) {
	t.Helper()
	if diff := cmp.Diff(orgapi.Parent{Id: &id, Type: &kind}, got); diff != "" {
		t.Errorf("the parent of %s (-want +got):\n%s", what, diff)
	}
}

func wantList(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestAnAccountIsMoved(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	a.member(carol)
	dev := a.unit(a.root, "Dev")
	team := a.unit(dev, "Team")
	arn := *a.account(bob).Arn
	wantParent(t, "a new member", a.parentOf(bob), a.root, orgapi.ParentTypeRoot)
	wantParent(t, "a unit below the root", a.parentOf(dev), a.root, orgapi.ParentTypeRoot)
	wantParent(t, "a nested unit", a.parentOf(team), dev, orgapi.ParentTypeOrganizationalUnit)

	a.move(bob, a.root, team)
	wantParent(t, "the moved account", a.parentOf(bob), team, orgapi.ParentTypeOrganizationalUnit)
	if got := a.account(bob); *got.Arn != arn || got.Paths[0] != *a.describeUnit(team).Path+bob+"/" {
		t.Errorf("the moved account is %s in %v", *got.Arn, got.Paths)
	}
	// Lists are of what is directly there, not further below.
	wantList(t, "accounts in the root", a.accountsIn(a.root), alice, carol)
	wantList(t, "accounts in the unit", a.accountsIn(dev))
	wantList(t, "accounts in the nested unit", a.accountsIn(team), bob)
	wantList(t, "units in the root", a.unitsIn(a.root), "Dev")
	wantList(t, "units in the unit", a.unitsIn(dev), "Team")
	wantList(t, "units in the nested unit", a.unitsIn(team))
	wantList(t, "accounts as children of the root", a.childrenOf(a.root, orgapi.ChildTypeAccount), alice, carol)
	wantList(t, "units as children of the root", a.childrenOf(a.root, orgapi.ChildTypeOrganizationalUnit), dev)
	wantList(t, "accounts as children of the nested unit", a.childrenOf(team, orgapi.ChildTypeAccount), bob)
	wantList(t, "units as children of the nested unit", a.childrenOf(team, orgapi.ChildTypeOrganizationalUnit))

	a.move(bob, team, dev)
	a.move(bob, dev, a.root)
	wantParent(t, "the account that came back", a.parentOf(bob), a.root, orgapi.ParentTypeRoot)
	// The management account, and accounts that cannot be used, move like others.
	a.move(alice, a.root, dev)
	w.amend(carol, provider.AccountUpdate{State: new(org.Suspended)})
	a.move(carol, a.root, dev)
	must(a.actor, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(bob)})
	w.pass(0)
	a.move(bob, a.root, dev)
	wantList(t, "accounts of every state", a.accountsIn(dev), alice, bob, carol)
}

func TestAnAccountThatLeavesLosesItsPlace(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	b := a.member(bob)
	dev := a.unit(a.root, "Dev")
	a.move(bob, a.root, dev)
	b.leave()
	wantList(t, "accounts in the unit", a.accountsIn(dev))
	fails(a.actor, "ChildNotFoundException", (*service).ListParents, orgapi.ListParentsRequest{ChildId: new(bob)})
	a.member(bob)
	wantParent(t, "the account that came back", a.parentOf(bob), a.root, orgapi.ParentTypeRoot)
}

func TestRejectionsOfParents(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a, other := w.as(alice).plant(), w.as(dave).plant()
		a.member(bob)
		w.as(carol)
		dev, ops, foreign := a.unit(a.root, "Dev"), a.unit(a.root, "Ops"), other.unit(other.root, "Dev")
		move := func(account, from, to string) *orgapi.MoveAccountRequest { return new(moving(account, from, to)) }
		children := func(parent string, kind orgapi.ChildType) *orgapi.ListChildrenRequest {
			return &orgapi.ListChildrenRequest{ParentId: &parent, ChildType: &kind}
		}
		account, unit := orgapi.ChildTypeAccount, orgapi.ChildTypeOrganizationalUnit
		return a.actor, []refusal{
			{"MoveAccount", &orgapi.MoveAccountRequest{}, absent, ":ACCOUNT_ID"},
			{"MoveAccount", &orgapi.MoveAccountRequest{AccountId: new(bob)}, absent, ":SOURCE_PARENT_ID"},
			{"MoveAccount", &orgapi.MoveAccountRequest{AccountId: new(bob), SourceParentId: &dev}, absent, ":DESTINATION_PARENT_ID"},
			{"MoveAccount", move("1", a.root, dev), malformed, ":ACCOUNT_ID"},
			{"MoveAccount", move(bob, "root", dev), malformed, ":SOURCE_PARENT_ID"},
			{"MoveAccount", move(bob, a.root, alice), malformed, ":DESTINATION_PARENT_ID"},
			{"MoveAccount", move(carol, a.root, dev), "AccountNotFoundException", ""},
			{"MoveAccount", move(dave, a.root, dev), "AccountNotFoundException", ""},
			{"MoveAccount", move(carol, noUnit, foreign), "AccountNotFoundException", ""},
			{"MoveAccount", move(bob, foreign, other.root), "SourceParentNotFoundException", ""},
			{"MoveAccount", move(bob, other.root, dev), "SourceParentNotFoundException", ""},
			{"MoveAccount", move(bob, a.root, foreign), "DestinationParentNotFoundException", ""},
			{"MoveAccount", move(bob, a.root, other.root), "DestinationParentNotFoundException", ""},
			// The wrong source comes before the destination that it has reached already.
			// [openshift/aws-account-operator, organizational_units.go]
			{"MoveAccount", move(bob, dev, a.root), "AccountNotFoundException", ""},
			{"MoveAccount", move(bob, a.root, a.root), "DuplicateAccountException", ""},
			{"MoveAccount", move(bob, dev, ops), "AccountNotFoundException", ""},
			{"MoveAccount", move(bob, dev, dev), "AccountNotFoundException", ""},

			{"ListParents", &orgapi.ListParentsRequest{}, absent, ":CHILD_ID"},
			{"ListParents", &orgapi.ListParentsRequest{ChildId: &a.root}, malformed, ":CHILD_ID"},
			{"ListParents", &orgapi.ListParentsRequest{ChildId: new(carol)}, "ChildNotFoundException", ""},
			{"ListParents", &orgapi.ListParentsRequest{ChildId: new(dave)}, "ChildNotFoundException", ""},
			{"ListParents", &orgapi.ListParentsRequest{ChildId: &foreign}, "ChildNotFoundException", ""},
			{"ListParents", &orgapi.ListParentsRequest{ChildId: &dev, MaxResults: new(int32(0))}, tooLittle, ":MAX_RESULTS"},
			{"ListParents", &orgapi.ListParentsRequest{ChildId: &dev, MaxResults: new(int32(21))}, tooMuch, ":MAX_RESULTS"},
			{"ListParents", &orgapi.ListParentsRequest{ChildId: &dev, NextToken: new("")}, badToken, ""},
			{"ListParents", &orgapi.ListParentsRequest{ChildId: &dev, NextToken: new("x")}, badToken, ""},

			{"ListChildren", &orgapi.ListChildrenRequest{}, absent, ":PARENT_ID"},
			{"ListChildren", &orgapi.ListChildrenRequest{ParentId: &dev}, absent, ":CHILD_TYPE"},
			{"ListChildren", children(alice, account), malformed, ":PARENT_ID"},
			{"ListChildren", children(dev, "UNIT"), noEnum, ":CHILD_TYPE"},
			{"ListChildren", children(foreign, account), "ParentNotFoundException", ""},
			{"ListChildren", children(other.root, unit), "ParentNotFoundException", ""},
			{"ListChildren", &orgapi.ListChildrenRequest{ParentId: &dev, ChildType: &unit, NextToken: new("x")}, badToken, ""},

			{"ListAccountsForParent", &orgapi.ListAccountsForParentRequest{}, absent, ":PARENT_ID"},
			{"ListAccountsForParent", &orgapi.ListAccountsForParentRequest{ParentId: new(bob)}, malformed, ":PARENT_ID"},
			{"ListAccountsForParent", &orgapi.ListAccountsForParentRequest{ParentId: &foreign}, "ParentNotFoundException", ""},
			{"ListAccountsForParent", &orgapi.ListAccountsForParentRequest{ParentId: &dev, MaxResults: new(int32(0))}, tooLittle, ":MAX_RESULTS"},
			{"ListAccountsForParent", &orgapi.ListAccountsForParentRequest{ParentId: &dev, NextToken: new("x")}, badToken, ""},
			{"ListOrganizationalUnitsForParent", &orgapi.ListOrganizationalUnitsForParentRequest{}, absent, ":PARENT_ID"},
			{"ListOrganizationalUnitsForParent", &orgapi.ListOrganizationalUnitsForParentRequest{ParentId: new(bob)}, malformed, ":PARENT_ID"},
			{"ListOrganizationalUnitsForParent", &orgapi.ListOrganizationalUnitsForParentRequest{ParentId: new(noUnit)}, "ParentNotFoundException", ""},
			{"ListOrganizationalUnitsForParent", &orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &dev, MaxResults: new(int32(21))}, tooMuch, ":MAX_RESULTS"},
			{"ListOrganizationalUnitsForParent", &orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &dev, NextToken: new("")}, badToken, ""},
			// A token is judged before the place that it should continue in.
			{"ListOrganizationalUnitsForParent", &orgapi.ListOrganizationalUnitsForParentRequest{ParentId: new(noUnit), NextToken: new("x")}, badToken, ""},
		}
	})
}

// pages reads a list to its end, page by page.
func pages[T any](t *testing.T, size int, turn func(token *string) ([]T, *string)) (all []T) {
	t.Helper()
	var token *string
	for n := 0; ; n++ {
		entries, next := turn(token)
		if len(entries) > size || n > 100 || len(entries) == 0 && n > 0 {
			t.Fatalf("page %d has %d entries of at most %d", n, len(entries), size)
		}
		all = append(all, entries...)
		if next == nil {
			return all
		}
		token = next
	}
}

func TestPlacesArePagedInTheOrderOfTime(t *testing.T) {
	w := newFixture(t, "accounts-per-organization 30", "invitations-per-day unlimited")
	a := w.as(alice).plant()
	dev := a.unit(a.root, "Dev")
	var names, units, accounts []string
	for i := range 7 {
		w.pass(time.Second)
		names = append(names, fmt.Sprint("unit ", 7-i))
		units = append(units, a.unit(dev, names[i]))
		id := fmt.Sprintf("9%011d", 7-i)
		a.member(id)
		a.move(id, a.root, dev)
		accounts = append(accounts, id)
	}
	for size := int32(1); size <= 8; size++ {
		wantList(t, "units", pages(t, int(size), func(token *string) ([]string, *string) {
			out := must(a.actor, (*service).ListOrganizationalUnitsForParent,
				orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &dev, MaxResults: &size, NextToken: token})
			names := []string{}
			for _, u := range out.OrganizationalUnits {
				names = append(names, *u.Name)
			}
			return names, out.NextToken
		}), names...)
		for kind, want := range map[orgapi.ChildType][]string{orgapi.ChildTypeAccount: accounts, orgapi.ChildTypeOrganizationalUnit: units} {
			wantList(t, "children", pages(t, int(size), func(token *string) ([]string, *string) {
				out := must(a.actor, (*service).ListChildren,
					orgapi.ListChildrenRequest{ParentId: &dev, ChildType: &kind, MaxResults: &size, NextToken: token})
				ids := []string{}
				for _, c := range out.Children {
					ids = append(ids, *c.Id)
				}
				return ids, out.NextToken
			}), want...)
		}
		wantList(t, "accounts", pages(t, int(size), func(token *string) ([]string, *string) {
			out := must(a.actor, (*service).ListAccountsForParent,
				orgapi.ListAccountsForParentRequest{ParentId: &dev, MaxResults: &size, NextToken: token})
			ids := []string{}
			for _, account := range out.Accounts {
				ids = append(ids, *account.Id)
			}
			return ids, out.NextToken
		}), accounts...)
	}

	// A token belongs to the list that it was made for.
	first := must(a.actor, (*service).ListChildren,
		orgapi.ListChildrenRequest{ParentId: &dev, ChildType: new(orgapi.ChildTypeAccount), MaxResults: new(int32(2))})
	for _, other := range []refusal{
		{"ListChildren", &orgapi.ListChildrenRequest{ParentId: &a.root, ChildType: new(orgapi.ChildTypeAccount), NextToken: first.NextToken}, badToken, ""},
		{"ListChildren", &orgapi.ListChildrenRequest{ParentId: &dev, ChildType: new(orgapi.ChildTypeOrganizationalUnit), NextToken: first.NextToken}, badToken, ""},
		{"ListAccountsForParent", &orgapi.ListAccountsForParentRequest{ParentId: &dev, NextToken: first.NextToken}, badToken, ""},
		{"ListChildren", &orgapi.ListChildrenRequest{ParentId: &dev, ChildType: new(orgapi.ChildTypeAccount), NextToken: first.NextToken}, "", ""},
	} {
		if got := a.told(other.operation, other.in); got != other.want {
			t.Errorf("%s(%+v): %q, want %q", other.operation, other.in, got, other.want)
		}
	}
}

func TestAPageFollowsWhatWasDeliveredLast(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	var units []string
	for i := range 4 {
		w.pass(time.Second)
		units = append(units, a.unit(a.root, fmt.Sprint(i)))
	}
	in := orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &a.root, MaxResults: new(int32(2))}
	in.NextToken = must(a.actor, (*service).ListOrganizationalUnitsForParent, in).NextToken
	must(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &units[1]})
	must(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &units[2]})
	rest := must(a.actor, (*service).ListOrganizationalUnitsForParent, in)
	if len(rest.OrganizationalUnits) != 1 || *rest.OrganizationalUnits[0].Id != units[3] || rest.NextToken != nil {
		t.Errorf("the second page is %v", rest.OrganizationalUnits)
	}
}

func TestRacingMovesLeaveAnAccountInOnePlace(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	places := []string{a.root, a.unit(a.root, "Dev"), a.unit(a.root, "Ops")}
	var calls []func() error
	for i := range 9 {
		from, to := places[i%3], places[(i+1+i/3%2)%3]
		calls = append(calls, func() error {
			_, err := try(a.actor, (*service).MoveAccount, moving(bob, from, to))
			return err
		})
	}
	told := race(t, calls...)
	for _, s := range told {
		if !slices.Contains([]string{"", "AccountNotFoundException", "DuplicateAccountException"}, s) {
			t.Errorf("a mover was told %q", s)
		}
	}
	if count(told, "") == 0 {
		t.Errorf("nobody moved the account: %q", told)
	}
	at := *a.parentOf(bob).Id
	for _, place := range places {
		if slices.Contains(a.accountsIn(place), bob) != (place == at) {
			t.Errorf("the account is in %s, and %s holds %v", at, place, a.accountsIn(place))
		}
	}
	path := *must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id + "/" + a.root + "/"
	if at != a.root {
		path = *a.describeUnit(at).Path
	}
	if got := a.account(bob).Paths[0]; got != path+bob+"/" {
		t.Errorf("the account is in %s, and its path is %s", at, got)
	}
}

func TestNoUnitGoesWithAnAccountInIt(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	for round := range 8 {
		place := a.unit(a.root, fmt.Sprint("round ", round))
		told := race(t,
			func() error {
				_, err := try(a.actor, (*service).MoveAccount, moving(bob, a.root, place))
				return err
			},
			func() error {
				_, err := try(a.actor, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &place})
				return err
			},
			func() error {
				_, err := try(a.actor, (*service).CreateOrganizationalUnit, orgapi.CreateOrganizationalUnitRequest{ParentId: &place, Name: new("below")})
				return err
			})
		moved, deleted, made := told[0], told[1], told[2]
		switch {
		case deleted == "" && moved == "DestinationParentNotFoundException" && made == "ParentNotFoundException":
			wantParent(t, "the account", a.parentOf(bob), a.root, orgapi.ParentTypeRoot)
		case deleted == "OrganizationalUnitNotEmptyException" && moved == "" && made == "":
			a.move(bob, place, a.root)
		default:
			t.Errorf("round %d: moving %q, deleting %q, making %q", round, moved, deleted, made)
		}
	}
}
