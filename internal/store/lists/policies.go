package lists

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// PolicyAt is a policy of users at a root, a unit or an account.
type PolicyAt struct {
	Target ident.TargetID
	Policy ident.PolicyID
	Type   org.PolicyType
	Name   string
}

// PoliciesAt lists the policies of users that are attached to some targets, of the types that are
// enabled, by type and the order of attachment for each target.
func PoliciesAt(v *store.View, organization ident.OrganizationID, targets []ident.TargetID) ([]PolicyAt, error) {
	all := []PolicyAt{}
	for len(targets) > 0 {
		args, rest := store.TargetArgs(targets, organization)
		found, err := store.Many(v, func(row store.Scanner, p *PolicyAt) error { return row.Scan(&p.Target, &p.Policy, &p.Type, &p.Name) },
			`SELECT a.target_id, p.id, p.type, p.name FROM attachments a
			JOIN policies p ON p.organization_id = a.organization_id AND p.id = a.policy_id
			JOIN enabled_policy_types e ON e.organization_id = a.organization_id AND e.type = p.type AND e.enablement_id = a.enablement_id
			WHERE a.organization_id = $1 AND a.detached = FALSE AND a.target_id IN
				($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
			ORDER BY a.target_id, p.type, a.position`, args...)
		if err != nil {
			return nil, err
		}
		all, targets = append(all, found...), rest
	}
	return all, nil
}
