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

var transfers = []testCase{
	{"a transfer is kept whole", func(t *fixture) {
		t.foundBoth()
		x := proposed("rt-1", toEmail("Owner@Example.com"))
		x.Name = hard[0]
		t.write(func(tx *store.Tx) error { return tx.InsertTransfer(x) })
		wants(t, "proposed", x, transferWith(x.ID))

		x.Name, x.Source, x.AnsweredBy, x.Stored, x.Live = "renamed", side(theirs), theirs.Management, org.TransferAccepted, true
		t.write(func(tx *store.Tx) error { return tx.UpdateTransfer(x) })
		wants(t, "accepted", x, transferWith(x.ID))
		x.Stored, x.End, x.Live = org.TransferWithdrawn, epoch.Add(60*day-time.Millisecond), false
		t.write(func(tx *store.Tx) error { return tx.UpdateTransfer(x) })
		wants(t, "over", x, transferWith(x.ID))
		// The addresses are those of today.
		a := read(t, func(v *store.View) (org.Account, error) { return v.Account(theirs.Management) })
		a.Email = "moved@example.com"
		t.write(func(tx *store.Tx) error { return tx.UpdateAccount(a) })
		x.Source.Email = a.Email
		wants(t, "with another address", x, transferWith(x.ID))
	}},
	{"an unknown transfer is not found", func(t *fixture) {
		t.foundBoth()
		x := proposed("rt-1", toAccount(theirs.Management))
		misses(t, "by id", transferWith(x.ID))
		misses(t, "between two", func(v *store.View) (org.Transfer, error) { return v.LiveTransfer(theirs.ID, ours.ID) })
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.UpdateTransfer(x) })
		t.refuses(store.ErrNotFound, func(tx *store.Tx) error { _, err := tx.TransferIncludingPurged(x.ID); return err })
		t.write(func(tx *store.Tx) error { return tx.DeleteTransfer(x.ID) })
		t.write(func(tx *store.Tx) error { return tx.InsertTransfer(x) })
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertTransfer(x) })
		again := x
		again.ID = "rt-2"
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertTransfer(again) })
	}},
	{"a transfer that was not accepted can be read until its retention is over", func(t *fixture) {
		t.foundBoth()
		x := proposed("rt-1", toAccount(theirs.Management))
		x.Stored, x.PurgeAt = org.TransferDeclined, epoch.Add(30*day)
		t.write(func(tx *store.Tx) error { return tx.InsertTransfer(x) })
		lists := func() int { return len(read(t, inbound(ours, false))) + len(read(t, outbound(theirs, ""))) }
		t.clock.Set(x.PurgeAt.Add(-time.Microsecond))
		wants(t, "at the last moment", x, transferWith(x.ID))
		if got := lists(); got != 2 {
			t.Errorf("at the last moment the lists have %d entries", got)
		}
		t.clock.Set(x.PurgeAt)
		misses(t, "afterwards", transferWith(x.ID))
		if got := lists(); got != 0 {
			t.Errorf("afterwards the lists have %d entries", got)
		}
		kept := func() (kept org.Transfer) {
			t.write(func(tx *store.Tx) (err error) {
				kept, err = tx.TransferIncludingPurged(x.ID)
				return err
			})
			return kept
		}
		if got := kept(); got.ID != x.ID || got.Stored != x.Stored {
			t.Errorf("the purge finds %+v", got)
		}
		t.write(func(tx *store.Tx) error { return tx.DeleteTransfer(x.ID) })
		t.refuses(store.ErrNotFound, func(tx *store.Tx) error { _, err := tx.TransferIncludingPurged(x.ID); return err })
	}},
	{"at most one live transfer binds the same two organizations", func(t *fixture) {
		t.foundBoth()
		bind := func(id ident.TransferID, source, target org.Organization) org.Transfer {
			x := proposed(id, toAccount(source.Management))
			x.Source, x.Target, x.Stored, x.Live, x.AnsweredBy = side(source), side(target), org.TransferAccepted, true, source.Management
			return x
		}
		one, back, second := bind("rt-1", theirs, ours), bind("rt-2", ours, theirs), bind("rt-3", theirs, ours)
		t.write(func(tx *store.Tx) error { return each([]org.Transfer{one, back}, tx.InsertTransfer) })
		t.refuses(store.ErrDuplicate, func(tx *store.Tx) error { return tx.InsertTransfer(second) })
		second.Live = false
		t.write(func(tx *store.Tx) error { return tx.InsertTransfer(second) })
		live := func(source, target org.Organization) func(v *store.View) (org.Transfer, error) {
			return func(v *store.View) (org.Transfer, error) { return v.LiveTransfer(source.ID, target.ID) }
		}
		wants(t, "theirs to ours", one, live(theirs, ours))
		wants(t, "ours to theirs", back, live(ours, theirs))
		misses(t, "ours to ours", live(ours, ours))
		for _, o := range []org.Organization{ours, theirs} {
			out, in := back, one
			if o.ID == theirs.ID {
				out, in = one, back
			}
			wants(t, "out", []org.Transfer{out}, func(v *store.View) ([]org.Transfer, error) { return v.LiveOutbound(o.ID) })
			wants(t, "in", []org.Transfer{in}, func(v *store.View) ([]org.Transfer, error) { return v.LiveInbound(o.ID) })
		}
		one.Live = false
		second.Live = true
		t.write(func(tx *store.Tx) error { return each([]org.Transfer{one, second}, tx.UpdateTransfer) })
		wants(t, "then", second, live(theirs, ours))
	}},
	{"live transfers are listed by the bytes of the other side's id", func(t *fixture) {
		t.foundBoth()
		var out, in []org.Transfer
		for _, id := range unordered {
			other := ours
			other.ID = ident.OrganizationID("o-" + id)
			x := proposed(ident.TransferID("out-"+id), toAccount(ours.Management))
			x.Source, x.Target, x.Live = side(ours), side(other), true
			y := proposed(ident.TransferID("in-"+id), toAccount(ours.Management))
			y.Source, y.Target, y.Live = side(other), side(ours), true
			out, in = append(out, x), append(in, y)
		}
		t.write(func(tx *store.Tx) error { return each(mixed(append(slices.Clone(out), in...)), tx.InsertTransfer) })
		wants(t, "out", out, func(v *store.View) ([]org.Transfer, error) { return v.LiveOutbound(ours.ID) })
		wants(t, "in", in, func(v *store.View) ([]org.Transfer, error) { return v.LiveInbound(ours.ID) })
	}},
	{"transfers are listed newest first, by the side that asks", func(t *fixture) {
		t.foundBoth()
		var all []org.Transfer
		for i := range slices.Backward(unordered) {
			id := descending[i]
			x := proposed(ident.TransferID(id), toAccount(theirs.Management))
			x.Requested = epoch.Add(time.Duration(i/4) * time.Microsecond)
			switch i % 3 {
			case 0:
				x.Source, x.Stored, x.AnsweredBy = side(theirs), org.TransferAccepted, theirs.Management
			case 1:
				x.Invited = toEmail(strings.ToUpper(string(side(theirs).Email)))
			}
			all = append(all, x)
		}
		t.write(func(tx *store.Tx) error {
			other := proposed("rt-other", toAccount(ours.Management))
			other.Target = side(theirs)
			return each(append(latestFirst(reversed(all), func(x org.Transfer) time.Time { return x.Requested }), other), tx.InsertTransfer)
		})
		for agreed, want := range map[bool][]org.Transfer{
			false: all,
			true: slices.DeleteFunc(slices.Clone(all), func(x org.Transfer) bool {
				return x.Source.Organization == ""
			}),
		} {
			paged(t, "in", want, page.Newest, store.AfterTransfer,
				func(v *store.View, after page.Cursor, limit int) ([]org.Transfer, error) {
					return v.InboundTransfers(ours.ID, agreed, after, limit)
				})
		}
		paged(t, "out", all, page.Newest, store.AfterTransfer,
			func(v *store.View, after page.Cursor, limit int) ([]org.Transfer, error) {
				return v.OutboundTransfers(theirs, side(theirs).Email, after, limit)
			})
	}},
	{"a delegation policy is kept whole, one for each organization", func(t *fixture) {
		t.foundBoth()
		policy := func(o org.Organization) func(v *store.View) (org.ResourcePolicy, error) {
			return func(v *store.View) (org.ResourcePolicy, error) { return v.ResourcePolicy(o.ID) }
		}
		put := func(o org.Organization, p org.ResourcePolicy) {
			t.write(func(tx *store.Tx) error { return tx.UpsertResourcePolicy(o.ID, p) })
		}
		misses(t, "without any", policy(ours))
		t.refuses(store.ErrUnchanged, func(tx *store.Tx) error { return tx.DeleteResourcePolicy(ours.ID) })
		put(theirs, org.ResourcePolicy{ID: "rp-2", Content: "theirs"})
		for _, text := range append([]string{strings.Repeat("long é", 10_000)}, hard...) {
			put(ours, org.ResourcePolicy{ID: "rp-1", Content: text})
			wants(t, "ours", org.ResourcePolicy{ID: "rp-1", Content: text}, policy(ours))
		}
		put(ours, org.ResourcePolicy{ID: "rp-3", Content: "{}"})
		wants(t, "with the id that it had", org.ResourcePolicy{ID: "rp-1", Content: "{}"}, policy(ours))
		t.write(func(tx *store.Tx) error { return tx.DeleteResourcePolicy(ours.ID) })
		misses(t, "once removed", policy(ours))
		wants(t, "theirs", org.ResourcePolicy{ID: "rp-2", Content: "theirs"}, policy(theirs))
	}},
}

// side is an organization as one side of a transfer.
func side(o org.Organization) org.Participant {
	return org.Participant{Owner: o.Owner(), Email: accountOf(o.Management).Email}
}

// proposed is a transfer to our organization that waits for an answer.
func proposed(id ident.TransferID, to handshake.Recipient) org.Transfer {
	return org.Transfer{
		ID: id, Handshake: ident.HandshakeID("h-" + string(id)), Name: "Transfer", Target: side(ours), Invited: to,
		Stored: org.TransferRequested, Requested: epoch, Expires: epoch.Add(15 * day), Start: epoch.Add(30 * day),
	}
}

func transferWith(id ident.TransferID) func(v *store.View) (org.Transfer, error) {
	return func(v *store.View) (org.Transfer, error) { return v.Transfer(id) }
}

func inbound(o org.Organization, agreed bool) func(v *store.View) ([]org.Transfer, error) {
	return func(v *store.View) ([]org.Transfer, error) { return v.InboundTransfers(o.ID, agreed, page.Newest, 100) }
}

func outbound(o org.Organization, email ident.Email) func(v *store.View) ([]org.Transfer, error) {
	return func(v *store.View) ([]org.Transfer, error) { return v.OutboundTransfers(o, email, page.Newest, 100) }
}
