package organizations_test

import (
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/store"
)

func (a actor) proposeFrom(target string, begin time.Time) (*orgapi.Handshake, string) {
	a.w.t.Helper()
	in := proposal(target)
	in.StartTimestamp = api.At(begin)
	h := must(a, (*service).InviteOrganizationToTransferResponsibility, in).Handshake
	return h, *h.Resources[4].Value
}

func TestTransfersAreListedNewestFirst(t *testing.T) {
	w := newFixture(t, "transfers-outbound unlimited")
	a, b, c := payers(w)
	ids := []string{}
	for i := range 5 {
		w.pass(time.Second)
		h, id := a.propose([]string{bob, "bob@example.com"}[i%2])
		ids = append([]string{id}, ids...)
		b.decline(h)
	}
	w.pass(time.Second)
	h, id := a.propose("Bob@Example.COM")
	ids = append([]string{id}, ids...)
	_, other := c.propose(alice)
	b.accept(h)
	for size := int32(1); size <= 7; size++ {
		for name, list := range map[string]func(*string) ([]orgapi.ResponsibilityTransfer, *string){
			"inbound": func(token *string) ([]orgapi.ResponsibilityTransfer, *string) {
				out := must(a, (*service).ListInboundResponsibilityTransfers, *listing("", token, &size))
				return out.ResponsibilityTransfers, out.NextToken
			},
			"outbound": func(token *string) ([]orgapi.ResponsibilityTransfer, *string) {
				out := must(b, (*service).ListOutboundResponsibilityTransfers, orgapi.ListOutboundResponsibilityTransfersRequest{
					Type: new(billingTransfer), NextToken: token, MaxResults: &size})
				return out.ResponsibilityTransfers, out.NextToken
			},
		} {
			got := []string{}
			for _, t := range pages(t, int(size), list) {
				got = append(got, *t.Id)
			}
			wantList(t, name, got, ids...)
		}
	}
	wantList(t, "what alice was asked", a.outbound(), other+" REQUESTED")
	// A token is for one list and one account.
	out := must(a, (*service).ListInboundResponsibilityTransfers, *listing("", nil, new(int32(1))))
	for who, in := range map[actor]*orgapi.ListInboundResponsibilityTransfersRequest{
		a: listing(id, out.NextToken, nil), b: listing("", out.NextToken, nil),
	} {
		if got := who.told("ListInboundResponsibilityTransfers", in); got != badToken {
			t.Errorf("%s is told %q", who.id, got)
		}
	}
	if got := a.told("ListOutboundResponsibilityTransfers", &orgapi.ListOutboundResponsibilityTransfersRequest{
		Type: new(billingTransfer), NextToken: out.NextToken}); got != badToken {
		t.Errorf("the other list answers %q", got)
	}
}

func TestTagsOfATransfer(t *testing.T) {
	const missing = "TargetNotFoundException"
	w := newFixture(t)
	a, b, _ := payers(w)
	in := proposal(bob)
	in.Tags = []orgapi.Tag{tag("team", "red"), tag("cost", "1")}
	h := must(a, (*service).InviteOrganizationToTransferResponsibility, in).Handshake
	id := *h.Resources[4].Value
	reading := &orgapi.ListTagsForResourceRequest{ResourceId: &id}
	for _, who := range []actor{a, b} {
		if got := who.told("ListTagsForResource", reading); got != missing {
			t.Errorf("%s is told %q about a proposed one", who.id, got)
		}
	}
	b.accept(h)
	wantList(t, "its tags", a.tagged(id), "team=red", "cost=1")
	a.put(id, tag("team", "blue"))
	a.untag(id, "cost")
	wantList(t, "its tags", a.tagged(id), "team=blue")
	for operation, in := range map[string]api.Request{
		"ListTagsForResource": reading,
		"TagResource":         &orgapi.TagResourceRequest{ResourceId: &id, Tags: []orgapi.Tag{tag("k", "v")}},
		"UntagResource":       &orgapi.UntagResourceRequest{ResourceId: &id, TagKeys: []*string{new("team")}},
	} {
		if got := b.told(operation, in); got != missing {
			t.Errorf("%s by the source: %q", operation, got)
		}
	}
	a.terminate(id)
	w.until(january)
	wantList(t, "its tags once it is over", a.tagged(id), "team=blue")

	in = proposal(carol)
	in.StartTimestamp, in.Tags = api.At(february), []orgapi.Tag{tag("k", "v")}
	h = must(a, (*service).InviteOrganizationToTransferResponsibility, in).Handshake
	a.cancel(h)
	if got := a.told("ListTagsForResource", &orgapi.ListTagsForResourceRequest{ResourceId: h.Resources[4].Value}); got != missing {
		t.Errorf("the tags of a canceled one: %q", got)
	}
	organization := *must(a, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.Id
	if err := w.store.View(t.Context(), func(v *store.View) error {
		waiting, err := v.Tags(ident.OrganizationID(organization), *h.Id)
		if len(waiting) > 0 {
			t.Errorf("the tags %v still wait for an acceptance", waiting)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
