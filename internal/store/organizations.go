package store

import (
	"accord/internal/ident"
	"accord/internal/org"
)

const organizationColumns = `o.id, o.management_account_id, o.root_id, o.feature_set, o.created_at, o.partition, COALESCE(o.policy_version, 0)`

func scanOrganization(row Scanner, o *org.Organization) error {
	var created int64
	if err := row.Scan(&o.ID, &o.Management, &o.Root, &o.FeatureSet, &created, &o.Partition, &o.PolicyVersion); err != nil {
		return err
	}
	o.Created = Instant(created)
	return nil
}

// Organization reads an organization, or ErrNotFound.
func (v *View) Organization(id ident.OrganizationID) (org.Organization, error) {
	return One(v, scanOrganization, `SELECT `+organizationColumns+` FROM organizations o WHERE o.id = $1`, id)
}

// Organizations lists up to so many organizations after one, by their IDs.
func (v *View) Organizations(after ident.OrganizationID, limit int) ([]org.Organization, error) {
	return UpTo(v, limit, scanOrganization, `SELECT `+organizationColumns+` FROM organizations o
		WHERE o.id > $1 ORDER BY o.id LIMIT $2`, after)
}

// InsertOrganization adds an organization. Its management account joins separately.
func (t *Tx) InsertOrganization(o org.Organization) error {
	return t.ExecOne(`INSERT INTO organizations (id, management_account_id, root_id, feature_set, created_at, partition)
		VALUES ($1, $2, $3, $4, $5, $6)`, o.ID, o.Management, o.Root, o.FeatureSet, Micros(o.Created), o.Partition)
}

// UpdateFeatureSet records the feature set of an organization.
func (t *Tx) UpdateFeatureSet(id ident.OrganizationID, set org.FeatureSet) error {
	clear(t.accounts)
	return t.ExecOne(`UPDATE organizations SET feature_set = $1 WHERE id = $2`, set, id)
}

// policiesChanged gives an organization another version after a change of its policies.
func (t *Tx) policiesChanged(id ident.OrganizationID, err error) error {
	if clear(t.accounts); err != nil {
		return err
	}
	return t.Exec(`UPDATE organizations SET policy_version = nextval('insertions') WHERE id = $1`, id)
}

// DeleteOrganization deletes an organization without accounts, and all of its rows
// except its handshakes, which can be read until their retention ends. A transfer that
// has ended is deleted with the last of its two organizations.
func (t *Tx) DeleteOrganization(id ident.OrganizationID) error {
	clear(t.accounts)
	delete(t.numbers, id)
	delete(t.added, id)
	for _, statement := range []string{
		`DELETE FROM tags WHERE organization_id = $1`, `DELETE FROM counters WHERE organization_id = $1`,
		`DELETE FROM organization_quotas WHERE organization_id = $1`, `DELETE FROM account_creations WHERE organization_id = $1`,
		`DELETE FROM units WHERE organization_id = $1`, `DELETE FROM delegated_administrators WHERE organization_id = $1`,
		`DELETE FROM service_access WHERE organization_id = $1`, `DELETE FROM invalid_accounts WHERE organization_id = $1`,
		`DELETE FROM effective_policies WHERE organization_id = $1`, `DELETE FROM attachments WHERE organization_id = $1`,
		`DELETE FROM enabled_policy_types WHERE organization_id = $1`, `DELETE FROM policies WHERE organization_id = $1`,
		`DELETE FROM resource_policies WHERE organization_id = $1`, `DELETE FROM root_access_features WHERE organization_id = $1`,
		`DELETE FROM transfers WHERE target_organization_id = $1 AND source_organization_id <> ''
			AND NOT EXISTS (SELECT 1 FROM organizations WHERE id = source_organization_id)`,
		`DELETE FROM transfers WHERE source_organization_id = $1
			AND NOT EXISTS (SELECT 1 FROM organizations WHERE id = target_organization_id)`,
		`DELETE FROM jobs WHERE organization_id = $1`,
	} {
		if err := t.Exec(statement, id); err != nil {
			return err
		}
	}
	return t.ExecOne(`DELETE FROM organizations WHERE id = $1`, id)
}
