package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"accord/internal/api/orgapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/accounts"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Register adds an account, or gives one that exists another address or name;
// an empty address or name stays as it is, and an empty id is one that is free.
func (p *Provider) Register(ctx context.Context, id ident.AccountID, email ident.Email, name string) (org.Account, error) {
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
	err := p.runner.Change(ctx, func(u *operation.Unit) error {
		var err error
		as := id
		if as == "" {
			if as, err = u.FreeAccountID(); err != nil {
				return err
			}
		}
		account, err = u.Account(as)
		if errors.Is(err, store.ErrNotFound) {
			account, err = u.RegisterAccount(as)
		}
		if err != nil {
			return err
		}
		if account.State == org.Gone {
			return fmt.Errorf("%w: account %s is closed for good", ErrTaken, id)
		}
		return rename(u, &account, email, name)
	})
	if err != nil {
		return org.Account{}, err
	}
	return account, nil
}

// rename gives an account another address or name. A management account that
// changes its address has to confirm it again. [AWS: "Email address
// verification"]
func rename(u *operation.Unit, a *org.Account, email ident.Email, name string) error {
	if name != "" {
		a.Name = name
	}
	changed := email != "" && email != a.Email
	if changed {
		other, err := u.AccountByEmail(email)
		if err == nil && other.ID != a.ID {
			return fmt.Errorf("%w: another account has the address %s", ErrTaken, email)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		a.Email = email
	}
	if err := u.Tx.UpdateAccount(*a); err != nil || !changed || !u.Behavior.EmailVerification {
		return err
	}
	found, err := u.AccountWithOrganization(a.ID)
	if err != nil || !found.Organization.ManagedBy(a.ID) {
		return err
	}
	return accounts.RequestVerification(u, a, found.Organization.ID)
}

// Account reads an account, unless it is gone for good.
func (p *Provider) Account(ctx context.Context, id ident.AccountID) (org.Account, error) {
	var account org.Account
	err := p.runner.Store.View(ctx, func(v *store.View) error {
		var err error
		account, err = v.Account(id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && account.State == org.Gone {
		return org.Account{}, ErrNoAccount
	}
	return account, err
}

// AccountByEmail reads the account that has an address, which is compared without case.
func (p *Provider) AccountByEmail(ctx context.Context, email ident.Email) (org.Account, error) {
	var account org.Account
	err := p.runner.Store.View(ctx, func(v *store.View) (err error) {
		account, err = v.AccountByEmail(email)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return org.Account{}, ErrNoAccount
	}
	return account, err
}

// Accounts lists all accounts in the order of registration, those that are gone for good
// left out.
func (p *Provider) Accounts(ctx context.Context, after ident.AccountID, limit int) ([]org.Account, error) {
	var accounts []org.Account
	err := p.runner.Store.View(ctx, func(v *store.View) error {
		var err error
		accounts, err = v.AllAccounts(after, limit)
		return err
	})
	return accounts, err
}

// Sweep deletes the accounts that calls registered a duration ago or earlier and that
// are unused, and returns how many. A session that was issued for one of them ends.
func (p *Provider) Sweep(ctx context.Context, age time.Duration) (int, error) {
	var before time.Time
	err := p.runner.Store.View(ctx, func(v *store.View) error {
		before = v.Now().Add(-age)
		return nil
	})
	if err != nil {
		return 0, err
	}
	// The instants of the store have microseconds, and one of now counts.
	return p.runner.Sweep(ctx, before.Add(time.Microsecond))
}

// AccountUpdate is what the admin API changes about an account; nil members
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
func (p *Provider) UpdateAccount(ctx context.Context, id ident.AccountID, change AccountUpdate) (org.Account, error) {
	return p.update(ctx, id, func(u *operation.Unit, found *store.AccountWithOrganization) error {
		a := &found.Account
		if change.State != nil {
			if err := enterState(u, a, found.Organization, *change.State); err != nil {
				return err
			}
		}
		if change.EmailVerified != nil {
			if err := verifyEmail(u, a, found.Organization, *change.EmailVerified); err != nil {
				return err
			}
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

// verifyEmail marks the address of an account as verified or not. Where owners have to
// confirm the address of a management account, false sends the mail for it again, and true
// is late once the mail's lifetime has ended. [AWS: valid for 24 hours, a new one can be
// requested; assumed: the way]
func verifyEmail(u *operation.Unit, a *org.Account, o *org.Organization, verified bool) error {
	confirms := u.Behavior.EmailVerification && o.ManagedBy(a.ID)
	if confirms && !verified {
		return accounts.RequestVerification(u, a, o.ID)
	}
	lifetime := u.Behavior.EmailLinkLifetime
	if confirms && !a.EmailVerified && !a.VerificationSent.IsZero() && u.Elapsed(a.VerificationSent, lifetime) {
		return fmt.Errorf("%w: the verification mail of account %s was valid until %s; emailVerified false sends a new one "+
			"(accord account request-verification %s)", ErrNotNow, a.ID, a.VerificationSent.Add(lifetime).Format(time.RFC3339), a.ID)
	}
	a.EmailVerified = verified
	return nil
}

// enterState makes one of the changes of state that the provider makes.
func enterState(u *operation.Unit, a *org.Account, o *org.Organization, to org.AccountState) error {
	type step struct{ from, to org.AccountState }
	switch (step{a.State, to}) {
	case step{org.Active, org.Suspended}, step{org.Suspended, org.Active}, step{org.PendingActivation, org.Active}:
	case step{org.Closed, org.Active}:
		if err := u.Tx.DeleteJob(accounts.EndJob(a, a.ClosedAt.Add(u.Behavior.ClosedAccountRetention))); err != nil {
			return err
		}
		a.ClosureRequested, a.ClosedAt = org.Account{}.ClosureRequested, org.Account{}.ClosedAt
	default:
		if a.State == to {
			return nil
		}
		if !slices.Contains(org.AccountStates, to) {
			return fmt.Errorf("%w: %.40q is not a state of an account", ErrMalformed, to)
		}
		return fmt.Errorf("%w: account %s is %s and cannot become %s", ErrNotNow, a.ID, a.State, to)
	}
	return accounts.EnterState(u, a, o, to)
}

// RemoveServiceLinkedRole takes the role AWSServiceRoleForOrganizations from an
// account, as its owner can while the organization has no all features. [AWS:
// service-linked roles]
func (p *Provider) RemoveServiceLinkedRole(ctx context.Context, id ident.AccountID) (org.Account, error) {
	return p.update(ctx, id, func(u *operation.Unit, found *store.AccountWithOrganization) error {
		if found.Organization != nil && found.Organization.FeatureSet == org.AllFeatures {
			return fmt.Errorf("%w: account %s is in an organization with all features, which needs the role", ErrNotNow, id)
		}
		if !found.Account.ServiceLinkedRole {
			return nil
		}
		found.Account.ServiceLinkedRole = false
		role, err := identities.Get(u.View, id, iam.Role, iam.OrganizationsRole(id, "", u.Now()).Name)
		if err != nil {
			return err
		}
		return identities.DeleteMade(u.Tx, role)
	})
}

// update changes an account that exists.
func (p *Provider) update(ctx context.Context, id ident.AccountID, change func(*operation.Unit, *store.AccountWithOrganization) error) (org.Account, error) {
	var account org.Account
	err := p.runner.Change(ctx, func(u *operation.Unit) error {
		found, err := u.AccountWithOrganization(id)
		if errors.Is(err, store.ErrNotFound) || err == nil && found.Account.State == org.Gone {
			return ErrNoAccount
		}
		if err != nil {
			return err
		}
		if err := change(u, &found); err != nil {
			return err
		}
		account = found.Account
		return u.Tx.UpdateAccount(account)
	})
	if err != nil {
		return org.Account{}, err
	}
	return account, nil
}
