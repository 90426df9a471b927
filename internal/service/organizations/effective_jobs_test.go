package organizations_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

func TestReadersSeeThePreviousOneForAsLongAsTheBehaviorSays(t *testing.T) {
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

func TestManyTargetsAreComputedInBatches(t *testing.T) {
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
