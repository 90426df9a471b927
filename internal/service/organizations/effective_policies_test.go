package organizations_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
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
	if err := json.Unmarshal(content, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 17 {
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

func TestValidationReportsAreAsRecorded(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	a.enable(backups, tags)
	path := func() string {
		return *must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id + "/" + a.root + "/" + bob + "/"
	}()
	for _, v := range vectors(t, "reports.json") {
		w.pass(time.Minute)
		places, undo := a.inherit(v)
		kind := orgapi.PolicyType(v.PolicyType)
		out := must(a.actor, (*service).ListEffectivePolicyValidationErrors, *errorsFor(kind, bob))
		want, got := []string{}, []string{}
		for _, e := range v.Errors {
			want = append(want, fmt.Sprint(e.ErrorCode, e.ErrorMessage, e.PathToError, inOrder(e.Contributing)))
		}
		for _, e := range out.EffectivePolicyValidationErrors {
			if e.ContributingPolicies == nil {
				t.Errorf("%s: contributors are null", v.ID)
			}
			contributing := []string{}
			for _, id := range e.ContributingPolicies {
				contributing = append(contributing, places[id])
			}
			got = append(got, fmt.Sprint(*e.ErrorCode, *e.ErrorMessage, *e.PathToError, inOrder(contributing)))
		}
		wantList(t, v.ID, inOrder(got), inOrder(want)...)
		if *out.AccountId != bob || string(*out.PolicyType) != v.PolicyType {
			t.Errorf("%s: answered for %s of %s", v.ID, *out.PolicyType, *out.AccountId)
		}
		if len(want) == 0 {
			if out.Path != nil || out.EvaluationTimestamp != nil {
				t.Errorf("%s: a valid account has the path %v", v.ID, out.Path)
			}
			wantList(t, v.ID+": invalid", a.invalid(kind))
		} else {
			if *out.Path != path || !out.EvaluationTimestamp.Equal(w.clock.Now()) {
				t.Errorf("%s: evaluated %s at %v", v.ID, *out.Path, out.EvaluationTimestamp)
			}
			if !slices.Contains(a.invalid(kind), bob) {
				t.Errorf("%s: bob is not among the invalid", v.ID)
			}
		}
		undo()
		wantList(t, v.ID+": invalid at last", a.invalid(kind))
	}
}

func TestErrorsOfAReportArePaged(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(backups)
	var plans []string
	for i := range 7 {
		plans = append(plans, strings.TrimSuffix(strings.TrimPrefix(broken(fmt.Sprint("p", i)), `{"plans":{`), "}}"))
	}
	a.attach(a.draft(backups, "many", `{"plans":{`+strings.Join(plans, ",")+`}}`), alice)
	whole := a.complaints(backups, alice)
	if len(whole) != 14 {
		t.Fatalf("%d errors: %v", len(whole), whole)
	}
	for size := int32(1); size <= 15; size++ {
		wantList(t, fmt.Sprint("pages of ", size), pages(t, int(size), func(token *string) ([]string, *string) {
			in := errorsFor(backups, alice)
			in.NextToken, in.MaxResults = token, &size
			out := must(a.actor, (*service).ListEffectivePolicyValidationErrors, *in)
			if out.Path == nil {
				t.Error("a page has no path")
			}
			list := []string{}
			for _, e := range out.EffectivePolicyValidationErrors {
				list = append(list, *e.PathToError)
			}
			return list, out.NextToken
		}), whole...)
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

func TestTheEffectivePolicyFollowsThePlace(t *testing.T) {
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

func TestAnInvalidEffectivePolicyLeavesTheLastValidOne(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	dev := a.unit(a.root, "Dev")
	a.enable(backups)
	id, own := a.draft(backups, "one", broken("p")), a.draft(backups, "own", fixed("q"))
	a.attach(id, a.root)
	a.wantEffective("never valid", backups, bob, "{}")
	wantList(t, "invalid", a.invalid(backups), alice, bob)
	a.rewrite(id, fixed("p"))
	a.wantEffective("valid", backups, bob, planned("p"))
	wantList(t, "invalid", a.invalid(backups))
	w.pass(time.Minute)
	a.rewrite(id, broken("p"))
	a.wantEffective("the last valid", backups, bob, planned("p"))
	if got := a.effective(backups, bob).LastUpdatedTimestamp; !got.Equal(w.clock.Now()) {
		t.Errorf("computed at %v", got)
	}
	wantList(t, "what is wrong", a.complaints(backups, bob), "plans/p", "plans/p")

	// What begins below begins with what its accounts had.
	a.attach(own, bob)
	a.wantEffective("a part is wrong, so all is withheld", backups, bob, planned("p"))
	a.detach(own, bob)
	w.pass(time.Minute)
	a.move(bob, a.root, dev)
	a.wantEffective("moved within what is invalid", backups, bob, planned("p"))
	a.rewrite(id, fixed("p"))
	a.wantEffective("all is well", backups, bob, planned("p"))
	wantList(t, "invalid", a.invalid(backups))
}

func TestTheLastValidOneIsTheAccountsAndNotThatOfThePlace(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	good, bad := a.unit(a.root, "Good"), a.unit(a.root, "Bad")
	a.enable(backups)
	onGood, onBad := a.draft(backups, "good", fixed("good")), a.draft(backups, "bad", fixed("bad"))
	a.attach(onGood, good)
	a.attach(onBad, bad)
	a.member(carol)
	a.move(carol, a.root, bad)
	a.rewrite(onBad, broken("bad"))
	a.move(bob, a.root, good)
	a.wantEffective("in the good unit", backups, bob, planned("good"))
	a.move(bob, good, bad)
	a.wantEffective("moved into the bad unit", backups, bob, planned("good"))
	a.wantEffective("who was there before", backups, carol, planned("bad"))
	wantList(t, "invalid", a.invalid(backups), bob, carol)
	a.rewrite(onBad, broken("worse"))
	a.wantEffective("still invalid", backups, bob, planned("good"))
	a.rewrite(onBad, fixed("better"))
	a.wantEffective("valid again", backups, bob, planned("better"))
	a.wantEffective("valid again", backups, carol, planned("better"))
	a.rewrite(onBad, broken("worse"))
	a.wantEffective("from now on they share it", backups, bob, planned("better"))
	a.move(bob, bad, good)
	a.wantEffective("back", backups, bob, planned("good"))
	wantList(t, "invalid", a.invalid(backups), carol)

	// Who joins where all is invalid never had a valid one.
	onRoot := a.draft(backups, "root", fixed("root"))
	a.attach(onRoot, a.root)
	a.rewrite(onRoot, broken("root"))
	fourth := a.member("555555555555")
	a.wantEffective("a member since before", backups, alice, planned("root"))
	a.wantEffective("a new member", backups, fourth.id, "{}")
	if list := a.invalid(backups); !slices.Contains(list, fourth.id) || len(list) != 4 {
		t.Errorf("invalid are %v", list)
	}
	a.rewrite(onRoot, fixed("root"))
	a.wantEffective("all is well", backups, fourth.id, planned("root"))
	// Detaching from a unit leaves its accounts with what is above, and with what
	// they had where that is invalid.
	a.rewrite(onBad, fixed("bad"))
	a.rewrite(onRoot, broken("root"))
	a.wantEffective("below the bad root", backups, carol, `{"plans":{"root":`+strings.TrimPrefix(planned("root"), `{"plans":{"root":`)[:len(planned("root"))-len(`{"plans":{"root":`)-2]+`,"bad":`+strings.TrimPrefix(planned("bad"), `{"plans":{"bad":`))
	a.detach(onBad, bad)
	wantList(t, "invalid", inOrder(a.invalid(backups)), alice, bob, carol, fourth.id)
	a.detach(onRoot, a.root)
	wantList(t, "invalid at last", a.invalid(backups))
	fails(a.actor, noEffective, (*service).DescribeEffectivePolicy, *effectiveFor(backups, carol))
}

// validations lists the records about effective policies since the last call.
func (w *fixture) validations() []string {
	list := []string{}
	for _, text := range w.messages(event.MessageKind, func(l store.Message) string { return l.Body }) {
		var r struct {
			EventName, RecipientAccountID string
			ServiceEventDetails           struct {
				AccountID, AccountPath, PolicyType, State string
				ValidationErrors                          []struct{ ErrorCode, PathToError string }
			}
		}
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			w.t.Fatal(err)
		}
		if r.EventName != "EffectivePolicyValidation" {
			continue
		}
		v := r.ServiceEventDetails
		if r.RecipientAccountID != alice || !strings.HasSuffix(v.AccountPath, v.AccountID+"/") || v.PolicyType != string(backups) {
			w.t.Errorf("record %s", text)
		}
		list = append(list, fmt.Sprint(v.AccountID, " ", v.State, " ", len(v.ValidationErrors)))
	}
	return inOrder(list)
}

func TestTurningInvalidAndValidIsRecordedOnceForEachAccount(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	dev, ops := a.unit(a.root, "Dev"), a.unit(a.root, "Ops")
	a.move(bob, a.root, dev)
	a.enable(backups)
	onRoot, onDev := a.draft(backups, "root", fixed("p")), a.draft(backups, "dev", fixed("q"))
	a.attach(onRoot, a.root)
	wantList(t, "valid from the beginning", w.validations())
	a.attach(onDev, dev)
	a.rewrite(onDev, broken("q"))
	wantList(t, "a unit", w.validations(), bob+" INVALID 2")
	a.rewrite(onRoot, broken("p"))
	wantList(t, "the root, where one was invalid before", w.validations(), alice+" INVALID 2")
	a.rewrite(onRoot, broken("other"))
	wantList(t, "still", w.validations())
	a.move(bob, dev, ops)
	wantList(t, "moved within what is invalid", w.validations())
	a.rewrite(onRoot, fixed("p"))
	wantList(t, "the root again", w.validations(), alice+" VALID 0", bob+" VALID 0")
	a.move(bob, ops, dev)
	wantList(t, "moved into the bad unit", w.validations(), bob+" INVALID 2")
	a.move(bob, dev, ops)
	wantList(t, "moved out of it", w.validations(), bob+" VALID 0")
	a.rewrite(onRoot, broken("p"))
	w.validations()
	a.member(carol)
	wantList(t, "joined what is invalid", w.validations(), carol+" INVALID 2")
	wantList(t, "invalid", a.invalid(backups), alice, bob, carol)
	a.remove(carol)
	actor{w, bob}.leave()
	wantList(t, "left", w.validations())
	wantList(t, "invalid", a.invalid(backups), alice)
	a.disable(backups)
	wantList(t, "disabled", w.validations())
	a.enable(backups)
	wantList(t, "enabled again", a.invalid(backups))
}

func TestReadersSeeThePreviousOneForAsLongAsTheRuleSays(t *testing.T) {
	w := newFixture(t, "effective-policy-delay 3s")
	a := w.as(alice).plant()
	a.member(bob)
	a.enable(tags)
	one, two := a.draft(tags, "one", value("k", "assign", "1")), a.draft(tags, "two", value("k", "append", "2"))
	began := w.clock.Now()
	a.attach(one, a.root)
	fails(a.actor, noEffective, (*service).DescribeEffectivePolicy, *effectiveFor(tags, bob))
	w.pass(2 * time.Second)
	fails(a.actor, noEffective, (*service).DescribeEffectivePolicy, *effectiveFor(tags, bob))
	w.pass(time.Second)
	a.wantEffective("after the delay", tags, bob, valued("k", "1"))
	if got := a.effective(tags, bob).LastUpdatedTimestamp; !got.Equal(began.Add(3 * time.Second)) {
		t.Errorf("computed at %v", got)
	}

	// Changes in quick succession are one computation, of which the first is in time.
	w.pass(time.Minute)
	began = w.clock.Now()
	a.attach(two, bob)
	w.pass(time.Second)
	a.rewrite(one, value("k", "assign", "3"))
	w.pass(time.Second)
	must(a.actor, (*service).UpdatePolicy, orgapi.UpdatePolicyRequest{PolicyId: &two})
	a.wantEffective("before the delay is over", tags, bob, valued("k", "1"))
	w.pass(time.Second)
	a.wantEffective("when it is", tags, bob, valued("k", "3", "2"))
	a.wantEffective("of another account not yet", tags, alice, valued("k", "1"))
	w.pass(time.Second)
	a.wantEffective("now it is", tags, alice, valued("k", "3"))
	w.pass(time.Minute)
	if got := a.effective(tags, bob).LastUpdatedTimestamp; !got.Equal(began.Add(3 * time.Second)) {
		t.Errorf("computed at %v after the start of three changes", got.Sub(began))
	}

	// Enabling and disabling are seen at once.
	a.detach(two, bob)
	a.disable(tags)
	fails(a.actor, noEffective, (*service).DescribeEffectivePolicy, *effectiveFor(tags, bob))
	a.enable(tags)
	w.pass(time.Minute)
	fails(a.actor, noEffective, (*service).DescribeEffectivePolicy, *effectiveFor(tags, bob))
}

// addMembers makes many members at once, which the API would do one by one. Their ids
// begin with a digit.
func (a tree) addMembers(first string, n int, parent string) []string {
	a.w.t.Helper()
	path := *must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id + "/" + a.root + "/"
	if parent != a.root {
		path = *a.describeUnit(parent).Path
	}
	ids := make([]string, n)
	if err := a.w.store.Update(context.Background(), func(tx *store.Tx) error {
		for i := range ids {
			ids[i] = fmt.Sprintf("%s%011d", first, i)
			id := ident.AccountID(ids[i])
			if err := tx.InsertAccount(org.Account{ID: id, Name: "Member", Email: ident.Email(ids[i] + "@example.com"), State: org.Active}); err != nil {
				return err
			}
			if err := tx.InsertMembership(id, org.Membership{
				Organization: ident.OrganizationID(path[:12]), Parent: ident.ParentID(parent), ParentPath: path,
				Method: org.Created, Joined: a.w.clock.Now(),
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		a.w.t.Fatal(err)
	}
	return ids
}

func TestManyAccountsAreJudgedInBatches(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	dev := a.unit(a.root, "Dev")
	w.pass(time.Second)
	many := append(a.addMembers("8", 250, a.root), a.addMembers("9", 270, dev)...)
	a.enable(backups)
	onRoot := a.draft(backups, "root", fixed("p"))
	a.attach(onRoot, a.root)
	a.rewrite(onRoot, broken("p"))
	// Every account has the new effective policy at once, whatever the size.
	for _, id := range []string{alice, many[0], many[249], many[519]} {
		if len(a.complaints(backups, id)) != 2 {
			t.Errorf("%s is not invalid", id)
		}
		a.wantEffective("the last valid one", backups, id, planned("p"))
	}
	// Only the list takes its time.
	if n := len(a.invalid(backups)); n != 100 {
		t.Errorf("%d are listed at once", n)
	}
	w.pass(0)
	wantList(t, "at last", inOrder(a.invalid(backups)), inOrder(append(many, alice))...)
	// A unit that turns back before the others were judged wins.
	onDev := a.draft(backups, "dev", fixed("p"))
	a.rewrite(onRoot, fixed("p"))
	a.rewrite(onRoot, broken("p"))
	a.attach(onDev, dev)
	a.rewrite(onDev, fixed("p"))
	w.pass(0)
	wantList(t, "but for the unit", inOrder(a.invalid(backups)), inOrder(append(many[:250:250], alice))...)
	if n := count(w.validations(), many[519]+" INVALID 2"); n != 1 {
		t.Errorf("the last of the members turned invalid %d times", n)
	}
	a.detach(onRoot, a.root)
	a.detach(onDev, dev)
	w.pass(0)
	wantList(t, "nobody", a.invalid(backups))
}

func TestManyTargetsAreComputedALittleAtATime(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	many := a.addMembers("8", 230, a.root)
	a.enable(tags)
	onRoot, own := a.draft(tags, "root", value("k", "assign", "1")), a.draft(tags, "own", value("k", "append", "own"))
	a.attach(own, many...)
	a.attach(onRoot, a.root)
	done := func(root, own string) (n int) {
		for _, id := range many {
			if *a.effective(tags, id).PolicyContent == valued("k", root, own) {
				n++
			}
		}
		return n
	}
	if n := done("1", "own"); n != 99 {
		t.Errorf("%d are computed with the root", n)
	}
	w.pass(0)
	if n := done("1", "own"); n != 230 {
		t.Errorf("%d are computed at last", n)
	}
	w.pass(time.Minute)
	a.rewrite(own, value("k", "append", "new"))
	if n := done("1", "new"); n != 100 {
		t.Errorf("%d are computed with the policy", n)
	}
	w.pass(time.Second)
	if n := done("1", "new"); n != 230 {
		t.Errorf("%d are computed at last", n)
	}
	changed := w.clock.Now().Add(-time.Second)
	for _, id := range many {
		if got := a.effective(tags, id).LastUpdatedTimestamp; !got.Equal(changed) {
			t.Fatalf("%s was computed at %v, want %v", id, got, changed)
		}
	}
	// Nothing is done for a type that was disabled meanwhile.
	a.rewrite(onRoot, value("k", "assign", "2"))
	a.disable(tags)
	w.pass(time.Second)
	a.enable(tags)
	fails(a.actor, noEffective, (*service).DescribeEffectivePolicy, *effectiveFor(tags, many[229]))
}
