package organizations_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/org"
)

// The months around the start of every fixture, which is in November.

// endOf is the last millisecond of a month.

// proposal asks the organization of an account to transfer its bill from

// December on.

// propose sends a proposal and returns its handshake and its transfer's id.

// pays makes the actor's organization the target of a transfer and returns its id.

// inbound and outbound list transfers as "id STATUS".

// until moves the clock to an instant and does what is due until then.

// payers are three organizations with all features, under accounts with an

// address each.

func TestTheHandshakeOfATransfer(t *testing.T) {
	for style, prefix := range map[string]string{"documented": "", "native": "o-"} {
		t.Run(style, func(t *testing.T) {
			w := newFixture(t, "wire-style "+style)
			a, b, _ := payers(w)
			id := *must(a, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id
			in := proposal("BOB@example.com")
			in.Notes = new("We pay.")
			h := must(a, (*service).InviteOrganizationToTransferResponsibility, in).Handshake
			transfer := *h.Resources[4].Value
			res := func(kind orgapi.HandshakeResourceType, value string, nested ...orgapi.HandshakeResource) orgapi.HandshakeResource {
				return orgapi.HandshakeResource{Type: &kind, Value: &value, Resources: nested}
			}
			want := &orgapi.Handshake{
				Id: h.Id, Arn: new("arn:aws:organizations::" + alice + ":handshake/" + id + "/transfer_responsibility/" + *h.Id),
				Action: new(orgapi.ActionTypeTransferResponsibility), State: new(orgapi.HandshakeStateOpen),
				RequestedTimestamp: api.At(start), ExpirationTimestamp: api.At(december.AddDate(0, 0, -1)),
				Parties: []orgapi.HandshakeParty{
					{Id: new(strings.TrimPrefix(id, prefix)), Type: new(orgapi.HandshakePartyTypeOrganization)},
					{Id: new("BOB@example.com"), Type: new(orgapi.HandshakePartyTypeEmail)},
				},
				Resources: []orgapi.HandshakeResource{
					res(orgapi.HandshakeResourceTypeOrganization, id,
						res(orgapi.HandshakeResourceTypeManagementAccount, alice),
						res(orgapi.HandshakeResourceTypeManagementEmail, "alice@example.com"),
						res(orgapi.HandshakeResourceTypeManagementName, "Name of "+alice)),
					res(orgapi.HandshakeResourceTypeEmail, "BOB@example.com"),
					res(orgapi.HandshakeResourceTypeTransferType, "BILLING"),
					res(orgapi.HandshakeResourceTypeTransferStartTimestamp, "2026-12-01T00:00:00Z"),
					res(orgapi.HandshakeResourceTypeResponsibilityTransfer, transfer),
					res(orgapi.HandshakeResourceTypeNotes, "We pay."),
				},
			}
			for who, got := range map[string]*orgapi.Handshake{"the answer": h, "the sender": a.describe(h), "the recipient": b.describe(h)} {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", who, diff)
				}
			}
			if sent := a.sent(orgapi.ActionTypeTransferResponsibility); len(sent) != 1 || *sent[0].Id != *h.Id {
				t.Errorf("the sender lists %v", sent)
			}
			if received := b.received(); len(received) != 1 || *received[0].Id != *h.Id {
				t.Errorf("the recipient lists %v", received)
			}
			if style == "native" {
				want.Parties[1] = orgapi.HandshakeParty{Id: new(bob), Type: new(orgapi.HandshakePartyTypeAccount)}
			}
			want.State = new(orgapi.HandshakeStateAccepted)
			if diff := cmp.Diff(want, b.accept(h)); diff != "" {
				t.Errorf("accepted (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachSideSeesATransferInItsOwnWay(t *testing.T) {
	w := newFixture(t)
	a, b, c := payers(w)
	h, id := a.propose(bob)
	arn := func(of actor, direction string) *string {
		organization := must(of, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization
		return new("arn:aws:organizations::" + of.id + ":transfer/" + *organization.Id + "/billing/" + direction + "/" + id)
	}
	inbound := orgapi.ResponsibilityTransfer{
		Arn: arn(a, "inbound"), Name: new("Bob's bill"), Id: &id, Type: new(billingTransfer), Status: new(orgapi.ResponsibilityTransferStatusRequested),
		Source:         &orgapi.TransferParticipant{ManagementAccountId: new(bob)},
		Target:         &orgapi.TransferParticipant{ManagementAccountId: new(alice), ManagementAccountEmail: new("alice@example.com")},
		StartTimestamp: api.At(december), ActiveHandshakeId: h.Id,
	}
	outbound := inbound
	outbound.Arn, outbound.Name = arn(b, "outbound"), nil
	compare := func(what string) {
		t.Helper()
		for _, side := range []struct {
			who  actor
			want orgapi.ResponsibilityTransfer
		}{{a, inbound}, {b, outbound}} {
			if diff := cmp.Diff(&side.want, side.who.transfer(id)); diff != "" {
				t.Errorf("%s, seen by %s (-want +got):\n%s", what, side.who.id, diff)
			}
		}
		c.missesTransfer(id)
	}
	compare("proposed")
	b.accept(h)
	inbound.Status, inbound.Source = new(orgapi.ResponsibilityTransferStatusAccepted),
		&orgapi.TransferParticipant{ManagementAccountId: new(bob), ManagementAccountEmail: new("Bob@Example.com")}
	outbound.Status, outbound.Source = inbound.Status, inbound.Source
	compare("accepted")
	if _, err := w.provider.Register(context.Background(), bob, "new@example.com", ""); err != nil {
		t.Fatal(err)
	}
	inbound.Source.ManagementAccountEmail = new("new@example.com")
	compare("with another address of the source")
	// Both sides may end it; the answer is the view of who did.
	inbound.Status, inbound.EndTimestamp = new(orgapi.ResponsibilityTransferStatusWithdrawn), api.At(endOf(december))
	outbound.Status, outbound.EndTimestamp = inbound.Status, inbound.EndTimestamp
	if diff := cmp.Diff(&outbound, b.terminate(id)); diff != "" {
		t.Errorf("the answer (-want +got):\n%s", diff)
	}
	compare("withdrawn")
}

// Before both sides agree, the source is shown as the target named it.

func TestAProposalDisclosesNothingAboutItsAddressee(t *testing.T) {
	w := newFixture(t)
	a, b, _ := payers(w)
	h, id := a.propose("BOB@EXAMPLE.com")
	for _, who := range []actor{a, b} {
		want := &orgapi.TransferParticipant{ManagementAccountEmail: new("BOB@EXAMPLE.com")}
		if diff := cmp.Diff(want, who.transfer(id).Source); diff != "" {
			t.Errorf("%s sees (-want +got):\n%s", who.id, diff)
		}
	}
	b.decline(h)
	if got := a.transfer(id).Source; got.ManagementAccountId != nil {
		t.Errorf("the declined one tells that the address is that of %s", *got.ManagementAccountId)
	}
	wantList(t, "outbound", b.outbound(), id+" DECLINED")
}

// Every verb of callers, by every party, in every state.

func TestWhoAnswersAProposal(t *testing.T) {
	const (
		ok      = ""
		denied  = "AccessDeniedException"
		already = "HandshakeAlreadyInStateException"
		invalid = "InvalidHandshakeTransitionException"
	)
	type answers struct{ accept, decline, cancel string }
	for state, want := range map[orgapi.HandshakeState]struct{ target, source answers }{
		orgapi.HandshakeStateOpen:     {answers{denied, denied, ok}, answers{ok, ok, denied}},
		orgapi.HandshakeStateAccepted: {answers{denied, denied, invalid}, answers{already, invalid, denied}},
		orgapi.HandshakeStateDeclined: {answers{denied, denied, invalid}, answers{invalid, already, denied}},
		orgapi.HandshakeStateCanceled: {answers{denied, denied, already}, answers{invalid, invalid, denied}},
		orgapi.HandshakeStateExpired:  {answers{denied, denied, invalid}, answers{invalid, invalid, denied}},
	} {
		for verb, request := range map[string]func(id *string) api.Request{
			"AcceptHandshake":  func(id *string) api.Request { return &orgapi.AcceptHandshakeRequest{HandshakeId: id} },
			"DeclineHandshake": func(id *string) api.Request { return &orgapi.DeclineHandshakeRequest{HandshakeId: id} },
			"CancelHandshake":  func(id *string) api.Request { return &orgapi.CancelHandshakeRequest{HandshakeId: id} },
		} {
			t.Run(string(state)+" "+verb, func(t *testing.T) {
				w := newFixture(t)
				a, b, c := payers(w)
				d := b.member(dave)
				h, _ := a.propose(bob)
				switch state {
				case orgapi.HandshakeStateAccepted:
					b.accept(h)
				case orgapi.HandshakeStateDeclined:
					b.decline(h)
				case orgapi.HandshakeStateCanceled:
					a.cancel(h)
				case orgapi.HandshakeStateExpired:
					w.until(h.ExpirationTimestamp.Time)
				}
				of := func(v answers) string {
					return map[string]string{"AcceptHandshake": v.accept, "DeclineHandshake": v.decline, "CancelHandshake": v.cancel}[verb]
				}
				for who, c := range map[string]struct {
					caller actor
					want   string
				}{
					"a stranger": {c, denied}, "a member of the source": {d, denied}, "the target": {a, of(want.target)}, "the source": {b, of(want.source)},
				} {
					if c.want == ok {
						continue
					}
					if got := c.caller.told(verb, request(h.Id)); got != c.want {
						t.Errorf("%s is told %q, want %q", who, got, c.want)
					}
				}
				wantState(t, "after the refusals", a.state(h), state)
				for caller, want := range map[actor]string{a: of(want.target), b: of(want.source)} {
					if want == ok {
						if got := caller.told(verb, request(h.Id)); got != ok {
							t.Errorf("%s is told %q", caller.id, got)
						}
					}
				}
			})
		}
	}
}

// A management account sees what it was asked for, unlike invitations to join.

func TestAManagementAccountSeesProposals(t *testing.T) {
	w := newFixture(t)
	a, b, _ := payers(w)
	a.invite(bob)
	h, _ := a.propose(bob)
	for _, kind := range []orgapi.ActionType{"", orgapi.ActionTypeTransferResponsibility} {
		in := orgapi.ListHandshakesForAccountRequest{}
		if kind != "" {
			in.Filter = &orgapi.HandshakeFilter{ActionType: &kind}
		}
		list := must(b, (*service).ListHandshakesForAccount, in).Handshakes
		if len(list) != 1 || *list[0].Id != *h.Id {
			t.Errorf("filtered by %q it sees %v", kind, list)
		}
	}
	// [AWS: DescribeHandshake, any account of the organization]
	d := a.member(dave)
	wantState(t, "for a member of the sender", d.state(h), orgapi.HandshakeStateOpen)
	d.failsToCancel(h, "AccessDeniedException")
	b.member("888888888888").failsToDescribe(h, "AccessDeniedException")
}

// Whoever gets the address that was asked answers, once it manages an

// organization with all features.

func TestAProposalFollowsItsAddress(t *testing.T) {
	w := newFixture(t)
	a, _, _ := payers(w)
	h, id := a.propose("later@example.com")
	d := w.registered(dave, "Later@example.com")
	if list := d.received(); len(list) != 1 {
		t.Fatalf("the account sees %v", list)
	}
	d.failsToAccept(h, "AWSOrganizationsNotInUseException")
	d.failsToDecline(h, "AccessDeniedException")
	wantState(t, "for an account in no organization", d.state(h), orgapi.HandshakeStateOpen)
	d.accept(a.invite(dave))
	d.failsToAccept(h, "AccessDeniedException")
	d.failsToDecline(h, "AccessDeniedException")
	fails(d, "AccessDeniedException", (*service).DescribeResponsibilityTransfer, describing(id))
	d.leave()
	d.organization(billing)
	d.failsToAccept(h, "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")
	if got := *d.transfer(id).Status; got != orgapi.ResponsibilityTransferStatusRequested {
		t.Errorf("it is %s", got)
	}
	d.accept(enableAllFeatures(d))
	wantList(t, "outbound", d.outbound(), id+" REQUESTED")
	d.accept(h)
	wantList(t, "outbound", d.outbound(), id+" ACCEPTED")
	wantList(t, "inbound", a.inbound(), id+" ACCEPTED")
}

// An address can come to the sender itself, who cannot pay its own bill to itself.

func TestNoOrganizationTakesOverItsOwnBill(t *testing.T) {
	w := newFixture(t)
	a, _, _ := payers(w)
	h, id := a.propose("later@example.com")
	if _, err := w.provider.Register(context.Background(), alice, "later@example.com", ""); err != nil {
		t.Fatal(err)
	}
	a.failsToAccept(h, "HandshakeConstraintViolationException SOURCE_AND_TARGET_CANNOT_MATCH")
	wantList(t, "inbound", a.inbound(), id+" REQUESTED")
	a.cancel(h)
}

// Only organizations with all features transfer anything; what they were asked

// they can still describe.

// A proposal can be accepted until a day before the transfer begins, and is read

// for thirty days after.

// A proposal past its time releases what it reserved also when no job runs before

// its retention is over.

// A withdrawn transfer binds until its end; then both sides are free again, and

// both still list it.

// An organization that is asked, asks, or takes part cannot be deleted.

// [AWS: text of TRANSFER_RESPONSIBILITY_UPDATE_NOT_ALLOWED]
func TestATransferIsNamedWhileItIsProposedOrAccepted(t *testing.T) {
	w := newFixture(t)
	a, b, c := payers(w)
	naming := func(id, name string) *orgapi.UpdateResponsibilityTransferRequest {
		return &orgapi.UpdateResponsibilityTransferRequest{Id: &id, Name: &name}
	}
	h, id := a.propose(bob)
	rename := func(name string) {
		t.Helper()
		got := must(a, (*service).UpdateResponsibilityTransfer, *naming(id, name)).ResponsibilityTransfer
		if *got.Name != name || *a.transfer(id).Name != name || *got.Id != id {
			t.Errorf("it is called %q in the answer, then %q", *got.Name, *a.transfer(id).Name)
		}
		for who, want := range map[actor]string{b: "AccessDeniedException", c: "ResponsibilityTransferNotFoundException"} {
			if got := who.told("UpdateResponsibilityTransfer", naming(id, "mine")); got != want {
				t.Errorf("%s is told %q, want %q", who.id, got, want)
			}
		}
	}
	rename("Proposed ~")
	b.accept(h)
	rename("Agreed")
	keeps := func(what, id string) {
		t.Helper()
		before := *a.transfer(id).Name
		if got := a.told("UpdateResponsibilityTransfer", naming(id, what)); got != "ConstraintViolationException TRANSFER_RESPONSIBILITY_UPDATE_NOT_ALLOWED" {
			t.Errorf("%s: %q", what, got)
		}
		if after := *a.transfer(id).Name; after != before {
			t.Errorf("%s: renamed to %s", what, after)
		}
	}
	b.terminate(id)
	keeps("withdrawn", id)
	w.until(january)
	keeps("over", id)
	h, id = a.proposeFrom(carol, february)
	a.cancel(h)
	keeps("canceled", id)
	h, id = a.proposeFrom(carol, february)
	c.decline(h)
	keeps("declined", id)
	h, id = a.proposeFrom(carol, february)
	// Before a job has recorded the expiry.
	w.clock.Set(h.ExpirationTimestamp.Time)
	keeps("expired", id)
}

// proposeFrom is propose for a transfer that begins at another instant.

// The tags of a proposal are those of the transfer from its acceptance on, for

// the target alone.

// The names on the wire are those of the noun.

func TestStatusesAreThoseOfTheWire(t *testing.T) {
	statuses := map[orgapi.ResponsibilityTransferStatus]bool{}
	for _, s := range []org.TransferStatus{
		org.TransferRequested, org.TransferDeclined, org.TransferCanceled, org.TransferExpired, org.TransferAccepted, org.TransferWithdrawn,
	} {
		statuses[orgapi.ResponsibilityTransferStatus(s)] = true
	}
	for _, s := range []orgapi.ResponsibilityTransferStatus{
		orgapi.ResponsibilityTransferStatusRequested, orgapi.ResponsibilityTransferStatusDeclined, orgapi.ResponsibilityTransferStatusCanceled,
		orgapi.ResponsibilityTransferStatusExpired, orgapi.ResponsibilityTransferStatusAccepted, orgapi.ResponsibilityTransferStatusWithdrawn,
	} {
		if !statuses[s] {
			t.Errorf("nothing is %s", s)
		}
	}
	if org.BillingTransfer != string(billingTransfer) {
		t.Errorf("%s is transferred", org.BillingTransfer)
	}
}
