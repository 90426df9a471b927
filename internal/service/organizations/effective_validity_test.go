package organizations_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/store"
)

func TestValidationReportsAreAsRecordedAndPublished(t *testing.T) {
	w := newFixture(t, "policy-type-service-access off")
	a := w.as(alice).plant()
	a.member(bob)
	a.enable(management()...)
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

func TestTheLastValidOneIsTheAccountsAndNotThatOfTheParent(t *testing.T) {
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
				AccountID, PolicyType, State string
				ValidationErrors             []struct{ AccountPath, ErrorCode, PathToError string }
			}
		}
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			w.t.Fatal(err)
		}
		if r.EventName != "EffectivePolicyValidation" {
			continue
		}
		v := r.ServiceEventDetails
		if r.RecipientAccountID != alice || v.PolicyType != string(backups) {
			w.t.Errorf("record %s", text)
		}
		for _, found := range v.ValidationErrors {
			if !strings.HasSuffix(found.AccountPath, v.AccountID+"/") {
				w.t.Errorf("record %s", text)
			}
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
