package store

import (
	"database/sql"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/page"
)

const handshakeColumns = `id, kind, organization_id, management_account_id, partition, parent_handshake_id,
	recipient_type, recipient_id, answered_by, excused, state, requested_at, sequence, expires_at, ended_at, retention,
	management_email, management_name, feature_set, notes, transfer_id, transfer_type, transfer_starts_at`

// handshakeRow holds the columns of a handshake.
type handshakeRow struct {
	handshake                     handshake.Handshake
	requested, expires, retention int64
	ended, starts                 sql.NullInt64
	proposed                      handshake.Transfer
}

func (r *handshakeRow) dest() []any {
	h := &r.handshake
	return []any{
		(*string)(&h.ID), (*string)(&h.Kind), (*string)(&h.Originator.Organization), (*string)(&h.Originator.Management),
		(*string)(&h.Originator.Partition),
		(*string)(&h.Parent), (*string)(&h.Recipient.Type), &h.Recipient.ID, (*string)(&h.AnsweredBy), &h.Excused,
		(*string)(&h.Stored), &r.requested, &h.Sequence, &r.expires, &r.ended, &r.retention,
		&h.Offer.ManagementEmail, &h.Offer.ManagementName, &h.Offer.FeatureSet, &h.Offer.Notes,
		(*string)(&r.proposed.ID), &r.proposed.Type, &r.starts,
	}
}

// value makes a handshake of the columns that were read.
func (r *handshakeRow) value(h *handshake.Handshake) {
	*h = r.handshake
	if r.proposed.ID != "" {
		h.Offer.Transfer = &handshake.Transfer{ID: r.proposed.ID, Type: r.proposed.Type, Start: nullInstant(r.starts)}
	}
	h.Requested, h.Expires, h.Ended = instant(r.requested), instant(r.expires), nullInstant(r.ended)
	h.Retention = time.Duration(r.retention) * time.Microsecond
}

var scanHandshake = buffered(func() scanBuffer[handshake.Handshake] {
	var r handshakeRow
	return scanBuffer[handshake.Handshake]{r.dest(), r.value}
})

// Handshake reads a handshake that can still be read at the instant of the
// transaction, or ErrNotFound.
func (v *View) Handshake(id ident.HandshakeID) (handshake.Handshake, error) {
	// The time is compared here, so that the row can be cached.
	h, err := one(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes WHERE id = $1`, id)
	if purge := h.PurgeAt(); err == nil && !purge.After(v.NowUntil(purge)) {
		return handshake.Handshake{}, ErrNotFound
	}
	return h, err
}

// HandshakeWithPendingJobs is a handshake, and whether jobs have to run before it is
// changed.
type HandshakeWithPendingJobs struct {
	handshake.Handshake
	// PendingJobs is true when jobs of the organization that sent it are due.
	PendingJobs bool
}

var scanHandshakeWithPendingJobs = buffered(func() scanBuffer[HandshakeWithPendingJobs] {
	var r handshakeRow
	var pending bool
	return scanBuffer[HandshakeWithPendingJobs]{append(r.dest(), &pending), func(h *HandshakeWithPendingJobs) {
		r.value(&h.Handshake)
		h.PendingJobs = pending
	}}
})

// HandshakeWithPendingJobs is Handshake for a caller that is going to change it.
func (t *Tx) HandshakeWithPendingJobs(id ident.HandshakeID) (HandshakeWithPendingJobs, error) {
	return one(&t.View, scanHandshakeWithPendingJobs, `SELECT `+handshakeColumns+`,
			EXISTS (SELECT 1 FROM jobs d WHERE d.organization_id = handshakes.organization_id AND d.at <= $1)
		FROM handshakes WHERE id = $2 AND purge_at > $1`, micros(t.now), id)
}

// HandshakeIncludingPurged reads a handshake, also after its retention, or ErrNotFound.
func (t *Tx) HandshakeIncludingPurged(id ident.HandshakeID) (handshake.Handshake, error) {
	return one(&t.View, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes WHERE id = $1`, id)
}

// holder is the key under which an account lists the handshakes that it received.
func holder(h *handshake.Handshake) string {
	if h.AnsweredBy != "" {
		return string(h.AnsweredBy)
	}
	return h.Recipient.Key()
}

// InsertHandshake adds a handshake. ErrDuplicate says that one of its kind to the
// same recipient waits for an answer.
func (t *Tx) InsertHandshake(h handshake.Handshake) error {
	var proposed handshake.Transfer
	if h.Offer.Transfer != nil {
		proposed = *h.Offer.Transfer
	}
	return t.execOneDeferred(`INSERT INTO handshakes (id, kind, organization_id, management_account_id, parent_handshake_id,
			recipient_type, recipient_id, holder, answered_by, excused, state, requested_at, expires_at, ended_at, retention,
			sequence, purge_at, management_email, management_name, feature_set, notes, transfer_id, transfer_type, transfer_starts_at, partition)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
			nextval('insertions'), $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		h.ID, h.Kind, h.Originator.Organization, h.Originator.Management, h.Parent,
		h.Recipient.Type, h.Recipient.ID, holder(&h), h.AnsweredBy, h.Excused, h.Stored,
		micros(h.Requested), micros(h.Expires), nullMicros(h.Ended), h.Retention.Microseconds(), micros(h.PurgeAt()),
		h.Offer.ManagementEmail, h.Offer.ManagementName, h.Offer.FeatureSet, h.Offer.Notes,
		proposed.ID, proposed.Type, nullMicros(proposed.Start), h.Originator.Partition)
}

// UpdateHandshake records the state of a handshake and who answered it.
func (t *Tx) UpdateHandshake(h handshake.Handshake) error {
	return t.execOneDeferred(`UPDATE handshakes SET state = $1, ended_at = $2, purge_at = $3, answered_by = $4, holder = $5,
		excused = $6 WHERE id = $7`, h.Stored, nullMicros(h.Ended), micros(h.PurgeAt()), h.AnsweredBy, holder(&h), h.Excused, h.ID)
}

// DeleteHandshake deletes a handshake whose retention is over.
func (t *Tx) DeleteHandshake(id ident.HandshakeID) error {
	return t.execDeferred(`DELETE FROM handshakes WHERE id = $1`, id)
}

// OpenHandshake reads the handshake of a kind that the organization sent to the
// recipient and that waits for an answer, or ErrNotFound.
func (v *View) OpenHandshake(organization ident.OrganizationID, kind handshake.Kind, to handshake.Recipient) (handshake.Handshake, error) {
	return one(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE organization_id = $1 AND kind = $2 AND recipient_type = $3 AND holder = $4
			AND state IN ('REQUESTED', 'OPEN') AND expires_at > $5`,
		organization, kind, to.Type, to.Key(), v.currentTime())
}

// OpenHandshakesFrom lists all handshakes of a kind that the organization sent and
// that wait for an answer, oldest first.
func (v *View) OpenHandshakesFrom(organization ident.OrganizationID, kind handshake.Kind) ([]handshake.Handshake, error) {
	return many(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE organization_id = $1 AND kind = $2 AND state IN ('REQUESTED', 'OPEN') AND expires_at > $3
		ORDER BY requested_at, sequence`, organization, kind, v.currentTime())
}

// OpenHandshakesTo lists the open handshakes of a kind that were sent to a recipient
// by any organization, oldest first.
func (v *View) OpenHandshakesTo(kind handshake.Kind, to handshake.Recipient) ([]handshake.Handshake, error) {
	return many(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE holder = $1 AND kind = $2 AND state = 'OPEN' AND expires_at > $3
		ORDER BY requested_at, sequence`, to.Key(), kind, v.currentTime())
}

// ChildHandshake reads the handshake below a parent that was sent to an account, or
// ErrNotFound.
func (v *View) ChildHandshake(parent ident.HandshakeID, account ident.AccountID) (handshake.Handshake, error) {
	return one(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE holder = $1 AND parent_handshake_id = $2`, account, parent)
}

// ChildHandshakes lists the handshakes below a parent, oldest first.
func (v *View) ChildHandshakes(parent ident.HandshakeID) ([]handshake.Handshake, error) {
	// The second condition lets the engines see that the partial index serves.
	return many(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE parent_handshake_id = $1 AND parent_handshake_id <> '' ORDER BY requested_at, sequence`, parent)
}

// HandshakeFilter narrows a list of handshakes; empty members do not.
type HandshakeFilter struct {
	Kind   handshake.Kind
	Parent ident.HandshakeID
	// HiddenFrom leaves out invitations of other organizations than this one that the
	// account has not answered.
	HiddenFrom ident.OrganizationID
}

func (f HandshakeFilter) args() (kind, parent, hiddenFrom sql.NullString) {
	return sql.NullString{String: string(f.Kind), Valid: f.Kind != ""},
		sql.NullString{String: string(f.Parent), Valid: f.Parent != ""},
		sql.NullString{String: string(f.HiddenFrom), Valid: f.HiddenFrom != ""}
}

// AfterHandshake is the cursor after a handshake in a list.
func AfterHandshake(h handshake.Handshake) page.Cursor {
	return page.Cursor{At: micros(h.Requested), Sequence: h.Sequence}
}

// HandshakesSent lists what an organization sent, newest first.
func (v *View) HandshakesSent(organization ident.OrganizationID, f HandshakeFilter, after page.Cursor, limit int) ([]handshake.Handshake, error) {
	kind, parent, _ := f.args()
	return upTo(v, limit, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE organization_id = $1 AND (requested_at, sequence) < ($2, $3) AND purge_at > $4
			AND (CAST($5 AS TEXT) IS NULL OR kind = $5) AND (CAST($6 AS TEXT) IS NULL OR parent_handshake_id = $6)
		ORDER BY requested_at DESC, sequence DESC LIMIT $7`,
		organization, after.At, after.Sequence, v.currentTime(), kind, parent)
}

// HandshakesReceived lists what an account received, under its id or under its
// address, newest first.
func (v *View) HandshakesReceived(account ident.AccountID, email ident.Email, f HandshakeFilter, after page.Cursor, limit int) ([]handshake.Handshake, error) {
	kind, parent, hiddenFrom := f.args()
	const received = `SELECT * FROM (SELECT ` + handshakeColumns + ` FROM handshakes
		WHERE holder = $1 AND recipient_type <> '' AND (requested_at, sequence) < ($2, $3) AND purge_at > $4
			AND (CAST($5 AS TEXT) IS NULL OR kind = $5) AND (CAST($6 AS TEXT) IS NULL OR parent_handshake_id = $6)
			AND (CAST($7 AS TEXT) IS NULL OR kind <> 'INVITE' OR answered_by <> '' OR organization_id = $7)
		ORDER BY requested_at DESC, sequence DESC LIMIT $8) AS received`
	var merged []handshake.Handshake
	for _, key := range []string{string(account), email.Key()} {
		page, err := upTo(v, limit, scanHandshake, received,
			key, after.At, after.Sequence, v.currentTime(), kind, parent, hiddenFrom)
		if err != nil {
			return nil, err
		}
		merged = mergeNewest(merged, page, AfterHandshake)
	}
	return merged[:min(limit, len(merged))], nil
}

// mergeNewest merges two lists whose newest entries come first; cursor is the
// position of an entry.
func mergeNewest[T any](a, b []T, cursor func(T) page.Cursor) []T {
	merged := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if isNewer(cursor(a[0]), cursor(b[0])) {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

func isNewer(a, b page.Cursor) bool {
	if a.At != b.At {
		return a.At > b.At
	}
	return a.Sequence > b.Sequence
}
