package identities

import (
	"cmp"
	"slices"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// Whole is a user, a group or a role with everything that belongs to it.
type Whole struct {
	iam.Identity
	Inline []iam.InlinePolicy
	// Attached are the IDs of the managed policies that are attached, by their names.
	Attached []string
	// Groups are the IDs of the groups of a user, by their names.
	Groups []string
	Tags   []org.Tag
}

// WholePolicy is a managed policy of a customer with the document that is in force.
type WholePolicy struct {
	iam.ManagedPolicy
	Document string
	Tags     []org.Tag
}

// part is what belongs to an owner.
type part struct{ owner, name, text string }

func scanPart(row store.Scanner, p *part) error { return row.Scan(&p.owner, &p.name, &p.text) }

// scope are the accounts from one to another of an organization, or without one of all.
type scope struct {
	organization ident.OrganizationID
	from, to     ident.AccountID
}

// everything is the scope of all accounts of an organization: IDs are digits.
func everything(organization ident.OrganizationID) scope { return scope{organization, "", ":"} }

// one is the scope of one account.
func one(account ident.AccountID) scope { return scope{"", account, account} }

// All reads the users, groups and roles of the accounts of an organization by account, kind
// and name; without an organization, those of all accounts.
func All(v *store.View, organization ident.OrganizationID) ([]Whole, error) {
	return whole(v, everything(organization))
}

// Of reads the users, groups and roles of one account, as All does.
func Of(v *store.View, account ident.AccountID) ([]Whole, error) { return whole(v, one(account)) }

// whole reads the identities of a scope. A range of IDs, and not a choice between two
// conditions, is what both engines find by an index.
func whole(v *store.View, of scope) ([]Whole, error) {
	all, err := store.Many(v, func(row store.Scanner, w *Whole) error { return scan(row, &w.Identity) },
		`SELECT `+columns+` FROM accounts a JOIN identities i ON i.account_id = a.id
		WHERE ($1 = '' OR a.organization_id = $1) AND a.id >= $2 AND a.id <= $3 AND i.kind <> 'instance-profile'`, of.organization, of.from, of.to)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Whole) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Kind, b.Kind), cmp.Compare(iam.Key(a.Name), iam.Key(b.Name)))
	})
	byID := make(map[string]*Whole, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	for _, parts := range []struct {
		query string
		add   func(w *Whole, p part)
	}{
		{`SELECT p.owner_id, p.name, p.document FROM accounts a JOIN identities i ON i.account_id = a.id
			JOIN inline_policies p ON p.owner_id = i.id WHERE ($1 = '' OR a.organization_id = $1) AND a.id >= $2 AND a.id <= $3 ORDER BY p.owner_id, p.name_key`,
			func(w *Whole, p part) { w.Inline = append(w.Inline, iam.InlinePolicy{Name: p.name, Document: p.text}) }},
		{`SELECT p.owner_id, p.policy_id, '' FROM accounts a JOIN identities i ON i.account_id = a.id
			JOIN identity_attachments p ON p.owner_id = i.id WHERE ($1 = '' OR a.organization_id = $1) AND a.id >= $2 AND a.id <= $3 ORDER BY p.owner_id, p.name_key`,
			func(w *Whole, p part) { w.Attached = append(w.Attached, p.name) }},
		{`SELECT m.member_id, m.group_id, '' FROM accounts a JOIN identities i ON i.account_id = a.id AND i.kind = 'group'
			JOIN identity_members m ON m.group_id = i.id WHERE ($1 = '' OR a.organization_id = $1) AND a.id >= $2 AND a.id <= $3 ORDER BY m.member_id, i.name_key`,
			func(w *Whole, p part) { w.Groups = append(w.Groups, p.name) }},
		{`SELECT t.owner_id, t.key, t.value FROM accounts a JOIN identities i ON i.account_id = a.id
			JOIN identity_tags t ON t.owner_id = i.id WHERE ($1 = '' OR a.organization_id = $1) AND a.id >= $2 AND a.id <= $3 ORDER BY t.owner_id, t.position`,
			func(w *Whole, p part) { w.Tags = append(w.Tags, org.Tag{Key: p.name, Value: p.text}) }},
	} {
		if err := addParts(v, parts.query, of, byID, parts.add); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// AllPolicies reads the managed policies of the accounts of an organization by account and
// name; without an organization, those of all accounts.
func AllPolicies(v *store.View, organization ident.OrganizationID) ([]WholePolicy, error) {
	return wholePolicies(v, everything(organization))
}

// PoliciesOf reads the managed policies of one account, as AllPolicies does.
func PoliciesOf(v *store.View, account ident.AccountID) ([]WholePolicy, error) {
	return wholePolicies(v, one(account))
}

func wholePolicies(v *store.View, of scope) ([]WholePolicy, error) {
	all, err := store.Many(v, func(row store.Scanner, p *WholePolicy) error {
		return row.Scan(&p.Account, &p.ID, &p.Name, &p.Path, &p.Description, &p.DefaultVersion, &p.Document)
	}, `SELECT p.account_id, p.id, p.name, p.path, p.description, p.default_version, n.document
		FROM accounts a JOIN managed_policies p ON p.account_id = a.id
		JOIN managed_policy_versions n ON n.policy_id = p.id AND n.number = p.default_version
		WHERE ($1 = '' OR a.organization_id = $1) AND a.id >= $2 AND a.id <= $3 ORDER BY p.account_id, p.name_key`, of.organization, of.from, of.to)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*WholePolicy, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	err = addParts(v, `SELECT t.owner_id, t.key, t.value FROM accounts a JOIN managed_policies p ON p.account_id = a.id
		JOIN identity_tags t ON t.owner_id = p.id WHERE ($1 = '' OR a.organization_id = $1) AND a.id >= $2 AND a.id <= $3 ORDER BY t.owner_id, t.position`,
		of, byID, func(w *WholePolicy, p part) { w.Tags = append(w.Tags, org.Tag{Key: p.name, Value: p.text}) })
	return all, err
}

// addParts reads what belongs to owners, and gives it to those that are known.
func addParts[T any](v *store.View, query string, of scope, byID map[string]*T, add func(*T, part)) error {
	parts, err := store.Many(v, scanPart, query, of.organization, of.from, of.to)
	for _, p := range parts {
		if owner := byID[p.owner]; owner != nil {
			add(owner, p)
		}
	}
	return err
}
