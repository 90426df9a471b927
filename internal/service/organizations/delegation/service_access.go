package delegation

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/policies"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// EnableAWSServiceAccess lets a service work within the organization. A service
// that has access already keeps its date. [AWS: EnableAWSServiceAccess]
func (s *Service) EnableAWSServiceAccess(ctx context.Context, in *orgapi.EnableAWSServiceAccessRequest) (*orgapi.EnableAWSServiceAccessResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.EnableAWSServiceAccessResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		service, err := findService(u.Reader, *in.ServicePrincipal)
		if err != nil {
			return nil, err
		}
		return &orgapi.EnableAWSServiceAccessResponse{},
			u.Tx.UpsertServiceAccess(u.Caller.Organization.ID, service.Principal, u.Now())
	})
}

// DisableAWSServiceAccess takes the access from a service again. Its delegated
// administrators stay registered. [AWS: DisableAWSServiceAccess; assumed:
// that they stay]
func (s *Service) DisableAWSServiceAccess(ctx context.Context, in *orgapi.DisableAWSServiceAccessRequest) (*orgapi.DisableAWSServiceAccessResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DisableAWSServiceAccessResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		service, err := findService(u.Reader, *in.ServicePrincipal)
		if err != nil {
			return nil, err
		}
		if err := policies.RequireUnused(u, service.Principal); err != nil {
			return nil, err
		}
		return &orgapi.DisableAWSServiceAccessResponse{},
			u.Tx.DeleteServiceAccess(u.Caller.Organization.ID, service.Principal)
	})
}

// findService returns the service of a principal, or rejects one that is not known.
func findService(r *operation.Reader, principal string) (org.Service, error) {
	service, known := org.FindService(org.ServicePrincipal(principal), r.Behavior.ServicePrincipalsAny)
	if !known {
		return service, unrecognized()
	}
	return service, nil
}

// unrecognized rejects a service principal.
func unrecognized() error {
	return orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonUnrecognizedServicePrincipal).
		RaisedBy("--behavior service-principals")
}

// ListAWSServiceAccessForOrganization lists the services with access, in the
// order in which they got it. [AWS: ListAWSServiceAccessForOrganization]
func (s *Service) ListAWSServiceAccessForOrganization(ctx context.Context, in *orgapi.ListAWSServiceAccessForOrganizationRequest) (*orgapi.ListAWSServiceAccessForOrganizationResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListAWSServiceAccessForOrganizationResponse, error) {
		if err := r.RequireAllFeatures(); err != nil {
			return nil, err
		}
		services, next, err := operation.Paginate(r, operation.List[org.ServiceAccess]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]org.ServiceAccess, error) {
				return r.ServiceAccesses(r.Caller.Organization.ID, after, limit)
			},
			Key: store.AfterServiceAccess,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListAWSServiceAccessForOrganizationResponse{
			EnabledServicePrincipals: render.All(services, render.ServiceAccess),
			NextToken:                next,
		}, nil
	})
}
