package whatif_test

import (
	"fmt"
	"testing"

	"accord/internal/policy"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/model"
)

// TestBoundsLeaveOutAndCount: principals are asked only of accounts that the changes concern, as
// many as the bound has place for; rows beyond theirs are counted. Without a bound all are asked,
// with the same result.
func TestBoundsLeaveOutAndCount(t *testing.T) {
	o := organization(20) // in ten units, two principals each
	unit := string(o.Units[3].ID)
	actions := named(t, "ec2:CreateTags", "s3:GetObject")
	for name, c := range map[string]struct {
		target                string
		principals, rows      int
		accounts, denied      int
		leftAccounts, leftRow int
	}{
		"no bound":                     {unit, 0, 0, 21, 4, 0, 0},
		"only those concerned":         {unit, 100, 0, 2, 4, 0, 0},
		"as many as have place":        {"root", 10, 0, 5, 10, 15, 0},
		"no part of an account":        {"root", 11, 0, 5, 10, 15, 0},
		"the first, however many":      {"root", 1, 0, 1, 2, 19, 0},
		"rows are counted in any case": {"root", 0, 7, 21, 40, 0, 13},
		"both":                         {"root", 10, 2, 5, 10, 15, 3},
	} {
		r := ask(t, o, whatif.Request{Changes: []change.Change{attach(noLogs, c.target)}, Actions: actions, Regions: []string{"eu-west-1"}, MostPrincipals: c.principals, MostRows: c.rows})
		left := whatif.Left{}
		if r.Left != nil {
			left = *r.Left
		}
		rows := c.denied / 2
		if r.Summary.Accounts != c.accounts || r.Summary.Denied != c.denied || left.Accounts != c.leftAccounts || left.Rows != c.leftRow || len(r.Rows) != rows-c.leftRow {
			t.Errorf("%s: %+v, %d rows, left out %+v", name, r.Summary, len(r.Rows), left)
		}
	}
}

// TestABoundLeavesEffectivePoliciesWhole: they are merged once for all accounts that have the
// same.
func TestABoundLeavesEffectivePoliciesWhole(t *testing.T) {
	o := organization(20)
	o.Enabled = append(o.Enabled, policy.Tag)
	r := ask(t, o, whatif.Request{Changes: []change.Change{attach(`{"tags": {"a": {"tag_value": {"@@assign": ["1"]}}}}`, "root")}, Actions: named(t, "s3:GetObject"), MostPrincipals: 1})
	if len(r.Effective) != 1 || len(r.Effective[0].Accounts) != 21 || r.Summary.Principals != 0 || r.Left != nil {
		t.Errorf("%+v %+v", r.Summary, r.Effective)
	}
}

// TestConcernIsThatOfTheOrganizationToo: a policy on the management account's resources, which
// all accounts call, concerns all.
func TestConcernIsThatOfTheOrganizationToo(t *testing.T) {
	o := organization(4)
	o.Enabled = append(o.Enabled, policy.ResourceControl)
	o.Accounts = append(o.Accounts, model.Account{ID: "300000000000", Parent: root.Parent(), Name: "apart"})
	deny := `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*"}}`
	for _, target := range []string{"300000000000", "root"} {
		all := ask(t, o, whatif.Request{Changes: []change.Change{attach(deny, target)}, Actions: named(t, "sts:AssumeRole", "organizations:ListRoots")})
		some := ask(t, o, whatif.Request{Changes: []change.Change{attach(deny, target)}, Actions: named(t, "sts:AssumeRole", "organizations:ListRoots"), MostPrincipals: 1000})
		if got, want := fmt.Sprint(some.Rows), fmt.Sprint(all.Rows); got != want {
			t.Errorf("%s: with a bound %s, without %s", target, got, want)
		}
	}
}
