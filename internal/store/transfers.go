package store

import (
	"database/sql"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

const transferColumns = `t.id, t.handshake_id, t.name,
	t.target_organization_id, t.target_account_id, t.target_partition, target.email,
	t.source_organization_id, t.source_account_id, t.source_partition, COALESCE(source.email, ''),
	t.invited_type, t.invited_id, t.answered_by, t.status,
	t.requested_at, t.sequence, t.expires_at, t.starts_at, t.ends_at, t.purge_at, t.live`

// transferRows are the transfers with the accounts whose addresses they show.
const transferRows = `transfers t
	JOIN accounts target ON target.id = t.target_account_id
	LEFT JOIN accounts source ON source.id = t.source_account_id`

func scanTransfer(row Scanner, t *org.Transfer) error {
	var requested, expires, starts int64
	var ends, purge sql.NullInt64
	if err := row.Scan(&t.ID, &t.Handshake, &t.Name,
		&t.Target.Organization, &t.Target.Management, &t.Target.Partition, &t.Target.Email,
		&t.Source.Organization, &t.Source.Management, &t.Source.Partition, &t.Source.Email,
		&t.Invited.Type, &t.Invited.ID, &t.AnsweredBy, &t.Stored,
		&requested, &t.Sequence, &expires, &starts, &ends, &purge, &t.Live); err != nil {
		return err
	}
	t.Requested, t.Expires, t.Start = Instant(requested), Instant(expires), Instant(starts)
	t.End, t.PurgeAt = NullInstant(ends), NullInstant(purge)
	return nil
}

// Transfer reads a transfer whose retention has not ended at the instant of the
// transaction, or ErrNotFound.
func (v *View) Transfer(id ident.TransferID) (org.Transfer, error) {
	return One(v, scanTransfer, `SELECT `+transferColumns+` FROM `+transferRows+`
		WHERE t.id = $1 AND (t.purge_at IS NULL OR t.purge_at > $2)`, id, v.currentTime())
}

// TransferIncludingPurged reads a transfer, also after its retention, or ErrNotFound.
func (t *Tx) TransferIncludingPurged(id ident.TransferID) (org.Transfer, error) {
	return One(&t.View, scanTransfer, `SELECT `+transferColumns+` FROM `+transferRows+` WHERE t.id = $1`, id)
}

// InsertTransfer adds a transfer. The addresses of its sides are those of their
// accounts, and not stored with it.
func (t *Tx) InsertTransfer(x org.Transfer) error {
	return t.ExecOne(`INSERT INTO transfers (id, handshake_id, name, target_organization_id, target_account_id,
			source_organization_id, source_account_id, invited_type, invited_id, answered_by, holder, status,
			requested_at, expires_at, starts_at, ends_at, purge_at, live, target_partition, source_partition, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
			nextval('insertions'))`,
		x.ID, x.Handshake, x.Name, x.Target.Organization, x.Target.Management,
		x.Source.Organization, x.Source.Management, x.Invited.Type, x.Invited.ID, x.AnsweredBy, x.Recipient(), x.Stored,
		Micros(x.Requested), Micros(x.Expires), Micros(x.Start), NullMicros(x.End), NullMicros(x.PurgeAt), x.Live, x.Target.Partition, x.Source.Partition)
}

// UpdateTransfer records the name, the status and the source of a transfer. ErrDuplicate
// says that a transfer binds the two organizations already.
func (t *Tx) UpdateTransfer(x org.Transfer) error {
	return t.ExecOne(`UPDATE transfers SET name = $1, source_organization_id = $2, source_account_id = $3, answered_by = $4,
			holder = $5, status = $6, ends_at = $7, purge_at = $8, live = $9, source_partition = $10 WHERE id = $11`,
		x.Name, x.Source.Organization, x.Source.Management, x.AnsweredBy,
		x.Recipient(), x.Stored, NullMicros(x.End), NullMicros(x.PurgeAt), x.Live, x.Source.Partition, x.ID)
}

// DeleteTransfer deletes a transfer that nobody accepted and whose retention is over.
func (t *Tx) DeleteTransfer(id ident.TransferID) error {
	return t.Exec(`DELETE FROM transfers WHERE id = $1`, id)
}

// AfterTransfer is the cursor after a transfer in a list.
func AfterTransfer(t org.Transfer) page.Cursor {
	return page.Cursor{At: Micros(t.Requested), Sequence: t.Sequence}
}

// InboundTransfers lists the transfers of which an organization is the target,
// newest first; with agreed only those that the source has accepted.
func (v *View) InboundTransfers(organization ident.OrganizationID, agreed bool, after page.Cursor, limit int) ([]org.Transfer, error) {
	return UpTo(v, limit, scanTransfer, `SELECT `+transferColumns+` FROM `+transferRows+`
		WHERE t.target_organization_id = $1 AND (t.requested_at, t.sequence) < ($2, $3)
			AND (t.purge_at IS NULL OR t.purge_at > $4)
			AND (CAST($5 AS BOOLEAN) = FALSE OR t.source_organization_id <> '')
		ORDER BY t.requested_at DESC, t.sequence DESC LIMIT $6`,
		organization, after.At, after.Sequence, v.currentTime(), agreed)
}

// OutboundTransfers lists the transfers of which an organization is the source,
// or to which its management account was invited by its id or its address, newest first.
func (v *View) OutboundTransfers(o org.Organization, email ident.Email, after page.Cursor, limit int) ([]org.Transfer, error) {
	var merged []org.Transfer
	for _, holder := range []string{string(o.ID), string(o.Management), email.Key()} {
		found, err := UpTo(v, limit, scanTransfer, `SELECT `+transferColumns+` FROM `+transferRows+`
			WHERE t.holder = $1 AND (t.requested_at, t.sequence) < ($2, $3) AND (t.purge_at IS NULL OR t.purge_at > $4)
			ORDER BY t.requested_at DESC, t.sequence DESC LIMIT $5`, holder, after.At, after.Sequence, v.currentTime())
		if err != nil {
			return nil, err
		}
		merged = page.MergeNewest(merged, found, AfterTransfer)
	}
	return merged[:min(limit, len(merged))], nil
}

// LiveTransfer reads the transfer that binds a source to a target, or
// ErrNotFound.
func (v *View) LiveTransfer(source, target ident.OrganizationID) (org.Transfer, error) {
	return One(v, scanTransfer, `SELECT `+transferColumns+` FROM `+transferRows+`
		WHERE t.source_organization_id = $1 AND t.target_organization_id = $2 AND t.live = TRUE`, source, target)
}

// LiveOutbound lists the transfers that bind an organization as their source, by target.
func (v *View) LiveOutbound(source ident.OrganizationID) ([]org.Transfer, error) {
	return Many(v, scanTransfer, `SELECT `+transferColumns+` FROM `+transferRows+`
		WHERE t.source_organization_id = $1 AND t.live = TRUE ORDER BY t.target_organization_id`, source)
}

// LiveInbound lists the transfers that bind an organization as their target, by source.
func (v *View) LiveInbound(target ident.OrganizationID) ([]org.Transfer, error) {
	return Many(v, scanTransfer, `SELECT `+transferColumns+` FROM `+transferRows+`
		WHERE t.target_organization_id = $1 AND t.live = TRUE ORDER BY t.source_organization_id`, target)
}
