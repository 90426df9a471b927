package accounts

import (
	"context"
	"errors"
	"fmt"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/features"
	"accord/internal/service/organizations/handshakes"
	"accord/internal/service/organizations/render"
	"accord/internal/service/organizations/tags"
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
			Expires:    u.Now().Add(handshakes.Lifetime(u.Reader, handshake.Invite)),
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
		if err := handshakes.Create(u, &h); err != nil {
			return nil, err
		}
		if err := tags.Put(u, tags.Account, string(h.ID), in.Tags); err != nil {
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
		if err := u.Mail(addressee, u.Caller.OrganizationID(), mail.Invitation(email, h, u.Caller.Organization.FeatureSet)); err != nil {
			return nil, err
		}
		return &orgapi.InviteAccountToOrganizationResponse{Handshake: new(render.Handshake(u.Reader, &h))}, nil
	})
}

// findInvitee reads the account that an invitation names by its id; nil for an
// address, whose owner the sender must not learn, and for an account that the
// invitation will register. Strict mode registers none. [assumed]
func findInvitee(u *operation.Unit, to handshake.Recipient) (*org.Account, error) {
	if to.Type != handshake.AccountParty {
		return nil, nil
	}
	account, err := u.Account(ident.AccountID(to.ID))
	switch {
	case errors.Is(err, store.ErrNotFound) && !u.Strict:
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
	if _, pending, err = features.Running(u.Reader, o); err != nil {
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

// mayBeInvited rejects an account that is a member already: of this
// organization, or without direct transfer of any. The management account of
// another organization can be invited; it sees the invitation once it has
// deleted that. [AWS: InviteAccountToOrganization]
func mayBeInvited(u *operation.Unit, target *org.Account) error {
	if target.Membership == nil {
		return nil
	}
	if !target.In(u.Caller.Organization.ID) {
		other, err := u.Organization(target.Membership.Organization)
		if err != nil {
			return fmt.Errorf("the organization of %s: %w", target.ID, err)
		}
		if u.Behavior.DirectTransfer {
			return u.RequireSamePartition(other.Partition, u.Caller.Organization.Partition)
		}
		if other.ManagedBy(target.ID) {
			return nil
		}
	}
	return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization)
}

// MayJoin judges the acceptance of an invitation.
func (s *Service) MayJoin(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	account, inviting := &p.Answerer.Account, p.Organization
	if p.Answerer.Organization != nil {
		switch {
		case p.Answerer.Organization.ManagedBy(account.ID):
			return orgapi.ErrMasterCannotLeaveOrganization()
		case p.Answerer.Organization.ID == inviting.ID:
			return s.acceptByMember(u, h, p)
		case !u.Behavior.DirectTransfer:
			return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization).
				RaisedBy("--behavior direct-transfer")
		case account.State != org.Active:
			// What its organization has begun, a closure or an activation, ends there. [AWS:
			// "Migrate an account", closed and suspended accounts cannot; reason assumed]
			return orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization)
		}
	}
	if err := u.RequireSamePartition(u.Caller.Partition(), h.Originator.Partition); err != nil {
		return err
	}
	if p.Answerer.Organization != nil {
		if err := mayDepart(u, account); err != nil {
			return err
		}
		if !u.Elapsed(inviting.Created, u.Behavior.DestinationOrganizationWait) {
			return tooSoon("destination-organization-wait")
		}
	}
	if !p.Management.EmailVerified {
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
func (s *Service) acceptByMember(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	rejection := orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonAlreadyInAnOrganization)
	if !u.Native() {
		return rejection
	}
	move := handshake.Move{To: handshake.Accepted, Effect: handshake.ReleaseReserved}
	if err := s.Handshakes.Transition(u, h, move, p); err != nil {
		return err
	}
	return operation.Committing(rejection)
}

// JoinOrganization makes the account that accepted an invitation a member, which
// it may be of another organization until now.
func (s *Service) JoinOrganization(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	account, o := p.Answerer.Account, p.Organization
	if p.Answerer.Organization != nil {
		if err := s.depart(u, &account, p.Answerer.Organization, event.Left); err != nil {
			return err
		}
	}
	if err := s.Join(u, &account, o, org.Invited); err != nil {
		return err
	}
	if err := u.Tx.MoveTags(o.ID, string(h.ID), string(account.ID)); err != nil {
		return err
	}
	// An accepted invitation no longer counts as one that was sent today.
	return u.Tx.ReleaseCounter(operation.ReleaseJob(o.ID, invitationsSent, string(h.ID), h.Requested.Add(day)), invitationsSent)
}

// ReleaseReserved releases the seat that an invitation reserved in the account
// quota.
func ReleaseReserved(u *operation.Unit, h *handshake.Handshake, _ handshakes.Parties) error {
	organization := h.Originator.Organization
	if err := u.Tx.DeleteTags(organization, string(h.ID)); err != nil {
		return err
	}
	return u.Tx.AddToCounter(organization, operation.Reserved, -1)
}

// MailJoined tells both sides that an invitation was accepted.
func MailJoined(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	account, about := p.Answerer.Account, p.Answerer.OrganizationID()
	if err := u.Mail(p.Management.ID, about, mail.InvitationAccepted(*p.Management, account, *h)); err != nil {
		return err
	}
	return u.Mail(account.ID, about, mail.Joined(account, *p.Management, *h, p.Organization.FeatureSet))
}

// MailDeclined tells the management account that its invitation was declined.
func MailDeclined(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	return u.Mail(p.Management.ID, p.Answerer.OrganizationID(), mail.InvitationDeclined(*p.Management, *h))
}

// MailCanceled tells the recipient that an invitation was canceled.
func MailCanceled(u *operation.Unit, h *handshake.Handshake, p handshakes.Parties) error {
	if h.Recipient.Type == handshake.EmailParty {
		return u.Mail("", p.Organization.ID, mail.InvitationCanceled(ident.Email(h.Recipient.ID), *p.Management, *h))
	}
	invited, err := u.Account(ident.AccountID(h.Recipient.ID))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return u.Mail(invited.ID, p.Organization.ID, mail.InvitationCanceled(invited.Email, *p.Management, *h))
}
