package store

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

func scanAttachment(row Scanner, a *org.Attachment) error {
	return row.Scan(&a.Target, &a.Policy, &a.Detached, &a.Position)
}

// Attachment reads the row of a policy on a target, or ErrNotFound.
func (v *View) Attachment(organization ident.OrganizationID, enablement int64, target ident.TargetID, policy ident.PolicyID) (org.Attachment, error) {
	return One(v, scanAttachment, `SELECT target_id, policy_id, detached, position FROM attachments
		WHERE organization_id = $1 AND target_id = $2 AND enablement_id = $3 AND policy_id = $4`,
		organization, target, enablement, policy)
}

// Attachments lists the rows of the policies of one type on a target, in the order of attachment.
func (v *View) Attachments(organization ident.OrganizationID, enablement int64, target ident.TargetID) ([]org.Attachment, error) {
	return Many(v, scanAttachment, `SELECT target_id, policy_id, detached, position FROM attachments
		WHERE organization_id = $1 AND enablement_id = $2 AND target_id = $3 ORDER BY position`, organization, enablement, target)
}

// AttachedPolicy is a policy on a target. Of a policy of AWS the ID alone is set.
type AttachedPolicy struct {
	org.Policy
	// Attached is the rank in the order of attachment.
	Attached int64
}

// AfterAttachedPolicy is the cursor after a policy in the list of its target.
func AfterAttachedPolicy(a AttachedPolicy) page.Cursor { return page.Cursor{At: a.Attached} }

// PoliciesOn lists the policies of one type that are attached to a target by a row, in
// the order of attachment, without the columns that lists do not show: contents,
// digests and the order of creation.
func (v *View) PoliciesOn(organization ident.OrganizationID, enablement int64, target ident.TargetID, after page.Cursor, limit int) ([]AttachedPolicy, error) {
	return UpTo(v, limit, func(row Scanner, a *AttachedPolicy) error {
		return row.Scan(&a.ID, &a.Attached, &a.Organization, &a.Type, &a.Name, &a.Description)
	}, `SELECT a.policy_id, a.position, COALESCE(p.organization_id, ''), COALESCE(p.type, ''), COALESCE(p.name, ''),
			COALESCE(p.description, '')
		FROM attachments a LEFT JOIN policies p ON p.organization_id = a.organization_id AND p.id = a.policy_id
		WHERE a.organization_id = $1 AND a.enablement_id = $2 AND a.target_id = $3 AND a.position > $4 AND a.detached = FALSE
		ORDER BY a.position LIMIT $5`, organization, enablement, target, after.At)
}

// PolicyTarget is a target that a policy is attached to.
type PolicyTarget struct {
	Target ident.TargetID
	// Name is the name of the unit or the account; empty for a root.
	Name string
	// Attached is the rank in the order of attachment.
	Attached int64
}

// TargetsOf lists the targets that a policy is attached to by a row, in the order of
// attachment.
func (v *View) TargetsOf(organization ident.OrganizationID, enablement int64, policy ident.PolicyID, after int64, limit int) ([]PolicyTarget, error) {
	return UpTo(v, limit, func(row Scanner, t *PolicyTarget) error { return row.Scan(&t.Target, &t.Name, &t.Attached) },
		`SELECT a.target_id, COALESCE(u.name, c.name, ''), a.position
		FROM attachments a
		LEFT JOIN units u ON u.organization_id = a.organization_id AND u.id = a.target_id
		LEFT JOIN accounts c ON c.id = a.target_id
		WHERE a.organization_id = $1 AND a.enablement_id = $2 AND a.policy_id = $3 AND a.position > $4 AND a.detached = FALSE
		ORDER BY a.position LIMIT $5`, organization, enablement, policy, after)
}

// UnitsWithout lists the units that have no row for a policy, in the order of creation.
func (v *View) UnitsWithout(organization ident.OrganizationID, enablement int64, policy ident.PolicyID, after page.Cursor, limit int) ([]org.Unit, error) {
	return UpTo(v, limit, scanUnit, `SELECT `+unitColumns+` FROM units u
		WHERE u.organization_id = $1 AND (u.created_at, u.sequence) > ($2, $3) AND NOT EXISTS
			(SELECT a.position FROM attachments a WHERE a.organization_id = u.organization_id
				AND a.target_id = u.id AND a.enablement_id = $4 AND a.policy_id = $5)
		ORDER BY u.created_at, u.sequence LIMIT $6`, organization, after.At, after.Sequence, enablement, policy)
}

// AccountsWithout lists the accounts of an organization that have no row for a policy, in the order of joining.
func (v *View) AccountsWithout(organization ident.OrganizationID, enablement int64, policy ident.PolicyID, after page.Cursor, limit int) ([]org.Account, error) {
	return UpTo(v, limit, scanAccount, `SELECT `+accountColumns+` FROM accounts a
		WHERE a.organization_id = $1 AND (a.joined_at, a.joined_sequence) > ($2, $3) AND NOT EXISTS
			(SELECT x.position FROM attachments x WHERE x.organization_id = a.organization_id
				AND x.target_id = a.id AND x.enablement_id = $4 AND x.policy_id = $5)
		ORDER BY a.joined_at, a.joined_sequence LIMIT $6`, organization, after.At, after.Sequence, enablement, policy)
}

// UpsertAttachment writes the row of a policy on a target.
func (t *Tx) UpsertAttachment(organization ident.OrganizationID, enablement int64, a org.Attachment) error {
	return t.policiesChanged(organization, t.ExecOne(`INSERT INTO attachments (organization_id, enablement_id, target_id, policy_id, detached, position)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (organization_id, target_id, enablement_id, policy_id)
		DO UPDATE SET detached = excluded.detached, position = excluded.position`,
		organization, enablement, a.Target, a.Policy, a.Detached, a.Position))
}

// DeleteAttachment deletes the row of a policy on a target.
func (t *Tx) DeleteAttachment(organization ident.OrganizationID, enablement int64, target ident.TargetID, policy ident.PolicyID) error {
	return t.policiesChanged(organization, t.ExecOne(`DELETE FROM attachments WHERE organization_id = $1 AND target_id = $2 AND enablement_id = $3 AND policy_id = $4`,
		organization, target, enablement, policy))
}

// DeleteTargetPolicies deletes the attachments and the effective policies of a unit or
// account that is deleted or leaves. Without attachments the policies are as before.
func (t *Tx) DeleteTargetPolicies(organization ident.OrganizationID, target ident.TargetID) error {
	clear(t.accounts)
	for _, statement := range []string{
		`UPDATE organizations SET policy_version = nextval('insertions') WHERE id = $1 AND EXISTS (SELECT 1 FROM attachments WHERE organization_id = $1 AND target_id = $2)`,
		`DELETE FROM attachments WHERE organization_id = $1 AND target_id = $2`,
		`DELETE FROM effective_policies WHERE organization_id = $1 AND target_id = $2`,
		`DELETE FROM invalid_accounts WHERE organization_id = $1 AND account_id = $2`,
	} {
		if err := t.Exec(statement, organization, target); err != nil {
			return err
		}
	}
	return nil
}

// AttachmentLink is a policy as one level of inheritance sees it.
type AttachmentLink struct {
	Target ident.TargetID
	Policy ident.PolicyID
	// Digest is empty for a policy of AWS. Detached is true for a default policy that was detached.
	Digest   string
	Detached bool
	// Position is the rank in the order of attachment.
	Position int64
}

// targetsPerQuery is the number of targets of one query, which is more than the default
// depth of a tree. With a fixed number there is one text, prepared once.
const targetsPerQuery = 16

// AttachmentLinks lists the rows of policies on the targets, in no order: the customer's, and
// default policies where they were detached.
func (v *View) AttachmentLinks(organization ident.OrganizationID, enablement int64, targets []ident.TargetID) ([]AttachmentLink, error) {
	links := []AttachmentLink{}
	for len(targets) > 0 {
		args, rest := TargetArgs(targets, organization, enablement)
		found, err := Many(v, func(row Scanner, l *AttachmentLink) error {
			return row.Scan(&l.Target, &l.Policy, &l.Digest, &l.Position, &l.Detached)
		},
			`SELECT a.target_id, a.policy_id, COALESCE(p.digest, ''), a.position, a.detached
			FROM attachments a LEFT JOIN policies p ON p.organization_id = a.organization_id AND p.id = a.policy_id
			WHERE a.organization_id = $1 AND a.enablement_id = $2 AND a.target_id IN
				($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) AND (a.detached = FALSE OR p.id IS NULL)`, args...)
		if err != nil {
			return nil, err
		}
		links, targets = append(links, found...), rest
	}
	return links, nil
}

// TargetArgs returns the arguments of a statement with up to 16 targets after the others, and
// the targets that are left. No target is the empty text.
func TargetArgs(targets []ident.TargetID, others ...any) (args []any, rest []ident.TargetID) {
	args = append(make([]any, 0, len(others)+targetsPerQuery), others...)
	n := min(targetsPerQuery, len(targets))
	for _, target := range targets[:n] {
		args = append(args, target)
	}
	for range targetsPerQuery - n {
		args = append(args, "")
	}
	return args, targets[n:]
}
