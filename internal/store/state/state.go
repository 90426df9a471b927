// Package state reads accounts and organizations whole, as the document that a seed is. Its
// functions read within a transaction of the store, whose rules hold for its SQL: all that
// is in a document is of one instant.
//
// Secrets are left out, and what the service makes by itself: service-linked roles, and the
// role by which a management account enters an account that it created. Of most members the
// default is not written.
package state

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/seed"
	"accord/internal/store"
)

// Read reads an organization, or store.ErrNotFound; without an ID, all organizations in the
// order of their creation and all standalone accounts.
func Read(v *store.View, organization ident.OrganizationID) (*seed.Document, error) {
	now := v.Now()
	r := &reader{view: v, only: organization, now: now, document: &seed.Document{Version: seed.Version, Clock: &now}}
	organizations, err := readOrganizations(v, organization)
	if err != nil {
		return nil, err
	}
	if len(organizations) == 0 && organization != "" {
		return nil, store.ErrNotFound
	}
	for _, read := range []func(*reader) error{readTree, readPolicies, readServices, readAgreements, readIdentities, readTransfers} {
		if err := read(r); err != nil {
			return nil, err
		}
	}
	for _, o := range organizations {
		r.document.Organizations = append(r.document.Organizations, r.organization(o))
	}
	for _, a := range r.accounts[owner{}] {
		r.document.Accounts = append(r.document.Accounts, r.account(owner{}, ident.AWS, "", a))
	}
	return r.document, nil
}

func readOrganizations(v *store.View, id ident.OrganizationID) ([]org.Organization, error) {
	return store.Many(v, func(row store.Scanner, o *org.Organization) error {
		var created int64
		err := row.Scan(&o.ID, &o.Management, &o.Root, &o.FeatureSet, &created, &o.Partition)
		o.Created = store.Instant(created)
		return err
	}, `SELECT o.id, o.management_account_id, o.root_id, o.feature_set, o.created_at, o.partition
		FROM organizations o JOIN accounts a ON a.id = o.management_account_id
		WHERE $1 = '' OR o.id = $1 ORDER BY o.created_at, a.joined_sequence`, id)
}

// organization is an organization with everything that belongs to it.
func (r *reader) organization(o org.Organization) seed.Organization {
	whole := owner{organization: o.ID}
	out := seed.Organization{
		ID: string(o.ID), FeatureSet: string(o.FeatureSet), Created: at(o.Created),
		Root:                    seed.Unit{ID: string(o.Root)},
		PolicyTypes:             r.types[whole],
		Policies:                r.policies[whole],
		TrustedServices:         r.services[whole],
		DelegatedAdministrators: r.administrators[whole],
		Handshakes:              r.handshakes[whole],
		AccountCreations:        r.creations[whole],
	}
	if o.Partition != ident.AWS {
		out.Partition = string(o.Partition)
	}
	for i := range out.Policies {
		out.Policies[i].Tags = r.tags[owner{o.ID, out.Policies[i].ID}]
	}
	for i := range out.Handshakes {
		h := &out.Handshakes[i]
		h.Tags, h.Answers = r.tags[owner{o.ID, h.ID}], r.answers[owner{o.ID, h.ID}]
	}
	if found := r.delegation[whole]; len(found) > 0 {
		out.DelegationPolicy = &found[0]
		out.DelegationPolicy.Tags = r.tags[owner{o.ID, found[0].ID}]
	}
	for _, q := range r.quotas[whole] {
		if out.Quotas == nil {
			out.Quotas = map[string]int64{}
		}
		out.Quotas[q.name] = q.value
	}
	r.fill(&out.Root, &out, o)
	return out
}

// fill gives a unit what is attached to it and what is below it.
func (r *reader) fill(u *seed.Unit, out *seed.Organization, o org.Organization) {
	here := owner{o.ID, u.ID}
	u.Target = r.target(here)
	for _, a := range r.accounts[here] {
		account := r.account(owner{o.ID, string(a.ID)}, o.Partition, o.Management, a)
		if a.ID != o.Management {
			u.Accounts = append(u.Accounts, account)
			continue
		}
		if out.Management = account; u.ID != string(o.Root) {
			out.Management.Unit = seed.Ref(u.ID)
		}
	}
	for _, below := range r.units[here] {
		unit := seed.Unit{ID: string(below.ID), Name: below.Name, Created: at(below.Created)}
		r.fill(&unit, out, o)
		u.Units = append(u.Units, unit)
	}
}

// target is what is attached to a root, a unit or an account.
func (r *reader) target(o owner) seed.Target {
	target := seed.Target{Tags: r.tags[o]}
	for _, a := range r.attached[o] {
		managed, is := policy.ManagedPolicy(a.policy)
		switch {
		case a.detached && is:
			target.WithoutDefault = append(target.WithoutDefault, string(managed.Type))
		case !a.detached && !is:
			target.Policies = append(target.Policies, seed.Ref(a.policy))
		}
	}
	return target
}

func (r *reader) account(o owner, partition ident.Partition, management ident.AccountID, a accountRow) seed.Account {
	out := seed.Account{
		ID: string(a.ID), Name: a.Name, Email: string(a.Email), RoleName: a.AccessRole, UnverifiedEmail: !a.EmailVerified,
		JoinedMethod: string(a.method), Joined: at(a.joined),
	}
	if a.State != org.Active {
		out.State = string(a.State)
	}
	if o != (owner{}) {
		out.Target = r.target(o)
	}
	r.addIdentities(&out, partition, management, a)
	return out
}
