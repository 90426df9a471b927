package organizations

import (
	"context"
	"errors"
	"fmt"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/store"
)

// InviteAccountToOrganization asks an account to join the caller's organization.
// [AWS: InviteAccountToOrganization]
func (s *Service) InviteAccountToOrganization(ctx context.Context, in *orgapi.InviteAccountToOrganizationRequest) (*orgapi.InviteAccountToOrganizationResponse, error) {
	return change(ctx, s, "InviteAccountToOrganization", in, func(w *writing) (*orgapi.InviteAccountToOrganizationResponse, error) {
		to := handshake.Recipient{Type: handshake.PartyType(*in.Target.Type), ID: *in.Target.Id}
		target, err := w.target(to)
		if err != nil {
			return nil, err
		}
		pending, err := w.mayInvite(to, target)
		if err != nil {
			return nil, err
		}
		h := handshake.Handshake{
			Kind:       handshake.Invite,
			Originator: w.organization.Owner(),
			Recipient:  to,
			Requested:  w.Now(),
			Expires:    w.Now().Add(s.lifetime(handshake.Invite)),
			Offer: handshake.Offer{
				ManagementEmail: string(w.account.Email),
				ManagementName:  w.account.Name,
				FeatureSet:      string(w.organization.FeatureSet),
				Notes:           text(in.Notes),
			},
		}
		if pending {
			h.Offer.FeatureSet = string(org.AllFeatures)
		}
		if err := s.send(w.tx, &h); err != nil {
			return nil, err
		}
		if err := w.putTags(taggableAccount, string(h.ID), in.Tags); err != nil {
			return nil, err
		}
		if err := w.reserve(quota.AccountsPerOrganization, places); err != nil {
			return nil, err
		}
		if err := w.reserve(quota.InvitationsPerDay, invitationsSent); err != nil {
			return nil, err
		}
		if err := w.releaseLater(invitationsSent, string(h.ID), day); err != nil {
			return nil, err
		}
		email := ident.Email(to.ID)
		var addressee ident.AccountID
		if to.Type == handshake.AccountParty {
			if target == nil {
				made, err := s.register(w.tx, ident.AccountID(to.ID))
				if err != nil {
					return nil, err
				}
				target = &made
			}
			email, addressee = target.Email, target.ID
		}
		if err := w.mail(addressee, mail.Invitation(email, h)); err != nil {
			return nil, err
		}
		return &orgapi.InviteAccountToOrganizationResponse{Handshake: new(w.renderHandshake(&h))}, nil
	})
}

// target reads the account that an invitation names by its id; nil for an
// address, whose owner the sender must not learn, and for an account that the
// invitation will register.
func (w *writing) target(to handshake.Recipient) (*org.Account, error) {
	if to.Type != handshake.AccountParty {
		return nil, nil
	}
	account, err := w.tx.Account(ident.AccountID(to.ID))
	switch {
	case errors.Is(err, store.ErrNotFound) && w.service.RegisterCallers:
		return nil, nil
	case errors.Is(err, store.ErrNotFound), err == nil && account.State == org.Gone:
		return nil, orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonTargetNotSupported)
	}
	return &account, err
}

// mayInvite judges the state of the organization and of the target. It reports
// whether a change to all features is running.
func (w *writing) mayInvite(to handshake.Recipient, target *org.Account) (pending bool, err error) {
	s, o := w.service, w.organization
	if !w.older(o.Created, s.Behavior.FinalizingTime) {
		return false, orgapi.ErrFinalizingOrganization().RaisedBy("--behavior finalizing-time")
	}
	if !w.account.EmailVerified {
		return false, orgapi.ErrAccountOwnerNotVerified().RaisedBy("--behavior email-verification")
	}
	if _, pending, err = changeOfFeatures(w.View, o); err != nil {
		return false, err
	}
	if pending && !s.Behavior.InviteDuringEnableAllFeatures {
		return false, orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonInviteDisabledDuringEnableAllFeatures).
			RaisedBy("--behavior invite-during-enable-all-features")
	}
	if target != nil {
		if err := w.mayBeInvited(target); err != nil {
			return false, err
		}
	}
	if _, err := w.tx.OpenHandshake(o.ID, handshake.Invite, to); err == nil {
		return false, orgapi.ErrDuplicateHandshake()
	} else if !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	return pending, nil
}

// mayBeInvited refuses an account that is a member already: of this
// organization, or without direct transfer of any. The management account of
// another organization can be invited; it sees the invitation once it has
// deleted that. [AWS: InviteAccountToOrganization]
func (w *writing) mayBeInvited(target *org.Account) error {
	if target.Membership == nil {
		return nil
	}
	if !target.In(w.organization.ID) {
		if w.service.Behavior.DirectTransfer {
			return nil
		}
		other, err := w.tx.Organization(target.Membership.Organization)
		if err != nil {
			return fmt.Errorf("the organization of %s: %w", target.ID, err)
		}
		if other.Management == target.ID {
			return nil
		}
	}
	return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization)
}

// mayJoin judges the acceptance of an invitation.
func mayJoin(w *writing, h *handshake.Handshake) error {
	s := w.service
	management, inviting, err := originatorOf(w.tx, h)
	if err != nil {
		return err
	}
	if w.organization != nil {
		switch {
		case w.organization.Management == w.account.ID:
			return orgapi.ErrMasterCannotLeaveOrganization()
		case w.organization.ID == inviting.ID:
			return w.refuseInsider(h)
		case !s.Behavior.DirectTransfer:
			return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization).
				RaisedBy("--behavior direct-transfer")
		}
		if err := w.mayDepart(&w.account); err != nil {
			return err
		}
		if !w.older(inviting.Created, s.Behavior.DestinationOrganizationWait) {
			return tooSoon("destination-organization-wait")
		}
	}
	if !management.EmailVerified {
		return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonManagementAccountEmailNotVerified).
			RaisedBy("--behavior email-verification")
	}
	if !w.account.MembershipChanged.IsZero() && !w.older(w.account.MembershipChanged, s.Behavior.MembershipChangeWait) {
		return tooSoon("membership-change-wait")
	}
	// The invitation holds its place already; only a quota that was lowered
	// meanwhile can be exceeded.
	taken, err := w.tx.Counter(inviting.ID, places)
	if err != nil {
		return err
	}
	return w.within(inviting.ID, quota.AccountsPerOrganization, taken)
}

func tooSoon(rule string) error {
	return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonOrganizationMembershipChangeRateLimitExceeded).
		RaisedBy("--behavior " + rule)
}

// refuseInsider refuses a member that accepts an invitation of its own
// organization. The recorded service counts the invitation as accepted all the
// same.
func (w *writing) refuseInsider(h *handshake.Handshake) error {
	refusal := orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization)
	if !w.service.native() {
		return refusal
	}
	w.refusal = refusal
	move := handshake.Move{To: handshake.Accepted, Effect: handshake.ReleaseReserved}
	return w.service.move(w.tx, h, move, w.Now())
}
