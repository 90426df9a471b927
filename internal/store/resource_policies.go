package store

import (
	"accord/internal/ident"
	"accord/internal/org"
)

func scanResourcePolicy(row Scanner, p *org.ResourcePolicy) error { return row.Scan(&p.ID, &p.Content) }

// ResourcePolicy reads the delegation policy of an organization, or ErrNotFound.
func (v *View) ResourcePolicy(organization ident.OrganizationID) (org.ResourcePolicy, error) {
	return One(v, scanResourcePolicy, `SELECT id, content FROM resource_policies WHERE organization_id = $1`, organization)
}

// UpsertResourcePolicy gives an organization its delegation policy, or another
// content to the one that it has, which keeps its id.
func (t *Tx) UpsertResourcePolicy(organization ident.OrganizationID, p org.ResourcePolicy) error {
	return t.policiesChanged(organization, t.ExecOne(`INSERT INTO resource_policies (organization_id, id, content) VALUES ($1, $2, $3)
		ON CONFLICT (organization_id) DO UPDATE SET content = excluded.content`, organization, p.ID, p.Content))
}

// DeleteResourcePolicy deletes the delegation policy of an organization.
func (t *Tx) DeleteResourcePolicy(organization ident.OrganizationID) error {
	return t.policiesChanged(organization, t.ExecOne(`DELETE FROM resource_policies WHERE organization_id = $1`, organization))
}
