package storetest

import (
	"slices"
	"strings"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

var handshakes = []testCase{
	{"a handshake is kept whole", func(t *fixture) {
		t.foundBoth()
		for i, text := range append([]string{"", strings.Repeat("long é", 50_000)}, hard...) {
			h := invitationOf(ours, ident.HandshakeID("h-"+string(rune('a'+i))), toEmail("Mixed.Case+"+string(rune('a'+i))+"@Example.com"))
			h.Parent, h.Offer.Notes, h.Offer.ManagementName = "h-parent", text, text
			h.Requested, h.Retention = epoch.Add(-time.Microsecond), time.Microsecond
			t.write(func(tx *store.Tx) error { return tx.InsertHandshake(h) })
			wants(t, "the handshake", h, handshakeWith(h.ID))
		}
		h := handshake.Handshake{
			ID: "h-all", Kind: handshake.EnableAllFeatures, Originator: ours.Owner(), Stored: handshake.Requested,
			Requested: epoch, Expires: epoch.Add(90 * day), Retention: 30 * day,
		}
		t.write(func(tx *store.Tx) error { return tx.InsertHandshake(h) })
		wants(t, "a handshake without recipient", h, handshakeWith(h.ID))
		h.AnsweredBy, h.Excused = number(1), true
		h.Enter(handshake.Accepted, epoch.Add(time.Minute))
		t.write(func(tx *store.Tx) error { return tx.UpdateHandshake(h) })
		wants(t, "once answered", h, handshakeWith(h.ID))
		h.Excused, h.AnsweredBy = false, ""
		t.write(func(tx *store.Tx) error { return tx.UpdateHandshake(h) })
		wants(t, "saved again", h, handshakeWith(h.ID))
	}},
	{"an unknown handshake is not found", func(t *fixture) {
		h := invitationOf(ours, "h-1", toAccount(number(1)))
		misses(t, "by id", handshakeWith(h.ID))
		misses(t, "by recipient", unanswered(ours, h.Recipient))
		misses(t, "by account", func(v *store.View) (handshake.Handshake, error) { return v.ChildHandshake("h-9", number(1)) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.UpdateHandshake(h) })
		t.write(func(tx *store.Tx) error { return tx.DeleteHandshake(h.ID) })
	}},
	{"a handshake can be read until its retention is over", func(t *fixture) {
		h := invitationOf(ours, "h-1", toAccount(number(1)))
		t.write(func(tx *store.Tx) error { return tx.InsertHandshake(h) })
		lists := func() int {
			return len(read(t, sent(ours, store.HandshakeFilter{}))) + len(read(t, received(number(1), "", store.HandshakeFilter{})))
		}
		for _, c := range []struct {
			at    time.Time
			there bool
		}{
			{h.Expires.Add(30*day - time.Microsecond), true}, {h.Expires.Add(30 * day), false}, {epoch, true},
		} {
			t.clock.Set(c.at)
			if c.there {
				wants(t, "the handshake", h, handshakeWith(h.ID))
			} else {
				misses(t, "the handshake", handshakeWith(h.ID))
			}
			if got := lists(); (got == 2) != c.there {
				t.Errorf("%v: the two lists have %d entries", c.at, got)
			}
		}
		// An answer moves the end forward.
		h.Enter(handshake.Declined, epoch.Add(time.Minute))
		t.write(func(tx *store.Tx) error { return tx.UpdateHandshake(h) })
		t.clock.Set(epoch.Add(time.Minute + 30*day))
		misses(t, "the answered handshake", handshakeWith(h.ID))
		// Only users cannot read it; the purge still finds it.
		kept := func(tx *store.Tx) error {
			got, err := tx.HandshakeIncludingPurged(h.ID)
			if err == nil && got.Stored != handshake.Declined {
				t.Errorf("the purge finds %+v", got)
			}
			return err
		}
		t.write(kept)
		t.write(func(tx *store.Tx) error { return tx.DeleteHandshake(h.ID) })
		t.refuses(store.ErrNotFound, kept)
		t.clock.Set(epoch)
		misses(t, "the deleted handshake", handshakeWith(h.ID))
	}},
	{"a recipient has one unanswered handshake of a kind from an organization", func(t *fixture) {
		h := invitationOf(ours, "h-1", toEmail("Some.One@Example.com"))
		t.write(func(tx *store.Tx) error { return tx.InsertHandshake(h) })
		again := func(change func(h *handshake.Handshake)) handshake.Handshake {
			second := invitationOf(ours, "h-2", toEmail("some.one@example.COM"))
			change(&second)
			return second
		}
		add := func(h handshake.Handshake) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { return tx.InsertHandshake(h) }
		}
		t.refuses(store.ErrDuplicate, add(again(func(h *handshake.Handshake) {})))
		t.refuses(store.ErrDuplicate, add(again(func(h *handshake.Handshake) { h.Stored = handshake.Requested })))
		t.refuses(store.ErrDuplicate, add(again(func(h *handshake.Handshake) { h.ID, h.Recipient = "h-1", toAccount(number(2)) })))
		for name, other := range map[string]handshake.Handshake{
			"of another organization": again(func(h *handshake.Handshake) { h.ID, h.Originator = "h-3", theirs.Owner() }),
			"of another kind":         again(func(h *handshake.Handshake) { h.ID, h.Kind = "h-4", handshake.ApproveAllFeatures }),
			"to another recipient":    again(func(h *handshake.Handshake) { h.ID, h.Recipient = "h-5", toEmail("other@example.com") }),
			"to an id that reads so": again(func(h *handshake.Handshake) {
				h.ID, h.Recipient = "h-6", handshake.Recipient{Type: handshake.AccountParty, ID: "some.one@example.com"}
			}),
			"that is answered": again(func(h *handshake.Handshake) {
				h.ID = "h-7"
				h.Enter(handshake.Canceled, epoch)
			}),
		} {
			t.Logf("one %s", name)
			t.write(add(other))
		}
		h.Enter(handshake.Declined, epoch)
		h.AnsweredBy = number(1)
		t.write(func(tx *store.Tx) error { return tx.UpdateHandshake(h) })
		t.write(add(again(func(h *handshake.Handshake) {})))
	}},
	{"the unanswered handshake to a recipient is found until it expires", func(t *fixture) {
		h := invitationOf(ours, "h-1", toEmail("Some.One@Example.com"))
		id := invitationOf(ours, "h-2", toAccount(number(1)))
		t.write(func(tx *store.Tx) error { return each([]handshake.Handshake{h, id}, tx.InsertHandshake) })
		wants(t, "by the address", h, unanswered(ours, toEmail("SOME.ONE@example.com")))
		wants(t, "by the id", id, unanswered(ours, toAccount(number(1))))
		misses(t, "of the other organization", unanswered(theirs, h.Recipient))
		misses(t, "to another", unanswered(ours, toAccount(number(2))))
		misses(t, "of another kind", func(v *store.View) (handshake.Handshake, error) {
			return v.OpenHandshake(ours.ID, handshake.ApproveAllFeatures, h.Recipient)
		})
		t.clock.Set(h.Expires.Add(-time.Microsecond))
		wants(t, "at the last moment", h, unanswered(ours, h.Recipient))
		t.clock.Set(h.Expires)
		misses(t, "once expired", unanswered(ours, h.Recipient))
	}},
	{"the open handshakes to a recipient are found for all senders", func(t *fixture) {
		to := toEmail("Some.One@Example.com")
		a, b := invitationOf(theirs, "h-2", to), invitationOf(ours, "h-1", toEmail("some.one@example.com"))
		a.Requested = epoch.Add(-time.Microsecond)
		approve, other := invitationOf(ours, "h-3", to), invitationOf(ours, "h-4", toAccount(number(1)))
		approve.Kind = handshake.ApproveAllFeatures
		ended := invitationOf(theirs, "h-5", to)
		ended.Enter(handshake.Canceled, epoch)
		t.write(func(tx *store.Tx) error {
			return each([]handshake.Handshake{b, approve, other, ended, a}, tx.InsertHandshake)
		})
		of := func(v *store.View) ([]handshake.Handshake, error) { return v.OpenHandshakesTo(handshake.Invite, to) }
		wants(t, "oldest first", []handshake.Handshake{a, b}, of)
		t.clock.Set(a.Expires)
		wants(t, "once expired", []handshake.Handshake{}, of)
	}},
	{"a child of a handshake is found by its account", func(t *fixture) {
		var children, all []handshake.Handshake
		for i, id := range descending {
			h := invitationOf(ours, ident.HandshakeID(id), toAccount(number(i)))
			h.Kind, h.Parent = handshake.ApproveAllFeatures, "h-parent"
			other := h
			other.ID, other.Kind, other.Parent = "o"+h.ID, handshake.AddServiceLinkedRole, "h-other"
			single := h
			single.ID, single.Kind, single.Parent = "s"+h.ID, handshake.Invite, ""
			children, all = append(children, h), append(all, h, other, single)
		}
		children[2].Enter(handshake.Accepted, epoch)
		children[2].AnsweredBy = number(2)
		t.write(func(tx *store.Tx) error { return each(latestFirst(all, requested), tx.InsertHandshake) })
		t.write(func(tx *store.Tx) error { return tx.UpdateHandshake(children[2]) })
		for i := range children {
			wants(t, "by account", children[i], func(v *store.View) (handshake.Handshake, error) {
				return v.ChildHandshake("h-parent", number(i))
			})
		}
	}},
	{"sent handshakes are listed newest first, and filtered", func(t *fixture) {
		all := mixture(func(i int) handshake.Recipient { return toAccount(number(i)) })
		t.write(func(tx *store.Tx) error {
			foreign := invitationOf(theirs, "h-foreign", toAccount(number(99)))
			return each(append(latestFirst(reversed(all), requested), foreign), tx.InsertHandshake)
		})
		for _, f := range filters {
			want := f.of(all)
			paged(t, "sent, "+f.name, want, page.Newest, store.AfterHandshake,
				func(v *store.View, after page.Cursor, limit int) ([]handshake.Handshake, error) {
					return v.HandshakesSent(ours.ID, f.HandshakeFilter, after, limit)
				})
			if len(want) == 0 || len(want) == len(all) && f.name != "no filter" {
				t.Errorf("%s shows nothing", f.name)
			}
		}
	}},
	{"received handshakes are listed newest first, and filtered", func(t *fixture) {
		const email = "Some.One@Example.com"
		all := mixture(func(i int) handshake.Recipient {
			if i%3 == 0 {
				return toEmail("some.one@EXAMPLE.com")
			}
			return toAccount(number(1))
		})
		// Several organizations send to one account.
		for i := range all {
			all[i].Originator.Organization = ident.OrganizationID("o-" + string(rune('a'+i)))
		}
		t.write(func(tx *store.Tx) error {
			foreign := invitationOf(ours, "h-foreign", toAccount(number(2)))
			own := handshake.Handshake{
				ID: "h-own", Kind: handshake.EnableAllFeatures, Originator: ours.Owner(), Stored: handshake.Requested,
				Requested: epoch, Expires: epoch.Add(day), Retention: day,
			}
			return each(append(latestFirst(reversed(all), requested), foreign, own), tx.InsertHandshake)
		})
		// Two have been answered by the account, which shows them for good.
		for i := range all {
			if i < 2 {
				all[i].AnsweredBy = number(1)
				t.write(func(tx *store.Tx) error { return tx.UpdateHandshake(all[i]) })
			}
		}
		for _, own := range []ident.OrganizationID{"", "o-c", "o-z"} {
			for _, f := range filters {
				f.HiddenFrom = own
				paged(t, "received, "+f.name, f.of(all), page.Newest, store.AfterHandshake,
					func(v *store.View, after page.Cursor, limit int) ([]handshake.Handshake, error) {
						return v.HandshakesReceived(number(1), email, f.HandshakeFilter, after, limit)
					})
			}
		}
		wants(t, "by nobody", []handshake.Handshake{}, received("", "", store.HandshakeFilter{}))
	}},
	{"an answered handshake belongs to the account that answered", func(t *fixture) {
		h := invitationOf(ours, "h-1", toEmail("old@example.com"))
		t.write(func(tx *store.Tx) error { return tx.InsertHandshake(h) })
		h.AnsweredBy = number(1)
		h.Enter(handshake.Accepted, epoch)
		t.write(func(tx *store.Tx) error { return tx.UpdateHandshake(h) })
		wants(t, "under the new address", []handshake.Handshake{h}, received(number(1), "new@example.com", store.HandshakeFilter{}))
		wants(t, "by the next owner of the address", []handshake.Handshake{}, received(number(2), "old@example.com", store.HandshakeFilter{}))
	}},
}

// filter is a filter with what it means.
type filter struct {
	name string
	store.HandshakeFilter
}

var filters = []filter{
	{name: "no filter"},
	{"invitations", store.HandshakeFilter{Kind: handshake.Invite}},
	{"approvals", store.HandshakeFilter{Kind: handshake.ApproveAllFeatures}},
	{"below a parent", store.HandshakeFilter{Parent: "h-p1"}},
	{"approvals below a parent", store.HandshakeFilter{Kind: handshake.ApproveAllFeatures, Parent: "h-p1"}},
}

// of is what the filter lets through.
func (f filter) of(all []handshake.Handshake) []handshake.Handshake {
	return slices.DeleteFunc(slices.Clone(all), func(h handshake.Handshake) bool {
		return f.Kind != "" && h.Kind != f.Kind || f.Parent != "" && h.Parent != f.Parent ||
			f.HiddenFrom != "" && h.Kind == handshake.Invite && h.AnsweredBy == "" && h.Originator.Organization != f.HiddenFrom
	})
}

// mixture is a list of handshakes, newest first, with pairs of the same instant.
func mixture(to func(i int) handshake.Recipient) []handshake.Handshake {
	var all []handshake.Handshake
	kinds := []handshake.Kind{handshake.Invite, handshake.ApproveAllFeatures}
	for i := range slices.Backward(unordered) {
		id := descending[i]
		h := invitationOf(ours, ident.HandshakeID(id), to(i))
		h.Kind = kinds[i%2]
		h.Parent = []ident.HandshakeID{"", "h-p1", "h-p2", "h-p1", "h-p1"}[i%5]
		h.Requested = epoch.Add(time.Duration(i/4) * time.Microsecond)
		if i%4 == 2 {
			h.Enter(handshake.Canceled, epoch)
		}
		all = append(all, h)
	}
	return all
}

func requested(h handshake.Handshake) time.Time { return h.Requested }

func handshakeWith(id ident.HandshakeID) func(v *store.View) (handshake.Handshake, error) {
	return func(v *store.View) (handshake.Handshake, error) { return v.Handshake(id) }
}

func unanswered(o org.Organization, to handshake.Recipient) func(v *store.View) (handshake.Handshake, error) {
	return func(v *store.View) (handshake.Handshake, error) {
		return v.OpenHandshake(o.ID, handshake.Invite, to)
	}
}

func sent(o org.Organization, f store.HandshakeFilter) func(v *store.View) ([]handshake.Handshake, error) {
	return func(v *store.View) ([]handshake.Handshake, error) {
		return v.HandshakesSent(o.ID, f, page.Newest, 100)
	}
}

func received(account ident.AccountID, email ident.Email, f store.HandshakeFilter) func(v *store.View) ([]handshake.Handshake, error) {
	return func(v *store.View) ([]handshake.Handshake, error) {
		return v.HandshakesReceived(account, email, f, page.Newest, 100)
	}
}
