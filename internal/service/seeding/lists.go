package seeding

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// listed reads a list of the store page by page.
func listed[T any](from page.Cursor, fetch func(page.Cursor, int) ([]T, error), key func(T) page.Cursor) ([]T, error) {
	var all []T
	for after := from; ; {
		some, err := fetch(after, 500)
		if err != nil || len(some) == 0 {
			return all, err
		}
		all = append(all, some...)
		after = key(some[len(some)-1])
	}
}

// accountsOf reads the accounts of an organization.
func (r *run) accountsOf(id ident.OrganizationID) ([]org.Account, error) {
	return listed(page.First, func(after page.Cursor, limit int) ([]org.Account, error) {
		return r.view().Accounts(id, after, limit)
	}, store.AfterAccount)
}
