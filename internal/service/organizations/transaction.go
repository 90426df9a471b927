package organizations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// reading is one call that changes nothing: a snapshot, and who looks at it.
type reading struct {
	*store.View
	service   *Service
	operation string
	caller    api.Caller
	// account is the caller's; organization is nil when it is in none.
	account      org.Account
	organization *org.Organization
}

// writing is one call that changes something.
type writing struct {
	reading
	tx *store.Tx
	// refusal is told to the caller although the transaction is committed: the
	// real service refuses one call and changes something all the same.
	refusal *api.Error
}

// read runs a call on a snapshot, after the standing that its operation asks for.
func read[O any](ctx context.Context, s *Service, operation string, fn func(*reading) (*O, error)) (*O, error) {
	var out *O
	look := func(v *store.View) error {
		r := reading{View: v, service: s, operation: operation, caller: api.CallerOf(ctx)}
		if err := r.loadCaller(v.AccountWithOrganization(r.accountID())); err != nil {
			return err
		}
		if err := r.admit(orgapi.Operations[operation].Access.Standing); err != nil {
			return err
		}
		var err error
		out, err = fn(&r)
		return err
	}
	err := s.withRegistration(ctx, func() error { return s.Store.View(ctx, look) })
	if err != nil {
		return nil, s.fault(operation, err)
	}
	return out, nil
}

// change runs a call in one serialisable transaction: what is overdue in the
// caller's organization first, then the standing, then fn, and last the record
// of the call. fn may run more than once.
func change[I, O any](ctx context.Context, s *Service, operation string, in *I, fn func(*writing) (*O, error)) (*O, error) {
	var out *O
	var refusal *api.Error
	var planned time.Time
	act := func(tx *store.Tx) error {
		w := writing{
			reading: reading{View: &tx.View, service: s, operation: operation, caller: api.CallerOf(ctx)},
			tx:      tx,
		}
		place, err := tx.AccountWithPendingJobs(w.accountID())
		if err := w.loadCaller(place, err); err != nil {
			return err
		}
		if place.PendingJobs {
			if err := w.settle(ctx, w.organization.ID); err != nil {
				return err
			}
		}
		if err := w.admit(orgapi.Operations[operation].Access.Standing); err != nil {
			return err
		}
		answer, err := fn(&w)
		if err != nil {
			return err
		}
		out, refusal, planned = answer, w.refusal, tx.NextPlannedJob()
		if refusal != nil {
			return nil
		}
		return w.recordCall(in, answer)
	}
	err := s.withRegistration(ctx, func() error { return s.Store.Update(ctx, act) })
	if err != nil {
		return nil, s.fault(operation, err)
	}
	s.committed(planned)
	if refusal != nil {
		return nil, refusal
	}
	return out, nil
}

// accountID is the account of the caller.
func (r *reading) accountID() ident.AccountID { return ident.AccountID(r.caller.Account) }

// errUnknownCaller: the account of the caller is not in the store.
var errUnknownCaller = errors.New("the account of the caller is not known")

// withRegistration runs a call. In the open sandbox it registers the account of a
// caller that is not known yet, in a transaction of its own, so that also a first
// call that fails registers it, and runs the call again.
func (s *Service) withRegistration(ctx context.Context, call func() error) error {
	err := call()
	if !errors.Is(err, errUnknownCaller) {
		return err
	}
	if !s.RegisterCallers {
		return api.UnrecognizedClient()
	}
	id := ident.AccountID(api.CallerOf(ctx).Account)
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Account(id)
		if errors.Is(err, store.ErrNotFound) {
			_, err = s.register(tx, id)
		}
		return err
	})
	if err != nil {
		return err
	}
	return call()
}

// RequireAccount rejects a caller whose account may not sign, and registers the
// account like every call. It is for calls that need nothing else of the store.
func (s *Service) RequireAccount(ctx context.Context) error {
	id := ident.AccountID(api.CallerOf(ctx).Account)
	return s.withRegistration(ctx, func() error {
		return s.Store.View(ctx, func(v *store.View) error {
			account, err := v.Account(id)
			switch {
			case errors.Is(err, store.ErrNotFound):
				return errUnknownCaller
			case err == nil && !account.State.CanSign():
				return api.UnrecognizedClient()
			}
			return err
		})
	})
}

// loadCaller takes in the account of the caller with its organization, and rejects
// an account that may not sign.
func (r *reading) loadCaller(place store.AccountWithOrganization, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errUnknownCaller
	}
	if err != nil {
		return fmt.Errorf("the caller's account %s: %w", r.caller.Account, err)
	}
	r.account, r.organization = place.Account, place.Organization
	if !r.account.State.CanSign() {
		return api.UnrecognizedClient()
	}
	return nil
}

// settle does what is overdue in an organization, so that duplicates, quotas and
// places are right before the call looks at them. What was read before has to be
// read again; the caller's place is.
func (w *writing) settle(ctx context.Context, organization ident.OrganizationID) error {
	if err := w.service.Jobs.RunPending(ctx, w.tx, organization); err != nil {
		return err
	}
	return w.loadCaller(w.tx.AccountWithOrganization(w.accountID()))
}

// admit is the standing gate: is the caller's account of the kind that the
// operation serves? [AWS: API reference of each operation]
func (r *reading) admit(standing api.Standing) error {
	switch standing {
	case api.Anyone:
		return nil
	case api.Outsider:
		if r.organization != nil {
			return orgapi.ErrAlreadyInOrganization()
		}
		return nil
	}
	if r.organization == nil {
		return orgapi.ErrAWSOrganizationsNotInUse()
	}
	management := r.organization.Management == r.account.ID
	switch {
	case standing == api.Member && management:
		return orgapi.ErrMasterCannotLeaveOrganization()
	case standing == api.Insider, standing == api.Member, management:
		return nil
	case standing == api.Reader:
		is, err := r.standing()
		if err != nil || is == org.DelegatedAdministrator {
			return err
		}
	}
	return orgapi.ErrAccessDenied()
}

// standing is what the caller's account is.
func (r *reading) standing() (org.Standing, error) {
	return org.StandingOf(&r.account, r.organization, func() (bool, error) {
		return r.IsDelegatedAdministrator(r.organization.ID, r.account.ID)
	})
}

// member reads an account of the caller's organization.
func (r *reading) member(id string) (org.Account, error) {
	account, err := r.Account(ident.AccountID(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && !account.In(r.organization.ID) {
		return org.Account{}, orgapi.ErrAccountNotFound()
	}
	return account, err
}

// allFeatures is the part of the standing gate for operations that need all
// features.
func (r *reading) allFeatures() error {
	if r.organization.FeatureSet != org.AllFeatures {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonOrganizationNotInAllFeaturesMode)
	}
	return nil
}

// older reports whether something that began at an instant is at least as old as
// a wait asks for.
func (r *reading) older(began time.Time, wait time.Duration) bool {
	return wait <= 0 || !r.Now().Before(began.Add(wait))
}
