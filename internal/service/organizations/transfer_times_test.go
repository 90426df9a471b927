package organizations_test

import (
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/quota"
)

func TestTheStartOfATransferFollowsTheClock(t *testing.T) {
	const early, late = "InvalidInputException START_DATE_TOO_EARLY", "InvalidInputException START_DATE_TOO_LATE"
	for _, c := range []struct {
		now, start time.Time
		want       string
	}{
		{start, december, ""}, {start, january, ""}, {start, november, early}, {start, february, late},
		{december.AddDate(0, 0, -1).Add(-time.Microsecond), december, ""},
		// From here on nobody could accept in time.
		{december.AddDate(0, 0, -1), december, early},
		{december.AddDate(0, 0, -1), january, ""},
		{december.Add(-time.Microsecond), february, late},
		{december, february, ""},
	} {
		w := newFixture(t)
		a, _, _ := payers(w)
		w.until(c.now)
		in := proposal(bob)
		in.StartTimestamp = api.At(c.start)
		if got := a.told("InviteOrganizationToTransferResponsibility", &in); got != c.want {
			t.Errorf("on %v for %v: %q, want %q", c.now, c.start, got, c.want)
		}
	}
}

func TestAProposalExpiresOnTheInstant(t *testing.T) {
	deadline := handshake.TransferDeadline(december)
	t.Run("just before", func(t *testing.T) {
		w := newFixture(t)
		a, b, _ := payers(w)
		h, id := a.propose(bob)
		w.until(deadline.Add(-time.Microsecond))
		b.accept(h)
		wantList(t, "inbound", a.inbound(), id+" ACCEPTED")
		w.until(deadline)
		wantState(t, "the accepted one", b.state(h), orgapi.HandshakeStateAccepted)
	})
	t.Run("on it", func(t *testing.T) {
		w := newFixture(t, "transfers-inbound 1")
		a, b, _ := payers(w)
		h, id := a.propose(bob)
		a.failsToPropose(carol, "ConstraintViolationException RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION")
		// Nobody has recorded the expiry yet.
		w.clock.Set(deadline)
		wantList(t, "inbound", a.inbound(), id+" EXPIRED")
		wantList(t, "outbound", b.outbound(), id+" EXPIRED")
		wantState(t, "the handshake", b.state(h), orgapi.HandshakeStateExpired)
		b.failsToAccept(h, "InvalidHandshakeTransitionException")
		must(b, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
		fails(a, "InvalidResponsibilityTransferTransitionException", (*service).TerminateResponsibilityTransfer, terminating(id, nil))
		in := proposal(carol)
		in.StartTimestamp = api.At(january)
		must(a, (*service).InviteOrganizationToTransferResponsibility, in)
		w.until(deadline.Add(30*day - time.Microsecond))
		wantState(t, "at the last moment", a.state(h), orgapi.HandshakeStateExpired)
		a.transfer(id)
		w.until(deadline.Add(30 * day))
		a.failsToDescribe(h, "HandshakeNotFoundException")
		a.missesTransfer(id)
	})
}

func TestAProposalExpiresAfterALongAbsence(t *testing.T) {
	w := newFixture(t, "transfers-inbound 1", "transfers-total 1")
	a, _, _ := payers(w)
	_, id := a.propose(bob)
	w.clock.Set(start.Add(400 * day))
	a.missesTransfer(id)
	wantList(t, "inbound", a.inbound())
	in := proposal(carol)
	in.StartTimestamp = api.At(month(2028, time.January))
	must(a, (*service).InviteOrganizationToTransferResponsibility, in)
	w.pass(0)
	a.missesTransfer(id)
}

func TestATransferEndsWithAMonth(t *testing.T) {
	const early, late = "InvalidInputException END_DATE_TOO_EARLY", "InvalidInputException END_DATE_TOO_LATE"
	for _, c := range []struct {
		what       string
		start, now time.Time
		end        time.Time // zero for none
		want       time.Time
		refused    string
	}{
		{"in force, by default", december, december.AddDate(0, 0, 9), time.Time{}, endOf(december), ""},
		{"in force, this month", december, december.AddDate(0, 0, 9), endOf(december), endOf(december), ""},
		{"in force, cut to a second", december, december.AddDate(0, 0, 9), endOf(december).Truncate(time.Second), endOf(december), ""},
		{"in force, next month", december, december.AddDate(0, 0, 9), endOf(january), endOf(january), ""},
		{"in force, in two months", december, december.AddDate(0, 0, 9), endOf(february), time.Time{}, late},
		{"in force, last month", december, january.AddDate(0, 0, 9), endOf(december), time.Time{}, early},
		{"not begun, by default", january, start, time.Time{}, endOf(january), ""},
		{"not begun, its first month", january, start, endOf(january), endOf(january), ""},
		{"not begun, before it", january, start, endOf(december), time.Time{}, early},
		{"not begun, its second month", january, start, endOf(february), time.Time{}, late},
		{"in the last millisecond", december, endOf(december), time.Time{}, endOf(december), ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newFixture(t)
			a, b, _ := payers(w)
			in := proposal(bob)
			in.StartTimestamp = api.At(c.start)
			h := must(a, (*service).InviteOrganizationToTransferResponsibility, in).Handshake
			b.accept(h)
			id := strings.Fields(a.inbound()[0])[0]
			w.until(c.now)
			request := terminating(id, nil)
			if !c.end.IsZero() {
				request.EndTimestamp = api.At(c.end)
			}
			if c.refused != "" {
				fails(b, c.refused, (*service).TerminateResponsibilityTransfer, request)
				wantList(t, "inbound", a.inbound(), id+" ACCEPTED")
				return
			}
			got := must(b, (*service).TerminateResponsibilityTransfer, request).ResponsibilityTransfer
			if !got.EndTimestamp.Equal(c.want) {
				t.Errorf("it ends at %v, want %v", got.EndTimestamp, c.want)
			}
		})
	}
}

func TestAWithdrawnTransferGoesOnUntilItsEnd(t *testing.T) {
	const (
		exists = "HandshakeConstraintViolationException RESPONSIBILITY_TRANSFER_ALREADY_EXISTS"
		full   = "ConstraintViolationException RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION"
		active = "ConstraintViolationException ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS"
	)
	w := newFixture(t)
	a, b, c := payers(w)
	id := a.pays(b)
	if got := a.terminate(id); !got.EndTimestamp.Equal(endOf(december)) {
		t.Errorf("it ends at %v", got.EndTimestamp)
	}
	for _, who := range []actor{a, b} {
		fails(who, "ResponsibilityTransferAlreadyInStatusException", (*service).TerminateResponsibilityTransfer, terminating(id, nil))
	}
	bound := func() {
		t.Helper()
		a.failsToPropose(bob, exists)
		b.failsToPropose(alice, exists)
		// It begins with December, which the withdrawn one still pays.
		h, _ := c.propose(bob)
		b.failsToAccept(h, full)
		for _, who := range []actor{a, b} {
			fails(who, active, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
		}
		c.cancel(h)
	}
	bound()
	w.until(december.AddDate(0, 0, -2))
	in := func(at time.Time) orgapi.InviteOrganizationToTransferResponsibilityRequest {
		in := proposal(bob)
		in.StartTimestamp = api.At(at)
		return in
	}
	w.until(endOf(december))
	fails(a, exists, (*service).InviteOrganizationToTransferResponsibility, in(february))
	// The instant after, before anybody has recorded that it is over.
	w.clock.Set(january)
	reverse, _ := b.proposeFrom(alice, february)
	b.cancel(reverse)
	h := must(a, (*service).InviteOrganizationToTransferResponsibility, in(february)).Handshake
	b.accept(h)
	second := strings.Fields(a.inbound()[0])[0]
	wantList(t, "inbound", a.inbound(), second+" ACCEPTED", id+" WITHDRAWN")
	wantList(t, "outbound", b.outbound(), second+" ACCEPTED", id+" WITHDRAWN")
	w.pass(0)
	b.terminate(second)
	w.until(february.AddDate(0, 1, 0))
	for _, who := range []actor{a, b} {
		must(who, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	}
}

// The outbound count is given back with the withdrawal, so that a payer is replaced
// without a gap. [AWS: billing guide, orgs_transfer_billing-quotas; assumed: that the
// next one starts after the end]
func TestAPayerIsReplacedWithoutAGap(t *testing.T) {
	const (
		full   = "ConstraintViolationException RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION"
		active = "ConstraintViolationException ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS"
	)
	w := newFixture(t)
	a, b, c := payers(w)
	first := a.pays(b)
	w.until(december.AddDate(0, 0, 9))
	h, early := c.proposeFrom(bob, january)
	b.failsToAccept(h, full)
	// To the end of January: the next one would begin too early.
	in := terminating(first, nil)
	in.EndTimestamp = api.At(endOf(january))
	must(a, (*service).TerminateResponsibilityTransfer, in)
	b.failsToAccept(h, full)
	c.cancel(h)
	w.until(december.AddDate(0, 0, 9).Add(time.Second))
	h, second := c.proposeFrom(bob, february)
	b.accept(h)
	wantList(t, "outbound", b.outbound(), second+" ACCEPTED", early+" CANCELED", first+" WITHDRAWN")
	d := w.registered(dave, "dave@example.com")
	d.organization(all)
	third, _ := d.proposeFrom(bob, february)
	b.failsToAccept(third, full)
	d.cancel(third)
	// Each of the two pays for what it has taken over, and only for that.
	a.transfer(first)
	c.transfer(second)
	a.missesTransfer(second)
	c.missesTransfer(first)
	for _, who := range []actor{a, b, c} {
		fails(who, active, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	}
	w.until(february)
	must(a, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	fails(b, active, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	c.terminate(second)
	w.until(february.AddDate(0, 1, 0).Add(-time.Microsecond))
	fails(b, active, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	// Before a job has recorded the end.
	w.clock.Set(february.AddDate(0, 1, 0))
	must(b, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	w.pass(0)
	must(c, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
}

// What an organization has taken over is inherited by the payer until its end and by
// the next one from its acceptance on.
func TestTwoPayersInheritEachThroughItsOwnChain(t *testing.T) {
	w := newFixture(t, "transfer-chain-length 2")
	m := managers(w, 4)
	below := m[1].pays(m[0])
	old := m[2].pays(m[1])
	m[1].terminate(old)
	h, next := m[3].proposeFrom(m[1].id, january)
	m[1].accept(h)
	for _, who := range []actor{m[2], m[3]} {
		who.transfer(below)
	}
	wantList(t, "one level down from the old payer", m[2].inbound(old), below+" ACCEPTED")
	wantList(t, "one level down from the next payer", m[3].inbound(next), below+" ACCEPTED")
	w.until(january)
	m[2].missesTransfer(below)
	m[3].transfer(below)
	m[2].own(quota.TransfersTotal, 1)
	m[2].proposeFrom("free@example.com", february)
}

func TestAnOrganizationInATransferStays(t *testing.T) {
	const active = "ConstraintViolationException ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS"
	for _, target := range []string{bob, "BOB@example.com"} {
		w := newFixture(t)
		a, b, _ := payers(w)
		deleting := func(who actor, want string) {
			t.Helper()
			if got := who.told("DeleteOrganization", &orgapi.DeleteOrganizationRequest{}); got != want {
				t.Errorf("deleting %s: %q, want %q", who.id, got, want)
			}
		}
		h, id := a.propose(target)
		deleting(a, active)
		deleting(b, active)
		b.accept(h)
		deleting(a, active)
		deleting(b, active)
		a.terminate(id)
		w.until(january)
		deleting(b, "")
		b.organization(all)
		// The new organization is another one.
		wantList(t, "outbound of the new organization", b.outbound())
		b.missesTransfer(id)
		wantList(t, "inbound of the side that is left", a.inbound(), id+" WITHDRAWN")
		if got := *a.transfer(id).Source.ManagementAccountId; got != bob {
			t.Errorf("its source was %s", got)
		}
		deleting(a, "")
	}
}
