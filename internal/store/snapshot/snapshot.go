// Package snapshot reads organizations whole, as a model that is judged in memory. Its
// functions read within a transaction of the store, whose rules hold for its SQL.
package snapshot

import (
	"cmp"
	"slices"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/store"
	"accord/internal/whatif/model"
)

// Organizations lists up to so many organizations by their IDs.
func Organizations(v *store.View, limit int) ([]ident.OrganizationID, error) {
	return store.UpTo(v, limit, store.ScanText[ident.OrganizationID], `SELECT id FROM organizations ORDER BY id LIMIT $1`)
}

// Read reads an organization, or store.ErrNotFound.
func Read(v *store.View, id ident.OrganizationID) (*model.Organization, error) {
	stored, err := v.Organization(id)
	if err != nil {
		return nil, err
	}
	o := &model.Organization{ID: id, Management: stored.Management, Root: stored.Root, Partition: stored.Partition, At: v.Now()}
	for _, read := range []func(*store.View, *model.Organization) error{readTree, readPolicies, readAttachments, readIdentities} {
		if err := read(v, o); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func readTree(v *store.View, o *model.Organization) (err error) {
	o.Units, err = store.Many(v, func(row store.Scanner, u *model.Unit) error { return row.Scan(&u.ID, &u.Parent, &u.Name) },
		`SELECT id, parent_id, name FROM units WHERE organization_id = $1`, o.ID)
	if err != nil {
		return err
	}
	o.Accounts, err = store.Many(v, func(row store.Scanner, a *model.Account) error { return row.Scan(&a.ID, &a.Parent, &a.Name) },
		`SELECT id, parent_id, name FROM accounts WHERE organization_id = $1 ORDER BY joined_at, joined_sequence`, o.ID)
	return err
}

func readPolicies(v *store.View, o *model.Organization) (err error) {
	o.Policies, err = store.Many(v, func(row store.Scanner, p *model.Policy) error { return row.Scan(&p.ID, &p.Type, &p.Name, &p.Content) },
		`SELECT id, type, name, content FROM policies WHERE organization_id = $1`, o.ID)
	return err
}

// readAttachments reads what is attached of the enabled types.
func readAttachments(v *store.View, o *model.Organization) error {
	types, err := v.EnabledPolicyTypes(o.ID)
	if err != nil {
		return err
	}
	for _, t := range types {
		o.Enabled = append(o.Enabled, t.Type)
		rows, err := store.Many(v, func(row store.Scanner, a *org.Attachment) error {
			return row.Scan(&a.Target, &a.Policy, &a.Detached, &a.Position)
		}, `SELECT target_id, policy_id, detached, position FROM attachments
			WHERE organization_id = $1 AND enablement_id = $2 ORDER BY target_id, position`, o.ID, t.EnablementID)
		if err != nil {
			return err
		}
		for _, row := range rows {
			a := model.Attachment{Target: row.Target, Policy: row.Policy}
			_, managed := policy.ManagedPolicy(row.Policy)
			switch {
			case row.Detached:
				o.Detached = append(o.Detached, a)
			case !managed:
				o.Attachments = append(o.Attachments, a)
			}
		}
	}
	return nil
}

// row is what belongs to an identity.
type row struct{ owner, name, text string }

func scanRow(from store.Scanner, r *row) error { return from.Scan(&r.owner, &r.name, &r.text) }

func readIdentities(v *store.View, o *model.Organization) error {
	all, err := store.Many(v, func(row store.Scanner, i *model.Identity) error {
		return row.Scan(&i.Account, &i.Kind, &i.ID, &i.Name, &i.Path, &i.Boundary, &i.Trust)
	}, `SELECT i.account_id, i.kind, i.id, i.name, i.path, i.boundary_id, i.trust_policy
		FROM accounts a JOIN identities i ON i.account_id = a.id
		WHERE a.organization_id = $1 AND i.kind <> 'instance-profile'`, o.ID)
	if err != nil {
		return err
	}
	slices.SortFunc(all, compareIdentities)
	o.Identities = all
	byID := make(map[string]*model.Identity, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	for _, part := range []struct {
		query string
		add   func(i *model.Identity, r row)
	}{
		{`SELECT p.owner_id, p.name, p.document FROM accounts a JOIN identities i ON i.account_id = a.id
			JOIN inline_policies p ON p.owner_id = i.id WHERE a.organization_id = $1`,
			func(i *model.Identity, r row) {
				i.Inline = append(i.Inline, iam.InlinePolicy{Name: r.name, Document: r.text})
			}},
		{`SELECT p.owner_id, p.policy_id, '' FROM accounts a JOIN identities i ON i.account_id = a.id
			JOIN identity_attachments p ON p.owner_id = i.id WHERE a.organization_id = $1`,
			func(i *model.Identity, r row) { i.Policies = append(i.Policies, r.name) }},
		{`SELECT m.member_id, m.group_id, '' FROM accounts a JOIN identities i ON i.account_id = a.id AND i.kind = 'user'
			JOIN identity_members m ON m.member_id = i.id WHERE a.organization_id = $1`,
			func(i *model.Identity, r row) { i.Groups = append(i.Groups, r.name) }},
		{`SELECT t.owner_id, t.key, t.value FROM accounts a JOIN identities i ON i.account_id = a.id
			JOIN identity_tags t ON t.owner_id = i.id WHERE a.organization_id = $1`,
			func(i *model.Identity, r row) { i.Tags = append(i.Tags, org.Tag{Key: r.name, Value: r.text}) }},
	} {
		rows, err := store.Many(v, scanRow, part.query, o.ID)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if i := byID[r.owner]; i != nil {
				part.add(i, r)
			}
		}
	}
	o.Managed, err = store.Many(v, func(row store.Scanner, p *model.ManagedPolicy) error {
		return row.Scan(&p.ID, &p.Account, &p.Name, &p.Path, &p.Document)
	}, `SELECT p.id, p.account_id, p.name, p.path, v.document FROM accounts a JOIN managed_policies p ON p.account_id = a.id
		JOIN managed_policy_versions v ON v.policy_id = p.id AND v.number = p.default_version WHERE a.organization_id = $1`, o.ID)
	return err
}

// compareIdentities orders identities by account, kind and name.
func compareIdentities(a, b model.Identity) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Kind, b.Kind), cmp.Compare(iam.Key(a.Name), iam.Key(b.Name)))
}
