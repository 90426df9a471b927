package history_test

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"accord/internal/api/orgapi"
	"accord/internal/store"
)

// compare reads everything back and compares it with the model.
func (h *history) compare(t *rapid.T) {
	for id, want := range h.model.handshakes {
		out, got := call(t, h, want.sender, (*service).DescribeHandshake, orgapi.DescribeHandshakeRequest{HandshakeId: &id})
		if want.state == "GONE" {
			h.agree(t, "DescribeHandshake of "+id, got, "HandshakeNotFoundException")
			continue
		}
		if h.agree(t, "DescribeHandshake of "+id, got, "") && string(*out.Handshake.State) != want.state {
			t.Fatalf("%s %s is %s, the model says %s\n%s", want.kind, id, *out.Handshake.State, want.state, h.model)
		}
	}
	for _, id := range actors {
		a := h.model.accounts[id]
		if a.manages() {
			h.compareOrganization(t, a)
		}
	}
	h.inspectRows(t)
}

// inspectRows runs the check by which backups and upgrades are accepted.
func (h *history) inspectRows(t *rapid.T) {
	err := h.Store.View(context.Background(), func(v *store.View) error {
		findings, err := v.Contradictions()
		if len(findings) > 0 {
			t.Fatalf("the rows contradict each other: %q\n%s", findings, h.model)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *history) compareOrganization(t *rapid.T, a *account) {
	o := a.org
	accounts, got := call(t, h, a, (*service).ListAccounts, orgapi.ListAccountsRequest{})
	h.agree(t, "ListAccounts by "+a.id, got, "")
	members := h.model.members(o)
	if len(accounts.Accounts) != len(members) {
		t.Fatalf("%s has %d members, the model says %d\n%s", a.id, len(accounts.Accounts), len(members), h.model)
	}
	for _, member := range accounts.Accounts {
		want := h.model.accounts[*member.Id]
		if path := h.path(o, want.parent) + want.id + "/"; want.org != o || member.Paths[0][len("o-0123456789/"):] != path {
			t.Fatalf("%s is in %s, the model says %s\n%s", want.id, member.Paths[0], path, h.model)
		}
	}
	for parent := range h.parentsOf(o) {
		units, got := call(t, h, a, (*service).ListOrganizationalUnitsForParent, orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &parent})
		h.agree(t, "ListOrganizationalUnitsForParent by "+a.id, got, "")
		count := 0
		for _, u := range o.units {
			if u.parent == parent {
				count++
			}
		}
		if len(units.OrganizationalUnits) != count {
			t.Fatalf("%s holds %d units, the model says %d\n%s", parent, len(units.OrganizationalUnits), count, h.model)
		}
		for _, u := range units.OrganizationalUnits {
			if want := o.units[*u.Id]; want == nil || want.name != *u.Name || want.parent != parent {
				t.Fatalf("unit %s %q in %s is not the model's", *u.Id, *u.Name, parent)
			}
		}
	}
	if !o.allFeatures {
		return
	}
	for _, target := range h.model.targets(o) {
		policies, got := call(t, h, a, (*service).ListPoliciesForTarget, orgapi.ListPoliciesForTargetRequest{
			TargetId: &target, Filter: new(orgapi.PolicyTypeServiceControlPolicy),
		})
		h.agree(t, "ListPoliciesForTarget of "+target, got, "")
		ids := []string{}
		for _, p := range policies.Policies {
			ids = append(ids, *p.Id)
		}
		want := slices.Clone(o.attached[target])
		slices.Sort(ids)
		slices.Sort(want)
		if !slices.Equal(ids, want) {
			t.Fatalf("%s has the policies %v, the model says %v\n%s", target, ids, want, h.model)
		}
	}
}

// parentsOf are the root and the units of an organization.
func (h *history) parentsOf(o *organization) map[string]bool {
	parents := map[string]bool{o.root: true}
	for id := range o.units {
		parents[id] = true
	}
	return parents
}

// path is the path of a root or unit, without the organization.
func (h *history) path(o *organization, parent string) string {
	if parent == o.root {
		return parent + "/"
	}
	return h.path(o, o.units[parent].parent) + parent + "/"
}
