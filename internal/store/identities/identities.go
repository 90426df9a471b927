// Package identities holds the rows of what IAM keeps of accounts. Its functions read and
// write within the transactions of the store, whose rules hold for its SQL.
package identities

import (
	"database/sql"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
)

const columns = `i.account_id, i.kind, i.id, i.name, i.path, i.created_at, i.boundary_id, i.description, i.trust_policy,
	i.session_seconds, i.last_used_at, i.last_used_region`

func scan(row store.Scanner, i *iam.Identity) error {
	var created int64
	var used sql.NullInt64
	err := row.Scan(&i.Account, &i.Kind, &i.ID, &i.Name, &i.Path, &created, &i.Boundary, &i.Description, &i.TrustPolicy,
		&i.MaxSession, &used, &i.LastUsedRegion)
	i.Created, i.LastUsed = store.Instant(created), store.NullInstant(used)
	return err
}

// Get reads an identity by its name, whatever its case, or store.ErrNotFound.
func Get(v *store.View, account ident.AccountID, kind iam.Kind, name string) (iam.Identity, error) {
	return store.One(v, scan, `SELECT `+columns+` FROM identities i WHERE i.account_id = $1 AND i.kind = $2 AND i.name_key = $3`,
		account, kind, iam.Key(name))
}

// ByID reads an identity by its unique id, or store.ErrNotFound.
func ByID(v *store.View, id string) (iam.Identity, error) {
	return store.One(v, scan, `SELECT `+columns+` FROM identities i WHERE i.id = $1`, id)
}

// List lists the identities of a kind whose path begins with a prefix by their names,
// after the name with a key.
func List(v *store.View, account ident.AccountID, kind iam.Kind, prefix, after string, limit int) ([]iam.Identity, error) {
	return store.UpTo(v, limit, scan, `SELECT `+columns+` FROM identities i
		WHERE i.account_id = $1 AND i.kind = $2 AND i.name_key > $3 AND i.path >= $4 AND i.path < $5 ORDER BY i.name_key LIMIT $6`,
		account, kind, after, prefix, beyond(prefix))
}

// beyond is greater than all paths that begin with a prefix: no path has a character
// beyond ASCII.
func beyond(prefix string) string { return prefix + "\u0080" }

// Bounded lists the identities with a permissions boundary by their kinds and names.
func Bounded(v *store.View, account ident.AccountID, policy string) ([]iam.Identity, error) {
	return store.Many(v, scan, `SELECT `+columns+` FROM identities i
		WHERE i.account_id = $1 AND i.boundary_id = $2 AND i.boundary_id <> '' ORDER BY i.kind, i.name_key`, account, policy)
}

// Insert adds an identity; store.ErrDuplicate: the account has one of its kind and name.
func Insert(tx *store.Tx, i iam.Identity) error {
	if err := count(tx, i.Account, i.Kind, 1); err != nil {
		return err
	}
	if err := useAsBoundary(tx, i.Account, i.Boundary, 1); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO identities (account_id, kind, name_key, id, name, path, created_at, boundary_id, description, trust_policy,
			session_seconds, last_used_region) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '')`,
		i.Account, i.Kind, iam.Key(i.Name), i.ID, i.Name, i.Path, store.Micros(i.Created), i.Boundary, i.Description, i.TrustPolicy, i.MaxSession)
}

// Save changes the name, the path, the boundary and the settings of the identity with
// its ID, apart from its last use. The boundary that it had before is was.
func Save(tx *store.Tx, i iam.Identity, was string) error {
	if err := changed(tx, i.Account); err != nil {
		return err
	}
	if i.Boundary != was {
		if err := useAsBoundary(tx, i.Account, was, -1); err != nil {
			return err
		}
		if err := useAsBoundary(tx, i.Account, i.Boundary, 1); err != nil {
			return err
		}
	}
	return tx.ExecOne(`UPDATE identities SET name_key = $1, name = $2, path = $3, boundary_id = $4, description = $5, trust_policy = $6,
			session_seconds = $7 WHERE id = $8`,
		iam.Key(i.Name), i.Name, i.Path, i.Boundary, i.Description, i.TrustPolicy, i.MaxSession, i.ID)
}

// SetLastUsed records when a session of a role last called. It changes no permission, and
// so not the version of the account.
func SetLastUsed(tx *store.Tx, id string, use iam.LastUse) error {
	return tx.ExecOne(`UPDATE identities SET last_used_at = $1, last_used_region = $2 WHERE id = $3`, store.NullMicros(use.At), use.Region, id)
}

// Delete deletes an identity with its tags. It is a member of nothing and has no members,
// policies or access keys.
func Delete(tx *store.Tx, i iam.Identity) error {
	if err := count(tx, i.Account, i.Kind, -1); err != nil {
		return err
	}
	if err := useAsBoundary(tx, i.Account, i.Boundary, -1); err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM identity_tags WHERE owner_id = $1`, i.ID); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM identities WHERE id = $1`, i.ID)
}
