package store

import (
	"database/sql"
	"errors"
	"math"
	"time"

	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
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
		h.Offer.Transfer = &handshake.Transfer{ID: r.proposed.ID, Type: r.proposed.Type, Start: NullInstant(r.starts)}
	}
	h.Requested, h.Expires, h.Ended = Instant(r.requested), Instant(r.expires), NullInstant(r.ended)
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
	h, err := One(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes WHERE id = $1`, id)
	if purge := h.PurgeAt(); err == nil && !purge.After(v.NowUntil(purge)) {
		return handshake.Handshake{}, ErrNotFound
	}
	return h, err
}

// HandshakeWithPendingJobs is a handshake, and whether jobs have to run before it is changed.
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
	return One(&t.View, scanHandshakeWithPendingJobs, `SELECT `+handshakeColumns+`,
			COALESCE((SELECT TRUE FROM jobs d WHERE d.organization_id = handshakes.organization_id AND d.at <= $1 ORDER BY d.at, d.rank, d.kind LIMIT 1), FALSE)
		FROM handshakes WHERE id = $2 AND purge_at > $1`, Micros(t.now), id)
}

// HandshakeIncludingPurged reads a handshake, also after its retention, or ErrNotFound.
func (t *Tx) HandshakeIncludingPurged(id ident.HandshakeID) (handshake.Handshake, error) {
	return One(&t.View, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes WHERE id = $1`, id)
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
	return t.ExecOne(`INSERT INTO handshakes (id, kind, organization_id, management_account_id, parent_handshake_id,
			recipient_type, recipient_id, holder, answered_by, excused, state, requested_at, expires_at, ended_at, retention,
			sequence, purge_at, management_email, management_name, feature_set, notes, transfer_id, transfer_type, transfer_starts_at, partition)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
			nextval('insertions'), $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		h.ID, h.Kind, h.Originator.Organization, h.Originator.Management, h.Parent,
		h.Recipient.Type, h.Recipient.ID, holder(&h), h.AnsweredBy, h.Excused, h.Stored,
		Micros(h.Requested), Micros(h.Expires), NullMicros(h.Ended), h.Retention.Microseconds(), Micros(h.PurgeAt()),
		h.Offer.ManagementEmail, h.Offer.ManagementName, h.Offer.FeatureSet, h.Offer.Notes,
		proposed.ID, proposed.Type, NullMicros(proposed.Start), h.Originator.Partition)
}

// UpdateHandshake records the state of a handshake and who answered it.
func (t *Tx) UpdateHandshake(h handshake.Handshake) error {
	return t.ExecOne(`UPDATE handshakes SET state = $1, ended_at = $2, purge_at = $3, answered_by = $4, holder = $5,
		excused = $6 WHERE id = $7`, h.Stored, NullMicros(h.Ended), Micros(h.PurgeAt()), h.AnsweredBy, holder(&h), h.Excused, h.ID)
}

// DeleteHandshake deletes a handshake whose retention is over.
func (t *Tx) DeleteHandshake(id ident.HandshakeID) error {
	return t.Exec(`DELETE FROM handshakes WHERE id = $1`, id)
}

// OpenHandshake reads the handshake of a kind that the organization sent to the
// recipient and that waits for an answer, or ErrNotFound.
func (v *View) OpenHandshake(organization ident.OrganizationID, kind handshake.Kind, to handshake.Recipient) (handshake.Handshake, error) {
	return One(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE organization_id = $1 AND kind = $2 AND recipient_type = $3 AND holder = $4
			AND state IN ('REQUESTED', 'OPEN') AND expires_at > $5`,
		organization, kind, to.Type, to.Key(), v.currentTime())
}

// OpenHandshakes are handshakes that an organization sent and that wait for an answer: those
// of a kind, with what they offer unless it is empty, or all below a parent, also those whose
// time is over: they end with it.
type OpenHandshakes struct {
	Organization ident.OrganizationID
	Kind         handshake.Kind
	FeatureSet   org.FeatureSet
	Parent       ident.HandshakeID
}

// openHandshakes is the condition for them, which follows two other parameters.
const openHandshakes = `organization_id = $3 AND parent_handshake_id = $4 AND state IN ('REQUESTED', 'OPEN') AND expires_at > $5
	AND (CAST($6 AS TEXT) IS NULL OR kind = $6) AND (CAST($7 AS TEXT) IS NULL OR feature_set = $7)`

func (o OpenHandshakes) args(now int64, first, second any) []any {
	if o.Parent != "" {
		o.Kind, now = "", math.MinInt64
	}
	return []any{first, second, o.Organization, o.Parent, now, optional(o.Kind), optional(o.FeatureSet)}
}

// optional is a condition that an empty text leaves out.
func optional[T ~string](text T) sql.NullString {
	return sql.NullString{String: string(text), Valid: text != ""}
}

// EndHandshakes gives handshakes a terminal state, deletes their tags and the jobs that would
// have ended them, plans a job for each when it can be deleted, oldest first, and counts them.
// It takes as many statements for all as for one. Of expiry it needs the kind, of purge the
// kind and the cause.
func (t *Tx) EndHandshakes(open OpenHandshakes, state handshake.State, expiry, purge Job) (int64, error) {
	now := Micros(t.now)
	if t.nextJob.IsZero() || t.now.Before(t.nextJob) {
		t.nextJob = t.now // None is due earlier.
	}
	// Each row looks its handshake up: for a join the engine would have to guess how many there are.
	err := errors.Join(
		t.Exec(`DELETE FROM tags WHERE organization_id = $1 AND resource_id > $2
			AND (SELECT `+openHandshakes+` FROM handshakes WHERE id = resource_id)`, open.args(now, open.Organization, "")...),
		t.Exec(`DELETE FROM jobs WHERE organization_id = $1 AND kind = $2
			AND (SELECT `+openHandshakes+` FROM handshakes WHERE id = subject)`, open.args(now, open.Organization, expiry.Kind)...),
		// A child stays as long as its parent may wait for it.
		t.Exec(`WITH open AS (SELECT id, CAST($1 AS TEXT) AS kind, CASE WHEN parent_handshake_id <> '' AND expires_at > $2 + retention
				THEN expires_at ELSE $2 + retention END AS at FROM handshakes WHERE `+openHandshakes+` ORDER BY requested_at, sequence)
			INSERT INTO jobs (organization_id, at, rank, kind, subject, cause, sequence)
			SELECT '', at, 0, kind, id, $8, nextval('insertions') FROM open WHERE TRUE
			ON CONFLICT (organization_id, at, rank, kind, subject) DO NOTHING`, append(open.args(now, purge.Kind, now), purge.Cause)...))
	if err != nil {
		return 0, err
	}
	return t.ExecCount(`UPDATE handshakes SET state = $1, ended_at = $2, purge_at = $2 + retention WHERE `+openHandshakes, open.args(now, state, now)...)
}

// OpenHandshakesTo lists the open handshakes of a kind that were sent to a recipient
// by any organization, oldest first.
func (v *View) OpenHandshakesTo(kind handshake.Kind, to handshake.Recipient) ([]handshake.Handshake, error) {
	return Many(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE holder = $1 AND kind = $2 AND state = 'OPEN' AND expires_at > $3
		ORDER BY requested_at, sequence`, to.Key(), kind, v.currentTime())
}

// ChildHandshake reads the handshake below a parent that was sent to an account, or
// ErrNotFound.
func (v *View) ChildHandshake(parent ident.HandshakeID, account ident.AccountID) (handshake.Handshake, error) {
	return One(v, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
		WHERE holder = $1 AND parent_handshake_id = $2`, account, parent)
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
	return optional(f.Kind), optional(f.Parent), optional(f.HiddenFrom)
}

// AfterHandshake is the cursor after a handshake in a list.
func AfterHandshake(h handshake.Handshake) page.Cursor {
	return page.Cursor{At: Micros(h.Requested), Sequence: h.Sequence}
}

// HandshakesSent lists what an organization sent, newest first.
func (v *View) HandshakesSent(organization ident.OrganizationID, f HandshakeFilter, after page.Cursor, limit int) ([]handshake.Handshake, error) {
	kind, parent, _ := f.args()
	return UpTo(v, limit, scanHandshake, `SELECT `+handshakeColumns+` FROM handshakes
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
		found, err := UpTo(v, limit, scanHandshake, received,
			key, after.At, after.Sequence, v.currentTime(), kind, parent, hiddenFrom)
		if err != nil {
			return nil, err
		}
		merged = page.MergeNewest(merged, found, AfterHandshake)
	}
	return merged[:min(limit, len(merged))], nil
}
