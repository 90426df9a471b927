package store

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

func scanPolicy(row Scanner, p *org.Policy) error {
	return row.Scan(&p.Organization, &p.ID, &p.Type, &p.Name, &p.Description, &p.Content, &p.Digest, &p.Position)
}

// Policy reads a customer's policy, or ErrNotFound.
func (v *View) Policy(organization ident.OrganizationID, id ident.PolicyID) (org.Policy, error) {
	return One(v, scanPolicy, `SELECT organization_id, id, type, name, description, content, digest, position FROM policies
		WHERE organization_id = $1 AND id = $2`, organization, id)
}

// PolicyByName reads the policy of a type that has a name, or ErrNotFound.
func (v *View) PolicyByName(organization ident.OrganizationID, kind org.PolicyType, name string) (org.Policy, error) {
	return One(v, scanPolicy, `SELECT organization_id, id, type, name, description, content, digest, position FROM policies
		WHERE organization_id = $1 AND type = $2 AND name = $3`, organization, kind, name)
}

// AfterPolicy is the cursor after a policy in the list of its type.
func AfterPolicy(p org.Policy) page.Cursor { return page.Cursor{At: p.Position} }

// Policies lists the policies of a type in the order of creation, without contents and
// digests, which lists do not show.
func (v *View) Policies(organization ident.OrganizationID, kind org.PolicyType, after page.Cursor, limit int) ([]org.Policy, error) {
	return UpTo(v, limit, scanPolicy, `SELECT organization_id, id, type, name, description, '', '', position FROM policies
		WHERE organization_id = $1 AND type = $2 AND position > $3 ORDER BY position LIMIT $4`,
		organization, kind, after.At)
}

// InsertPolicy adds a policy.
func (t *Tx) InsertPolicy(p org.Policy) error {
	return t.ExecOne(`INSERT INTO policies (organization_id, id, type, name, description, content, digest, position)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.Organization, p.ID, p.Type, p.Name, p.Description, p.Content, p.Digest, p.Position)
}

// UpdatePolicy updates the name, the description and the content of a policy.
func (t *Tx) UpdatePolicy(p org.Policy) error {
	return t.policiesChanged(p.Organization, t.ExecOne(`UPDATE policies SET name = $1, description = $2, content = $3, digest = $4
		WHERE organization_id = $5 AND id = $6`, p.Name, p.Description, p.Content, p.Digest, p.Organization, p.ID))
}

// DeletePolicy deletes a policy that is not attached.
func (t *Tx) DeletePolicy(organization ident.OrganizationID, id ident.PolicyID) error {
	return t.ExecOne(`DELETE FROM policies WHERE organization_id = $1 AND id = $2`, organization, id)
}

func scanPolicyType(row Scanner, e *org.EnabledPolicyType) error {
	var since int64
	if err := row.Scan(&e.Type, &e.EnablementID, &since); err != nil {
		return err
	}
	e.Since = Instant(since)
	return nil
}

// EnabledPolicyType reads an enabled policy type, or ErrNotFound.
func (v *View) EnabledPolicyType(organization ident.OrganizationID, kind org.PolicyType) (org.EnabledPolicyType, error) {
	return One(v, scanPolicyType, `SELECT type, enablement_id, since FROM enabled_policy_types
		WHERE organization_id = $1 AND type = $2`, organization, kind)
}

// EnabledPolicyTypes lists the enabled policy types by name.
func (v *View) EnabledPolicyTypes(organization ident.OrganizationID) ([]org.EnabledPolicyType, error) {
	return Many(v, scanPolicyType, `SELECT type, enablement_id, since FROM enabled_policy_types
		WHERE organization_id = $1 ORDER BY type`, organization)
}

// InsertEnabledPolicyType enables a policy type.
func (t *Tx) InsertEnabledPolicyType(organization ident.OrganizationID, e org.EnabledPolicyType) error {
	return t.policiesChanged(organization, t.ExecOne(`INSERT INTO enabled_policy_types (organization_id, type, enablement_id, since) VALUES ($1, $2, $3, $4)`,
		organization, e.Type, e.EnablementID, Micros(e.Since)))
}

// DeleteEnabledPolicyType ends an enablement. Its rows no longer count and wait
// for DeleteEnablement.
func (t *Tx) DeleteEnabledPolicyType(organization ident.OrganizationID, kind org.PolicyType) error {
	return t.policiesChanged(organization, t.ExecOne(`DELETE FROM enabled_policy_types WHERE organization_id = $1 AND type = $2`, organization, kind))
}

// DeleteEnablement deletes the rows of up to limit targets of an enablement that has
// ended. It reports whether none are left.
func (t *Tx) DeleteEnablement(organization ident.OrganizationID, enablement int64, limit int) (done bool, err error) {
	for _, statement := range []string{
		`DELETE FROM attachments WHERE organization_id = $1 AND enablement_id = $2 AND target_id IN
			(SELECT target_id FROM attachments WHERE organization_id = $1 AND enablement_id = $2 LIMIT $3)`,
		`DELETE FROM effective_policies WHERE organization_id = $1 AND enablement_id = $2 AND target_id IN
			(SELECT target_id FROM effective_policies WHERE organization_id = $1 AND enablement_id = $2 LIMIT $3)`,
		`DELETE FROM invalid_accounts WHERE organization_id = $1 AND enablement_id = $2 AND account_id IN
			(SELECT account_id FROM invalid_accounts WHERE organization_id = $1 AND enablement_id = $2 LIMIT $3)`,
	} {
		if n, err := t.ExecCount(statement, organization, enablement, limit); err != nil || n > 0 {
			return false, err
		}
	}
	return true, nil
}
