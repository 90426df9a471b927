package state

import (
	"database/sql"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/seed"
	"accord/internal/store"
)

// readAgreements reads handshakes and requests to create accounts that can still be read.
// What the members answered is part of the request of the organization, and an invitation
// to transfer a responsibility part of the transfer.
func readAgreements(r *reader) (err error) {
	r.handshakes, err = grouped(r, func(row store.Scanner, o *owner, s *seed.Handshake) error {
		var h handshake.Handshake
		var requested, expires int64
		var ended sql.NullInt64
		if err := row.Scan(&o.organization, &s.ID, &s.Kind, &s.To, &h.Stored, &requested, &expires, &ended, &s.Notes); err != nil {
			return err
		}
		h.Kind, h.Expires, h.Ended = handshake.Kind(s.Kind), store.Instant(expires), store.NullInstant(ended)
		s.Requested, s.Expires, s.Answered = at(store.Instant(requested)), at(h.Expires), at(h.EndedAt(r.now))
		if state := h.StateAt(r.now); state != handshake.Open {
			s.State = string(state)
		}
		return nil
	}, `SELECT organization_id, id, kind, recipient_id, state, requested_at, expires_at, ended_at, notes FROM handshakes
		WHERE ($1 = '' OR organization_id = $1) AND parent_handshake_id = '' AND kind <> 'TRANSFER_RESPONSIBILITY' AND purge_at > $2
		ORDER BY requested_at, sequence`, store.Micros(r.now))
	if err != nil {
		return err
	}
	r.answers, err = grouped(r, func(row store.Scanner, o *owner, a *seed.Answer) error {
		var h handshake.Handshake
		var expires int64
		var ended sql.NullInt64
		err := row.Scan(&o.organization, &o.id, &a.ID, &h.Kind, (*string)(&a.Account), &h.Stored, &expires, &ended)
		h.Expires, h.Ended = store.Instant(expires), store.NullInstant(ended)
		a.State, a.Answered = string(h.StateAt(r.now)), at(h.EndedAt(r.now))
		return err
	}, `SELECT organization_id, parent_handshake_id, id, kind, recipient_id, state, expires_at, ended_at FROM handshakes
		WHERE ($1 = '' OR organization_id = $1) AND parent_handshake_id <> '' AND purge_at > $2
		ORDER BY requested_at, sequence`, store.Micros(r.now))
	if err != nil {
		return err
	}
	r.creations, err = grouped(r, func(row store.Scanner, o *owner, c *seed.Creation) error {
		var requested int64
		var completed sql.NullInt64
		err := row.Scan(&o.organization, &c.ID, &c.Name, &c.Email, &c.State, &c.FailureReason, (*string)(&c.Account), &requested, &completed)
		c.Requested, c.Completed = at(store.Instant(requested)), at(store.NullInstant(completed))
		// While a request is in progress, a reason is what a fault is going to say.
		if c.State != string(org.Failed) {
			c.FailureReason = ""
		}
		return err
	}, `SELECT organization_id, id, account_name, email, state, failure_reason, account_id, requested_at, completed_at FROM account_creations
		WHERE ($1 = '' OR organization_id = $1) AND (purge_at IS NULL OR purge_at > $2)
		ORDER BY requested_at, sequence`, store.Micros(r.now))
	return err
}

// readTransfers reads the transfers in which an organization has a part. Before the source
// has accepted, it is the account or the address that was invited.
func readTransfers(r *reader) (err error) {
	r.document.Transfers, err = store.Many(r.view, func(row store.Scanner, s *seed.Transfer) error {
		var t org.Transfer
		var source ident.OrganizationID
		var requested, expires, starts int64
		var ends sql.NullInt64
		if err := row.Scan(&s.ID, &s.Handshake, &s.Name, (*string)(&s.Target), &source, &t.Invited.ID, &t.Stored,
			&requested, &expires, &starts, &ends); err != nil {
			return err
		}
		t.Expires = store.Instant(expires)
		if s.Source = seed.Ref(source); source == "" {
			s.Source = seed.Ref(t.Invited.ID)
		}
		if status := t.StatusAt(r.now); status != org.TransferAccepted {
			s.Status = string(status)
		}
		s.Requested, s.Start, s.End = at(store.Instant(requested)), at(store.Instant(starts)), at(store.NullInstant(ends))
		return nil
	}, `SELECT id, handshake_id, name, target_organization_id, source_organization_id, invited_id, status, requested_at,
			expires_at, starts_at, ends_at
		FROM transfers WHERE ($1 = '' OR target_organization_id = $1 OR source_organization_id = $1) AND (purge_at IS NULL OR purge_at > $2)
		ORDER BY requested_at, sequence`, r.only, store.Micros(r.now))
	if len(r.document.Transfers) == 0 {
		r.document.Transfers = nil
	}
	return err
}
