package identities

import (
	"database/sql"
	"errors"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
)

// LoginProfile reads the password of a user, of which only the date is kept, or
// store.ErrNotFound. An empty user is the root user of the account: has is false if what it
// has was never changed.
func LoginProfile(v *store.View, account ident.AccountID, user string) (iam.LoginProfile, error) {
	return store.One(v, func(row store.Scanner, p *iam.LoginProfile) error {
		var created sql.NullInt64
		err := row.Scan(&p.Account, &p.User, &created, &p.ResetRequired)
		p.Created = store.NullInstant(created)
		return err
	}, `SELECT account_id, user_id, created_at, reset_required FROM login_profiles WHERE account_id = $1 AND user_id = $2`, account, user)
}

// PutLoginProfile sets the password of a user; one without a date is none, which only root
// users have.
func PutLoginProfile(tx *store.Tx, p iam.LoginProfile) error {
	if err := changed(tx, p.Account); err != nil {
		return err
	}
	var created any
	if !p.Created.IsZero() {
		created = store.Micros(p.Created)
	}
	return tx.ExecOne(`INSERT INTO login_profiles (account_id, user_id, created_at, reset_required) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, user_id) DO UPDATE SET created_at = excluded.created_at, reset_required = excluded.reset_required`,
		p.Account, p.User, created, p.ResetRequired)
}

// DeleteLoginProfile takes its password from a user.
func DeleteLoginProfile(tx *store.Tx, account ident.AccountID, user string) error {
	if err := changed(tx, account); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM login_profiles WHERE account_id = $1 AND user_id = $2`, account, user)
}

// RootAccess lists the features of central root access that an organization has enabled, in
// the order of their names.
func RootAccess(v *store.View, organization ident.OrganizationID) ([]iam.RootAccessFeature, error) {
	return store.Many(v, store.ScanText[iam.RootAccessFeature],
		`SELECT feature FROM root_access_features WHERE organization_id = $1 ORDER BY feature`, organization)
}

// HasRootAccess reports whether an organization has enabled a feature.
func HasRootAccess(v *store.View, organization ident.OrganizationID, f iam.RootAccessFeature) (bool, error) {
	_, err := store.One(v, store.ScanText[string], `SELECT feature FROM root_access_features WHERE organization_id = $1 AND feature = $2`, organization, f)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// SetRootAccess enables or disables a feature; one that is so already is not an error.
func SetRootAccess(tx *store.Tx, organization ident.OrganizationID, f iam.RootAccessFeature, on bool) error {
	if !on {
		return tx.Exec(`DELETE FROM root_access_features WHERE organization_id = $1 AND feature = $2`, organization, f)
	}
	return tx.Exec(`INSERT INTO root_access_features (organization_id, feature) VALUES ($1, $2) ON CONFLICT (organization_id, feature) DO NOTHING`, organization, f)
}
