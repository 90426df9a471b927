package organizations

import (
	"context"
	"errors"

	"accord/internal/api/orgapi"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/store"
)

// RegisterDelegatedAdministrator lets a member run the part of the organization
// that a service needs. From then on it reads the whole organization, whatever
// the service. [AWS: RegisterDelegatedAdministrator]
func (s *Service) RegisterDelegatedAdministrator(ctx context.Context, in *orgapi.RegisterDelegatedAdministratorRequest) (*orgapi.RegisterDelegatedAdministratorResponse, error) {
	return change(ctx, s, "RegisterDelegatedAdministrator", in, func(w *writing) (*orgapi.RegisterDelegatedAdministratorResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		service, err := s.recognized(*in.ServicePrincipal)
		if err != nil {
			return nil, err
		}
		if !service.Delegable {
			return nil, unrecognized()
		}
		account, err := w.member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		if err := w.mayAdminister(&account, service.Principal); err != nil {
			return nil, err
		}
		if err := w.reserveFor(service.Principal, quota.DelegatedAdministratorsPerService, administratorsOf(service.Principal)); err != nil {
			return nil, err
		}
		return &orgapi.RegisterDelegatedAdministratorResponse{}, w.tx.InsertDelegation(w.organization.ID,
			org.Delegation{Account: account.ID, Service: service.Principal, Since: w.Now()})
	})
}

// mayAdminister judges whether a member can become a delegated administrator of
// a service.
func (w *writing) mayAdminister(a *org.Account, service org.ServicePrincipal) error {
	if a.ID == w.organization.Management {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotRegisterMasterAsDelegatedAdministrator)
	}
	// An account on its way to CLOSED counts as suspended: no delegated
	// administrator can be closed. (assumed)
	switch a.State {
	case org.Suspended, org.PendingClosure, org.Closed:
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotRegisterSuspendedAccountAsDelegatedAdministrator)
	}
	_, err := w.tx.ServiceAccess(w.organization.ID, service)
	if errors.Is(err, store.ErrNotFound) {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonServiceAccessNotEnabled)
	}
	if err != nil {
		return err
	}
	_, err = w.tx.Delegation(w.organization.ID, a.ID, service)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return orgapi.ErrAccountAlreadyRegistered()
}

// DeregisterDelegatedAdministrator ends the part of a member in running a
// service, and with the last one its sight of the organization. [AWS:
// DeregisterDelegatedAdministrator]
func (s *Service) DeregisterDelegatedAdministrator(ctx context.Context, in *orgapi.DeregisterDelegatedAdministratorRequest) (*orgapi.DeregisterDelegatedAdministratorResponse, error) {
	return change(ctx, s, "DeregisterDelegatedAdministrator", in, func(w *writing) (*orgapi.DeregisterDelegatedAdministratorResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		service, err := s.recognized(*in.ServicePrincipal)
		if err != nil {
			return nil, err
		}
		account, err := w.member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		was, err := w.tx.DeleteDelegation(w.organization.ID, account.ID, service.Principal)
		if err != nil {
			return nil, err
		}
		if !was {
			return nil, orgapi.ErrAccountNotRegistered()
		}
		return &orgapi.DeregisterDelegatedAdministratorResponse{},
			w.tx.AddToCounter(w.organization.ID, administratorsOf(service.Principal), -1)
	})
}

// ListDelegatedAdministrators lists the delegated administrators of a service,
// or of all, each once, in the order of registration. [AWS:
// ListDelegatedAdministrators; assumed: order and dates]
func (s *Service) ListDelegatedAdministrators(ctx context.Context, in *orgapi.ListDelegatedAdministratorsRequest) (*orgapi.ListDelegatedAdministratorsResponse, error) {
	return read(ctx, s, "ListDelegatedAdministrators", func(r *reading) (*orgapi.ListDelegatedAdministratorsResponse, error) {
		if err := r.allFeatures(); err != nil {
			return nil, err
		}
		var of org.ServicePrincipal
		if in.ServicePrincipal != nil {
			service, err := s.recognized(*in.ServicePrincipal)
			if err != nil {
				return nil, err
			}
			of = service.Principal
		}
		administrators, next, err := turnTo(r, list[store.Administrator]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]store.Administrator, error) {
				return r.Administrators(r.organization.ID, of, after, limit)
			},
			key: store.AfterAdministrator,
		}, in.NextToken, in.MaxResults, string(of))
		if err != nil {
			return nil, err
		}
		return &orgapi.ListDelegatedAdministratorsResponse{
			DelegatedAdministrators: render(administrators, r.renderAdministrator),
			NextToken:               next,
		}, nil
	})
}

// ListDelegatedServicesForAccount lists the services that a member is
// registered for, in the order of registration. [AWS:
// ListDelegatedServicesForAccount]
func (s *Service) ListDelegatedServicesForAccount(ctx context.Context, in *orgapi.ListDelegatedServicesForAccountRequest) (*orgapi.ListDelegatedServicesForAccountResponse, error) {
	return read(ctx, s, "ListDelegatedServicesForAccount", func(r *reading) (*orgapi.ListDelegatedServicesForAccountResponse, error) {
		if err := r.allFeatures(); err != nil {
			return nil, err
		}
		services, next, err := turnTo(r, list[org.Delegation]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]org.Delegation, error) {
				return r.delegationsOf(*in.AccountId, after, limit)
			},
			key: store.AfterDelegation,
		}, in.NextToken, in.MaxResults, *in.AccountId)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListDelegatedServicesForAccountResponse{
			DelegatedServices: render(services, renderDelegation),
			NextToken:         next,
		}, nil
	})
}

// delegationsOf reads what a delegated administrator is registered for, and
// refuses an account that is none.
func (r *reading) delegationsOf(id string, after page.Cursor, limit int) ([]org.Delegation, error) {
	account, err := r.member(id)
	if err != nil {
		return nil, err
	}
	is, err := r.IsDelegatedAdministrator(r.organization.ID, account.ID)
	if err != nil {
		return nil, err
	}
	if !is {
		return nil, orgapi.ErrAccountNotRegistered()
	}
	return r.Delegations(r.organization.ID, account.ID, after, limit)
}
