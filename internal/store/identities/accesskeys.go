package identities

import (
	"database/sql"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
)

const keyColumns = `k.id, k.account_id, k.user_id, k.sealed, k.status, k.created_at, k.sequence, k.last_used_at, k.last_used_service, k.last_used_region`

// keyRow holds the columns of an access key.
type keyRow struct {
	created int64
	used    sql.NullInt64
}

func (r *keyRow) dest(k *iam.AccessKey) []any {
	return []any{&k.ID, &k.Account, &k.User, &k.Sealed, &k.Status, &r.created, &k.Sequence, &r.used, &k.LastUse.Service, &k.LastUse.Region}
}

func (r *keyRow) finish(k *iam.AccessKey) {
	k.Created, k.LastUse.At = store.Instant(r.created), store.NullInstant(r.used)
}

func scanKey(row store.Scanner, k *iam.AccessKey) error {
	var r keyRow
	err := row.Scan(r.dest(k)...)
	r.finish(k)
	return err
}

// OwnedKey is an access key with what its user is called; both are empty for a key of the
// root user.
type OwnedKey struct {
	iam.AccessKey
	UserPath, UserName string
}

// AccessKey reads an access key with its owner, or store.ErrNotFound.
func AccessKey(v *store.View, id string) (OwnedKey, error) {
	return store.One(v, func(row store.Scanner, k *OwnedKey) error {
		var r keyRow
		err := row.Scan(append(r.dest(&k.AccessKey), &k.UserPath, &k.UserName)...)
		r.finish(&k.AccessKey)
		return err
	}, `SELECT `+keyColumns+`, COALESCE(i.path, ''), COALESCE(i.name, '')
		FROM access_keys k LEFT JOIN identities i ON i.id = k.user_id WHERE k.id = $1`, id)
}

// AccessKeys lists the access keys of a user in the order of creation; an empty user is
// the root user of the account.
func AccessKeys(v *store.View, account ident.AccountID, user string) ([]iam.AccessKey, error) {
	return store.Many(v, scanKey, `SELECT `+keyColumns+` FROM access_keys k
		WHERE k.account_id = $1 AND k.user_id = $2 ORDER BY k.created_at, k.sequence`, account, user)
}

// AccessKeysAfter lists the access keys of all accounts by their IDs.
func AccessKeysAfter(v *store.View, id string, limit int) ([]iam.AccessKey, error) {
	return store.UpTo(v, limit, scanKey, `SELECT `+keyColumns+` FROM access_keys k WHERE k.id > $1 ORDER BY k.id LIMIT $2`, id)
}

// InsertAccessKey adds an access key; its sequence is that of the insertion.
// store.ErrDuplicate: the ID is taken.
func InsertAccessKey(tx *store.Tx, k iam.AccessKey) error {
	if err := changed(tx, k.Account); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO access_keys (id, account_id, user_id, sealed, status, created_at, sequence, last_used_service, last_used_region)
		VALUES ($1, $2, $3, $4, $5, $6, nextval('insertions'), '', '')`, k.ID, k.Account, k.User, k.Sealed, k.Status, store.Micros(k.Created))
}

// SetKeyStatus activates or deactivates an access key.
func SetKeyStatus(tx *store.Tx, k iam.AccessKey, status iam.KeyStatus) error {
	if err := changed(tx, k.Account); err != nil {
		return err
	}
	return tx.ExecOne(`UPDATE access_keys SET status = $1 WHERE id = $2`, status, k.ID)
}

// SetSealed replaces the encrypted secret of an access key by the same one under another
// key. It changes no permission, and so not the version of the account.
func SetSealed(tx *store.Tx, id, sealed string) error {
	return tx.ExecOne(`UPDATE access_keys SET sealed = $1 WHERE id = $2`, sealed, id)
}

// SetKeyLastUse records when an access key last signed a call. It changes no permission.
func SetKeyLastUse(tx *store.Tx, id string, use iam.LastUse) error {
	return tx.ExecOne(`UPDATE access_keys SET last_used_at = $1, last_used_service = $2, last_used_region = $3 WHERE id = $4`,
		store.NullMicros(use.At), use.Service, use.Region, id)
}

// DeleteAccessKey deletes an access key.
func DeleteAccessKey(tx *store.Tx, k iam.AccessKey) error {
	if err := changed(tx, k.Account); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM access_keys WHERE id = $1`, k.ID)
}
