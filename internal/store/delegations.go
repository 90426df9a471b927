package store

import (
	"errors"

	"accord/internal/ident"
)

// IsDelegatedAdministrator reports whether an account is registered for at least
// one service in an organization.
func (v *View) IsDelegatedAdministrator(organization ident.OrganizationID, account ident.AccountID) (bool, error) {
	_, err := one(v, scanText[string], `SELECT service_principal FROM delegated_administrators
		WHERE organization_id = $1 AND account_id = $2 LIMIT 1`, organization, account)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
