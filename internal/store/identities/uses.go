package identities

import (
	"errors"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/store"
)

// PolicyUses is how often an account uses a managed policy.
func PolicyUses(v *store.View, account ident.AccountID, policy string) (iam.Uses, error) {
	uses, err := store.One(v, func(row store.Scanner, u *iam.Uses) error { return row.Scan(&u.Attachments, &u.Boundaries) },
		`SELECT attachments, boundaries FROM managed_policy_uses WHERE account_id = $1 AND policy_id = $2`, account, policy)
	if errors.Is(err, store.ErrNotFound) {
		return iam.Uses{}, nil
	}
	return uses, err
}

// use counts uses of a managed policy.
func use(tx *store.Tx, account ident.AccountID, policy string, by iam.Uses) error {
	if by.Attachments < 0 || by.Boundaries < 0 {
		return tx.ExecOne(`UPDATE managed_policy_uses SET attachments = attachments + $1, boundaries = boundaries + $2
			WHERE account_id = $3 AND policy_id = $4`, by.Attachments, by.Boundaries, account, policy)
	}
	return tx.ExecOne(`INSERT INTO managed_policy_uses (account_id, policy_id, attachments, boundaries) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, policy_id) DO UPDATE SET attachments = managed_policy_uses.attachments + excluded.attachments,
			boundaries = managed_policy_uses.boundaries + excluded.boundaries`, account, policy, by.Attachments, by.Boundaries)
}

// useAsBoundary counts a use as a permissions boundary; an empty policy is none.
func useAsBoundary(tx *store.Tx, account ident.AccountID, policy string, by int64) error {
	if policy == "" {
		return nil
	}
	return use(tx, account, policy, iam.Uses{Boundaries: by})
}

// usedPolicy is a managed policy with its uses.
type usedPolicy struct {
	id   string
	uses iam.Uses
}

// UsedPolicies are the managed policies that an account uses, by their IDs.
func UsedPolicies(v *store.View, account ident.AccountID) (map[string]iam.Uses, error) {
	rows, err := store.Many(v, func(row store.Scanner, u *usedPolicy) error {
		return row.Scan(&u.id, &u.uses.Attachments, &u.uses.Boundaries)
	},
		`SELECT policy_id, attachments, boundaries FROM managed_policy_uses WHERE account_id = $1 AND attachments + boundaries > 0`, account)
	used := make(map[string]iam.Uses, len(rows))
	for _, u := range rows {
		used[u.id] = u.uses
	}
	return used, err
}

// VersionsInUse is how many versions the managed policies of an account have.
func VersionsInUse(v *store.View, account ident.AccountID) (int64, error) {
	versions, err := store.Many(v, store.ScanNumber, `SELECT v.number FROM managed_policies p JOIN managed_policy_versions v ON v.policy_id = p.id
		WHERE p.account_id = $1`, account)
	return int64(len(versions)), err
}
