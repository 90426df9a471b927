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
	"accord/internal/service/operation"
	"accord/internal/store"
)

// invitationsSent counts those of the last 24 hours, without accepted ones.
const invitationsSent store.CounterName = "invitations-sent"

// InviteAccountToOrganization asks an account to join the caller's organization.
// [AWS: InviteAccountToOrganization]
func (s *Service) InviteAccountToOrganization(ctx context.Context, in *orgapi.InviteAccountToOrganizationRequest) (*orgapi.InviteAccountToOrganizationResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.InviteAccountToOrganizationResponse, error) {
		to := handshake.Recipient{Type: handshake.PartyType(*in.Target.Type), ID: *in.Target.Id}
		target, err := findInvitee(u, to)
		if err != nil {
			return nil, err
		}
		pending, err := mayInvite(u, to, target)
		if err != nil {
			return nil, err
		}
		h := handshake.Handshake{
			Kind:       handshake.Invite,
			Originator: u.Caller.Organization.Owner(),
			Recipient:  to,
			Requested:  u.Now(),
			Expires:    u.Now().Add(lifetime(u.Reader, handshake.Invite)),
			Offer: handshake.Offer{
				ManagementEmail: string(u.Caller.Account.Email),
				ManagementName:  u.Caller.Account.Name,
				FeatureSet:      string(u.Caller.Organization.FeatureSet),
				Notes:           operation.Deref(in.Notes),
			},
		}
		if pending {
			h.Offer.FeatureSet = string(org.AllFeatures)
		}
		if err := createHandshake(u, &h); err != nil {
			return nil, err
		}
		if err := putTags(u, taggableAccount, string(h.ID), in.Tags); err != nil {
			return nil, err
		}
		if err := u.Reserve(quota.AccountsPerOrganization, operation.Reserved); err != nil {
			return nil, err
		}
		if err := u.Reserve(quota.InvitationsPerDay, invitationsSent); err != nil {
			return nil, err
		}
		if err := u.ReleaseLater(invitationsSent, string(h.ID), day); err != nil {
			return nil, err
		}
		email := ident.Email(to.ID)
		var addressee ident.AccountID
		if to.Type == handshake.AccountParty {
			if target == nil {
				made, err := u.RegisterAccount(ident.AccountID(to.ID))
				if err != nil {
					return nil, err
				}
				target = &made
			}
			email, addressee = target.Email, target.ID
		}
		if err := u.Mail(addressee, u.Caller.OrganizationID(), mail.Invitation(email, h)); err != nil {
			return nil, err
		}
		return &orgapi.InviteAccountToOrganizationResponse{Handshake: new(renderHandshake(u.Reader, &h))}, nil
	})
}

// target reads the account that an invitation names by its id; nil for an
// address, whose owner the sender must not learn, and for an account that the
// invitation will register.
func findInvitee(u *operation.Unit, to handshake.Recipient) (*org.Account, error) {
	if to.Type != handshake.AccountParty {
		return nil, nil
	}
	account, err := u.Account(ident.AccountID(to.ID))
	switch {
	case errors.Is(err, store.ErrNotFound) && u.RegisterCallers:
		return nil, nil
	case errors.Is(err, store.ErrNotFound), err == nil && account.State == org.Gone:
		return nil, orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonTargetNotSupported)
	}
	return &account, err
}

// mayInvite judges the state of the organization and of the target. It reports
// whether a change to all features is running.
func mayInvite(u *operation.Unit, to handshake.Recipient, target *org.Account) (pending bool, err error) {
	o := u.Caller.Organization
	if !u.Elapsed(o.Created, u.Behavior.FinalizingTime) {
		return false, orgapi.ErrFinalizingOrganization().RaisedBy("--behavior finalizing-time")
	}
	if !u.Caller.Account.EmailVerified {
		return false, orgapi.ErrAccountOwnerNotVerified().RaisedBy("--behavior email-verification")
	}
	if _, pending, err = changeOfFeatures(u.Reader, o); err != nil {
		return false, err
	}
	if pending && !u.Behavior.InviteDuringEnableAllFeatures {
		return false, orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonInviteDisabledDuringEnableAllFeatures).
			RaisedBy("--behavior invite-during-enable-all-features")
	}
	if target != nil {
		if err := mayBeInvited(u, target); err != nil {
			return false, err
		}
	}
	if _, err := u.OpenHandshake(o.ID, handshake.Invite, to); err == nil {
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
func mayBeInvited(u *operation.Unit, target *org.Account) error {
	if target.Membership == nil {
		return nil
	}
	if !target.In(u.Caller.Organization.ID) {
		if u.Behavior.DirectTransfer {
			return nil
		}
		other, err := u.Organization(target.Membership.Organization)
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
func (s *Service) mayJoin(u *operation.Unit, h *handshake.Handshake, p parties) error {
	account, inviting := &p.answerer.Account, p.organization
	if p.answerer.Organization != nil {
		switch {
		case p.answerer.Organization.Management == account.ID:
			return orgapi.ErrMasterCannotLeaveOrganization()
		case p.answerer.Organization.ID == inviting.ID:
			return s.acceptByMember(u, h, p)
		case !u.Behavior.DirectTransfer:
			return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization).
				RaisedBy("--behavior direct-transfer")
		}
		if err := mayDepart(u, account); err != nil {
			return err
		}
		if !u.Elapsed(inviting.Created, u.Behavior.DestinationOrganizationWait) {
			return tooSoon("destination-organization-wait")
		}
	}
	if !p.management.EmailVerified {
		return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonManagementAccountEmailNotVerified).
			RaisedBy("--behavior email-verification")
	}
	if !account.MembershipChanged.IsZero() && !u.Elapsed(account.MembershipChanged, u.Behavior.MembershipChangeWait) {
		return tooSoon("membership-change-wait")
	}
	// The invitation holds a reserved seat already; only a quota that was lowered
	// meanwhile can be exceeded.
	taken, err := u.Counter(inviting.ID, operation.Reserved)
	if err != nil {
		return err
	}
	return u.RequireWithin(inviting.ID, quota.AccountsPerOrganization, taken)
}

func tooSoon(rule string) error {
	return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonOrganizationMembershipChangeRateLimitExceeded).
		RaisedBy("--behavior " + rule)
}

// acceptByMember rejects a member that accepts an invitation of its own
// organization. The recorded service counts the invitation as accepted all the
// same.
func (s *Service) acceptByMember(u *operation.Unit, h *handshake.Handshake, p parties) error {
	rejection := orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization)
	if !u.Native() {
		return rejection
	}
	move := handshake.Move{To: handshake.Accepted, Effect: handshake.ReleaseReserved}
	if err := s.transition(u, h, move, p); err != nil {
		return err
	}
	return operation.Committing(rejection)
}
