package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/lists"
)

// AccountQuery asks for a page of the accounts of an organization.
type AccountQuery struct {
	Organization ident.OrganizationID
	Filter       lists.Filter
	Order        lists.Order
	Descending   bool
	// After is the account before the page, Before the one after it; without them, it is the
	// first page.
	After, Before ident.AccountID
	Limit         int
}

// AccountPage is a page of the accounts of an organization.
type AccountPage struct {
	Accounts []org.Account
	// Earlier and Later say that there are more before the page, and after it.
	Earlier, Later bool
	// Whole is how many accounts the organization has.
	Whole int64
}

// AccountsOf lists accounts of an organization. What it reads is what it answers, and one pass
// over the organization for an order or a text without an index.
func (p *Provider) AccountsOf(ctx context.Context, q AccountQuery) (AccountPage, error) {
	var page AccountPage
	err := p.runner.Store.View(ctx, func(v *store.View) error {
		if err := known(v, q.Organization); err != nil {
			return err
		}
		next, err := neighbor(v, q)
		if err != nil {
			return err
		}
		backward := q.Before != ""
		found, err := lists.Accounts(v, q.Organization, q.Filter, q.Order, q.Descending != backward, next, q.Limit+1)
		if err != nil {
			return err
		}
		more := len(found) > q.Limit
		page.Accounts = found[:min(len(found), q.Limit)]
		page.Earlier, page.Later = q.After != "", more
		if backward {
			slices.Reverse(page.Accounts)
			page.Earlier, page.Later = more, true
		}
		page.Whole, err = v.Counter(q.Organization, operation.Accounts)
		return err
	})
	return page, err
}

// neighbor reads the account next to a page; nil for the first page.
func neighbor(v *store.View, q AccountQuery) (*org.Account, error) {
	id := q.After
	if q.Before != "" {
		id = q.Before
	}
	if id == "" {
		return nil, nil
	}
	found, err := v.Account(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w: the page is next to %.40q, which is no account", ErrMalformed, id)
	}
	return &found, err
}

// Attached lists the policies of users that are attached to some roots, units and accounts of an
// organization.
func (p *Provider) Attached(ctx context.Context, id ident.OrganizationID, targets []ident.TargetID) ([]lists.PolicyAt, error) {
	var found []lists.PolicyAt
	err := p.runner.Store.View(ctx, func(v *store.View) (err error) {
		if err := known(v, id); err != nil {
			return err
		}
		found, err = lists.PoliciesAt(v, id, targets)
		return err
	})
	return found, err
}

// Standalone lists the accounts that are in no organization after one, in the order of
// registration.
func (p *Provider) Standalone(ctx context.Context, after ident.AccountID, limit int) ([]org.Account, error) {
	var accounts []org.Account
	err := p.runner.Store.View(ctx, func(v *store.View) (err error) {
		accounts, err = lists.Standalone(v, after, limit)
		return err
	})
	return accounts, err
}
