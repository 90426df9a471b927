package org_test

import (
	"errors"
	"testing"

	"accord/internal/ident"
	"accord/internal/org"
)

func TestWhatFollowsFromTheStateOfAnAccount(t *testing.T) {
	for state, want := range map[org.AccountState]struct {
		signs  bool
		status string
	}{
		org.PendingActivation: {true, "ACTIVE"},
		org.Active:            {true, "ACTIVE"},
		org.Suspended:         {false, "SUSPENDED"},
		org.PendingClosure:    {true, "PENDING_CLOSURE"},
		org.Closed:            {false, "SUSPENDED"},
	} {
		if got := state.CanSign(); got != want.signs {
			t.Errorf("%s: can sign: %v", state, got)
		}
		if got := state.Status(); got != want.status {
			t.Errorf("%s: the status is %s, want %s", state, got, want.status)
		}
	}
	if org.Gone.CanSign() {
		t.Error("an account that is gone can sign")
	}
}

func TestAnAccountIsInItsOrganizationOnly(t *testing.T) {
	a := org.Account{}
	if a.In("") || a.In("o-1") {
		t.Error("a standalone account is in an organization")
	}
	a.Membership = &org.Membership{Organization: "o-1"}
	if !a.In("o-1") || a.In("o-2") || a.In("") {
		t.Error("a member of o-1 is not in it, or is in another")
	}
}

func TestStanding(t *testing.T) {
	failed := errors.New("failed")
	o := &org.Organization{ID: "o-1", Management: "111111111111"}
	unasked := func() (bool, error) {
		t.Error("was asked about delegation where it does not matter")
		return true, nil
	}
	answer := func(is bool, err error) func() (bool, error) { return func() (bool, error) { return is, err } }
	for name, c := range map[string]struct {
		account   ident.AccountID
		in        *org.Organization
		delegated func() (bool, error)
		want      org.Standing
		err       error
	}{
		"no organization":    {"111111111111", nil, unasked, org.Standalone, nil},
		"management account": {"111111111111", o, unasked, org.ManagementAccount, nil},
		"registered member":  {"222222222222", o, answer(true, nil), org.DelegatedAdministrator, nil},
		"member":             {"222222222222", o, answer(false, nil), org.PlainMember, nil},
		"unknown":            {"222222222222", o, answer(true, failed), org.Standalone, failed},
	} {
		got, err := org.StandingOf(&org.Account{ID: c.account}, c.in, c.delegated)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v, want %v, %v", name, got, err, c.want, c.err)
		}
	}
}

func TestAnOrganizationOwnsByItsManagementAccount(t *testing.T) {
	o := org.Organization{ID: "o-1", Management: "111111111111", Root: "r-1", Partition: ident.AWSChina}
	if got, want := o.Owner(), (ident.Owner{Partition: ident.AWSChina, Management: "111111111111", Organization: "o-1"}); got != want {
		t.Errorf("owned by %+v, want %+v", got, want)
	}
	if got := o.RootPath(); got != "o-1/r-1/" {
		t.Errorf("the root has the path %s", got)
	}
}
