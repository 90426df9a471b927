package identities

import (
	"errors"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
)

// Version is the number of the last change of what IAM keeps of an account, 0 before the
// first one. Two states of an account, also of one that was deleted and made again, have
// different numbers.
func Version(v *store.View, account ident.AccountID) (int64, error) {
	version, err := store.One(v, store.ScanNumber, `SELECT version FROM identity_versions WHERE account_id = $1`, account)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return version, err
}

// changed gives the account another version. Each function that writes calls it. The first
// version of an account is above all of an account that had its ID before.
func changed(tx *store.Tx, account ident.AccountID) error {
	return tx.ExecOne(`INSERT INTO identity_versions (account_id, version)
		VALUES ($1, 1 + 4294967296 * COALESCE((SELECT sequence FROM accounts WHERE id = $1), 0))
		ON CONFLICT (account_id) DO UPDATE SET version = identity_versions.version + 1`, account)
}

type number struct {
	kind  iam.Kind
	value int64
}

// Counts are how many of each kind an account has.
func Counts(v *store.View, account ident.AccountID) (map[iam.Kind]int64, error) {
	numbers, err := store.Many(v, func(row store.Scanner, n *number) error { return row.Scan(&n.kind, &n.value) },
		`SELECT kind, number FROM identity_counts WHERE account_id = $1`, account)
	counts := make(map[iam.Kind]int64, len(numbers))
	for _, n := range numbers {
		counts[n.kind] = n.value
	}
	return counts, err
}

// count counts one more or one less of a kind.
func count(tx *store.Tx, account ident.AccountID, kind iam.Kind, by int64) error {
	if err := changed(tx, account); err != nil {
		return err
	}
	if by < 0 {
		return tx.ExecOne(`UPDATE identity_counts SET number = number + $1 WHERE account_id = $2 AND kind = $3`, by, account, kind)
	}
	return tx.ExecOne(`INSERT INTO identity_counts (account_id, kind, number) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, kind) DO UPDATE SET number = identity_counts.number + excluded.number`, account, kind, by)
}

// Alias is the alias of an account, or store.ErrNotFound.
func Alias(v *store.View, account ident.AccountID) (string, error) {
	return store.One(v, store.ScanText[string], `SELECT alias FROM account_aliases WHERE account_id = $1`, account)
}

// AccountOfAlias is the account that has an alias, or store.ErrNotFound.
func AccountOfAlias(v *store.View, alias string) (ident.AccountID, error) {
	return store.One(v, store.ScanText[ident.AccountID], `SELECT account_id FROM account_aliases WHERE alias = $1`, alias)
}

// SetAlias gives an account its alias, in place of the one that it has.
func SetAlias(tx *store.Tx, account ident.AccountID, alias string) error {
	if err := changed(tx, account); err != nil {
		return err
	}
	return tx.ExecOne(`INSERT INTO account_aliases (alias, account_id) VALUES ($1, $2)
		ON CONFLICT (account_id) DO UPDATE SET alias = excluded.alias`, alias, account)
}

// DeleteAlias takes its alias from an account.
func DeleteAlias(tx *store.Tx, account ident.AccountID) error {
	if err := changed(tx, account); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM account_aliases WHERE account_id = $1`, account)
}

// DeleteAccount deletes all that IAM keeps of an account.
func DeleteAccount(tx *store.Tx, account ident.AccountID) error {
	for _, statement := range []string{
		`DELETE FROM identity_members WHERE group_id IN (SELECT id FROM identities WHERE account_id = $1)`,
		`DELETE FROM inline_policies WHERE owner_id IN (SELECT id FROM identities WHERE account_id = $1)`,
		`DELETE FROM identity_tags WHERE owner_id IN (SELECT id FROM identities WHERE account_id = $1
			UNION ALL SELECT id FROM managed_policies WHERE account_id = $1)`,
		`DELETE FROM managed_policy_versions WHERE policy_id IN (SELECT id FROM managed_policies WHERE account_id = $1)`,
		`DELETE FROM identity_attachments WHERE account_id = $1`,
		`DELETE FROM managed_policy_uses WHERE account_id = $1`,
		`DELETE FROM managed_policies WHERE account_id = $1`,
		`DELETE FROM access_keys WHERE account_id = $1`,
		`DELETE FROM login_profiles WHERE account_id = $1`,
		`DELETE FROM account_aliases WHERE account_id = $1`,
		`DELETE FROM role_deletions WHERE account_id = $1`,
		`DELETE FROM identities WHERE account_id = $1`,
		`DELETE FROM identity_counts WHERE account_id = $1`,
		`DELETE FROM identity_versions WHERE account_id = $1`,
	} {
		if err := tx.Exec(statement, account); err != nil {
			return err
		}
	}
	return nil
}
