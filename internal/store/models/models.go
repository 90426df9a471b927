// Package models reads organizations whole, as a model that is judged in memory. Its
// functions read within a transaction of the store, whose rules hold for its SQL.
package models

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/store"
	"accord/internal/store/identities"
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
	o := of(v, &stored)
	// A list without members is written as one.
	o.Identities, o.Managed = []model.Identity{}, []model.ManagedPolicy{}
	for _, read := range []func(*store.View, *model.Organization) error{readTree, readPolicies, readAttachments, readIdentities} {
		if err := read(v, o); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// of is a model of an organization without its parts.
func of(v *store.View, stored *org.Organization) *model.Organization {
	return &model.Organization{ID: stored.ID, Management: stored.Management, Root: stored.Root, Partition: stored.Partition, At: v.Now()}
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
		add(o, rows)
	}
	return nil
}

// add adds the rows of one type, which are in the order of attachment for each target.
func add(o *model.Organization, rows []org.Attachment) {
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

func readIdentities(v *store.View, o *model.Organization) error {
	all, err := identities.All(v, o.ID)
	if err != nil {
		return err
	}
	policies, err := identities.AllPolicies(v, o.ID)
	addIdentities(o, all, policies)
	return err
}

func addIdentities(o *model.Organization, all []identities.Whole, policies []identities.WholePolicy) {
	for _, w := range all {
		o.Identities = append(o.Identities, model.Identity{
			Account: w.Account, Kind: w.Kind, ID: w.ID, Name: w.Name, Path: w.Path, Boundary: w.Boundary, Trust: w.TrustPolicy,
			Inline: w.Inline, Policies: w.Attached, Groups: w.Groups, Tags: w.Tags,
		})
	}
	for _, p := range policies {
		o.Managed = append(o.Managed, model.ManagedPolicy{ID: p.ID, Account: p.Account, Name: p.Name, Path: p.Path, Document: p.Document})
	}
}
