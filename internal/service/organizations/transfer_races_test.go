package organizations_test

import (
	"strings"
	"testing"
	"time"

	"accord/internal/api/orgapi"
)

func TestOfTwoAnswersToAProposalOneCounts(t *testing.T) {
	w := newFixture(t)
	a, b, _ := payers(w)
	for round := range 4 {
		h, id := a.proposeFrom(bob, []time.Time{december, january}[round%2])
		accept := func() error {
			_, err := try(b, (*service).AcceptHandshake, orgapi.AcceptHandshakeRequest{HandshakeId: h.Id})
			return err
		}
		decline := func() error {
			_, err := try(b, (*service).DeclineHandshake, orgapi.DeclineHandshakeRequest{HandshakeId: h.Id})
			return err
		}
		cancel := func() error {
			_, err := try(a, (*service).CancelHandshake, orgapi.CancelHandshakeRequest{HandshakeId: h.Id})
			return err
		}
		told := race(t, accept, decline, cancel, accept)
		if count(told, "") != 1 {
			t.Fatalf("the racers were told %q", told)
		}
		status, state := *a.transfer(id).Status, a.state(h)
		if string(status) != string(state) {
			t.Errorf("the handshake is %s, the transfer %s", state, status)
		}
		if status == orgapi.ResponsibilityTransferStatusAccepted {
			a.terminate(id)
			return
		}
	}
}

// Two targets ask the same source: it agrees with one of them, however close the
// two acceptances come.
func TestOfTwoTargetsOneIsAccepted(t *testing.T) {
	w := newFixture(t)
	m := managers(w, 5)
	source := m[0]
	calls := []func() error{}
	for _, target := range m[1:] {
		h, _ := target.propose(source.id)
		calls = append(calls, func() error {
			_, err := try(source, (*service).AcceptHandshake, orgapi.AcceptHandshakeRequest{HandshakeId: h.Id})
			return err
		})
	}
	told := race(t, calls...)
	if count(told, "") != 1 || count(told, outboundFull) != 3 {
		t.Errorf("the racers were told %q", told)
	}
	accepted := 0
	for _, line := range source.outbound() {
		if strings.HasSuffix(line, " ACCEPTED") {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("%d transfers are accepted: %q", accepted, source.outbound())
	}
}

// Two links of one chain are agreed to at the same time, which is one too many.
func TestOfTwoLinksOneIsAccepted(t *testing.T) {
	w := newFixture(t)
	m := managers(w, 3)
	upper, _ := m[0].propose(m[1].id)
	lower, _ := m[1].propose(m[2].id)
	accepting := func(who actor, h *orgapi.Handshake) func() error {
		return func() error {
			_, err := try(who, (*service).AcceptHandshake, orgapi.AcceptHandshakeRequest{HandshakeId: h.Id})
			return err
		}
	}
	told := race(t, accepting(m[1], upper), accepting(m[2], lower))
	if count(told, "") != 1 || count(told, tooHigh) != 1 {
		t.Errorf("the racers were told %q", told)
	}
}

// A place in the inbound quota is given once.
func TestTheLastProposalOfAQuotaIsMadeOnce(t *testing.T) {
	w := newFixture(t, "transfers-inbound 2")
	m := managers(w, 6)
	calls := []func() error{}
	for _, source := range m[1:] {
		calls = append(calls, func() error {
			_, err := try(m[0], (*service).InviteOrganizationToTransferResponsibility, proposal(source.id))
			return err
		})
	}
	told := race(t, calls...)
	if count(told, "") != 2 || count(told, inboundFull) != 3 {
		t.Errorf("the racers were told %q", told)
	}
	// And of two proposals to one source one is sent.
	again := func() error {
		_, err := try(m[1], (*service).InviteOrganizationToTransferResponsibility, proposal(m[2].id))
		return err
	}
	told = race(t, again, again)
	if count(told, "") != 1 || count(told, "DuplicateHandshakeException") != 1 {
		t.Errorf("the racers were told %q", told)
	}
}
