package organizations_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
	"accord/internal/service/organizations"
)

// [AWS: orgs_manage_accounts_accept-decline-invite, only member and standalone accounts
// answer; that what is hidden cannot be read or declined is assumed]
func TestAnInvitationIsHiddenFromTheManagementAccountOfAnotherOrganization(t *testing.T) {
	w := newFixture(t)
	a, b := w.as(alice), w.registered(bob, "bob@example.com")
	c := w.as(carol)
	a.organization(all)
	c.organization(all)
	declined := b.decline(c.invite(bob))
	b.organization(all)
	byID, byAddress, canceled := a.invite(bob), a.invite("bob@example.com"), c.invite(bob)
	wantIDs := func(want ...*orgapi.Handshake) {
		t.Helper()
		got := b.received()
		if len(got) != len(want) {
			t.Fatalf("%d handshakes are listed, want %d", len(got), len(want))
		}
		for _, h := range want {
			if !slices.ContainsFunc(got, func(g orgapi.Handshake) bool { return *g.Id == *h.Id }) {
				t.Errorf("%s is not listed", *h.Id)
			}
		}
	}
	for _, h := range []*orgapi.Handshake{byID, byAddress} {
		b.failsToDescribe(h, "AccessDeniedException")
		b.failsToDecline(h, "AccessDeniedException")
		b.failsToAccept(h, "MasterCannotLeaveOrganizationException")
		wantState(t, "the invitation for its sender", a.state(h), orgapi.HandshakeStateOpen)
	}
	// What it answered before it made its organization stays visible.
	wantIDs(declined)
	b.failsToAccept(declined, "InvalidHandshakeTransitionException")

	// A finished invitation that it never answered stays hidden.
	c.cancel(canceled)
	w.clock.Set(start.Add(15*day - time.Microsecond))
	b.failsToDescribe(canceled, "AccessDeniedException")
	b.failsToAccept(canceled, "AccessDeniedException")
	b.failsToDecline(canceled, "AccessDeniedException")
	wantIDs(declined)

	must(b, (*organizations.Service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	wantIDs(declined, byID, byAddress, canceled)
	wantState(t, "the canceled one", b.state(canceled), orgapi.HandshakeStateCanceled)
	b.accept(byID)
}

func TestAnExpiredInvitationStaysHiddenFromAManagementAccount(t *testing.T) {
	w := newFixture(t)
	a, b := w.as(alice), w.as(bob)
	a.organization(all)
	b.organization(all)
	h := a.invite(bob)
	for _, advance := range []func(){
		func() { w.clock.Set(start.Add(15 * day)) }, // Not recorded yet.
		func() { w.pass(0) },
	} {
		advance()
		b.failsToDescribe(h, "AccessDeniedException")
		b.failsToAccept(h, "AccessDeniedException")
		b.failsToDecline(h, "AccessDeniedException")
		if list := b.received(); len(list) != 0 {
			t.Errorf("the management account sees %v", list)
		}
		wantState(t, "the one past its time", a.state(h), orgapi.HandshakeStateExpired)
	}
}

// An organization may invite the address of its own management account: nothing is
// hidden from the sender. [assumed]
func TestAnInvitationOfTheOwnAddressIsNotHidden(t *testing.T) {
	w := newFixture(t)
	a := w.registered(alice, "alice@example.com")
	a.organization(all)
	h := a.invite("alice@example.com")
	if list := a.received(); len(list) != 1 {
		t.Errorf("it received %v", list)
	}
	a.failsToAccept(h, "MasterCannotLeaveOrganizationException")
	a.decline(h)
}

// [AWS: DescribeHandshake, "can be called from any account in an organization"; that all
// handshakes of the organization are meant is assumed]
func TestAnyAccountOfTheSenderDescribesAHandshake(t *testing.T) {
	w := newFixture(t, "invite-during-enable-all-features allow")
	a := w.as(alice)
	a.organization(billing)
	b, c := a.member(bob), a.member(carol)
	parent := enableAllFeatures(a)
	child := childFor(c, orgapi.ActionTypeApproveAllFeatures)
	invitation := a.invite(dave)
	n := w.as("555555555555")
	n.organization(all)
	strangers := []actor{n, n.member("666666666666"), w.as("777777777777")}
	handshakes := map[string]*orgapi.Handshake{"the invitation": invitation, "the parent": parent, "the child of another member": child}
	for name, h := range handshakes {
		if diff := cmp.Diff(a.describe(h), b.describe(h)); diff != "" {
			t.Errorf("%s differs for a plain member (-management account +member):\n%s", name, diff)
		}
		b.failsToCancel(h, "AccessDeniedException")
		for _, s := range strangers {
			s.failsToDescribe(h, "AccessDeniedException")
		}
	}
	fails(b, "AccessDeniedException", (*service).ListHandshakesForOrganization, orgapi.ListHandshakesForOrganizationRequest{})
	// Who has left describes only what it received itself.
	b.leave()
	b.failsToDescribe(invitation, "AccessDeniedException")
	own := c.accept(child)
	c.leave()
	c.describe(own)
	c.failsToDescribe(parent, "AccessDeniedException")
}
