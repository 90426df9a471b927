package store

import (
	"database/sql"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

const creationColumns = `organization_id, id, account_name, email, role_name, billing_access, govcloud, state,
	requested_at, sequence, completed_at, purge_at, account_id, govcloud_account_id, failure_reason`

func scanCreation(row Scanner, c *org.Creation) error {
	var requested int64
	var completed, purge sql.NullInt64
	if err := row.Scan(&c.Organization, &c.ID, &c.AccountName, &c.Email, &c.RoleName, &c.BillingAccess, &c.GovCloud,
		&c.State, &requested, &c.Sequence, &completed, &purge, &c.Account, &c.GovCloudAccount, &c.FailureReason); err != nil {
		return err
	}
	c.Requested, c.Completed, c.PurgeAt = Instant(requested), NullInstant(completed), NullInstant(purge)
	return nil
}

// Creation reads a request to create an account whose retention has not ended at the
// instant of the transaction, or ErrNotFound.
func (v *View) Creation(organization ident.OrganizationID, id ident.CreationID) (org.Creation, error) {
	return One(v, scanCreation, `SELECT `+creationColumns+` FROM account_creations
		WHERE organization_id = $1 AND id = $2 AND (purge_at IS NULL OR purge_at > $3)`, organization, id, v.currentTime())
}

// OldestCreation reads the first request of the store, by any
// organization, that is in progress for an address, or ErrNotFound.
func (v *View) OldestCreation(email ident.Email) (org.Creation, error) {
	return One(v, scanCreation, `SELECT `+creationColumns+` FROM account_creations
		WHERE email_key = $1 AND state = 'IN_PROGRESS' ORDER BY requested_at, sequence LIMIT 1`, email.Key())
}

// CreationInProgress reads the request of an organization that is in progress
// for an address, or ErrNotFound.
func (v *View) CreationInProgress(organization ident.OrganizationID, email ident.Email) (org.Creation, error) {
	return One(v, scanCreation, `SELECT `+creationColumns+` FROM account_creations
		WHERE email_key = $1 AND state = 'IN_PROGRESS' AND organization_id = $2`, email.Key(), organization)
}

// InsertCreation adds a request.
func (t *Tx) InsertCreation(c org.Creation) error {
	return t.ExecOne(`INSERT INTO account_creations (organization_id, id, account_name, email, email_key, role_name,
			billing_access, govcloud, state, requested_at, completed_at, purge_at, account_id, govcloud_account_id, failure_reason, sequence)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, nextval('insertions'))`,
		c.Organization, c.ID, c.AccountName, c.Email, c.Email.Key(), c.RoleName, c.BillingAccess, c.GovCloud, c.State,
		Micros(c.Requested), NullMicros(c.Completed), NullMicros(c.PurgeAt), c.Account, c.GovCloudAccount, c.FailureReason)
}

// UpdateCreation records the outcome of a request, whose state would tempt PostgreSQL to walk its index.
func (t *Tx) UpdateCreation(c org.Creation) error {
	return t.ExecOne(`UPDATE account_creations SET state = $1, completed_at = $2, purge_at = $3, account_id = $4,
			govcloud_account_id = $5, failure_reason = $6 WHERE organization_id = $7 AND id = $8 AND completed_at IS NULL`,
		c.State, NullMicros(c.Completed), NullMicros(c.PurgeAt), c.Account, c.GovCloudAccount, c.FailureReason,
		c.Organization, c.ID)
}

// DeleteCreation deletes a request whose retention is over.
func (t *Tx) DeleteCreation(organization ident.OrganizationID, id ident.CreationID) error {
	return t.Exec(`DELETE FROM account_creations WHERE organization_id = $1 AND id = $2`, organization, id)
}

// AfterCreation is the cursor after a request in a list.
func AfterCreation(c org.Creation) page.Cursor {
	return page.Cursor{At: Micros(c.Requested), Sequence: c.Sequence}
}

// Creations lists the requests of an organization in any of the states, or in
// all when none is named, newest first.
func (v *View) Creations(organization ident.OrganizationID, states []org.CreationState, after page.Cursor, limit int) ([]org.Creation, error) {
	var wanted [3]sql.NullString
	for i, state := range states[:min(len(states), len(wanted))] {
		wanted[i] = sql.NullString{String: string(state), Valid: true}
	}
	return UpTo(v, limit, scanCreation, `SELECT `+creationColumns+` FROM account_creations
		WHERE organization_id = $1 AND (requested_at, sequence) < ($2, $3) AND (purge_at IS NULL OR purge_at > $4)
			AND (CAST($5 AS TEXT) IS NULL OR state IN ($5, $6, $7))
		ORDER BY requested_at DESC, sequence DESC LIMIT $8`,
		organization, after.At, after.Sequence, v.currentTime(), wanted[0], wanted[1], wanted[2])
}
