package accounts

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/features"
	"accord/internal/store"
)

// Join makes an account a member, in the root. Its seat in the account quota is
// reserved already: by the invitation, the creation or the caller.
func (s *Service) Join(u *operation.Unit, a *org.Account, o *org.Organization, method org.JoinedMethod) error {
	m := org.Membership{
		Organization: o.ID,
		Parent:       o.Root.Parent(),
		ParentPath:   o.RootPath(),
		Method:       method,
		Joined:       u.Now(),
	}
	if err := u.Tx.InsertMembership(a.ID, m); err != nil {
		return err
	}
	a.Membership, a.MembershipChanged = &m, u.Now()
	if err := u.Tx.AddToCounter(o.ID, operation.Accounts, 1); err != nil {
		return err
	}
	if err := countInactive(u, a, o, 1); err != nil {
		return err
	}
	if !a.ServiceLinkedRole {
		if err := features.EnsureRole(u, a.ID, o.Owner()); err != nil {
			return err
		}
	}
	if err := u.Record(o.Management, o.Owner(), event.AccountJoinedOrganization(u.Source.UUID(), o.Management, *a)); err != nil {
		return err
	}
	return s.Effective.FollowParent(u, o, a, "")
}

// depart takes an account out of its organization, with its tags, its attachments
// and what the organization still asks of it.
func (s *Service) depart(u *operation.Unit, a *org.Account, o *org.Organization, how event.Departure) error {
	if err := s.Features.ReleaseConsent(u, o, a); err != nil {
		return err
	}
	if err := u.Tx.DeleteTags(o.ID, string(a.ID)); err != nil {
		return err
	}
	if err := u.Tx.DeleteTargetPolicies(o.ID, a.ID.Target()); err != nil {
		return err
	}
	if err := u.Tx.DeleteMembership(a.ID, u.Now()); err != nil {
		return err
	}
	a.Membership, a.MembershipChanged = nil, u.Now()
	for _, counter := range []store.CounterName{operation.Accounts, operation.Reserved} {
		if err := u.Tx.AddToCounter(o.ID, counter, -1); err != nil {
			return err
		}
	}
	if err := countInactive(u, a, o, -1); err != nil {
		return err
	}
	return RecordDeparture(u, o, a.ID, how)
}

// EnterState gives an account another State, and keeps the number of members that are
// not ACTIVE. The organization is nil for a standalone account. The caller saves the
// account.
func EnterState(u *operation.Unit, a *org.Account, o *org.Organization, to org.AccountState) error {
	if err := countInactive(u, a, o, -1); err != nil {
		return err
	}
	a.State = to
	return countInactive(u, a, o, 1)
}

// countInactive adds to the number of members that are not ACTIVE, if the account is one.
func countInactive(u *operation.Unit, a *org.Account, o *org.Organization, by int64) error {
	if o == nil || a.ID == o.Management || a.State == org.Active {
		return nil
	}
	return u.Tx.AddToCounter(o.ID, operation.Inactive, by)
}

// RecordDeparture records that an account is no longer a member.
func RecordDeparture(u *operation.Unit, o *org.Organization, id ident.AccountID, how event.Departure) error {
	return u.Record(o.Management, o.Owner(), event.AccountDepartedOrganization(u.Source.UUID(), o.Management, o.ID, id, how, u.Now()))
}

// LeaveOrganization takes the caller's account out of its organization.
// [AWS: LeaveOrganization]
func (s *Service) LeaveOrganization(ctx context.Context, in *orgapi.LeaveOrganizationRequest) (*orgapi.LeaveOrganizationResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.LeaveOrganizationResponse, error) {
		if err := mayLeave(u, &u.Caller.Account); err != nil {
			return nil, err
		}
		return &orgapi.LeaveOrganizationResponse{}, s.depart(u, &u.Caller.Account, u.Caller.Organization, event.Left)
	})
}

// RemoveAccountFromOrganization takes a member out of the organization.
// [AWS: RemoveAccountFromOrganization]
func (s *Service) RemoveAccountFromOrganization(ctx context.Context, in *orgapi.RemoveAccountFromOrganizationRequest) (*orgapi.RemoveAccountFromOrganizationResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.RemoveAccountFromOrganizationResponse, error) {
		account, err := u.Member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		if account.ID == u.Caller.Organization.Management {
			return nil, orgapi.ErrMasterCannotLeaveOrganization()
		}
		if err := mayLeave(u, &account); err != nil {
			return nil, err
		}
		return &orgapi.RemoveAccountFromOrganizationResponse{}, s.depart(u, &account, u.Caller.Organization, event.Removed)
	})
}

// mayLeave judges whether a member may become standalone. [AWS: "Leave an
// organization from your member account", "Remove a member account"]
func mayLeave(u *operation.Unit, a *org.Account) error {
	// The reason is assumed; that a closed account stays until it is gone is not.
	if a.State == org.PendingClosure || a.State == org.Closed || a.State == org.Suspended {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonAccountCannotLeaveOrganization)
	}
	if err := mayDepart(u, a); err != nil {
		return err
	}
	if u.Behavior.StandaloneReadinessStrict {
		return notReady(a.Readiness)
	}
	return nil
}

// mayDepart judges what prevents a member from leaving its organization,
// whether it becomes standalone or joins another one at once.
func mayDepart(u *operation.Unit, a *org.Account) error {
	delegated, err := u.IsDelegatedAdministrator(a.Membership.Organization, a.ID)
	if err != nil {
		return err
	}
	if delegated {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotRemoveDelegatedAdministratorFromOrg)
	}
	if a.Membership.Method == org.Created && !u.Elapsed(a.Membership.Joined, u.Behavior.CreatedAccountWait) {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonWaitPeriodActive).
			RaisedBy("--behavior created-account-wait")
	}
	return nil
}

// notReady names the first thing that an account lacks to stand alone.
func notReady(r org.Readiness) error {
	for _, need := range []struct {
		met    bool
		reason orgapi.ConstraintViolationExceptionReason
	}{
		{r.Agreement, orgapi.ConstraintViolationExceptionReasonAccountCannotLeaveWithoutEula},
		{r.Phone, orgapi.ConstraintViolationExceptionReasonAccountCannotLeaveWithoutPhoneVerification},
		{r.Payment, orgapi.ConstraintViolationExceptionReasonMemberAccountPaymentInstrumentRequired},
		// Contact and support plan have no reason of their own.
		{r.Contact && r.Support, orgapi.ConstraintViolationExceptionReasonAccountCannotLeaveWithoutEula},
	} {
		if !need.met {
			return orgapi.ErrConstraintViolation(need.reason).RaisedBy("--behavior standalone-readiness")
		}
	}
	return nil
}

// RequestVerification records that the owner of an address has to confirm it, and asks for
// it by a mail whose lifetime begins.
func RequestVerification(u *operation.Unit, a *org.Account, organization ident.OrganizationID) error {
	a.EmailVerified, a.VerificationSent = false, u.Now()
	if err := u.Tx.UpdateAccount(*a); err != nil {
		return err
	}
	return u.Mail(a.ID, organization, mail.EmailVerification(*a, u.Now().Add(u.Behavior.EmailLinkLifetime)))
}
