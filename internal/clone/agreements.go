package clone

import (
	"context"
	"slices"
	"strings"

	"accord/internal/seed"
)

// agreements are the handshakes, transfers and requests for accounts.
type agreements struct {
	sent, received    []handshake
	answers           map[string][]handshake
	creations         []creation
	inbound, outbound []transfer
}

func (a *agreements) read(ctx context.Context, c *caller, organization string) error {
	transfers := func(operation string, into *[]transfer) func(ctx context.Context) error {
		return func(ctx context.Context) (err error) {
			*into, _, err = listOf[transfer](ctx, c, operation, Input{Type: "BILLING"})
			return err
		}
	}
	err := together(ctx,
		func(ctx context.Context) (err error) {
			a.sent, _, err = listOf[handshake](ctx, c, "ListHandshakesForOrganization", Input{})
			if err != nil {
				return err
			}
			return a.children(ctx, c)
		},
		func(ctx context.Context) (err error) {
			a.received, _, err = listOf[handshake](ctx, c, "ListHandshakesForAccount", Input{})
			return err
		},
		func(ctx context.Context) (err error) {
			a.creations, _, err = listOf[creation](ctx, c, "ListCreateAccountStatus", Input{})
			return err
		},
		transfers("ListInboundResponsibilityTransfers", &a.inbound),
		transfers("ListOutboundResponsibilityTransfers", &a.outbound))
	for _, h := range a.received {
		// Some servers write the party without the prefix of the ID.
		if from := h.party("ORGANIZATION"); strings.TrimPrefix(from, "o-") != strings.TrimPrefix(organization, "o-") {
			c.note("ListHandshakesForAccount", h.Id, "it comes from the organization "+from+", which is not read")
		}
	}
	return err
}

// children reads the answers of the members to requests for all features. Some servers list
// them beside the request, others only when asked.
func (a *agreements) children(ctx context.Context, c *caller) error {
	a.answers = map[string][]handshake{}
	var parents []string
	for _, h := range a.sent {
		if h.Action == "ENABLE_ALL_FEATURES" {
			parents = append(parents, h.Id)
		} else if parent := value(h.Resources, "PARENT_HANDSHAKE"); parent != "" {
			a.answers[parent] = append(a.answers[parent], h)
		}
	}
	lists := make([][]handshake, len(parents))
	err := each(ctx, len(parents), func(ctx context.Context, i int) (err error) {
		if len(a.answers[parents[i]]) == 0 {
			lists[i], _, err = listOf[handshake](ctx, c, "ListHandshakesForOrganization", Input{Filter: HandshakeFilter{ParentHandshakeId: parents[i]}})
		}
		return err
	})
	for i, parent := range parents {
		if len(lists[i]) > 0 {
			a.answers[parent] = lists[i]
		}
	}
	return err
}

// party is the first party of a type; empty if there is none.
func (h handshake) party(kinds ...string) string {
	for _, p := range h.Parties {
		for _, kind := range kinds {
			if p.Type == kind {
				return p.Id
			}
		}
	}
	return ""
}

func (a *agreements) into(d *seed.Document, o *seed.Organization) {
	proposals := map[string]bool{}
	for _, t := range append(a.inbound, a.outbound...) {
		proposals[t.ActiveHandshakeId] = true
		d.Transfers = append(d.Transfers, seed.Transfer{
			ID: t.Id, Handshake: t.ActiveHandshakeId, Name: t.Name, Status: unless(t.Status, "ACCEPTED"),
			Target: own(t.Target.ManagementAccountId, o), Source: own(t.Source.ManagementAccountId, o),
			Start: t.StartTimestamp.when(), End: t.EndTimestamp.when(),
		})
	}
	oldestFirst(a.sent, func(h handshake) instant { return h.RequestedTimestamp })
	oldestFirst(a.creations, func(c creation) instant { return c.RequestedTimestamp })
	for _, h := range a.sent {
		if h.Action == "APPROVE_ALL_FEATURES" || h.Action == "TRANSFER_RESPONSIBILITY" && proposals[h.Id] {
			continue
		}
		o.Handshakes = append(o.Handshakes, a.document(h))
	}
	for _, c := range a.creations {
		// Some servers list a request for the management account, which nobody made.
		if c.AccountId == o.Management.ID {
			continue
		}
		o.AccountCreations = append(o.AccountCreations, seed.Creation{
			ID: c.Id, Name: c.AccountName, State: c.State, FailureReason: c.FailureReason, Account: seed.Ref(c.AccountId),
			Requested: c.RequestedTimestamp.when(), Completed: c.CompletedTimestamp.when(),
		})
	}
}

func (a *agreements) document(h handshake) seed.Handshake {
	d := seed.Handshake{
		ID: h.Id, Kind: unless(h.Action, "INVITE"), State: unless(h.State, "OPEN"),
		Requested: h.RequestedTimestamp.when(), Expires: h.ExpirationTimestamp.when(), Notes: value(h.Resources, "NOTES"),
	}
	if h.Action != "ENABLE_ALL_FEATURES" {
		d.To = h.party("ACCOUNT", "EMAIL")
	}
	for _, answer := range a.answers[h.Id] {
		d.Answers = append(d.Answers, seed.Answer{ID: answer.Id, Account: seed.Ref(answer.party("ACCOUNT")), State: answer.State})
	}
	return d
}

// unless leaves out the default of a member.
func unless(text, standard string) string {
	if text == standard {
		return ""
	}
	return text
}

// own is the organization of a management account, if it is the one that is read, else the
// account.
func own(management string, o *seed.Organization) seed.Ref {
	if management == o.Management.ID {
		return seed.Ref(o.ID)
	}
	return seed.Ref(management)
}

// oldestFirst gives a list the order of a document: AWS lists the newest first, which decides
// among equal instants; some servers list the oldest first.
func oldestFirst[T any](list []T, at func(T) instant) {
	if n := len(list); n > 0 && !at(list[0]).Before(at(list[n-1]).Time) {
		slices.Reverse(list)
	}
}
