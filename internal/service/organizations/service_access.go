package organizations

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// EnableAWSServiceAccess lets a service work within the organization. A service
// that has access already keeps its date. [AWS: EnableAWSServiceAccess]
func (s *Service) EnableAWSServiceAccess(ctx context.Context, in *orgapi.EnableAWSServiceAccessRequest) (*orgapi.EnableAWSServiceAccessResponse, error) {
	return change(ctx, s, "EnableAWSServiceAccess", in, func(w *writing) (*orgapi.EnableAWSServiceAccessResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		service, err := s.recognized(*in.ServicePrincipal)
		if err != nil {
			return nil, err
		}
		return &orgapi.EnableAWSServiceAccessResponse{},
			w.tx.UpsertServiceAccess(w.organization.ID, service.Principal, w.Now())
	})
}

// DisableAWSServiceAccess takes the access from a service again. Its delegated
// administrators stay registered. (assumed) [AWS: DisableAWSServiceAccess]
func (s *Service) DisableAWSServiceAccess(ctx context.Context, in *orgapi.DisableAWSServiceAccessRequest) (*orgapi.DisableAWSServiceAccessResponse, error) {
	return change(ctx, s, "DisableAWSServiceAccess", in, func(w *writing) (*orgapi.DisableAWSServiceAccessResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		service, err := s.recognized(*in.ServicePrincipal)
		if err != nil {
			return nil, err
		}
		if err := w.unneeded(service.Principal); err != nil {
			return nil, err
		}
		return &orgapi.DisableAWSServiceAccessResponse{},
			w.tx.DeleteServiceAccess(w.organization.ID, service.Principal)
	})
}

// recognized returns the service of a principal, or refuses one that nobody
// knows.
func (s *Service) recognized(principal string) (org.Service, error) {
	service, known := org.FindService(org.ServicePrincipal(principal), s.Behavior.ServicePrincipalsAny)
	if !known {
		return service, unrecognized()
	}
	return service, nil
}

// unrecognized refuses a service principal.
func unrecognized() error {
	return orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonUnrecognizedServicePrincipal).
		RaisedBy("--behavior service-principals")
}

// ListAWSServiceAccessForOrganization lists the services with access, in the
// order in which they got it. [AWS: ListAWSServiceAccessForOrganization]
func (s *Service) ListAWSServiceAccessForOrganization(ctx context.Context, in *orgapi.ListAWSServiceAccessForOrganizationRequest) (*orgapi.ListAWSServiceAccessForOrganizationResponse, error) {
	return read(ctx, s, "ListAWSServiceAccessForOrganization", func(r *reading) (*orgapi.ListAWSServiceAccessForOrganizationResponse, error) {
		if err := r.allFeatures(); err != nil {
			return nil, err
		}
		services, next, err := turnTo(r, list[org.ServiceAccess]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]org.ServiceAccess, error) {
				return r.ServiceAccesses(r.organization.ID, after, limit)
			},
			key: store.AfterServiceAccess,
		}, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListAWSServiceAccessForOrganizationResponse{
			EnabledServicePrincipals: render(services, renderServiceAccess),
			NextToken:                next,
		}, nil
	})
}
