package organizations

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/store"
)

// EnablePolicyType lets policies of a type be attached in the root and below.
// [AWS: EnablePolicyType; the order of the checks is assumed]
func (s *Service) EnablePolicyType(ctx context.Context, in *orgapi.EnablePolicyTypeRequest) (*orgapi.EnablePolicyTypeResponse, error) {
	return change(ctx, s, "EnablePolicyType", in, func(w *writing) (*orgapi.EnablePolicyTypeResponse, error) {
		if err := w.policyTypesAvailable(); err != nil {
			return nil, err
		}
		if *in.RootId != string(w.organization.Root) {
			return nil, orgapi.ErrRootNotFound()
		}
		kind := org.PolicyType(*in.PolicyType)
		switch _, enabled, err := w.enabledPolicyType(kind); {
		case err != nil:
			return nil, err
		case enabled:
			return nil, orgapi.ErrPolicyTypeAlreadyEnabled()
		}
		if err := w.serviceTrusted(kind); err != nil {
			return nil, err
		}
		if err := s.enablePolicyType(w.tx, w.organization.ID, kind, w.Now()); err != nil {
			return nil, err
		}
		root, err := w.renderRoot()
		if err != nil {
			return nil, err
		}
		return &orgapi.EnablePolicyTypeResponse{Root: s.renderEnabling(root, kind)}, nil
	})
}

// enablePolicyType enables a policy type. Its default policy, if it has one, is
// on every root, unit and account from then on, without anything being written
// about them.
func (s *Service) enablePolicyType(tx *store.Tx, organization ident.OrganizationID, kind org.PolicyType, at time.Time) error {
	number, err := nextPosition(tx, organization)
	if err != nil {
		return err
	}
	return tx.InsertEnabledPolicyType(organization, org.EnabledPolicyType{Type: kind, EnablementID: number, Since: at})
}

// enableWithAllFeatures enables service control policies in an organization that
// has got all features, if the rule says so. [AWS: API reference and recorded
// organizations differ]
func (s *Service) enableWithAllFeatures(tx *store.Tx, organization ident.OrganizationID, at time.Time) error {
	if !s.Behavior.SCPOnCreate {
		return nil
	}
	return s.enablePolicyType(tx, organization, policy.ServiceControl, at)
}

// DisablePolicyType takes all policies of a type off everything; the policies
// themselves stay. [AWS: DisablePolicyType]
func (s *Service) DisablePolicyType(ctx context.Context, in *orgapi.DisablePolicyTypeRequest) (*orgapi.DisablePolicyTypeResponse, error) {
	return change(ctx, s, "DisablePolicyType", in, func(w *writing) (*orgapi.DisablePolicyTypeResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		if *in.RootId != string(w.organization.Root) {
			return nil, orgapi.ErrRootNotFound()
		}
		e, enabled, err := w.enabledPolicyType(org.PolicyType(*in.PolicyType))
		if err != nil {
			return nil, err
		}
		if !enabled {
			return nil, orgapi.ErrPolicyTypeNotEnabled()
		}
		if err := w.tx.DeleteEnabledPolicyType(w.organization.ID, e.Type); err != nil {
			return nil, err
		}
		if err := w.tx.InsertJob(remainsOf(w.organization.ID, e.EnablementID, w.Now())); err != nil {
			return nil, err
		}
		root, err := w.renderRoot()
		if err != nil {
			return nil, err
		}
		return &orgapi.DisablePolicyTypeResponse{Root: &root}, nil
	})
}

// enabledPolicyType reads a policy type and whether it is enabled.
func (r *reading) enabledPolicyType(kind org.PolicyType) (org.EnabledPolicyType, bool, error) {
	e, err := r.EnabledPolicyType(r.organization.ID, kind)
	if errors.Is(err, store.ErrNotFound) {
		return e, false, nil
	}
	return e, err == nil, err
}

// policyTypesAvailable is the part of the standing gate for operations that begin
// something with policies.
func (r *reading) policyTypesAvailable() error {
	if r.organization.FeatureSet != org.AllFeatures {
		return orgapi.ErrPolicyTypeNotAvailableForOrganization()
	}
	return nil
}

// serviceTrusted refuses a policy type whose service has no trusted access.
// [AWS: ConstraintViolationException; which types is assumed]
func (w *writing) serviceTrusted(kind org.PolicyType) error {
	principal := policy.DefinitionOf(kind).ServicePrincipal
	if principal == "" || !w.service.Behavior.PolicyTypeServiceAccess {
		return nil
	}
	_, err := w.tx.ServiceAccess(w.organization.ID, principal)
	if errors.Is(err, store.ErrNotFound) {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonServiceAccessNotEnabled).
			RaisedBy("--behavior policy-type-service-access")
	}
	return err
}

// unneeded refuses to take trusted access from a service of which a policy type
// is enabled. [AWS: ConstraintViolationException]
func (w *writing) unneeded(service org.ServicePrincipal) error {
	if !w.service.Behavior.PolicyTypeServiceAccess {
		return nil
	}
	for _, kind := range policy.TypesOfService(service) {
		_, enabled, err := w.enabledPolicyType(kind)
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
// enablings, creations, attachments.
const positions store.CounterName = "policy-positions"

func nextPosition(tx *store.Tx, organization ident.OrganizationID) (int64, error) {
	if err := tx.AddToCounter(organization, positions, 1); err != nil {
		return 0, err
	}
	return tx.Counter(organization, positions)
}

// remainsOf is the work that removes what belonged to an enabling that has ended.
// It belongs to the installation: no call has to wait for it.
func remainsOf(organization ident.OrganizationID, enabling int64, at time.Time) store.Job {
	return store.Job{At: at, Kind: policyTypeDisabled, Subject: string(organization) + " " + strconv.FormatInt(enabling, 10)}
}

// step is how many targets or accounts one transaction deals with where there
// can be any number.
const step = 100

func (s *Service) policyTypeDisabled(_ context.Context, tx *store.Tx, d store.Job) error {
	organization, number, _ := strings.Cut(d.Subject, " ")
	enabling, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	done, err := tx.DeleteEnablement(ident.OrganizationID(organization), enabling, step)
	if err != nil || done {
		return err
	}
	return tx.InsertJob(d)
}
