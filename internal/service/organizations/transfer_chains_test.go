package organizations_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/quota"
	"accord/internal/store"
)

const (
	inboundFull  = "ConstraintViolationException RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION"
	outboundFull = "ConstraintViolationException RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION"
	tooHigh      = "ConstraintViolationException RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION"
	tooMany      = "ConstraintViolationException RESPONSIBILITY_TRANSFER_MAX_TRANSFERS_QUOTA_VIOLATION"
)

// managers are n organizations with all features.
func managers(w *fixture, n int) []actor {
	w.t.Helper()
	list := make([]actor, n)
	for i := range list {
		list[i] = w.as(fmt.Sprintf("%012d", 100+i))
		list[i].organization(all)
	}
	return list
}

// own gives the actor's organization a quota of its own.
func (a actor) own(name quota.Name, number int64) {
	a.w.t.Helper()
	id := *must(a, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id
	if err := a.w.provider.SetQuotas(context.Background(), ident.OrganizationID(id), map[quota.Name]int64{name: number}); err != nil {
		a.w.t.Fatal(err)
	}
}

func TestOpenProposalsAndRunningTransfersCountAsInbound(t *testing.T) {
	w := newFixture(t, "transfers-inbound 2")
	m := managers(w, 5)
	a := m[0]
	id := a.pays(m[1])
	h, _ := a.propose(m[2].id)
	a.failsToPropose(m[3].id, inboundFull)
	m[2].decline(h)
	h, _ = a.propose(m[3].id)
	a.failsToPropose(m[2].id, inboundFull)
	a.cancel(h)
	a.propose(m[2].id)
	a.terminate(id)
	// It runs until the end of its month; the proposal has lapsed by then.
	w.until(january.Add(-time.Microsecond))
	h, _ = a.proposeFrom(m[4].id, february)
	in := proposal(m[3].id)
	in.StartTimestamp = api.At(february)
	fails(a, inboundFull, (*service).InviteOrganizationToTransferResponsibility, in)
	w.clock.Set(january)
	a.proposeFrom(m[3].id, february)
	m[4].accept(h)
}

// AWS's own default allows nothing.
func TestAQuotaOfZeroAllowsNoProposal(t *testing.T) {
	w := newFixture(t, "transfers-inbound 0")
	m := managers(w, 2)
	m[0].failsToPropose(m[1].id, inboundFull)
	m[0].own(quota.TransfersInbound, 1)
	h, _ := m[0].propose(m[1].id)
	// A quota that was lowered meanwhile stops the acceptance.
	m[0].own(quota.TransfersInbound, 0)
	m[1].failsToAccept(h, inboundFull)
	wantState(t, "the refused one", m[1].state(h), orgapi.HandshakeStateOpen)
	m[0].own(quota.TransfersInbound, 1)
	m[1].accept(h)
}

func TestAnOrganizationHasOneOutboundTransfer(t *testing.T) {
	w := newFixture(t)
	m := managers(w, 3)
	a, b, c := m[0], m[1], m[2]
	first, id := a.propose(b.id)
	second, _ := c.propose(b.id)
	b.accept(first)
	b.failsToAccept(second, outboundFull)
	wantState(t, "the refused one", b.state(second), orgapi.HandshakeStateOpen)
	b.own(quota.TransfersOutbound, 2)
	b.accept(second)
	wantList(t, "outbound", sorted(b.outbound()), sorted([]string{id + " ACCEPTED", strings.Fields(c.inbound()[0])[0] + " ACCEPTED"})...)
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// One direction at a time: who pays for another is not paid for by it.
func TestTwoOrganizationsDoNotPayForEachOther(t *testing.T) {
	w := newFixture(t, "transfer-chain-length unlimited")
	m := managers(w, 3)
	back, _ := m[1].propose(m[0].id)
	m[0].pays(m[1])
	m[0].failsToAccept(back, "HandshakeConstraintViolationException RESPONSIBILITY_TRANSFER_ALREADY_EXISTS")
	// Nor does a chain lead back to where it began, however long it may be.
	m[2].pays(m[0])
	round, _ := m[1].propose(m[2].id)
	m[2].failsToAccept(round, tooHigh)
}

func TestAChainHasALength(t *testing.T) {
	for _, c := range []struct {
		limit string
		// Which of the transfers 0←1, 1←2, 2←3 … are agreed in which order, and the
		// first that is refused.
		order   []int
		refused int
	}{
		{"1", []int{0, 1}, 1},
		{"1", []int{1, 0}, 0},
		{"1", []int{0, 2, 1}, 1},
		{"2", []int{0, 1, 2}, 2},
		{"2", []int{2, 1, 0}, 0},
		{"2", []int{0, 2, 1}, 1},
		{"3", []int{0, 2, 1}, -1},
		{"unlimited", []int{3, 0, 2, 1}, -1},
	} {
		t.Run(c.limit+fmt.Sprint(c.order), func(t *testing.T) {
			w := newFixture(t, "transfer-chain-length "+c.limit)
			m := managers(w, 5)
			for _, i := range c.order {
				h, _ := m[i].propose(m[i+1].id)
				if i == c.refused {
					m[i+1].failsToAccept(h, tooHigh)
				} else {
					m[i+1].accept(h)
				}
			}
		})
	}
}

// Who pays the bill of an organization inherits what that has taken over: sees
// it, name included, and may not touch it.
func TestAChainIsInherited(t *testing.T) {
	w := newFixture(t, "transfer-chain-length 3")
	m := managers(w, 5)
	top, middle, low, bottom := m[0], m[1], m[2], m[3]
	lowest := low.pays(bottom)
	between := middle.pays(low)
	open, openID := middle.propose(m[4].id)
	top.missesTransfer(between)
	upper := top.pays(middle)
	for id, name := range map[string]string{between: "between", lowest: "lowest"} {
		got := top.transfer(id)
		if got.Name == nil || *got.Name != "Bob's bill" {
			t.Errorf("%s has no name for its heir", name)
		}
		if arn := *got.Arn; !strings.Contains(arn, "::"+top.id+":") || !strings.Contains(arn, "/inbound/") {
			t.Errorf("%s is %s for its heir", name, arn)
		}
		for operation, in := range map[string]api.Request{
			"TerminateResponsibilityTransfer": new(terminating(id, nil)),
			"UpdateResponsibilityTransfer":    &orgapi.UpdateResponsibilityTransferRequest{Id: &id, Name: new("x")},
		} {
			if got := top.told(operation, in); got != "AccessDeniedException" {
				t.Errorf("%s of %s by its heir: %q", operation, name, got)
			}
		}
	}
	// What is only proposed binds nobody, and shows nobody anything.
	top.missesTransfer(openID)
	bottom.missesTransfer(between)
	low.missesTransfer(upper)
	wantList(t, "inbound", top.inbound(), upper+" ACCEPTED")
	wantList(t, "one level down", top.inbound(upper), between+" ACCEPTED")
	wantList(t, "two levels down", top.inbound(between), lowest+" ACCEPTED")
	wantList(t, "at the bottom", top.inbound(lowest))
	wantList(t, "one level down from the middle", middle.inbound(between), lowest+" ACCEPTED")
	wantList(t, "below a proposal", middle.inbound(openID))
	for _, id := range []string{upper, openID} {
		fails(low, "ResponsibilityTransferNotFoundException", (*service).ListInboundResponsibilityTransfers, *listing(id, nil, nil))
	}
	if got := middle.told("ListInboundResponsibilityTransfers", listing(upper, nil, nil)); got != "ResponsibilityTransferNotFoundException" {
		t.Errorf("the id of an outbound transfer: %q", got)
	}
	middle.cancel(open)
	top.terminate(upper)
	w.until(january.Add(-time.Microsecond))
	top.transfer(lowest)
	// Nobody has recorded the end yet.
	w.clock.Set(january)
	top.missesTransfer(lowest)
	top.missesTransfer(between)
	wantList(t, "once it is over", top.inbound(upper))
	wantList(t, "inbound", top.inbound(), upper+" WITHDRAWN")
}

// Source, target and every organization upstream get one record each, with one shared
// id. [AWS: orgs_cloudtrail-integration, two examples; API reference AcceptHandshake]
func TestTheChainIsInTheRecords(t *testing.T) {
	w := newFixture(t, "transfer-chain-length 3")
	m := managers(w, 4)
	upper := m[0].pays(m[1])
	middle := m[1].pays(m[2])
	w.messages(event.MessageKind, func(store.Message) string { return "" })
	low := m[2].pays(m[3])
	m[3].terminate(low)
	ids := map[string]map[string]bool{}
	got := w.messages(event.MessageKind, func(l store.Message) string {
		var r struct {
			EventName, RecipientAccountID, EventID, SharedEventID string
			ServiceEventDetails                                   struct {
				ID, Status, Requester        string
				TransferChain                []string
				StartTimestamp, EndTimestamp int64
			}
		}
		if err := json.Unmarshal([]byte(l.Body), &r); err != nil {
			t.Fatal(err)
		}
		x := r.ServiceEventDetails
		if x.ID == "" {
			return ""
		}
		if ids[r.SharedEventID] == nil {
			ids[r.SharedEventID] = map[string]bool{}
		}
		ids[r.SharedEventID][r.EventID] = true
		return fmt.Sprint(r.EventName, r.RecipientAccountID, x.ID, x.Status, x.TransferChain, x.StartTimestamp, x.EndTimestamp, x.Requester)
	})
	got = slices.DeleteFunc(got, func(line string) bool { return line == "" })
	want := []string{}
	for _, end := range []int64{0, endOf(december).UnixMilli()} {
		for _, to := range []actor{m[3], m[2], m[1], m[0]} {
			name, status := "ResponsibilityTransferAccepted", "ACCEPTED"
			if end > 0 {
				name, status = "ResponsibilityTransferTerminated", "WITHDRAWN"
			}
			want = append(want, fmt.Sprint(name, to.id, low, status, []string{low, middle, upper}, december.UnixMilli(), end, m[3].id))
		}
	}
	wantList(t, "records", got, want...)
	for shared, own := range ids {
		if shared == "" || len(own) != 4 {
			t.Errorf("shared id %q: own ids %v", shared, own)
		}
	}
	if len(ids) != 2 {
		t.Errorf("shared ids %v", ids)
	}
}

// transfers-total counts what is below an organization over all levels: open
// proposals, running transfers, and those inherited with them.
func TestTransfersAreCountedOverAllChains(t *testing.T) {
	w := newFixture(t, "transfer-chain-length 3", "transfers-total 4")
	m := managers(w, 8)
	top, a, b := m[0], m[1], m[2]
	first := a.pays(m[3])
	a.propose(m[4].id)
	b.pays(m[5])
	// Two below a, one of them only proposed, and a itself.
	upperA := top.pays(a)
	h, _ := top.propose(b.id)
	// With b comes what b has: five in all.
	b.failsToAccept(h, tooMany)
	top.failsToPropose(m[6].id, tooMany)
	// Nobody below the top may add anything either.
	a.failsToPropose(m[6].id, tooMany)
	b.propose(m[6].id)
	top.cancel(h)
	open, _ := a.propose(m[6].id)
	a.failsToPropose(m[7].id, tooMany)
	m[6].decline(open)
	open, _ = top.propose(m[7].id)
	a.failsToPropose(m[6].id, tooMany)
	m[7].accept(open)
	// Both ends come at the same instant, in whatever order they are recorded.
	a.terminate(first)
	top.terminate(upperA)
	w.until(january)
	// One is left below the top; the proposals have lapsed.
	for i := range 3 {
		top.proposeFrom(m[3+i].id, february)
	}
	in := proposal(m[6].id)
	in.StartTimestamp = api.At(february)
	fails(top, tooMany, (*service).InviteOrganizationToTransferResponsibility, in)
	for i := range 4 {
		a.proposeFrom(m[3+i].id, february)
	}
}

// Where a source has several targets, a transfer below it counts for an heir once
// for each way to it.
func TestEachChainToAnHeirCounts(t *testing.T) {
	w := newFixture(t, "transfer-chain-length unlimited", "transfers-outbound 2")
	m := managers(w, 5)
	top, left, right, source := m[0], m[1], m[2], m[3]
	for _, pair := range [][2]actor{{top, left}, {top, right}, {left, source}, {right, source}} {
		pair[0].pays(pair[1])
	}
	top.own(quota.TransfersTotal, 5)
	source.failsToPropose(m[4].id, tooMany)
	top.own(quota.TransfersTotal, 6)
	source.propose(m[4].id)
	top.failsToPropose(m[4].id, tooMany)
}

// The numbers are right after any story: once everything has ended, every
// organization can take as much as at first, and go.
func TestNothingIsLeftOfEndedTransfers(t *testing.T) {
	w := newFixture(t, "transfer-chain-length unlimited", "transfers-outbound unlimited")
	m := managers(w, 6)
	// Every organization pays for every one behind it.
	for i := range m {
		for j := i + 1; j < len(m); j++ {
			h, id := m[i].propose(m[j].id)
			switch (i + j) % 3 {
			case 0:
				m[j].decline(h)
			case 1:
				m[j].accept(h)
				m[i].terminate(id)
			default:
				m[j].accept(h)
			}
		}
	}
	w.until(january)
	for i := range m {
		for _, line := range m[i].inbound() {
			if id, accepted := strings.CutSuffix(line, " ACCEPTED"); accepted {
				m[i].terminate(id)
			}
		}
	}
	w.until(february)
	for i := range m {
		m[i].own(quota.TransfersTotal, 1)
		h, _ := m[i].proposeFrom("free@example.com", month(2027, time.April))
		m[i].cancel(h)
		must(m[i], (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	}
}
