// Package provider is what the provider of the accounts can do and the API cannot:
// the changes behind the admin API.
//
// It holds no operation of the API, and nothing of the admin API's form.
package provider

import (
	"context"
	"errors"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/dump"
)

// The errors of the provider.
var (
	// ErrNoAccount: the account is not known.
	ErrNoAccount = errors.New("there is no such account")
	// ErrNoOrganization: the organization is not known.
	ErrNoOrganization = errors.New("there is no such organization")
	// ErrTaken: another account has the address, or the id is used up.
	ErrTaken = errors.New("taken")
	// ErrNotNow: the state of the account, or of its organization, does not allow it.
	ErrNotNow = errors.New("not possible now")
	// ErrMalformed: the id, the address or the name is not valid.
	ErrMalformed = errors.New("malformed")
)

// Provider changes accounts and organizations.
type Provider struct{ runner *operation.Runner }

// New returns the provider.
func New(r *operation.Runner) *Provider { return &Provider{r} }

// SetQuotas gives an organization quotas of its own, and takes others from it: those of the
// server hold again.
func (p *Provider) SetQuotas(ctx context.Context, id ident.OrganizationID, quotas map[quota.Name]int64, taken ...quota.Name) error {
	return p.runner.Change(ctx, func(u *operation.Unit) error {
		if err := known(u.View, id); err != nil {
			return err
		}
		for name, number := range quotas {
			if err := u.Tx.UpsertQuota(id, string(name), number); err != nil {
				return err
			}
		}
		for _, name := range taken {
			if err := u.Tx.DeleteQuota(id, string(name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Organizations lists the organizations after one, by their IDs.
func (p *Provider) Organizations(ctx context.Context, after ident.OrganizationID, limit int) ([]org.Organization, error) {
	var found []org.Organization
	err := p.runner.Store.View(ctx, func(v *store.View) (err error) {
		found, err = v.Organizations(after, limit)
		return err
	})
	return found, err
}

// known returns ErrNoOrganization for an organization that there is not.
func known(v *store.View, id ident.OrganizationID) error {
	_, err := v.Organization(id)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNoOrganization
	}
	return err
}

// Quotas returns the quotas that an organization has of its own.
func (p *Provider) Quotas(ctx context.Context, id ident.OrganizationID) (map[quota.Name]int64, error) {
	own := map[quota.Name]int64{}
	err := p.runner.Store.View(ctx, func(v *store.View) error {
		if err := known(v, id); err != nil {
			return err
		}
		numbers, err := v.Quotas(id)
		for name, number := range numbers {
			own[quota.Name(name)] = number
		}
		return err
	})
	return own, err
}

// Reset deletes all data created by users. Settings and the clock stay.
func (p *Provider) Reset(ctx context.Context) error {
	return p.runner.Change(ctx, func(u *operation.Unit) error {
		if err := dump.DeleteEverything(u.Tx); err != nil {
			return err
		}
		// The next start applies its seed again.
		return u.Tx.UpsertFact(store.Seeded, "")
	})
}
