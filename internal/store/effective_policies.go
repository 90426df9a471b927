package store

import (
	"database/sql"
	"errors"
	"strings"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

const effectivePolicyColumns = `e.target_id, e.path, e.applies, e.document, e.valid, e.errors, e.computed_at`

func scanEffectivePolicy(row Scanner, e *org.EffectivePolicy) error {
	var computed int64
	if err := row.Scan(&e.Target, &e.Path, &e.Applies, &e.Document, &e.Valid, &e.Errors, &computed); err != nil {
		return err
	}
	e.Computed = Instant(computed)
	return nil
}

// EffectivePolicy reads the stored effective policy of a target itself, or ErrNotFound.
func (v *View) EffectivePolicy(organization ident.OrganizationID, enablement int64, target ident.TargetID) (org.EffectivePolicy, error) {
	return One(v, scanEffectivePolicy, `SELECT `+effectivePolicyColumns+` FROM effective_policies e
		WHERE e.organization_id = $1 AND e.target_id = $2 AND e.enablement_id = $3`, organization, target, enablement)
}

// EffectivePolicyOn reads the deepest stored effective policy on a path from the root
// down, or ErrNotFound.
func (v *View) EffectivePolicyOn(organization ident.OrganizationID, enablement int64, path []ident.TargetID) (org.EffectivePolicy, error) {
	for len(path) > 0 {
		// The last ones first: the deepest is there.
		from := max(0, len(path)-targetsPerQuery)
		args, _ := TargetArgs(path[from:], organization, enablement)
		e, err := One(v, scanEffectivePolicy, `SELECT `+effectivePolicyColumns+` FROM effective_policies e
			WHERE e.organization_id = $1 AND e.enablement_id = $2 AND e.target_id IN
				($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
			ORDER BY e.depth DESC LIMIT 1`, args...)
		if !errors.Is(err, ErrNotFound) {
			return e, err
		}
		path = path[:from]
	}
	return org.EffectivePolicy{}, ErrNotFound
}

// within returns the bounds of the paths at and below a path: itself, and the first
// text after all that begin with it.
func pathRange(path string) (from, to string) {
	return path, strings.TrimSuffix(path, "/") + "0" // the character after the slash
}

// EffectivePoliciesBelow lists the stored effective policies of the targets at and below
// a path, in the order of their paths.
func (v *View) EffectivePoliciesBelow(organization ident.OrganizationID, enablement int64, path, after string, limit int) ([]org.EffectivePolicy, error) {
	from, to := pathRange(path)
	return UpTo(v, limit, scanEffectivePolicy, `SELECT `+effectivePolicyColumns+` FROM effective_policies e
		WHERE e.organization_id = $1 AND e.enablement_id = $2 AND e.path >= $3 AND e.path < $4 AND e.path > $5
		ORDER BY e.path LIMIT $6`, organization, enablement, from, to, after)
}

// EffectivePolicyOf is the stored effective policy of a target of a policy.
type EffectivePolicyOf struct {
	org.EffectivePolicy
	// Attached is the rank of the policy in the order of attachment.
	Attached int64
}

// EffectivePoliciesOf lists the stored effective policies of the targets of a policy, in
// the order of its attachments.
func (v *View) EffectivePoliciesOf(organization ident.OrganizationID, enablement int64, policy ident.PolicyID, after int64, limit int) ([]EffectivePolicyOf, error) {
	return UpTo(v, limit, func(row Scanner, e *EffectivePolicyOf) error {
		var computed int64
		if err := row.Scan(&e.Target, &e.Path, &e.Applies, &e.Document, &e.Valid, &e.Errors, &computed, &e.Attached); err != nil {
			return err
		}
		e.Computed = Instant(computed)
		return nil
	}, `SELECT `+effectivePolicyColumns+`, a.position FROM attachments a JOIN effective_policies e
			ON e.organization_id = a.organization_id AND e.target_id = a.target_id AND e.enablement_id = a.enablement_id
		WHERE a.organization_id = $1 AND a.enablement_id = $2 AND a.policy_id = $3 AND a.position > $4 AND a.detached = FALSE
		ORDER BY a.position LIMIT $5`, organization, enablement, policy, after)
}

// UpsertEffectivePolicy stores the effective policy of a target.
func (t *Tx) UpsertEffectivePolicy(organization ident.OrganizationID, enablement int64, e org.EffectivePolicy) error {
	return t.ExecOne(`INSERT INTO effective_policies (organization_id, enablement_id, target_id, path, depth, applies, document, valid,
			errors, computed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (organization_id, target_id, enablement_id) DO UPDATE SET path = excluded.path, depth = excluded.depth,
			applies = excluded.applies, document = excluded.document, valid = excluded.valid, errors = excluded.errors,
			computed_at = excluded.computed_at`,
		organization, enablement, e.Target, e.Path, strings.Count(e.Path, "/"), e.Applies, e.Document, e.Valid, e.Errors,
		Micros(e.Computed))
}

// DeleteEffectivePolicy deletes the stored effective policy of a target, which then has
// the one of its parent.
func (t *Tx) DeleteEffectivePolicy(organization ident.OrganizationID, enablement int64, target ident.TargetID) error {
	return t.ExecOne(`DELETE FROM effective_policies WHERE organization_id = $1 AND target_id = $2 AND enablement_id = $3`,
		organization, target, enablement)
}

// EvaluatedAccount is an account and the state of its effective policy.
type EvaluatedAccount struct {
	ID         ident.AccountID
	ParentPath string
	Joined     time.Time
	// Sequence orders accounts that joined at the same instant.
	Sequence int64
	// Invalid says whether the account is listed as one with an invalid effective policy.
	Invalid bool
	// Own says whether an effective policy is stored for the account itself, OwnValid
	// whether it is valid.
	Own, OwnValid bool
}

// Path is the path of the account.
func (a EvaluatedAccount) Path() string { return ident.AccountPath(a.ParentPath, a.ID) }

func scanEvaluatedAccount(row Scanner, a *EvaluatedAccount) error {
	var joined int64
	var listed sql.NullString
	var own sql.NullBool
	if err := row.Scan(&a.ID, &a.ParentPath, &joined, &a.Sequence, &listed, &own); err != nil {
		return err
	}
	a.Joined, a.Invalid, a.Own, a.OwnValid = Instant(joined), listed.Valid, own.Valid, own.Bool
	return nil
}

// EvaluatedAccount reads an account of an organization, or ErrNotFound.
func (v *View) EvaluatedAccount(organization ident.OrganizationID, enablement int64, id ident.AccountID) (EvaluatedAccount, error) {
	return One(v, scanEvaluatedAccount, `SELECT a.id, a.parent_path, a.joined_at, a.joined_sequence, i.account_id, e.valid FROM accounts a
		LEFT JOIN invalid_accounts i ON i.organization_id = a.organization_id AND i.account_id = a.id AND i.enablement_id = $1
		LEFT JOIN effective_policies e ON e.organization_id = a.organization_id AND e.target_id = a.id AND e.enablement_id = $2
		WHERE a.id = $3 AND a.organization_id = $4`, enablement, enablement, id, organization)
}

// EvaluatedAccountsBelow lists the accounts below a root or unit, in the order of
// their parents' paths; after is the path of an account, or empty.
func (v *View) EvaluatedAccountsBelow(organization ident.OrganizationID, enablement int64, path, after string, limit int) ([]EvaluatedAccount, error) {
	from, to := pathRange(path)
	parent, id := "", ""
	if after != "" {
		targets := ident.OnPath(after)
		id = string(targets[len(targets)-1])
		parent = strings.TrimSuffix(after, id+"/")
	}
	return UpTo(v, limit, scanEvaluatedAccount, `SELECT a.id, a.parent_path, a.joined_at, a.joined_sequence, i.account_id, e.valid FROM accounts a
		LEFT JOIN invalid_accounts i ON i.organization_id = a.organization_id AND i.account_id = a.id AND i.enablement_id = $1
		LEFT JOIN effective_policies e ON e.organization_id = a.organization_id AND e.target_id = a.id AND e.enablement_id = $2
		WHERE a.organization_id = $3 AND a.parent_path >= $4 AND a.parent_path < $5 AND (a.parent_path, a.id) > ($6, $7)
		ORDER BY a.parent_path, a.id LIMIT $8`, enablement, enablement, organization, from, to, parent, id)
}

// InsertInvalidAccount records that the effective policy of an account is invalid.
func (t *Tx) InsertInvalidAccount(organization ident.OrganizationID, enablement int64, a EvaluatedAccount) error {
	return t.ExecOne(`INSERT INTO invalid_accounts (organization_id, enablement_id, account_id, joined_at, joined_sequence)
		VALUES ($1, $2, $3, $4, $5)`, organization, enablement, a.ID, Micros(a.Joined), a.Sequence)
}

// DeleteInvalidAccount records that the effective policy of an account is valid.
func (t *Tx) DeleteInvalidAccount(organization ident.OrganizationID, enablement int64, a EvaluatedAccount) error {
	return t.ExecOne(`DELETE FROM invalid_accounts WHERE organization_id = $1 AND account_id = $2 AND enablement_id = $3`,
		organization, a.ID, enablement)
}

// InvalidAccounts lists the accounts whose effective policy is invalid, in the order of joining.
func (v *View) InvalidAccounts(organization ident.OrganizationID, enablement int64, after page.Cursor, limit int) ([]org.Account, error) {
	return UpTo(v, limit, scanAccount, `SELECT `+accountColumns+` FROM invalid_accounts i JOIN accounts a ON a.id = i.account_id
		WHERE i.organization_id = $1 AND i.enablement_id = $2 AND (i.joined_at, i.joined_sequence) > ($3, $4)
		ORDER BY i.joined_at, i.joined_sequence LIMIT $5`, organization, enablement, after.At, after.Sequence)
}
