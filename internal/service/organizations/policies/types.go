package policies

import (
	"context"
	"errors"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/effective"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// EnablePolicyType lets policies of a type be attached in the root and below.
// [AWS: EnablePolicyType; the order of the checks is assumed]
func (s *Service) EnablePolicyType(ctx context.Context, in *orgapi.EnablePolicyTypeRequest) (*orgapi.EnablePolicyTypeResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.EnablePolicyTypeResponse, error) {
		if err := requirePolicyTypes(u.Reader, org.PolicyType(*in.PolicyType)); err != nil {
			return nil, err
		}
		if *in.RootId != string(u.Caller.Organization.Root) {
			return nil, orgapi.ErrRootNotFound()
		}
		kind := org.PolicyType(*in.PolicyType)
		switch _, enabled, err := effective.FindEnabledType(u.Reader, kind); {
		case err != nil:
			return nil, err
		case enabled:
			return nil, orgapi.ErrPolicyTypeAlreadyEnabled()
		}
		if err := requireServiceAccess(u, kind); err != nil {
			return nil, err
		}
		if err := enablePolicyType(u, u.Caller.Organization.ID, kind); err != nil {
			return nil, err
		}
		root, err := render.Root(u.Reader)
		if err != nil {
			return nil, err
		}
		return &orgapi.EnablePolicyTypeResponse{Root: render.EnabledRoot(u.Reader, root, kind)}, nil
	})
}

// enablePolicyType enables a policy type. Its default policy, if it has one, is
// on every root, unit and account from then on, without anything being written
// about them.
func enablePolicyType(u *operation.Unit, organization ident.OrganizationID, kind org.PolicyType) error {
	number, err := nextPosition(u, organization)
	if err != nil {
		return err
	}
	return u.Tx.InsertEnabledPolicyType(organization, org.EnabledPolicyType{Type: kind, EnablementID: number, Since: u.Now()})
}

// EnableWithAllFeatures enables service control policies in an organization that
// has got all features, if the behavior says so. [AWS: API reference and recorded
// organizations differ]
func EnableWithAllFeatures(u *operation.Unit, organization ident.OrganizationID) error {
	if !u.Behavior.SCPOnCreate {
		return nil
	}
	return enablePolicyType(u, organization, policy.ServiceControl)
}

// DisablePolicyType takes all policies of a type off everything; the policies
// themselves stay. [AWS: DisablePolicyType]
func (s *Service) DisablePolicyType(ctx context.Context, in *orgapi.DisablePolicyTypeRequest) (*orgapi.DisablePolicyTypeResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DisablePolicyTypeResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		if *in.RootId != string(u.Caller.Organization.Root) {
			return nil, orgapi.ErrRootNotFound()
		}
		e, enabled, err := effective.FindEnabledType(u.Reader, org.PolicyType(*in.PolicyType))
		if err != nil {
			return nil, err
		}
		if !enabled {
			return nil, orgapi.ErrPolicyTypeNotEnabled()
		}
		if err := u.Tx.DeleteEnabledPolicyType(u.Caller.Organization.ID, e.Type); err != nil {
			return nil, err
		}
		if err := u.Plan(cleanupJob(u.Caller.Organization.ID, e.EnablementID, u.Now())); err != nil {
			return nil, err
		}
		root, err := render.Root(u.Reader)
		if err != nil {
			return nil, err
		}
		return &orgapi.DisablePolicyTypeResponse{Root: &root}, nil
	})
}

// requirePolicyTypes is the part of the standing for operations that begin
// something with policies of a type.
func requirePolicyTypes(r *operation.Reader, kind org.PolicyType) error {
	if r.Caller.Organization.FeatureSet != org.AllFeatures {
		return orgapi.ErrPolicyTypeNotAvailableForOrganization()
	}
	return r.RequirePolicyType(kind)
}

// requireServiceAccess rejects a policy type whose service has no trusted access.
// [AWS: ConstraintViolationException; which types is assumed]
func requireServiceAccess(u *operation.Unit, kind org.PolicyType) error {
	principal := policy.DefinitionOf(kind).ServicePrincipal
	if principal == "" || !u.Behavior.PolicyTypeServiceAccess {
		return nil
	}
	_, err := u.ServiceAccess(u.Caller.Organization.ID, principal)
	if errors.Is(err, store.ErrNotFound) {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonServiceAccessNotEnabled).
			RaisedBy("--behavior policy-type-service-access")
	}
	return err
}

// RequireUnused rejects taking trusted access from a service of which a policy type
// is enabled. [AWS: ConstraintViolationException]
func RequireUnused(u *operation.Unit, service org.ServicePrincipal) error {
	if !u.Behavior.PolicyTypeServiceAccess {
		return nil
	}
	for _, kind := range policy.TypesOfService(service) {
		_, enabled, err := effective.FindEnabledType(u.Reader, kind)
		if err != nil {
			return err
		}
		if enabled {
			return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonPolicyTypeEnabledForThisService).
				RaisedBy("--behavior policy-type-service-access")
		}
	}
	return nil
}

// positions numbers what happens to the policies of an organization, in its order:
// enablements, creations, attachments.
const positions store.CounterName = "policy-positions"

func nextPosition(u *operation.Unit, organization ident.OrganizationID) (int64, error) {
	if err := u.Tx.AddToCounter(organization, positions, 1); err != nil {
		return 0, err
	}
	return u.Counter(organization, positions)
}
