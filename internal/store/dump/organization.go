package dump

import (
	"accord/internal/ident"
	"accord/internal/store"
)

// DeleteAgreements deletes the handshakes that an organization has sent and those that were
// sent to its accounts, and its transfers.
func DeleteAgreements(tx *store.Tx, id ident.OrganizationID) error {
	for _, statement := range []string{
		`DELETE FROM transfers WHERE target_organization_id = $1 OR source_organization_id = $1`,
		`DELETE FROM handshakes WHERE organization_id = $1`,
		`DELETE FROM handshakes WHERE holder IN (SELECT id FROM accounts WHERE organization_id = $1)`,
		`DELETE FROM handshakes WHERE holder IN (SELECT email_key FROM accounts WHERE organization_id = $1)`,
	} {
		if err := tx.Exec(statement, id); err != nil {
			return err
		}
	}
	return nil
}
