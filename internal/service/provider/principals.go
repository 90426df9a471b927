package provider

import (
	"context"
	"errors"

	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Principals lists the first users and then the first roles of an account by their names.
func (p *Provider) Principals(ctx context.Context, id ident.AccountID, limit int) ([]iam.Identity, error) {
	var all []iam.Identity
	err := p.runner.Store.View(ctx, func(v *store.View) error {
		account, err := v.Account(id)
		if errors.Is(err, store.ErrNotFound) || err == nil && account.State == org.Gone {
			return ErrNoAccount
		}
		if err != nil {
			return err
		}
		all = nil
		for _, kind := range []iam.Kind{iam.User, iam.Role} {
			found, err := identities.List(v, id, kind, "", "", limit)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		return nil
	})
	return all, err
}
