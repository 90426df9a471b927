package organizations_test

import (
	"context"
	"fmt"
	"testing"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/store"
)

func TestOfTwoPoliciesThatAreTakenOffAtOnceOneStays(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(scp)
	for round := range 5 {
		dev := a.unit(a.root, fmt.Sprint("Dev ", round))
		other := a.draft(scp, fmt.Sprint("Other ", round), allowAll)
		a.attach(other, dev)
		off := func(policy string) func() error {
			return func() error {
				_, err := try(a.actor, (*service).DetachPolicy, *detaching(policy, dev))
				return err
			}
		}
		if told := race(t, off(full), off(other)); count(told, "") != 1 || count(told, leastOne) != 1 {
			t.Fatalf("told %q", told)
		}
		if left := a.on(dev, scp); len(left) != 1 {
			t.Fatalf("there are %v", left)
		}
	}
}

func TestAttachingAtOnceKeepsTheLimitAndTheOrder(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.enable(scp)
	calls := make([]func() error, 14)
	for i := range calls {
		id := a.draft(scp, fmt.Sprint(i), allowAll)
		calls[i] = func() error {
			_, err := try(a.actor, (*service).AttachPolicy, *attaching(id, a.root))
			return err
		}
	}
	if told := race(t, calls...); count(told, "") != 9 || count(told, mostFive) != 5 {
		t.Errorf("told %q", told)
	}
	if on := a.on(a.root, scp); len(on) != 10 || on[0] != "FullAWSAccess" {
		t.Errorf("on the root are %v", on)
	}
	same := a.draft(scp, "same", allowAll)
	for i := range calls {
		calls[i] = func() error {
			_, err := try(a.actor, (*service).AttachPolicy, *attaching(same, alice))
			return err
		}
	}
	if told := race(t, calls...); count(told, "") != 1 || count(told, "DuplicatePolicyAttachmentException") != len(calls)-1 {
		t.Errorf("told %q", told)
	}
}

func TestDisablingRemovesAllAttachmentsInBatches(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	o := ident.OrganizationID(*must(a.actor, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id)
	a.enable(backups)
	id := a.draft(backups, "One", broken("p"))
	a.attach(id, a.root, alice)
	const first int64 = 1
	remains := func() (n int) {
		t.Helper()
		if err := w.store.View(context.Background(), func(v *store.View) error {
			targets, err := v.TargetsOf(o, first, ident.PolicyID(id), 0, 10)
			if err != nil {
				return err
			}
			kept, err := v.EffectivePoliciesBelow(o, first, string(o)+"/", "", 10)
			n = len(targets) + len(kept)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := remains(); n != 4 {
		t.Fatalf("%d rows belong to the first enabling, want 4", n)
	}
	a.disable(backups)
	wantList(t, "the targets at once", a.targets(id, 20))
	a.enable(backups)
	wantList(t, "enabled again", a.on(a.root, backups))
	a.attach(id, alice)
	w.pass(0)
	if n := remains(); n != 0 {
		t.Errorf("%d rows remain", n)
	}
	wantList(t, "what was attached since", a.targets(id, 20), alice)
	a.disable(backups)
	a.discard(id)
}
