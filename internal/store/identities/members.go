package identities

import (
	"strings"
	"time"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// Members lists the users of a group, or the roles of an instance profile, by their names.
func Members(v *store.View, group string) ([]iam.Identity, error) {
	return store.Many(v, scan, `SELECT `+columns+` FROM identity_members m JOIN identities i ON i.id = m.member_id
		WHERE m.group_id = $1 ORDER BY i.name_key`, group)
}

// MemberOf lists the groups of a user, or the instance profiles of a role, by their names.
func MemberOf(v *store.View, member string) ([]iam.Identity, error) {
	return store.Many(v, scan, `SELECT `+columns+` FROM identity_members m JOIN identities i ON i.id = m.group_id
		WHERE m.member_id = $1 ORDER BY i.name_key`, member)
}

// AddMember adds a user to a group, or a role to an instance profile;
// store.ErrDuplicate: it is in it.
func AddMember(tx *store.Tx, group, member iam.Identity) error {
	if err := changed(tx, group.Account); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO identity_members (group_id, member_id) VALUES ($1, $2)`, group.ID, member.ID)
}

// RemoveMember removes a user from a group, or a role from an instance profile.
func RemoveMember(tx *store.Tx, group, member iam.Identity) error {
	if err := changed(tx, group.Account); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM identity_members WHERE group_id = $1 AND member_id = $2`, group.ID, member.ID)
}

// tagKey is the form in which the keys of tags compare: in lower case.
func tagKey(key string) string { return strings.ToLower(key) }

// Tags lists the tags of an identity or a managed policy in the order in which their keys
// were added.
func Tags(v *store.View, owner string) ([]org.Tag, error) {
	return store.Many(v, func(row store.Scanner, t *org.Tag) error { return row.Scan(&t.Key, &t.Value) },
		`SELECT key, value FROM identity_tags WHERE owner_id = $1 ORDER BY position`, owner)
}

// PutTags adds tags. A key that is there keeps its position and gets the new value and
// the new case.
func PutTags(tx *store.Tx, account ident.AccountID, owner string, tags []org.Tag) error {
	if err := changed(tx, account); err != nil {
		return err
	}
	for _, t := range tags {
		if err := tx.ExecOne(`INSERT INTO identity_tags (owner_id, key_key, key, value, position) VALUES ($1, $2, $3, $4, nextval('insertions'))
			ON CONFLICT (owner_id, key_key) DO UPDATE SET key = excluded.key, value = excluded.value`, owner, tagKey(t.Key), t.Key, t.Value); err != nil {
			return err
		}
	}
	return nil
}

// DeleteTag deletes a tag; a key that is not there is not an error.
func DeleteTag(tx *store.Tx, account ident.AccountID, owner, key string) error {
	if err := changed(tx, account); err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM identity_tags WHERE owner_id = $1 AND key_key = $2`, owner, tagKey(key))
}

// RoleDeletion reads the deletion of a service-linked role of an account, or
// store.ErrNotFound.
func RoleDeletion(v *store.View, account ident.AccountID, id string) (iam.RoleDeletion, error) {
	return store.One(v, func(row store.Scanner, d *iam.RoleDeletion) error {
		var requested int64
		err := row.Scan(&d.ID, &d.Account, &d.RoleName, &d.Status, &d.Reason, &requested)
		d.Requested = store.Instant(requested)
		return err
	}, `SELECT id, account_id, role_name, status, reason, requested_at FROM role_deletions WHERE account_id = $1 AND id = $2`, account, id)
}

// InsertRoleDeletion adds the deletion of a service-linked role, and deletes those of the
// account that were requested before an instant.
func InsertRoleDeletion(tx *store.Tx, d iam.RoleDeletion, oldest time.Time) error {
	if err := changed(tx, d.Account); err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM role_deletions WHERE account_id = $1 AND requested_at < $2`, d.Account, store.Micros(oldest)); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO role_deletions (id, account_id, role_name, status, reason, requested_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.ID, d.Account, d.RoleName, d.Status, d.Reason, store.Micros(d.Requested))
}
