package organizations_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
)

const (
	noEffective = "EffectivePolicyNotFoundException"
	noSuchType  = "InvalidInputException INVALID_ENUM_POLICY_TYPE"
)

// vector is an inheritance with its known outcome, from the tests of the language.
type vector struct {
	ID, PolicyType string
	Levels         []struct {
		Entity   string
		Policies []json.RawMessage
	}
	Expected any
	Errors   []struct {
		ErrorCode, ErrorMessage, PathToError string
		Contributing                         []string
	}
}

func vectors(t *testing.T, file string) (list []vector) {
	t.Helper()
	content, err := os.ReadFile("../../policy/inherit/testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(content, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		// Alice stands for the management account of the vector.
		var own struct{ Management string }
		if err := json.Unmarshal(row, &own); err != nil {
			t.Fatal(err)
		}
		if own.Management != "" {
			row = []byte(strings.ReplaceAll(string(row), own.Management, alice))
		}
		var v vector
		if err := json.Unmarshal(row, &v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	if len(list) < 21 {
		t.Fatalf("%s holds %d vectors", file, len(list))
	}
	return list
}

// inherit builds the levels of a vector: the first is the root, the last is bob's
// account when it is called so, and every other one a unit. It returns the entity
// and the place of each policy by its id, and what undoes all of it.
func (a tree) inherit(v vector) (places map[string]string, undo func()) {
	a.w.t.Helper()
	places = map[string]string{}
	kind := orgapi.PolicyType(v.PolicyType)
	at := a.root
	for i, level := range v.Levels {
		target := at
		switch {
		case level.Entity == "account":
			target = bob
		case i > 0:
			at = a.unit(at, fmt.Sprint(v.ID, i))
			target = at
		}
		for j, content := range level.Policies {
			id := a.draft(kind, fmt.Sprint(v.ID, level.Entity, j), string(content))
			a.attach(id, target)
			places[id] = fmt.Sprintf("%s[%d]", level.Entity, j)
		}
	}
	if parent := a.parent(bob); parent != at {
		a.move(bob, parent, at)
	}
	return places, func() {
		for id := range places {
			for _, target := range a.targets(id, 20) {
				a.detach(id, target)
			}
		}
		if parent := a.parent(bob); parent != a.root {
			a.move(bob, parent, a.root)
		}
	}
}

func (a actor) parent(child string) string { return *a.parentOf(child).Id }

// management are the types that have effective policies.
func management() (kinds []orgapi.PolicyType) {
	for _, kind := range orgapi.EffectivePolicyType("").Values() {
		kinds = append(kinds, orgapi.PolicyType(kind))
	}
	return kinds
}

func TestEffectivePoliciesAreAsRecordedAndPublished(t *testing.T) {
	w := newFixture(t, "wire-style native", "policy-type-service-access off", "policies-tag unlimited")
	a := w.as(alice).plant()
	a.member(bob)
	a.enable(management()...)
	for _, v := range vectors(t, "merge.json") {
		_, undo := a.inherit(v)
		got := a.effective(orgapi.PolicyType(v.PolicyType), bob)
		var content any
		if err := json.Unmarshal([]byte(*got.PolicyContent), &content); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v.Expected, content); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.ID, diff)
		}
		if *got.TargetId != bob || string(*got.PolicyType) != v.PolicyType {
			t.Errorf("%s: answered for %s of %s", v.ID, *got.PolicyType, *got.TargetId)
		}
		undo()
	}
}

func TestWhoMaySeeWhichEffectivePolicy(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	b, c := a.member(bob), a.member(carol)
	other := w.as(dave)
	a.enable(tags)
	a.attach(a.draft(tags, "One", value("k", "assign", "v")), a.root)
	a.trust(config)
	a.delegate(carol, config)
	for _, who := range []actor{a.actor, b, c} {
		if got := who.effective(tags, ""); *got.TargetId != who.id {
			t.Errorf("%s without a target is answered for %s", who.id, *got.TargetId)
		}
		who.effective(tags, who.id)
	}
	a.effective(tags, bob)
	c.effective(tags, bob)
	const denied = "AccessDeniedException"
	for _, row := range []struct {
		who       actor
		in        *orgapi.DescribeEffectivePolicyRequest
		described string
	}{
		{b, effectiveFor(tags, alice), denied},
		// Whether the account exists is asked first, and whether the type is enabled last.
		{b, effectiveFor(tags, dave), "TargetNotFoundException"},
		{b, effectiveFor(backups, alice), denied},
		{b, effectiveFor(backups, bob), noEffective},
		{other, effectiveFor(tags, ""), "AWSOrganizationsNotInUseException"},
	} {
		if got := row.who.told("DescribeEffectivePolicy", row.in); got != row.described {
			t.Errorf("%s asks for %+v: %q, want %q", row.who.id, row.in, got, row.described)
		}
	}
	c.complaints(tags, bob)
	c.invalid(tags)
	fails(b, denied, (*service).ListEffectivePolicyValidationErrors, *errorsFor(tags, bob))
	fails(b, denied, (*service).ListAccountsWithInvalidEffectivePolicy, *invalidFor(tags))
}

func TestRejectionsOfEffectivePolicies(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a := w.as(alice).plant()
		dev := a.unit(a.root, "Dev")
		w.as(dave)
		a.enable(tags)
		const unsupported = "InvalidInputException TARGET_NOT_SUPPORTED"
		const noAccount = "AccountNotFoundException"
		return a.actor, []refusal{
			{"DescribeEffectivePolicy", &orgapi.DescribeEffectivePolicyRequest{TargetId: &a.root}, absent, ":POLICY_TYPE"},
			{"DescribeEffectivePolicy", effectiveFor(scp, ""), noSuchType, ""},
			{"DescribeEffectivePolicy", effectiveFor(rcp, ""), noEnum, ":POLICY_TYPE"},
			{"DescribeEffectivePolicy", effectiveFor("X", ""), noEnum, ":POLICY_TYPE"},
			{"DescribeEffectivePolicy", effectiveFor(tags, a.root), unsupported, ""},
			{"DescribeEffectivePolicy", effectiveFor(tags, dev), unsupported, ""},
			{"DescribeEffectivePolicy", effectiveFor(tags, dave), "TargetNotFoundException", ""},
			{"DescribeEffectivePolicy", effectiveFor(backups, "000000000000"), "TargetNotFoundException", ""},
			{"DescribeEffectivePolicy", effectiveFor(backups, alice), noEffective, ""},

			{"ListEffectivePolicyValidationErrors", &orgapi.ListEffectivePolicyValidationErrorsRequest{PolicyType: new(orgapi.EffectivePolicyTypeTagPolicy)}, unsupported, ""},
			{"ListEffectivePolicyValidationErrors", &orgapi.ListEffectivePolicyValidationErrorsRequest{AccountId: new(alice)}, absent, ":POLICY_TYPE"},
			{"ListEffectivePolicyValidationErrors", errorsFor(tags, a.root), unsupported, ""},
			{"ListEffectivePolicyValidationErrors", errorsFor(scp, alice), noSuchType, ""},
			{"ListEffectivePolicyValidationErrors", errorsFor(rcp, alice), noSuchType, ""},
			{"ListEffectivePolicyValidationErrors", errorsFor("X", alice), noSuchType, ""},
			{"ListEffectivePolicyValidationErrors", errorsFor(tags, dave), noAccount, ""},
			{"ListEffectivePolicyValidationErrors", errorsFor(backups, "000000000000"), noAccount, ""},
			{"ListEffectivePolicyValidationErrors", errorsFor(backups, alice), noEffective, ""},
			{"ListEffectivePolicyValidationErrors", &orgapi.ListEffectivePolicyValidationErrorsRequest{
				AccountId: new(alice), PolicyType: new(orgapi.EffectivePolicyTypeTagPolicy), NextToken: new("x"),
			}, badToken, ""},

			{"ListAccountsWithInvalidEffectivePolicy", &orgapi.ListAccountsWithInvalidEffectivePolicyRequest{}, absent, ":POLICY_TYPE"},
			{"ListAccountsWithInvalidEffectivePolicy", invalidFor(scp), noSuchType, ""},
			{"ListAccountsWithInvalidEffectivePolicy", invalidFor(rcp), noSuchType, ""},
			{"ListAccountsWithInvalidEffectivePolicy", invalidFor("X"), noSuchType, ""},
			{"ListAccountsWithInvalidEffectivePolicy", invalidFor(backups), noEffective, ""},
		}
	})
	a := newFixture(t).as(alice).plant()
	_, err := try(a.actor, (*service).DescribeEffectivePolicy, *effectiveFor(tags, alice))
	if told := exception(t, err, "documented"); told.Message != orgapi.TextEffectivePolicyNotFoundTypeDisabled {
		t.Errorf("of a disabled type: %q", told.Message)
	}
}

// Where nothing is attached the documentation and the recordings differ.
func TestWhereNoPolicyAppliesThereIsNoneOrAnEmptyOne(t *testing.T) {
	for style, want := range map[string]string{"documented": noEffective, "native": ""} {
		w := newFixture(t, "wire-style "+style)
		a := w.as(alice).plant()
		a.member(bob)
		w.pass(time.Minute)
		a.enable(tags)
		since := w.clock.Now()
		w.pass(time.Minute)
		if got := a.told("DescribeEffectivePolicy", effectiveFor(tags, bob)); got != want {
			t.Errorf("%s: %q, want %q", style, got, want)
		}
		if style == "native" {
			if got := a.effective(tags, bob); *got.PolicyContent != "{}" || !got.LastUpdatedTimestamp.Equal(since) {
				t.Errorf("%s at %v", *got.PolicyContent, got.LastUpdatedTimestamp)
			}
		}
		wantList(t, "errors of nothing", a.complaints(tags, bob))
		// A policy that says nothing applies all the same.
		id := a.draft(tags, "empty", `{"tags":{}}`)
		a.attach(id, a.root)
		a.wantEffective(style, tags, bob, "{}")
		a.detach(id, a.root)
		if got := a.told("DescribeEffectivePolicy", effectiveFor(tags, bob)); got != want {
			t.Errorf("%s, once detached: %q, want %q", style, got, want)
		}
		a.attach(id, alice)
		a.disable(tags)
		fails(a.actor, noEffective, (*service).DescribeEffectivePolicy, *effectiveFor(tags, alice))
		a.enable(tags)
		if got := a.told("DescribeEffectivePolicy", effectiveFor(tags, alice)); got != want {
			t.Errorf("%s, enabled again: %q, want %q", style, got, want)
		}
	}
}

func TestTheEffectivePolicyFollowsTheParent(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	dev := a.unit(a.root, "Dev")
	team := a.unit(dev, "Team")
	a.enable(tags)
	onRoot, onDev := a.draft(tags, "root", value("k", "assign", "root")), a.draft(tags, "dev", value("k", "append", "dev"))
	onTeam, own := a.draft(tags, "team", value("k", "append", "team")), a.draft(tags, "own", value("k", "append", "own"))
	for _, pair := range [][2]string{{onRoot, a.root}, {onDev, dev}, {onTeam, team}} {
		w.pass(time.Minute)
		a.attach(pair[0], pair[1])
	}
	for i, step := range []struct {
		do   func()
		want []string
		// now says whether the effective policy of bob is computed by the step.
		now bool
	}{
		{func() {}, []string{"root"}, false},
		{func() { a.move(bob, a.root, team) }, []string{"root", "dev", "team"}, true},
		{func() { a.attach(own, bob) }, []string{"root", "dev", "team", "own"}, true},
		{func() { a.move(bob, team, dev) }, []string{"root", "dev", "own"}, true},
		{func() { a.rewrite(onRoot, value("k", "assign", "new")) }, []string{"new", "dev", "own"}, true},
		{func() { a.rewrite(onTeam, value("k", "append", "other")) }, []string{"new", "dev", "own"}, false},
		{func() { must(a.actor, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &onDev}) }, []string{"new", "dev", "own"}, true},
		{func() { a.detach(onDev, dev) }, []string{"new", "own"}, true},
		{func() { a.detach(own, bob) }, []string{"new"}, true},
		{func() { a.attach(own, alice) }, []string{"new"}, false},
		{func() { a.move(bob, dev, team) }, []string{"new", "other"}, true},
		{func() { a.attach(onDev, a.root) }, []string{"new", "dev", "other"}, true},
		{func() { a.detach(onTeam, team) }, []string{"new", "dev"}, true},
		{func() { a.attach(onTeam, dev); a.detach(onTeam, dev) }, []string{"new", "dev"}, true},
		{func() { a.rewrite(onDev, value("k", "append", "last")) }, []string{"new", "last"}, true},
	} {
		before := a.effective(tags, bob).LastUpdatedTimestamp
		w.pass(time.Minute)
		step.do()
		got := a.effective(tags, bob)
		if *got.PolicyContent != valued("k", step.want...) {
			t.Errorf("step %d: %s, want %v", i, *got.PolicyContent, step.want)
		}
		computed := before.Time
		if step.now {
			computed = w.clock.Now()
		}
		if !got.LastUpdatedTimestamp.Equal(computed) {
			t.Errorf("step %d: computed at %v, want %v", i, got.LastUpdatedTimestamp, computed)
		}
	}
}

func TestTheOrderOfAttachmentCountsOnOneTarget(t *testing.T) {
	a := newFixture(t).as(alice).plant()
	a.enable(tags)
	one, two := a.draft(tags, "one", value("k", "assign", "1")), a.draft(tags, "two", value("k", "assign", "2"))
	a.attach(one, a.root)
	a.attach(two, a.root)
	a.wantEffective("the first wins", tags, alice, valued("k", "1"))
	a.detach(one, a.root)
	a.attach(one, a.root)
	a.wantEffective("attached again it is the last", tags, alice, valued("k", "2"))
}

func TestANewAccountHasItsEffectivePolicyAtOnce(t *testing.T) {
	w := newFixture(t, "effective-policy-delay 3s")
	a := w.as(alice).plant()
	a.enable(tags)
	a.attach(a.draft(tags, "one", value("k", "assign", "v")), a.root)
	w.pass(time.Hour)
	a.member(bob)
	made := a.create("Made", "made@example.com")
	for _, id := range []string{bob, made} {
		if got := a.effective(tags, id); *got.PolicyContent != valued("k", "v") || !got.LastUpdatedTimestamp.Equal(w.clock.Now()) {
			t.Errorf("%s has %s of %v", id, *got.PolicyContent, got.LastUpdatedTimestamp)
		}
	}
}
