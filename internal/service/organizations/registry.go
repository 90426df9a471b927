package organizations

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/store"
)

// This file holds what people and tests do to accounts beside the API: verbs of
// the second listener, and the registering of accounts of the open sandbox.

// The refusals of the registry's verbs.
var (
	// ErrNoAccount: the installation does not know the account.
	ErrNoAccount = errors.New("there is no such account")
	// ErrNoOrganization: the installation does not know the organization.
	ErrNoOrganization = errors.New("there is no such organization")
	// ErrTaken: another account has the address, or the id is used up.
	ErrTaken = errors.New("taken")
	// ErrNotNow: the state of the account, or of its organization, does not allow it.
	ErrNotNow = errors.New("not possible now")
	// ErrMalformed: the id or the address is none.
	ErrMalformed = errors.New("malformed")
)

// register adds an account with a name and an address made from its id.
func (s *Service) register(tx *store.Tx, id ident.AccountID) (org.Account, error) {
	a := org.Account{
		ID:            id,
		Name:          "account-" + string(id),
		State:         org.Active,
		EmailVerified: true,
		Readiness:     org.Ready,
		Registered:    tx.Now(),
	}
	for n := 1; ; n++ {
		a.Email = ident.Email(a.Name + "@example.com")
		if n > 1 {
			a.Email = ident.Email(fmt.Sprintf("%s-%d@example.com", a.Name, n))
		}
		_, err := tx.AccountByEmail(a.Email)
		if errors.Is(err, store.ErrNotFound) {
			return a, tx.InsertAccount(a)
		}
		if err != nil {
			return a, err
		}
	}
}

// Register adds an account, or gives one that exists another address or name;
// an empty address or name stays as it is, and an empty id is one that is free.
func (s *Service) Register(ctx context.Context, id ident.AccountID, email ident.Email, name string) (org.Account, error) {
	if id != "" && !id.Valid() {
		return org.Account{}, fmt.Errorf("%w: an account id has 12 digits", ErrMalformed)
	}
	if email != "" && !orgapi.ValidEmail(string(email)) {
		return org.Account{}, fmt.Errorf("%w: %q is not an address that an account can have", ErrMalformed, email)
	}
	if utf8.RuneCountInString(name) > 128 || !utf8.ValidString(name) || strings.Contains(name, "\x00") {
		return org.Account{}, fmt.Errorf("%w: a name has at most 128 characters of UTF-8, and no NUL", ErrMalformed)
	}
	var account org.Account
	var planned time.Time
	err := s.Store.Update(ctx, func(tx *store.Tx) error {
		var err error
		as := id
		if as == "" {
			if as, err = s.freeAccountID(tx); err != nil {
				return err
			}
		}
		account, err = tx.Account(as)
		if errors.Is(err, store.ErrNotFound) {
			account, err = s.register(tx, as)
		}
		if err != nil {
			return err
		}
		if account.State == org.Gone {
			return fmt.Errorf("%w: account %s is closed for good", ErrTaken, id)
		}
		err = s.rename(tx, &account, email, name)
		planned = tx.NextPlannedJob()
		return err
	})
	if err != nil {
		return org.Account{}, err
	}
	s.committed(planned)
	return account, nil
}

// rename gives an account another address or name. A management account that
// changes its address has to confirm it again. [AWS: "Email address
// verification"]
func (s *Service) rename(tx *store.Tx, a *org.Account, email ident.Email, name string) error {
	if name != "" {
		a.Name = name
	}
	changed := email != "" && email != a.Email
	if changed {
		other, err := tx.AccountByEmail(email)
		if err == nil && other.ID != a.ID {
			return fmt.Errorf("%w: another account has the address %s", ErrTaken, email)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		a.Email = email
	}
	if err := tx.UpdateAccount(*a); err != nil || !changed || !s.Behavior.EmailVerification {
		return err
	}
	place, err := tx.AccountWithOrganization(a.ID)
	if err != nil || place.Organization == nil || place.Organization.Management != a.ID {
		return err
	}
	return s.unverify(tx, a, place.Organization.ID)
}

// Account reads an account, unless it is gone for good.
func (s *Service) Account(ctx context.Context, id ident.AccountID) (org.Account, error) {
	var account org.Account
	err := s.Store.View(ctx, func(v *store.View) error {
		var err error
		account, err = v.Account(id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && account.State == org.Gone {
		return org.Account{}, ErrNoAccount
	}
	return account, err
}

// Accounts lists the accounts of the installation by id, those that are gone for
// good left out.
func (s *Service) Accounts(ctx context.Context, after ident.AccountID, limit int) ([]org.Account, error) {
	var accounts []org.Account
	err := s.Store.View(ctx, func(v *store.View) error {
		var err error
		accounts, err = v.AllAccounts(after, limit)
		return err
	})
	return accounts, err
}

// AccountUpdate is what the second listener changes about an account; nil members
// stay as they are.
type AccountUpdate struct {
	// State takes the account where only the provider can: SUSPENDED, or ACTIVE
	// again from SUSPENDED, PENDING_ACTIVATION or, within its retention, CLOSED.
	State         *org.AccountState
	EmailVerified *bool
	Readiness     *org.Readiness
	// Paired marks the account as one with a twin in the other partition.
	Paired *bool
}

// UpdateAccount changes what the API cannot change about an account.
func (s *Service) UpdateAccount(ctx context.Context, id ident.AccountID, change AccountUpdate) (org.Account, error) {
	return s.amend(ctx, id, func(tx *store.Tx, place *store.AccountWithOrganization) error {
		a := &place.Account
		if change.State != nil {
			if err := s.enterState(tx, place, *change.State); err != nil {
				return err
			}
		}
		if change.EmailVerified != nil {
			a.EmailVerified = *change.EmailVerified
		}
		if change.Readiness != nil {
			a.Readiness = *change.Readiness
		}
		if change.Paired != nil {
			a.Paired = *change.Paired
		}
		return nil
	})
}

// enterState makes one of the changes of state that the provider makes.
func (s *Service) enterState(tx *store.Tx, place *store.AccountWithOrganization, to org.AccountState) error {
	a := &place.Account
	type step struct{ from, to org.AccountState }
	switch (step{a.State, to}) {
	case step{org.Active, org.Suspended}, step{org.Suspended, org.Active}, step{org.PendingActivation, org.Active}:
	case step{org.Closed, org.Active}:
		gone := a.ClosedAt.Add(s.Behavior.ClosedAccountRetention)
		if err := tx.DeleteJob(accountGoneAt(place, gone)); err != nil {
			return err
		}
		a.ClosureRequested, a.ClosedAt = org.Account{}.ClosureRequested, org.Account{}.ClosedAt
	default:
		if a.State == to {
			return nil
		}
		return fmt.Errorf("%w: account %s is %s and cannot become %s", ErrNotNow, a.ID, a.State, to)
	}
	a.State = to
	return nil
}

// RemoveServiceLinkedRole takes the role AWSServiceRoleForOrganizations from an
// account, as its owner can while the organization has no all features. [AWS:
// service-linked roles]
func (s *Service) RemoveServiceLinkedRole(ctx context.Context, id ident.AccountID) (org.Account, error) {
	return s.amend(ctx, id, func(_ *store.Tx, place *store.AccountWithOrganization) error {
		if place.Organization != nil && place.Organization.FeatureSet == org.AllFeatures {
			return fmt.Errorf("%w: account %s is in an organization with all features, which needs the role", ErrNotNow, id)
		}
		place.Account.ServiceLinkedRole = false
		return nil
	})
}

// amend changes an account that exists.
func (s *Service) amend(ctx context.Context, id ident.AccountID, change func(*store.Tx, *store.AccountWithOrganization) error) (org.Account, error) {
	var account org.Account
	var planned time.Time
	err := s.Store.Update(ctx, func(tx *store.Tx) error {
		place, err := tx.AccountWithOrganization(id)
		if errors.Is(err, store.ErrNotFound) || err == nil && place.Account.State == org.Gone {
			return ErrNoAccount
		}
		if err != nil {
			return err
		}
		if err := change(tx, &place); err != nil {
			return err
		}
		account, planned = place.Account, tx.NextPlannedJob()
		return tx.UpdateAccount(account)
	})
	if err != nil {
		return org.Account{}, err
	}
	s.committed(planned)
	return account, nil
}

// SetQuotas gives an organization quotas of its own.
func (s *Service) SetQuotas(ctx context.Context, id ident.OrganizationID, quotas map[quota.Name]int64) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Organization(id); errors.Is(err, store.ErrNotFound) {
			return ErrNoOrganization
		} else if err != nil {
			return err
		}
		for name, number := range quotas {
			if err := tx.UpsertQuota(id, string(name), number); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reset forgets all that people made. Settings and the clock stay.
func (s *Service) Reset(ctx context.Context) error {
	return s.Store.Update(ctx, (*store.Tx).DeleteEverything)
}
