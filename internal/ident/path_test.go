package ident_test

import (
	"slices"
	"testing"

	"accord/internal/ident"
)

func TestAPathLeadsFromTheRootDown(t *testing.T) {
	const organization, root = "o-aaaaaaaaaa", "r-aaaa"
	path := ident.RootPath(organization, root)
	want := []ident.TargetID{ident.RootID(root).Target()}
	for _, unit := range []ident.UnitID{"ou-aaaa-11111111", "ou-aaaa-22222222"} {
		path = ident.UnitPath(path, unit)
		want = append(want, unit.Target())
	}
	account := ident.AccountID("111111111111")
	path = ident.AccountPath(path, account)
	want = append(want, account.Target())
	if got := ident.OnPath(path); !slices.Equal(got, want) {
		t.Errorf("%s leads through %v, want %v", path, got, want)
	}
	for i, target := range want {
		if target.IsAccount() != (i == len(want)-1) {
			t.Errorf("%s: an account: %v", target, target.IsAccount())
		}
	}
	if got := ident.OnPath(""); len(got) != 0 {
		t.Errorf("no path leads through %v", got)
	}
}
