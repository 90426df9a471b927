package operation

import (
	"errors"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// requireStanding rejects a caller whose account is not of the kind that an
// operation serves. [AWS: API reference of each operation]
func (r *Reader) requireStanding(standing api.Standing) error {
	c := r.Caller
	switch standing {
	case api.Anyone:
		return nil
	case api.Outsider:
		if c.Organization != nil {
			return orgapi.ErrAlreadyInOrganization()
		}
		return nil
	}
	if c.Organization == nil {
		return orgapi.ErrAWSOrganizationsNotInUse()
	}
	management := c.Organization.ManagedBy(c.Account.ID)
	switch {
	case standing == api.Member && management:
		return orgapi.ErrMasterCannotLeaveOrganization()
	case standing == api.Insider, standing == api.Member, management, r.delegated:
		return nil
	case standing == api.Reader:
		is, err := r.Standing()
		if err != nil || is == org.DelegatedAdministrator {
			return err
		}
	}
	return orgapi.ErrAccessDenied()
}

// Standing is what the caller's account is in its organization.
func (r *Reader) Standing() (org.Standing, error) {
	return org.StandingOf(&r.Caller.Account, r.Caller.Organization, func() (bool, error) {
		return r.IsDelegatedAdministrator(r.Caller.Organization.ID, r.Caller.Account.ID)
	})
}

// RequireAllFeatures is the part of the standing for operations that need all
// features.
func (r *Reader) RequireAllFeatures() error {
	if r.Caller.Organization.FeatureSet != org.AllFeatures {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonOrganizationNotInAllFeaturesMode)
	}
	return nil
}

// Member reads an account of the caller's organization.
func (r *Reader) Member(id string) (org.Account, error) {
	account, err := r.Account(ident.AccountID(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && !account.In(r.Caller.Organization.ID) {
		return org.Account{}, orgapi.ErrAccountNotFound()
	}
	return account, err
}
