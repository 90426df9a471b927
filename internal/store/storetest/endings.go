package storetest

import (
	"errors"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/internal/store/dump"
)

// endings are about what is deleted when, and what the purge jobs still find.
var endings = []testCase{
	{"a delegation policy goes with its organization", func(t *fixture) {
		t.foundBoth()
		t.write(func(tx *store.Tx) error {
			return each([]org.Organization{ours, theirs}, func(o org.Organization) error {
				return tx.UpsertResourcePolicy(o.ID, org.ResourcePolicy{ID: ident.ResourcePolicyID("rp-" + o.Root), Content: "{}"})
			})
		})
		policy := func(o org.Organization) func(v *store.View) (org.ResourcePolicy, error) {
			return func(v *store.View) (org.ResourcePolicy, error) { return v.ResourcePolicy(o.ID) }
		}
		t.dissolve(ours)
		misses(t, "with its organization", policy(ours))
		wants(t, "the other one", org.ResourcePolicy{ID: "rp-r-bbbb", Content: "{}"}, policy(theirs))
		t.write(dump.DeleteEverything)
		misses(t, "after a reset", policy(theirs))
	}},
	{"an organization goes with its agreements and its accounts", func(t *fixture) {
		t.foundBoth()
		sent := invitationOf(ours, "h-1", toEmail("owner@example.com"))
		received := invitationOf(theirs, "h-2", toAccount(ours.Management))
		other := invitationOf(theirs, "h-3", toEmail("other@example.com"))
		agreed := proposed("rt-1", toAccount(theirs.Management))
		t.write(func(tx *store.Tx) error {
			return errors.Join(tx.InsertHandshake(sent), tx.InsertHandshake(received), tx.InsertHandshake(other), tx.InsertTransfer(agreed))
		})
		t.write(func(tx *store.Tx) error {
			return errors.Join(dump.DeleteAgreements(tx, ours.ID), tx.DeleteMembership(ours.Management, tx.Now()), tx.DeleteOrganization(ours.ID),
				tx.DeleteAccount(ours.Management))
		})
		for _, h := range []handshake.Handshake{sent, received} {
			misses(t, "a handshake of it", handshakeWith(h.ID))
		}
		wants(t, "that of another one", other, handshakeWith(other.ID))
		misses(t, "its transfer", transferWith(agreed.ID))
		misses(t, "its account", func(v *store.View) (org.Account, error) { return v.Account(ours.Management) })
	}},
	{"a transfer goes with the last of its organizations", func(t *fixture) {
		t.foundBoth()
		agreed, open := proposed("rt-1", toAccount(theirs.Management)), proposed("rt-2", toAccount(theirs.Management))
		agreed.Source, agreed.Stored = side(theirs), org.TransferWithdrawn
		t.write(func(tx *store.Tx) error { return each([]org.Transfer{agreed, open}, tx.InsertTransfer) })
		t.dissolve(ours)
		wants(t, "for the side that is left", []org.Transfer{open, agreed}, outbound(theirs, ""))
		t.dissolve(theirs)
		misses(t, "once both are gone", transferWith(agreed.ID))
		wants(t, "what was only proposed", open, transferWith(open.ID))
		t.write(dump.DeleteEverything)
		t.foundBoth()
		misses(t, "after a reset", transferWith(open.ID))
	}},
	{"a handshake after its retention still exists", func(t *fixture) {
		h := invitationOf(ours, "h-1", toEmail("owner@example.com"))
		h.Kind, h.Offer.FeatureSet = handshake.TransferResponsibility, ""
		h.Offer.Transfer = &handshake.Transfer{ID: "rt-1", Type: org.BillingTransfer, Start: epoch.Add(30 * day)}
		t.write(func(tx *store.Tx) error { return tx.InsertHandshake(h) })
		wants(t, "an invitation to transfer", h, handshakeWith(h.ID))
		t.clock.Set(h.PurgeAt())
		misses(t, "for people", handshakeWith(h.ID))
		t.write(func(tx *store.Tx) error {
			kept, err := tx.HandshakeIncludingPurged(h.ID)
			if err == nil && kept.ID != h.ID {
				t.Errorf("the purge finds %s", kept.ID)
			}
			return err
		})
		t.refuses(store.ErrNotFound, func(tx *store.Tx) error { _, err := tx.HandshakeIncludingPurged("h-2"); return err })
	}},
}

// dissolve ends an organization in which only its management account is left.
func (t *fixture) dissolve(o org.Organization) {
	t.Helper()
	t.write(func(tx *store.Tx) error {
		if err := tx.DeleteMembership(o.Management, tx.Now()); err != nil {
			return err
		}
		return tx.DeleteOrganization(o.ID)
	})
}
