package organizations

import (
	"context"
	"errors"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/store"
)

// join makes an account a member, in the root. The place that it takes in the
// quota is taken already: by the invitation, the creation or the caller.
func (w *writing) join(a *org.Account, o *org.Organization, method org.JoinedMethod) error {
	return w.service.join(w.tx, a, o, method, w.Now())
}

func (s *Service) join(tx *store.Tx, a *org.Account, o *org.Organization, method org.JoinedMethod, at time.Time) error {
	m := org.Membership{
		Organization: o.ID,
		Parent:       o.Root.Parent(),
		ParentPath:   o.RootPath(),
		Method:       method,
		Joined:       at,
	}
	if err := tx.InsertMembership(a.ID, m); err != nil {
		return err
	}
	a.Membership, a.MembershipChanged = &m, at
	if err := tx.AddToCounter(o.ID, accounts, 1); err != nil {
		return err
	}
	if !a.ServiceLinkedRole {
		if err := s.ensureRole(tx, a.ID, o, at); err != nil {
			return err
		}
	}
	if err := s.post(tx, o.Management, o.ID, event.AccountJoinedOrganization(s.Source.UUID(), o.Management, *a)); err != nil {
		return err
	}
	return s.placed(tx, o, a, "", at)
}

// ensureRole makes the role AWSServiceRoleForOrganizations where it is missing.
func (s *Service) ensureRole(tx *store.Tx, id ident.AccountID, o *org.Organization, at time.Time) error {
	made, err := tx.UpdateServiceLinkedRole(id)
	if err != nil || !made {
		return err
	}
	return s.post(tx, id, o.ID, event.RoleCreated(s.Source.UUID(), at, id))
}

// depart takes an account out of its organization, and with it its place, its
// tags and what the organization still asks of it.
func (s *Service) depart(tx *store.Tx, a *org.Account, o *org.Organization, how event.Departure, at time.Time) error {
	if err := s.releaseConsent(tx, o, a, at); err != nil {
		return err
	}
	if err := tx.DeleteTags(o.ID, string(a.ID)); err != nil {
		return err
	}
	if err := tx.DeleteTargetPolicies(o.ID, a.ID.Target()); err != nil {
		return err
	}
	if err := tx.DeleteMembership(a.ID, at); err != nil {
		return err
	}
	a.Membership, a.MembershipChanged = nil, at
	for _, counter := range []store.CounterName{accounts, places} {
		if err := tx.AddToCounter(o.ID, counter, -1); err != nil {
			return err
		}
	}
	return s.departed(tx, o, a.ID, how, at)
}

// departed records that an account is no longer a member.
func (s *Service) departed(tx *store.Tx, o *org.Organization, id ident.AccountID, how event.Departure, at time.Time) error {
	return s.post(tx, o.Management, o.ID, event.AccountDepartedOrganization(s.Source.UUID(), o.Management, o.ID, id, how, at))
}

// releaseConsent forgets that a running change to all features waits for an
// account which goes away.
func (s *Service) releaseConsent(tx *store.Tx, o *org.Organization, a *org.Account, at time.Time) error {
	parent, running, err := changeOfFeatures(&tx.View, o)
	if err != nil || !running {
		return err
	}
	child, err := tx.ChildHandshake(parent.ID, a.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case child.Stored == handshake.Accepted || child.Excused:
		return nil
	}
	child.Excused = true
	if !child.Stored.Terminal() {
		return s.happen(tx, &child, handshake.Withdraw, at)
	}
	if err := tx.UpdateHandshake(child); err != nil {
		return err
	}
	return s.consented(tx, &parent, at)
}

// LeaveOrganization takes the caller's account out of its organization.
// [AWS: LeaveOrganization]
func (s *Service) LeaveOrganization(ctx context.Context, in *orgapi.LeaveOrganizationRequest) (*orgapi.LeaveOrganizationResponse, error) {
	return change(ctx, s, "LeaveOrganization", in, func(w *writing) (*orgapi.LeaveOrganizationResponse, error) {
		if err := w.mayLeave(&w.account); err != nil {
			return nil, err
		}
		return &orgapi.LeaveOrganizationResponse{}, s.depart(w.tx, &w.account, w.organization, event.Left, w.Now())
	})
}

// RemoveAccountFromOrganization takes a member out of the organization.
// [AWS: RemoveAccountFromOrganization]
func (s *Service) RemoveAccountFromOrganization(ctx context.Context, in *orgapi.RemoveAccountFromOrganizationRequest) (*orgapi.RemoveAccountFromOrganizationResponse, error) {
	return change(ctx, s, "RemoveAccountFromOrganization", in, func(w *writing) (*orgapi.RemoveAccountFromOrganizationResponse, error) {
		account, err := w.member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		if account.ID == w.organization.Management {
			return nil, orgapi.ErrMasterCannotLeaveOrganization()
		}
		if err := w.mayLeave(&account); err != nil {
			return nil, err
		}
		return &orgapi.RemoveAccountFromOrganizationResponse{}, s.depart(w.tx, &account, w.organization, event.Removed, w.Now())
	})
}

// mayLeave judges whether a member may become standalone. [AWS: "Leave an
// organization from your member account", "Remove a member account"]
func (w *writing) mayLeave(a *org.Account) error {
	// The reason is assumed; that a closed account stays until it is gone is not.
	if a.State == org.PendingClosure || a.State == org.Closed || a.State == org.Suspended {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonAccountCannotLeaveOrganization)
	}
	if err := w.mayDepart(a); err != nil {
		return err
	}
	if w.service.Behavior.StandaloneReadinessStrict {
		return notReady(a.Readiness)
	}
	return nil
}

// mayDepart judges what stands against taking a member out of its organization,
// whether it becomes standalone or joins another one at once.
func (w *writing) mayDepart(a *org.Account) error {
	delegated, err := w.tx.IsDelegatedAdministrator(a.Membership.Organization, a.ID)
	if err != nil {
		return err
	}
	if delegated {
		return orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonCannotRemoveDelegatedAdministratorFromOrg)
	}
	if a.Membership.Method == org.Created && !w.older(a.Membership.Joined, w.service.Behavior.CreatedAccountWait) {
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
