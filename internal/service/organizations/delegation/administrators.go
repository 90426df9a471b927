package delegation

import (
	"context"
	"errors"

	"accord/internal/api/orgapi"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// administratorsOf counts the delegated administrators of a service.
func administratorsOf(service org.ServicePrincipal) store.CounterName {
	return store.CounterName("administrators-of-" + service)
}

// RegisterDelegatedAdministrator lets a member run the part of the organization
// that a service needs. From then on it reads the whole organization, whatever
// the service. [AWS: RegisterDelegatedAdministrator]
func (s *Service) RegisterDelegatedAdministrator(ctx context.Context, in *orgapi.RegisterDelegatedAdministratorRequest) (*orgapi.RegisterDelegatedAdministratorResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.RegisterDelegatedAdministratorResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		service, err := findService(u.Reader, *in.ServicePrincipal)
		if err != nil {
			return nil, err
		}
		if !service.Delegable {
			return nil, unrecognized()
		}
		account, err := u.Member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		if err := mayAdminister(u, &account, service.Principal); err != nil {
			return nil, err
		}
		if err := u.ReserveFor(service.Principal, quota.DelegatedAdministratorsPerService, administratorsOf(service.Principal)); err != nil {
			return nil, err
		}
		return &orgapi.RegisterDelegatedAdministratorResponse{}, u.Tx.InsertDelegation(u.Caller.Organization.ID,
			org.Delegation{Account: account.ID, Service: service.Principal, Since: u.Now()})
	})
}

// mayAdminister judges whether a member can become a delegated administrator of
// a service.
func mayAdminister(u *operation.Unit, a *org.Account, service org.ServicePrincipal) error {
	if a.ID == u.Caller.Organization.Management {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotRegisterMasterAsDelegatedAdministrator)
	}
	// An account on its way to CLOSED counts as suspended: no delegated
	// administrator can be closed. [assumed]
	switch a.State {
	case org.Suspended, org.PendingClosure, org.Closed:
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotRegisterSuspendedAccountAsDelegatedAdministrator)
	}
	_, err := u.ServiceAccess(u.Caller.Organization.ID, service)
	if errors.Is(err, store.ErrNotFound) {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonServiceAccessNotEnabled)
	}
	if err != nil {
		return err
	}
	_, err = u.Delegation(u.Caller.Organization.ID, a.ID, service)
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
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DeregisterDelegatedAdministratorResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		service, err := findService(u.Reader, *in.ServicePrincipal)
		if err != nil {
			return nil, err
		}
		account, err := u.Member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		was, err := u.Tx.DeleteDelegation(u.Caller.Organization.ID, account.ID, service.Principal)
		if err != nil {
			return nil, err
		}
		if !was {
			return nil, orgapi.ErrAccountNotRegistered()
		}
		return &orgapi.DeregisterDelegatedAdministratorResponse{},
			u.Tx.AddToCounter(u.Caller.Organization.ID, administratorsOf(service.Principal), -1)
	})
}

// ListDelegatedAdministrators lists the delegated administrators of a service,
// or of all, each once, in the order of registration. [AWS:
// ListDelegatedAdministrators; assumed: order and dates]
func (s *Service) ListDelegatedAdministrators(ctx context.Context, in *orgapi.ListDelegatedAdministratorsRequest) (*orgapi.ListDelegatedAdministratorsResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListDelegatedAdministratorsResponse, error) {
		if err := r.RequireAllFeatures(); err != nil {
			return nil, err
		}
		var of org.ServicePrincipal
		if in.ServicePrincipal != nil {
			service, err := findService(r, *in.ServicePrincipal)
			if err != nil {
				return nil, err
			}
			of = service.Principal
		}
		administrators, next, err := operation.Paginate(r, operation.List[store.Administrator]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]store.Administrator, error) {
				return r.Administrators(r.Caller.Organization.ID, of, after, limit)
			},
			Key: store.AfterAdministrator,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListDelegatedAdministratorsResponse{
			DelegatedAdministrators: render.All(administrators, render.With(r, render.Administrator)),
			NextToken:               next,
		}, nil
	})
}

// ListDelegatedServicesForAccount lists the services that a member is
// registered for, in the order of registration. [AWS:
// ListDelegatedServicesForAccount]
func (s *Service) ListDelegatedServicesForAccount(ctx context.Context, in *orgapi.ListDelegatedServicesForAccountRequest) (*orgapi.ListDelegatedServicesForAccountResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListDelegatedServicesForAccountResponse, error) {
		if err := r.RequireAllFeatures(); err != nil {
			return nil, err
		}
		services, next, err := operation.Paginate(r, operation.List[org.Delegation]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]org.Delegation, error) {
				return delegationsOf(r, *in.AccountId, after, limit)
			},
			Key: store.AfterDelegation,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListDelegatedServicesForAccountResponse{
			DelegatedServices: render.All(services, render.Delegation),
			NextToken:         next,
		}, nil
	})
}

// delegationsOf reads what a delegated administrator is registered for, and
// rejects another account.
func delegationsOf(r *operation.Reader, id string, after page.Cursor, limit int) ([]org.Delegation, error) {
	account, err := r.Member(id)
	if err != nil {
		return nil, err
	}
	is, err := r.IsDelegatedAdministrator(r.Caller.Organization.ID, account.ID)
	if err != nil {
		return nil, err
	}
	if !is {
		return nil, orgapi.ErrAccountNotRegistered()
	}
	return r.Delegations(r.Caller.Organization.ID, account.ID, after, limit)
}
