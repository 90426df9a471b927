package organizations

import (
	"errors"
	"fmt"
	"time"

	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/store"
)

// preconditions are judged before a caller's move with the effect. One that sets
// the refusal of w refuses the call and keeps what it changed.
var preconditions = map[handshake.Effect]func(w *writing, h *handshake.Handshake) error{
	handshake.JoinOrganization: mayJoin,
	handshake.BeginTransfer:    mayBeginTransfer,
	handshake.RefuseTransfer:   mayRefuseTransfer,
}

// effect is what a move does besides changing the state. The account that
// answered stands in the handshake.
type effect func(tx *store.Tx, h *handshake.Handshake, at time.Time) error

// handshakeEffects is the only place that knows what the effects of the table do.
func (s *Service) handshakeEffects() map[handshake.Effect]effect {
	return map[handshake.Effect]effect{
		handshake.Nothing:             func(*store.Tx, *handshake.Handshake, time.Time) error { return nil },
		handshake.JoinOrganization:    s.joinOrganization,
		handshake.ReleaseReserved:     s.giveBackPlace,
		handshake.RecordConsent:       s.recordConsent,
		handshake.ReviewParent:        s.reviewParent,
		handshake.SwitchToAllFeatures: s.switchToAllFeatures,
		handshake.WithdrawChildren:    s.withdrawChildren,
		handshake.BeginTransfer:       s.beginTransfer,
		handshake.RefuseTransfer:      s.dropTransfer,
		handshake.DropTransfer:        s.dropTransfer,
	}
}

// joinOrganization makes the account that accepted an invitation a member, which
// it may be of another organization until now.
func (s *Service) joinOrganization(tx *store.Tx, h *handshake.Handshake, at time.Time) error {
	place, err := tx.AccountWithOrganization(h.AnsweredBy)
	if err != nil {
		return err
	}
	if place.Organization != nil {
		if err := s.depart(tx, &place.Account, place.Organization, event.Left, at); err != nil {
			return err
		}
	}
	_, o, err := originatorOf(tx, h)
	if err != nil {
		return err
	}
	if err := s.join(tx, &place.Account, o, org.Invited, at); err != nil {
		return err
	}
	if err := tx.MoveTags(o.ID, string(h.ID), string(h.AnsweredBy)); err != nil {
		return err
	}
	// An accepted invitation no longer counts as one that was sent today.
	return tx.ReleaseCounter(releaseOf(o.ID, invitationsSent, string(h.ID), h.Requested.Add(day)), invitationsSent)
}

// originatorOf reads the management account and the organization that sent a
// handshake which can still be answered.
func originatorOf(tx *store.Tx, h *handshake.Handshake) (*org.Account, *org.Organization, error) {
	place, err := tx.AccountWithOrganization(h.Originator.Management)
	if err != nil {
		return nil, nil, fmt.Errorf("the management account of handshake %s: %w", h.ID, err)
	}
	if place.Organization == nil || place.Organization.ID != h.Originator.Organization {
		return nil, nil, fmt.Errorf("the organization of handshake %s is not there", h.ID)
	}
	return &place.Account, place.Organization, nil
}

// giveBackPlace returns the place that an invitation held in the account quota.
func (s *Service) giveBackPlace(tx *store.Tx, h *handshake.Handshake, _ time.Time) error {
	organization := h.Originator.Organization
	if err := tx.DeleteTags(organization, string(h.ID)); err != nil {
		return err
	}
	return tx.AddToCounter(organization, places, -1)
}

// notices are the letters about a caller's answer to a handshake.
var notices = map[handshake.Kind]map[handshake.Event]func(w *writing, h *handshake.Handshake) error{
	handshake.Invite: {
		handshake.Accept:  (*writing).noticeOfJoining,
		handshake.Decline: (*writing).noticeOfDeclining,
		handshake.Cancel:  (*writing).noticeOfCanceling,
	},
}

// tellOthers writes to the other side of a handshake what the caller answered.
func (w *writing) tellOthers(h *handshake.Handshake, verb handshake.Event) error {
	if notice := notices[h.Kind][verb]; notice != nil {
		return notice(w, h)
	}
	return nil
}

func (w *writing) noticeOfJoining(h *handshake.Handshake) error {
	management, err := w.tx.Account(h.Originator.Management)
	if err != nil {
		return err
	}
	if err := w.mail(management.ID, mail.InvitationAccepted(management, w.account, *h)); err != nil {
		return err
	}
	return w.mail(w.account.ID, mail.Joined(w.account, *h))
}

func (w *writing) noticeOfDeclining(h *handshake.Handshake) error {
	management, err := w.tx.Account(h.Originator.Management)
	if err != nil {
		return err
	}
	return w.mail(management.ID, mail.InvitationDeclined(management, *h))
}

func (w *writing) noticeOfCanceling(h *handshake.Handshake) error {
	if h.Recipient.Type == handshake.EmailParty {
		return w.mail("", mail.InvitationCanceled(ident.Email(h.Recipient.ID), *h))
	}
	invited, err := w.tx.Account(ident.AccountID(h.Recipient.ID))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.mail(invited.ID, mail.InvitationCanceled(invited.Email, *h))
}
