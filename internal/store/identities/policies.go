package identities

import (
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
)

func scanInline(row store.Scanner, p *iam.InlinePolicy) error { return row.Scan(&p.Name, &p.Document) }

// InlinePolicies lists the inline policies of a user, group or role by their names.
func InlinePolicies(v *store.View, owner string) ([]iam.InlinePolicy, error) {
	return store.Many(v, scanInline, `SELECT name, document FROM inline_policies WHERE owner_id = $1 ORDER BY name_key`, owner)
}

// InlinePolicy reads an inline policy by its name, or store.ErrNotFound.
func InlinePolicy(v *store.View, owner, name string) (iam.InlinePolicy, error) {
	return store.One(v, scanInline, `SELECT name, document FROM inline_policies WHERE owner_id = $1 AND name_key = $2`, owner, iam.Key(name))
}

// PutInlinePolicy adds an inline policy, or replaces the document of the one with its name.
func PutInlinePolicy(tx *store.Tx, owner iam.Identity, p iam.InlinePolicy) error {
	if err := changed(tx, owner.Account); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO inline_policies (owner_id, name_key, name, document) VALUES ($1, $2, $3, $4)
		ON CONFLICT (owner_id, name_key) DO UPDATE SET document = excluded.document`, owner.ID, iam.Key(p.Name), p.Name, p.Document)
}

// DeleteInlinePolicy deletes an inline policy.
func DeleteInlinePolicy(tx *store.Tx, owner iam.Identity, name string) error {
	if err := changed(tx, owner.Account); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM inline_policies WHERE owner_id = $1 AND name_key = $2`, owner.ID, iam.Key(name))
}

const policyColumns = `p.account_id, p.id, p.name, p.path, p.description, p.default_version, p.last_version, p.created_at, p.updated_at`

func scanPolicy(row store.Scanner, p *iam.ManagedPolicy) error {
	var created, updated int64
	err := row.Scan(&p.Account, &p.ID, &p.Name, &p.Path, &p.Description, &p.DefaultVersion, &p.LastVersion, &created, &updated)
	p.Created, p.Updated = store.Instant(created), store.Instant(updated)
	return err
}

// Policy reads a customer's managed policy by its name, whatever its case, or
// store.ErrNotFound.
func Policy(v *store.View, account ident.AccountID, name string) (iam.ManagedPolicy, error) {
	return store.One(v, scanPolicy, `SELECT `+policyColumns+` FROM managed_policies p WHERE p.account_id = $1 AND p.name_key = $2`,
		account, iam.Key(name))
}

// PolicyByID reads a customer's managed policy by its unique id, or store.ErrNotFound.
func PolicyByID(v *store.View, id string) (iam.ManagedPolicy, error) {
	return store.One(v, scanPolicy, `SELECT `+policyColumns+` FROM managed_policies p WHERE p.id = $1`, id)
}

// Policies lists the managed policies of an account whose path begins with a prefix by
// their names, after the name with a key.
func Policies(v *store.View, account ident.AccountID, prefix, after string, limit int) ([]iam.ManagedPolicy, error) {
	return store.UpTo(v, limit, scanPolicy, `SELECT `+policyColumns+` FROM managed_policies p
		WHERE p.account_id = $1 AND p.name_key > $2 AND p.path >= $3 AND p.path < $4 ORDER BY p.name_key LIMIT $5`,
		account, after, prefix, beyond(prefix))
}

// InsertPolicy adds a managed policy; store.ErrDuplicate: the account has one of its name.
// Its versions are added apart.
func InsertPolicy(tx *store.Tx, p iam.ManagedPolicy) error {
	if err := count(tx, p.Account, iam.Policy, 1); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO managed_policies (account_id, name_key, id, name, path, description, default_version, last_version,
			created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		p.Account, iam.Key(p.Name), p.ID, p.Name, p.Path, p.Description, p.DefaultVersion, p.LastVersion, store.Micros(p.Created), store.Micros(p.Updated))
}

// UpdatePolicy changes which versions a managed policy has, and when it was changed.
func UpdatePolicy(tx *store.Tx, p iam.ManagedPolicy) error {
	if err := changed(tx, p.Account); err != nil {
		return err
	}
	return tx.ExecOne(`UPDATE managed_policies SET default_version = $1, last_version = $2, updated_at = $3 WHERE id = $4`,
		p.DefaultVersion, p.LastVersion, store.Micros(p.Updated), p.ID)
}

// DeletePolicy deletes a managed policy that is not used, with its versions and tags.
func DeletePolicy(tx *store.Tx, p iam.ManagedPolicy) error {
	if err := count(tx, p.Account, iam.Policy, -1); err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM managed_policy_uses WHERE account_id = $1 AND policy_id = $2`, p.Account, p.ID); err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM managed_policy_versions WHERE policy_id = $1`,
		`DELETE FROM identity_tags WHERE owner_id = $1`,
	} {
		if err := tx.Exec(statement, p.ID); err != nil {
			return err
		}
	}
	return tx.ExecOne(`DELETE FROM managed_policies WHERE id = $1`, p.ID)
}

func scanVersion(row store.Scanner, n *iam.Version) error {
	var created int64
	err := row.Scan(&n.Number, &n.Document, &created)
	n.Created = store.Instant(created)
	return err
}

// Versions lists the versions of a customer's managed policy, the newest first.
func Versions(v *store.View, policy string) ([]iam.Version, error) {
	return store.Many(v, scanVersion, `SELECT number, document, created_at FROM managed_policy_versions WHERE policy_id = $1 ORDER BY number DESC`, policy)
}

// PolicyVersion reads a version of a customer's managed policy, or store.ErrNotFound.
func PolicyVersion(v *store.View, policy string, version int64) (iam.Version, error) {
	return store.One(v, scanVersion, `SELECT number, document, created_at FROM managed_policy_versions WHERE policy_id = $1 AND number = $2`, policy, version)
}

// InsertVersion adds a version of a managed policy.
func InsertVersion(tx *store.Tx, p iam.ManagedPolicy, n iam.Version) error {
	if err := changed(tx, p.Account); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO managed_policy_versions (policy_id, number, document, created_at) VALUES ($1, $2, $3, $4)`,
		p.ID, n.Number, n.Document, store.Micros(n.Created))
}

// DeleteVersion deletes a version of a managed policy.
func DeleteVersion(tx *store.Tx, p iam.ManagedPolicy, version int64) error {
	if err := changed(tx, p.Account); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM managed_policy_versions WHERE policy_id = $1 AND number = $2`, p.ID, version)
}

// Attached lists the IDs of the managed policies that are attached to a user, group or
// role by the names of the policies.
func Attached(v *store.View, owner string) ([]string, error) {
	return store.Many(v, store.ScanText[string], `SELECT policy_id FROM identity_attachments WHERE owner_id = $1 ORDER BY name_key`, owner)
}

// AttachedTo lists the users, groups and roles of an account to which a managed policy is
// attached by their kinds and names.
func AttachedTo(v *store.View, account ident.AccountID, policy string) ([]iam.Identity, error) {
	return store.Many(v, scan, `SELECT `+columns+` FROM identity_attachments a JOIN identities i ON i.id = a.owner_id
		WHERE a.account_id = $1 AND a.policy_id = $2 ORDER BY i.kind, i.name_key`, account, policy)
}

// Attach attaches a managed policy; store.ErrDuplicate: it is attached.
func Attach(tx *store.Tx, owner iam.Identity, policy, name string) error {
	if err := changed(tx, owner.Account); err != nil {
		return err
	}
	if err := use(tx, owner.Account, policy, iam.Uses{Attachments: 1}); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO identity_attachments (account_id, owner_id, policy_id, name_key) VALUES ($1, $2, $3, $4)`,
		owner.Account, owner.ID, policy, iam.Key(name))
}

// Detach detaches a managed policy.
func Detach(tx *store.Tx, owner iam.Identity, policy string) error {
	if err := changed(tx, owner.Account); err != nil {
		return err
	}
	if err := use(tx, owner.Account, policy, iam.Uses{Attachments: -1}); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM identity_attachments WHERE owner_id = $1 AND policy_id = $2`, owner.ID, policy)
}
