package history_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"accord/internal/api/orgapi"
)

// actions are the calls that a history is made of. The empty name is the check
// after each of them.
func (h *history) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"CreateOrganization": h.createOrganization,
		"DeleteOrganization": func(t *rapid.T) {
			// Rarely sensible, or no organization would last.
			a := h.account(t, "actor", func(a *account) bool { return a.org == nil })
			_, got := call(t, h, a, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
			h.act(t, "DeleteOrganization", a, got, h.model.deleteOrganization(a))
		},
		"Invite":  h.invite,
		"Accept":  func(t *rapid.T) { h.answer(t, "Accept") },
		"Decline": func(t *rapid.T) { h.answer(t, "Decline") },
		"Cancel":  func(t *rapid.T) { h.answer(t, "Cancel") },
		"Leave": func(t *rapid.T) {
			a := h.account(t, "actor", func(a *account) bool { return a.org != nil && !a.manages() })
			_, got := call(t, h, a, (*service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
			h.act(t, "Leave", a, got, h.model.leave(a))
		},
		"Remove": func(t *rapid.T) {
			a := h.account(t, "actor", func(a *account) bool {
				return a.manages() && slices.ContainsFunc(actors, func(id string) bool { return h.model.accounts[id] != a && h.model.accounts[id].org == a.org })
			})
			target := h.memberOf(t, a)
			_, got := call(t, h, a, (*service).RemoveAccountFromOrganization, orgapi.RemoveAccountFromOrganizationRequest{AccountId: &target.id})
			h.act(t, "Remove", a, got, h.model.remove(a, target))
		},
		"EnableAllFeatures": h.enableAllFeatures,
		"CreateUnit":        h.createUnit,
		"RenameUnit": func(t *rapid.T) {
			a := h.manager(t)
			id, name := h.unit(t, a), h.name(t)
			_, got := call(t, h, a, (*service).UpdateOrganizationalUnit, orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: &id, Name: &name})
			h.act(t, "RenameUnit", a, got, h.model.renameUnit(a, id, name))
		},
		"DeleteUnit": func(t *rapid.T) {
			a := h.manager(t)
			id := h.unit(t, a)
			_, got := call(t, h, a, (*service).DeleteOrganizationalUnit, orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &id})
			h.act(t, "DeleteUnit", a, got, h.model.deleteUnit(a, id))
		},
		"Move": func(t *rapid.T) {
			a := h.account(t, "actor", func(a *account) bool { return a.manages() && len(a.org.units) > 0 })
			target, to := h.account(t, "other", func(m *account) bool { return m.org != nil && m.org == a.org }), h.parent(t, a)
			from := mostly(t, "source", h.parents, func(id string) bool { return id == target.parent })
			_, got := call(t, h, a, (*service).MoveAccount, orgapi.MoveAccountRequest{AccountId: &target.id, SourceParentId: &from, DestinationParentId: &to})
			h.act(t, "Move", a, got, h.model.move(a, target, from, to))
		},
		"EnablePolicyType": func(t *rapid.T) {
			a := h.manager(t)
			in := orgapi.EnablePolicyTypeRequest{RootId: h.root(a), PolicyType: new(orgapi.PolicyTypeServiceControlPolicy)}
			_, got := call(t, h, a, (*service).EnablePolicyType, in)
			h.act(t, "EnablePolicyType", a, got, h.model.enableType(a))
		},
		"DisablePolicyType": func(t *rapid.T) {
			a := h.manager(t)
			in := orgapi.DisablePolicyTypeRequest{RootId: h.root(a), PolicyType: new(orgapi.PolicyTypeServiceControlPolicy)}
			_, got := call(t, h, a, (*service).DisablePolicyType, in)
			h.act(t, "DisablePolicyType", a, got, h.model.disableType(a))
		},
		"CreatePolicy": h.createPolicy,
		"DeletePolicy": func(t *rapid.T) {
			a := h.manager(t)
			// AWS managed policies fail for another reason.
			id := mostly(t, "policy", h.policies[1:], func(id string) bool { return a.org != nil && a.org.policies[id] })
			_, got := call(t, h, a, (*service).DeletePolicy, orgapi.DeletePolicyRequest{PolicyId: &id})
			h.act(t, "DeletePolicy", a, got, h.model.deletePolicy(a, id))
		},
		"Attach": func(t *rapid.T) {
			a := h.account(t, "actor", func(a *account) bool { return a.manages() && a.org.enabled })
			id, target := h.policy(t, a), h.target(t, a)
			_, got := call(t, h, a, (*service).AttachPolicy, orgapi.AttachPolicyRequest{PolicyId: &id, TargetId: &target})
			h.act(t, "Attach", a, got, h.model.attach(a, id, target))
		},
		"Detach": func(t *rapid.T) {
			// Only a target with several policies gives one up, and few histories have one.
			several := func(a *account, target string) bool { return a.org != nil && len(a.org.attached[target]) > 1 }
			a := h.account(t, "actor", func(a *account) bool {
				return a.manages() && slices.ContainsFunc(h.model.targets(a.org), func(id string) bool { return several(a, id) })
			})
			target := mostly(t, "target", slices.Concat(h.known("r-", "ou-"), actors), func(id string) bool { return several(a, id) })
			id := mostly(t, "policy", h.policies, func(id string) bool {
				return a.org != nil && slices.Contains(a.org.attached[target], id)
			})
			_, got := call(t, h, a, (*service).DetachPolicy, orgapi.DetachPolicyRequest{PolicyId: &id, TargetId: &target})
			h.act(t, "Detach", a, got, h.model.detach(a, id, target))
		},
		"Pass": h.pass,
		"":     h.compare,
	}
}

func (h *history) createOrganization(t *rapid.T) {
	a := h.account(t, "actor", func(a *account) bool { return a.org == nil && a.id < actors[3] })
	set := rapid.SampledFrom(orgapi.OrganizationFeatureSet("").Values()).Draw(t, "features")
	out, got := call(t, h, a, (*service).CreateOrganization, orgapi.CreateOrganizationRequest{FeatureSet: &set})
	if !h.act(t, "CreateOrganization", a, got, h.model.createOrganization(a)) {
		return
	}
	roots, exception := call(t, h, a, (*service).ListRoots, orgapi.ListRootsRequest{})
	h.agree(t, "ListRoots by "+a.id, exception, "")
	o := &organization{
		management: a, root: *roots.Roots[0].Id, allFeatures: *out.Organization.FeatureSet == orgapi.OrganizationFeatureSetAll,
		units: map[string]*unit{}, policies: map[string]bool{}, attached: map[string][]string{},
	}
	h.model.join(a, o, true)
	h.parents = append(h.parents, o.root)
}

func (h *history) invite(t *rapid.T) {
	a := h.manager(t)
	to := h.account(t, "other", func(to *account) bool { return to.org == nil })
	in := orgapi.InviteAccountToOrganizationRequest{Target: &orgapi.HandshakeParty{Id: &to.id, Type: new(orgapi.HandshakePartyTypeAccount)}}
	out, got := call(t, h, a, (*service).InviteAccountToOrganization, in)
	if h.act(t, "Invite", a, got, h.model.invite(a, to)) {
		h.sent(out.Handshake, &agreement{kind: "INVITE", org: a.org, sender: a, recipient: to, expires: h.model.now.Add(15 * day)})
	}
}

// sent notes a handshake under the id that the service gave it.
func (h *history) sent(shape *orgapi.Handshake, made *agreement) {
	made.state = string(*shape.State)
	h.model.handshakes[*shape.Id] = made
	h.handshakes = append(h.handshakes, *shape.Id)
}

func (h *history) answer(t *rapid.T, action string) {
	if len(h.handshakes) == 0 {
		return
	}
	id := mostly(t, "handshake", h.handshakes, func(id string) bool {
		state := h.model.handshakes[id].state
		return state == "OPEN" || state == "REQUESTED"
	})
	made := h.model.handshakes[id]
	a := h.account(t, "actor", func(a *account) bool {
		if action == "Cancel" || made.recipient == nil {
			return a == made.sender
		}
		return a == made.recipient
	})
	var got string
	switch action {
	case "Accept":
		_, got = call(t, h, a, (*service).AcceptHandshake, orgapi.AcceptHandshakeRequest{HandshakeId: &id})
	case "Decline":
		_, got = call(t, h, a, (*service).DeclineHandshake, orgapi.DeclineHandshakeRequest{HandshakeId: &id})
	case "Cancel":
		_, got = call(t, h, a, (*service).CancelHandshake, orgapi.CancelHandshakeRequest{HandshakeId: &id})
	}
	h.act(t, action, a, got, h.model.answer(a, made, action))
}

func (h *history) enableAllFeatures(t *rapid.T) {
	a := h.manager(t)
	out, got := call(t, h, a, (*service).EnableAllFeatures, orgapi.EnableAllFeaturesRequest{})
	if !h.act(t, "EnableAllFeatures", a, got, h.model.enableAllFeatures(a)) {
		return
	}
	o := a.org
	o.change = &agreement{kind: "ENABLE_ALL_FEATURES", org: o, sender: a, expires: h.model.now.Add(90 * day)}
	h.sent(out.Handshake, o.change)
	children, exception := call(t, h, a, (*service).ListHandshakesForOrganization, orgapi.ListHandshakesForOrganizationRequest{
		Filter: &orgapi.HandshakeFilter{ParentHandshakeId: out.Handshake.Id},
	})
	h.agree(t, "ListHandshakesForOrganization by "+a.id, exception, "")
	asked := map[string]bool{}
	for _, child := range children.Handshakes {
		recipient := h.model.accounts[*child.Parties[1].Id]
		asked[recipient.id] = true
		h.sent(&child, &agreement{
			kind: "APPROVE_ALL_FEATURES", org: o, sender: a, recipient: recipient, parent: o.change, expires: o.change.expires,
		})
	}
	for _, m := range h.model.members(o) {
		if asked[m.id] != (m != a && m.invited) {
			t.Fatalf("%s is asked for consent: %v\n%s", m.id, asked[m.id], h.model)
		}
	}
	h.model.review(o)
}

func (h *history) name(t *rapid.T) string {
	return rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "name")
}

// parent, unit, target and policy draw something that the caller's organization
// may have.
func (h *history) parent(t *rapid.T, a *account) string {
	return mostly(t, "parent", h.known("r-", "ou-"), func(id string) bool { return a.org != nil && a.org.holds(id) })
}

func (h *history) unit(t *rapid.T, a *account) string {
	return mostly(t, "unit", h.known("ou-"), func(id string) bool { return a.org != nil && a.org.units[id] != nil })
}

func (h *history) target(t *rapid.T, a *account) string {
	return mostly(t, "target", slices.Concat(h.known("r-", "ou-"), actors), func(id string) bool {
		return a.org != nil && slices.Contains(h.model.targets(a.org), id)
	})
}

func (h *history) policy(t *rapid.T, a *account) string {
	return mostly(t, "policy", h.policies, func(id string) bool { return a.org != nil && a.org.policies[id] })
}

// known lists the parents with one of the prefixes.
func (h *history) known(prefixes ...string) []string {
	return slices.DeleteFunc(slices.Clone(h.parents), func(id string) bool {
		return !slices.ContainsFunc(prefixes, func(p string) bool { return id[:len(p)] == p })
	})
}

// root is the root of the actor's organization, or one that does not exist.
func (h *history) root(a *account) *string {
	if a.org == nil {
		return &h.parents[0]
	}
	return &a.org.root
}

func (h *history) createUnit(t *rapid.T) {
	a := h.manager(t)
	parent, name := h.parent(t, a), h.name(t)
	out, got := call(t, h, a, (*service).CreateOrganizationalUnit, orgapi.CreateOrganizationalUnitRequest{ParentId: &parent, Name: &name})
	if !h.act(t, "CreateUnit", a, got, h.model.createUnit(a, parent, name)) {
		return
	}
	id, o := *out.OrganizationalUnit.Id, a.org
	o.units[id] = &unit{parent: parent, name: name, depth: o.depth(parent) + 1}
	if o.enabled {
		o.attached[id] = []string{fullAccess}
	}
	h.parents = append(h.parents, id)
}

// document allows what the histories call, so that a level which lost FullAWSAccess denies
// nothing of it: the model knows no permissions.
const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`

func (h *history) createPolicy(t *rapid.T) {
	a := h.manager(t)
	in := orgapi.CreatePolicyRequest{
		Name: new(fmt.Sprintf("policy %d", len(h.policies))), Description: new(""), Content: new(document),
		Type: new(orgapi.PolicyTypeServiceControlPolicy),
	}
	out, got := call(t, h, a, (*service).CreatePolicy, in)
	if h.act(t, "CreatePolicy", a, got, h.model.createPolicy(a)) {
		id := *out.Policy.PolicySummary.Id
		a.org.policies[id] = true
		h.policies = append(h.policies, id)
	}
}

func (h *history) pass(t *rapid.T) {
	d := rapid.SampledFrom([]time.Duration{time.Second, day, 15 * day, 30 * day, 90 * day}).Draw(t, "time")
	if err := h.Jobs.RunUntil(context.Background(), h.Clock.Now().Add(d), h.Clock.Set); err != nil {
		t.Fatal(err)
	}
	h.model.pass(d)
}
