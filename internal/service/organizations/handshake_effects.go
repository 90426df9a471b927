package organizations

import (
	"errors"
	"fmt"
	"slices"

	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// parties are who takes part in a handshake, as the operation that moves it has
// read them. An event of the service has none.
type parties struct {
	// management is the management account of the organization that sent it.
	management   *org.Account
	organization *org.Organization
	// answerer is the caller whose answer was asked for; nil for another caller.
	answerer *operation.Caller
}

// precondition is judged before a caller's move with an effect.
type precondition func(u *operation.Unit, h *handshake.Handshake, p parties) error

// effect is what a move does besides changing the state.
type effect func(u *operation.Unit, h *handshake.Handshake, p parties) error

func (s *Service) handshakePreconditions() map[handshake.Effect]precondition {
	return map[handshake.Effect]precondition{
		handshake.JoinOrganization: s.mayJoin,
		handshake.BeginTransfer:    mayBeginTransfer,
		handshake.RefuseTransfer:   mayRefuseTransfer,
	}
}

// handshakeEffects is the only place that knows what the effects of the table do.
func (s *Service) handshakeEffects() map[handshake.Effect]effect {
	return map[handshake.Effect]effect{
		handshake.Nothing:             func(*operation.Unit, *handshake.Handshake, parties) error { return nil },
		handshake.JoinOrganization:    s.joinOrganization,
		handshake.ReleaseReserved:     releaseReserved,
		handshake.RecordConsent:       s.recordConsent,
		handshake.ReviewParent:        s.reviewParent,
		handshake.SwitchToAllFeatures: switchToAllFeatures,
		handshake.WithdrawChildren:    s.withdrawChildren,
		handshake.BeginTransfer:       beginTransfer,
		handshake.RefuseTransfer:      dropTransfer,
		handshake.DropTransfer:        dropTransfer,
	}
}

// partiesOf reads the parties of a handshake that the caller moves.
func partiesOf(u *operation.Unit, h *handshake.Handshake, move handshake.Move) (parties, error) {
	p := parties{management: &u.Caller.Account, organization: u.Caller.Organization}
	if slices.Contains(move.By, handshake.Answerer) {
		p.answerer = u.Caller
	}
	if p.management.ID != h.Originator.Management {
		originator, err := u.AccountWithOrganization(h.Originator.Management)
		if err != nil {
			return p, fmt.Errorf("the management account of handshake %s: %w", h.ID, err)
		}
		p.management, p.organization = &originator.Account, originator.Organization
	}
	if p.organization == nil || p.organization.ID != h.Originator.Organization {
		return p, fmt.Errorf("the organization of handshake %s is not there", h.ID)
	}
	return p, nil
}

// joinOrganization makes the account that accepted an invitation a member, which
// it may be of another organization until now.
func (s *Service) joinOrganization(u *operation.Unit, h *handshake.Handshake, p parties) error {
	account, o := p.answerer.Account, p.organization
	if p.answerer.Organization != nil {
		if err := s.depart(u, &account, p.answerer.Organization, event.Left); err != nil {
			return err
		}
	}
	if err := s.join(u, &account, o, org.Invited); err != nil {
		return err
	}
	if err := u.Tx.MoveTags(o.ID, string(h.ID), string(account.ID)); err != nil {
		return err
	}
	// An accepted invitation no longer counts as one that was sent today.
	return u.Tx.ReleaseCounter(operation.ReleaseJob(o.ID, invitationsSent, string(h.ID), h.Requested.Add(day)), invitationsSent)
}

// releaseReserved releases the seat that an invitation reserved in the account
// quota.
func releaseReserved(u *operation.Unit, h *handshake.Handshake, _ parties) error {
	organization := h.Originator.Organization
	if err := u.Tx.DeleteTags(organization, string(h.ID)); err != nil {
		return err
	}
	return u.Tx.AddToCounter(organization, operation.Reserved, -1)
}

// notices are the mails about a caller's answer to a handshake.
var notices = map[handshake.Kind]map[handshake.Event]func(u *operation.Unit, h *handshake.Handshake, p parties) error{
	handshake.Invite: {
		handshake.Accept:  mailJoined,
		handshake.Decline: mailDeclined,
		handshake.Cancel:  mailCanceled,
	},
}

// notifyParties writes to the other side of a handshake what the caller answered.
func notifyParties(u *operation.Unit, h *handshake.Handshake, answer handshake.Event, p parties) error {
	if notice := notices[h.Kind][answer]; notice != nil {
		return notice(u, h, p)
	}
	return nil
}

func mailJoined(u *operation.Unit, h *handshake.Handshake, p parties) error {
	account, about := p.answerer.Account, p.answerer.OrganizationID()
	if err := u.Mail(p.management.ID, about, mail.InvitationAccepted(*p.management, account, *h)); err != nil {
		return err
	}
	return u.Mail(account.ID, about, mail.Joined(account, *h))
}

func mailDeclined(u *operation.Unit, h *handshake.Handshake, p parties) error {
	return u.Mail(p.management.ID, p.answerer.OrganizationID(), mail.InvitationDeclined(*p.management, *h))
}

func mailCanceled(u *operation.Unit, h *handshake.Handshake, p parties) error {
	if h.Recipient.Type == handshake.EmailParty {
		return u.Mail("", p.organization.ID, mail.InvitationCanceled(ident.Email(h.Recipient.ID), *h))
	}
	invited, err := u.Account(ident.AccountID(h.Recipient.ID))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return u.Mail(invited.ID, p.organization.ID, mail.InvitationCanceled(invited.Email, *h))
}
