package store

import "accord/internal/ident"

// remembered is what a transaction that writes has read and need not ask for again:
// nobody else changes what it sees, and each question is a way to the database and
// back. A method of Tx with the name of one of View's answers from here, and whatever
// changes a row that may be remembered sees to it here, too.
type remembered struct {
	places  map[ident.AccountID]AccountWithOrganization
	numbers map[ident.OrganizationID]numbers
}

func newRemembered() remembered {
	return remembered{map[ident.AccountID]AccountWithOrganization{}, map[ident.OrganizationID]numbers{}}
}

// apart is a place that nobody else holds.
func (p AccountWithOrganization) apart() AccountWithOrganization {
	if p.Account.Membership != nil {
		p.Account.Membership = new(*p.Account.Membership)
	}
	if p.Organization != nil {
		p.Organization = new(*p.Organization)
	}
	return p
}

// readPlace reads and remembers a place.
func (t *Tx) readPlace(id ident.AccountID, query string, args ...any) (AccountWithOrganization, error) {
	p, err := one(&t.View, scanPlace, query, args...)
	if err == nil {
		kept := p.apart()
		kept.PendingJobs = false
		t.places[id] = kept
	}
	return p, err
}

// changeAccount is change for a statement about one account, whose id is its last
// parameter.
func (t *Tx) changeAccount(id ident.AccountID, query string, args ...any) error {
	delete(t.places, id)
	return t.change(query, append(args, id)...)
}

// numbersOf reads as View does, unless the transaction knows.
func (t *Tx) numbersOf(organization ident.OrganizationID) (numbers, error) {
	if n, known := t.numbers[organization]; known {
		return n, nil
	}
	n, err := t.View.numbersOf(organization)
	if err == nil {
		t.numbers[organization] = n
	}
	return n, err
}
