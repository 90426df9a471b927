package store

import "accord/internal/ident"

// remembered is the cache of a transaction that writes: nobody else changes what it
// sees, and each question is a round trip to the database. A snapshot has none.
// Each statement that changes a row updates or drops what is cached of it.
type remembered struct {
	places  map[ident.AccountID]AccountWithOrganization
	numbers map[ident.OrganizationID]numbers
}

func newRemembered() *remembered {
	return &remembered{map[ident.AccountID]AccountWithOrganization{}, map[ident.OrganizationID]numbers{}}
}

// WithoutCache reads what the database says; tests compare the cache with it.
func (t *Tx) WithoutCache() *View {
	v := t.View
	v.remembered = nil
	return &v
}

// clone is a copy that shares nothing.
func (p AccountWithOrganization) clone() AccountWithOrganization {
	if p.Account.Membership != nil {
		p.Account.Membership = new(*p.Account.Membership)
	}
	if p.Organization != nil {
		p.Organization = new(*p.Organization)
	}
	return p
}

// readPlace reads an account with its organization, and caches it in a transaction
// that writes.
func (v *View) readPlace(id ident.AccountID, query string, args ...any) (AccountWithOrganization, error) {
	p, err := one(v, scanPlace, query, args...)
	if err == nil && v.remembered != nil {
		kept := p.clone()
		kept.PendingJobs = false
		v.places[id] = kept
	}
	return p, err
}

// changeAccount is change for a statement about one account, whose id is its last
// parameter.
func (t *Tx) changeAccount(id ident.AccountID, query string, args ...any) error {
	delete(t.places, id)
	return t.change(query, append(args, id)...)
}
