// Package rootaccess implements the operations of IAM by which an organization manages the
// root users of its members.
package rootaccess

import (
	"context"
	"errors"
	"fmt"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Service has the operations.
type Service struct{ runner *operation.Runner }

// New returns the service.
func New(r *operation.Runner) *Service { return &Service{r} }

// Require rejects a caller whose account cannot manage the root users of its organization:
// it has to be the management account or the delegated administrator of IAM, which needs
// trusted access. [AWS: the errors of the operations; recorded: the one without trusted
// access; assumed: their order]
func Require(r *operation.Reader) error {
	o := r.Caller.Organization
	if o == nil {
		return iamapi.ErrOrganizationNotFound()
	}
	if !o.ManagedBy(r.Caller.Account.ID) {
		_, err := r.Delegation(o.ID, r.Caller.Account.ID, iam.ServicePrincipal)
		if errors.Is(err, store.ErrNotFound) {
			return iamapi.ErrAccountNotManagementOrDelegatedAdministrator()
		}
		if err != nil {
			return err
		}
	}
	if o.FeatureSet != org.AllFeatures {
		return iamapi.ErrOrganizationNotInAllFeaturesMode()
	}
	_, err := r.ServiceAccess(o.ID, iam.ServicePrincipal)
	if errors.Is(err, store.ErrNotFound) {
		return iamapi.ErrServiceAccessNotEnabled().Saying(fmt.Sprintf(iamapi.TextServiceAccessNotEnabledAccount, r.Caller.Account.ID))
	}
	return err
}

// state is what all operations answer.
type state struct {
	organization *string
	features     []iamapi.FeatureType
}

func read(r *operation.Reader) (state, error) {
	enabled, err := identities.RootAccess(r.View, r.Caller.Organization.ID)
	s := state{new(string(r.Caller.Organization.ID)), make([]iamapi.FeatureType, len(enabled))}
	for i, f := range enabled {
		s.features[i] = iamapi.FeatureType(f)
	}
	return s, err
}

// set enables a feature, which only the management account may, or disables it. One that is
// so already stays so. [AWS: the errors of the operations; assumed: the last]
func set(u *operation.Unit, f iam.RootAccessFeature, enabled bool) (state, error) {
	if err := Require(u.Reader); err != nil {
		return state{}, err
	}
	if enabled && !u.Caller.Organization.ManagedBy(u.Caller.Account.ID) {
		return state{}, iamapi.ErrCallerIsNotManagementAccount()
	}
	if err := identities.SetRootAccess(u.Tx, u.Caller.Organization.ID, f, enabled); err != nil {
		return state{}, err
	}
	return read(u.Reader)
}

// EnableOrganizationsRootCredentialsManagement lets accounts that the organization creates
// have no password of their root user. [AWS: EnableOrganizationsRootCredentialsManagement]
func (s *Service) EnableOrganizationsRootCredentialsManagement(ctx context.Context, in *iamapi.EnableOrganizationsRootCredentialsManagementRequest) (*iamapi.EnableOrganizationsRootCredentialsManagementResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.EnableOrganizationsRootCredentialsManagementResponse, error) {
		now, err := set(u, iam.RootCredentialsManagement, true)
		return &iamapi.EnableOrganizationsRootCredentialsManagementResponse{OrganizationId: now.organization, EnabledFeatures: now.features}, err
	})
}

// DisableOrganizationsRootCredentialsManagement ends it. [AWS:
// DisableOrganizationsRootCredentialsManagement]
func (s *Service) DisableOrganizationsRootCredentialsManagement(ctx context.Context, in *iamapi.DisableOrganizationsRootCredentialsManagementRequest) (*iamapi.DisableOrganizationsRootCredentialsManagementResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DisableOrganizationsRootCredentialsManagementResponse, error) {
		now, err := set(u, iam.RootCredentialsManagement, false)
		return &iamapi.DisableOrganizationsRootCredentialsManagementResponse{OrganizationId: now.organization, EnabledFeatures: now.features}, err
	})
}

// EnableOrganizationsRootSessions permits AssumeRoot for members. [AWS:
// EnableOrganizationsRootSessions]
func (s *Service) EnableOrganizationsRootSessions(ctx context.Context, in *iamapi.EnableOrganizationsRootSessionsRequest) (*iamapi.EnableOrganizationsRootSessionsResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.EnableOrganizationsRootSessionsResponse, error) {
		now, err := set(u, iam.RootSessions, true)
		return &iamapi.EnableOrganizationsRootSessionsResponse{OrganizationId: now.organization, EnabledFeatures: now.features}, err
	})
}

// DisableOrganizationsRootSessions ends it. Sessions that there are go on. [AWS:
// DisableOrganizationsRootSessions; assumed: the last]
func (s *Service) DisableOrganizationsRootSessions(ctx context.Context, in *iamapi.DisableOrganizationsRootSessionsRequest) (*iamapi.DisableOrganizationsRootSessionsResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DisableOrganizationsRootSessionsResponse, error) {
		now, err := set(u, iam.RootSessions, false)
		return &iamapi.DisableOrganizationsRootSessionsResponse{OrganizationId: now.organization, EnabledFeatures: now.features}, err
	})
}

// ListOrganizationsFeatures lists what is enabled. [AWS: ListOrganizationsFeatures]
func (s *Service) ListOrganizationsFeatures(ctx context.Context, in *iamapi.ListOrganizationsFeaturesRequest) (*iamapi.ListOrganizationsFeaturesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListOrganizationsFeaturesResponse, error) {
		if err := Require(r); err != nil {
			return nil, err
		}
		now, err := read(r)
		return &iamapi.ListOrganizationsFeaturesResponse{OrganizationId: now.organization, EnabledFeatures: now.features}, err
	})
}
