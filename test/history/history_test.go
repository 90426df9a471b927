// Package history_test makes random sequences of calls by several accounts and
// compares every answer, and after each step the whole state, with a reference
// model of a few pages.
//
// A sequence that fails is shrunk to a short one and printed with its seed:
// `go test ./test/history -run … -rapid.seed=N` repeats it, `-rapid.checks=N` makes
// more of them.
package history_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/behavior"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/quota"
	"accord/internal/service/organizations"
	"accord/internal/store"
	"accord/test/postgres"
)

type service = organizations.Service

// actors are few, so that they meet.
var actors = []string{"111111111111", "222222222222", "333333333333", "444444444444", "555555555555", "666666666666"}

var begin = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func TestHistoriesOnSQLite(t *testing.T) { histories(t, "memory", 2000) }

// A network lies between each call and its answer: fewer histories fit into the
// same time.
func TestHistoriesOnPostgreSQL(t *testing.T) { histories(t, postgres.URL(t), 200) }

// histories makes so many histories, or as many as -rapid.checks asks for.
func histories(t *testing.T, url string, count int) {
	set("rapid.checks", fmt.Sprint(count))
	set("rapid.steps", "40")
	bench := open(t, url)
	rapid.Check(t, func(t *rapid.T) {
		h := bench.history(t)
		t.Repeat(h.actions())
	})
	// A history that reaches little proves little.
	for action := range (&history{}).actions() {
		t.Logf("%-18s %6d done, %6d refused", action, bench.done[action], bench.refused[action])
		if action != "" && action != "Pass" && (bench.done[action] == 0 || bench.refused[action] == 0) {
			t.Errorf("%s was done %d times and refused %d times", action, bench.done[action], bench.refused[action])
		}
	}
}

// given holds the flags of the command line, which win.
var given = map[string]bool{}

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	os.Exit(m.Run())
}

// set gives a flag of rapid the value for this test.
func set(name, value string) {
	if given[name] {
		return
	}
	if err := flag.Set(name, value); err != nil {
		panic(err)
	}
}

// bench is one service; each history begins with an empty one.
type bench struct {
	service *service
	store   *store.Store
	clock   *clock.Virtual
	due     *jobs.Loop
	// done and refused count the outcomes of each action.
	done, refused map[string]int
}

func open(t *testing.T, url string) *bench {
	t.Helper()
	ctx, log, source := context.Background(), slog.New(slog.DiscardHandler), ident.NewSeededSource(7)
	b := &bench{clock: clock.NewVirtual(begin), done: map[string]int{}, refused: map[string]int{}}
	var err error
	if b.store, err = store.Open(ctx, url, store.Options{Clock: b.clock, Source: source}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
	quotas, err := quota.New(quota.Profile2026, map[string]string{
		string(quota.AccountsPerOrganization):               fmt.Sprint(placesQuota),
		string(quota.InvitationsPerDay):                     "unlimited",
		string(quota.UnitDepth):                             fmt.Sprint(depthQuota),
		string(quota.Attachments("SERVICE_CONTROL_POLICY")): fmt.Sprint(attachmentQuota),
	})
	if err != nil {
		t.Fatal(err)
	}
	b.due = jobs.New(b.store, b.clock, log)
	b.service, err = organizations.New(ctx, organizations.Options{
		Store: b.store, Jobs: b.due, Source: source, Behavior: behavior.Default(), Quotas: quotas, Log: log, RegisterCallers: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// history is one sequence: the service and the model side by side.
type history struct {
	*bench
	model *model
	// handshakes, parents and policies are the ids that were ever given out, so
	// that calls also name what is no longer there.
	handshakes, parents, policies []string
}

func (b *bench) history(t *rapid.T) *history {
	if err := b.service.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.clock.Set(begin)
	for _, id := range actors {
		if _, err := b.service.EnsureAccount(context.Background(), ident.AccountID(id)); err != nil {
			t.Fatal(err)
		}
	}
	return &history{
		bench:    b,
		model:    newModel(begin, actors...),
		parents:  []string{"r-none", "ou-none-00000000"},
		policies: []string{fullAccess, "p-00000000"},
	}
}

// call sends a request as the pipeline does and returns the exception, if any.
func call[I, O any, P interface {
	*I
	api.Request
}](t *rapid.T, h *history, a *account, operation func(*service, context.Context, P) (*O, error), in I) (*O, string) {
	request := P(&in)
	if fault := request.Validate(); fault != nil {
		t.Fatalf("a history made an invalid request: %v", fault)
	}
	ctx := api.WithCaller(context.Background(), api.Caller{Account: a.id, Principal: ident.RootUserARN(ident.AccountID(a.id))})
	out, err := operation(h.service, ctx, request)
	var told *api.Error
	switch {
	case err == nil:
		return out, ""
	case !errors.As(err, &told) || told.Type == "ServiceException":
		t.Fatalf("%s: %v: %v", a.id, err, errors.Unwrap(err))
	case told.Reason != "":
		return nil, told.Type + " " + told.Reason
	}
	return nil, told.Type
}

// agree fails the history when service and model differ about an answer, and
// reports whether the call succeeded.
func (h *history) agree(t *rapid.T, what, got, want string) bool {
	if got != want {
		t.Fatalf("%s: the service says %q, the model %q\n%s", what, got, want, h.model)
	}
	return got == ""
}

// act is agree for the call that an action is about.
func (h *history) act(t *rapid.T, action string, a *account, got, want string) bool {
	done := h.agree(t, action+" by "+a.id, got, want)
	if done {
		h.done[action]++
	} else {
		h.refused[action]++
	}
	return done
}

// mostly draws one that makes sense, if there is any, and now and then any.
func mostly(t *rapid.T, what string, all []string, sensible func(string) bool) string {
	if rapid.IntRange(0, 9).Draw(t, "whim") < 8 {
		if some := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !sensible(s) }); len(some) > 0 {
			return rapid.SampledFrom(some).Draw(t, what)
		}
	}
	return rapid.SampledFrom(all).Draw(t, what)
}

// account draws the account that calls, or that is named.
func (h *history) account(t *rapid.T, what string, sensible func(*account) bool) *account {
	id := mostly(t, what, actors, func(id string) bool { return sensible(h.model.accounts[id]) })
	return h.model.accounts[id]
}

// manager draws a caller of what management accounts do.
func (h *history) manager(t *rapid.T) *account { return h.account(t, "actor", (*account).manages) }

// memberOf draws an account that the caller's organization may have.
func (h *history) memberOf(t *rapid.T, a *account) *account {
	return h.account(t, "other", func(m *account) bool { return m.org != nil && m.org == a.org && m != a })
}

// actions are the calls that a history is made of. The empty name is the check
// after each of them.
func (h *history) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"CreateOrganization": h.createOrganization,
		"DeleteOrganization": func(t *rapid.T) {
			// Rarely sensible, or no organization would grow old.
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
			a := h.manager(t)
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
			// AWS's own policies are refused for another reason.
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
			a := h.account(t, "actor", func(a *account) bool { return a.manages() && a.org.enabled })
			target := h.target(t, a)
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
	roots, refusal := call(t, h, a, (*service).ListRoots, orgapi.ListRootsRequest{})
	h.agree(t, "ListRoots by "+a.id, refusal, "")
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
	children, refusal := call(t, h, a, (*service).ListHandshakesForOrganization, orgapi.ListHandshakesForOrganizationRequest{
		Filter: &orgapi.HandshakeFilter{ParentHandshakeId: out.Handshake.Id},
	})
	h.agree(t, "ListHandshakesForOrganization by "+a.id, refusal, "")
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
	return mostly(t, "parent", h.known("r-", "ou-"), func(id string) bool { return a.org != nil && a.org.place(id) })
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

const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`

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
	if err := h.due.RunUntil(context.Background(), h.clock.Now().Add(d), h.clock.Set); err != nil {
		t.Fatal(err)
	}
	h.model.pass(d)
}

// compare reads everything back and holds it against the model.
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
	for parent := range h.places(o) {
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
			t.Fatalf("%s carries %v, the model says %v\n%s", target, ids, want, h.model)
		}
	}
}

// places lists the root and the units of an organization.
func (h *history) places(o *organization) map[string]bool {
	places := map[string]bool{o.root: true}
	for id := range o.units {
		places[id] = true
	}
	return places
}

// path is the path of a root or unit, without the organization.
func (h *history) path(o *organization, place string) string {
	if place == o.root {
		return place + "/"
	}
	return h.path(o, o.units[place].parent) + place + "/"
}
