package organizations_test

import (
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

var (
	november = month(2026, time.November)
	december = month(2026, time.December)
	january  = month(2027, time.January)
	february = month(2027, time.February)
)

func month(year int, m time.Month) time.Time { return time.Date(year, m, 1, 0, 0, 0, 0, time.UTC) }

func endOf(first time.Time) time.Time { return first.AddDate(0, 1, 0).Add(-time.Millisecond) }

const billingTransfer = orgapi.ResponsibilityTransferTypeBilling

func proposal(target string) orgapi.InviteOrganizationToTransferResponsibilityRequest {
	return orgapi.InviteOrganizationToTransferResponsibilityRequest{
		Type: new(billingTransfer), Target: invitation(target).Target, StartTimestamp: api.At(december), SourceName: new("Bob's bill"),
	}
}

func (a actor) propose(target string) (*orgapi.Handshake, string) {
	a.w.t.Helper()
	h := must(a, (*service).InviteOrganizationToTransferResponsibility, proposal(target)).Handshake
	for _, r := range h.Resources {
		if *r.Type == orgapi.HandshakeResourceTypeResponsibilityTransfer {
			return h, *r.Value
		}
	}
	a.w.t.Fatalf("%v names no transfer", h.Resources)
	return nil, ""
}

func (a actor) failsToPropose(target, want string) {
	a.w.t.Helper()
	fails(a, want, (*service).InviteOrganizationToTransferResponsibility, proposal(target))
}

func (a actor) pays(source actor) string {
	a.w.t.Helper()
	h, id := a.propose(source.id)
	source.accept(h)
	return id
}

func describing(id string) orgapi.DescribeResponsibilityTransferRequest {
	return orgapi.DescribeResponsibilityTransferRequest{Id: &id}
}

func (a actor) transfer(id string) *orgapi.ResponsibilityTransfer {
	a.w.t.Helper()
	return must(a, (*service).DescribeResponsibilityTransfer, describing(id)).ResponsibilityTransfer
}

func (a actor) missesTransfer(id string) {
	a.w.t.Helper()
	fails(a, "ResponsibilityTransferNotFoundException", (*service).DescribeResponsibilityTransfer, describing(id))
}

func (a actor) inbound(below ...string) []string {
	a.w.t.Helper()
	in := orgapi.ListInboundResponsibilityTransfersRequest{Type: new(billingTransfer)}
	if len(below) > 0 {
		in.Id = &below[0]
	}
	return statuses(must(a, (*service).ListInboundResponsibilityTransfers, in).ResponsibilityTransfers)
}

func (a actor) outbound() []string {
	a.w.t.Helper()
	in := orgapi.ListOutboundResponsibilityTransfersRequest{Type: new(billingTransfer)}
	return statuses(must(a, (*service).ListOutboundResponsibilityTransfers, in).ResponsibilityTransfers)
}

func statuses(transfers []orgapi.ResponsibilityTransfer) []string {
	list := []string{}
	for _, t := range transfers {
		list = append(list, *t.Id+" "+string(*t.Status))
	}
	return list
}

func terminating(id string, end *api.Time) orgapi.TerminateResponsibilityTransferRequest {
	return orgapi.TerminateResponsibilityTransferRequest{Id: &id, EndTimestamp: end}
}

func (a actor) terminate(id string) *orgapi.ResponsibilityTransfer {
	a.w.t.Helper()
	return must(a, (*service).TerminateResponsibilityTransfer, terminating(id, nil)).ResponsibilityTransfer
}

func (w *fixture) until(at time.Time) {
	w.t.Helper()
	w.pass(at.Sub(w.clock.Now()))
}

func payers(w *fixture) (a, b, c actor) {
	w.t.Helper()
	a, b, c = w.registered(alice, "alice@example.com"), w.registered(bob, "Bob@Example.com"), w.registered(carol, "carol@example.com")
	for _, actor := range []actor{a, b, c} {
		actor.organization(all)
	}
	return a, b, c
}
