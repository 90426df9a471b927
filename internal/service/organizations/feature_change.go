package organizations

import (
	"context"
	"errors"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/store"
)

// EnableAllFeatures begins the change of an organization to all features: one
// handshake for the organization, and one for each member that has to consent.
// [AWS: EnableAllFeatures, "Enabling all features in your organization"]
func (s *Service) EnableAllFeatures(ctx context.Context, in *orgapi.EnableAllFeaturesRequest) (*orgapi.EnableAllFeaturesResponse, error) {
	return change(ctx, s, "EnableAllFeatures", in, func(w *writing) (*orgapi.EnableAllFeaturesResponse, error) {
		o := w.organization
		if o.FeatureSet == org.AllFeatures {
			return nil, orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonOrganizationAlreadyHasAllFeatures)
		}
		_, pending, err := changeOfFeatures(w.View, o)
		if err != nil {
			return nil, err
		}
		if pending {
			return nil, orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonOrganizationIsAlreadyPendingAllFeaturesMigration)
		}
		count, err := w.tx.Counter(o.ID, accounts)
		if err != nil {
			return nil, err
		}
		if err := w.within(o.ID, quota.FeatureMigrationAccounts, count); err != nil {
			return nil, err
		}
		// They had offered consolidated billing.
		if err := s.withdrawInvitations(w.tx, o.ID, org.ConsolidatedBilling, w.Now()); err != nil {
			return nil, err
		}
		parent := handshake.Handshake{
			Kind:       handshake.EnableAllFeatures,
			Originator: o.Owner(),
			Requested:  w.Now(),
			Expires:    w.Now().Add(s.lifetime(handshake.EnableAllFeatures)),
		}
		if err := s.send(w.tx, &parent); err != nil {
			return nil, err
		}
		asked, err := w.askMembers(&parent)
		if err != nil {
			return nil, err
		}
		if err := s.await(w.tx, o.ID, asked); err != nil {
			return nil, err
		}
		// The answer always shows REQUESTED; that nobody has to be asked shows from
		// the next read on. [AWS: guide example]
		shape := w.renderHandshake(&parent)
		if asked == 0 {
			if err := s.happen(w.tx, &parent, handshake.Complete, w.Now()); err != nil {
				return nil, err
			}
		}
		return &orgapi.EnableAllFeaturesResponse{Handshake: &shape}, nil
	})
}

// changeOfFeatures reads the handshake with which an organization is on its way to
// all features, and reports whether it is.
func changeOfFeatures(v *store.View, o *org.Organization) (parent handshake.Handshake, running bool, err error) {
	if o.FeatureSet == org.AllFeatures {
		return parent, false, nil
	}
	parent, err = v.OpenHandshake(o.ID, handshake.EnableAllFeatures, handshake.Recipient{})
	if errors.Is(err, store.ErrNotFound) {
		return parent, false, nil
	}
	return parent, err == nil, err
}

// await records of how many members the consent is needed.
func (s *Service) await(tx *store.Tx, organization ident.OrganizationID, members int64) error {
	left, err := tx.Counter(organization, consentsMissing)
	if err != nil {
		return err
	}
	return tx.AddToCounter(organization, consentsMissing, members-left)
}

// askMembers sends a child of the parent to each member whose consent is needed,
// and counts them.
func (w *writing) askMembers(parent *handshake.Handshake) (asked int64, err error) {
	after := page.First
	for {
		members, err := w.tx.Accounts(w.organization.ID, after, 500)
		if err != nil || len(members) == 0 {
			return asked, err
		}
		for i := range members {
			m := &members[i]
			kind, needed := consentNeeded(w.organization, m)
			if !needed {
				continue
			}
			asked++
			if err := w.ask(parent, kind, m); err != nil {
				return 0, err
			}
		}
		after = store.AfterAccount(members[len(members)-1])
	}
}

// consentNeeded says what a member is asked for. The management account owns the
// members that it created: their consent is implied, unless their role is
// missing. [AWS: "Enabling all features"; members that are not active are left
// out, assumed]
func consentNeeded(o *org.Organization, m *org.Account) (handshake.Kind, bool) {
	switch {
	case m.ID == o.Management || m.State != org.Active:
		return "", false
	case m.Membership.Method == org.Invited:
		return handshake.ApproveAllFeatures, true
	default:
		return handshake.AddServiceLinkedRole, !m.ServiceLinkedRole
	}
}

// requests are the letters that ask members for their consent.
var requests = map[handshake.Kind]func(member, management org.Account, h handshake.Handshake) mail.Message{
	handshake.ApproveAllFeatures:   mail.ApprovalRequested,
	handshake.AddServiceLinkedRole: mail.RoleRequested,
}

func (w *writing) ask(parent *handshake.Handshake, kind handshake.Kind, m *org.Account) error {
	child := handshake.Handshake{
		Kind:       kind,
		Originator: parent.Originator,
		Parent:     parent.ID,
		Recipient:  handshake.Recipient{Type: handshake.AccountParty, ID: string(m.ID)},
		Requested:  parent.Requested,
		Expires:    parent.Expires,
	}
	if err := w.service.send(w.tx, &child); err != nil {
		return err
	}
	return w.mail(m.ID, requests[kind](*m, w.account, child))
}

// consented counts one consent, or one that is no longer needed, and completes
// the parent with the last one.
func (s *Service) consented(tx *store.Tx, parent *handshake.Handshake, at time.Time) error {
	organization := parent.Originator.Organization
	if err := tx.AddToCounter(organization, consentsMissing, -1); err != nil {
		return err
	}
	left, err := tx.Counter(organization, consentsMissing)
	if err != nil || left > 0 {
		return err
	}
	return s.happen(tx, parent, handshake.Complete, at)
}

// reviewParent counts the answer of a child, if its parent still waits.
func (s *Service) reviewParent(tx *store.Tx, child *handshake.Handshake, at time.Time) error {
	parent, err := tx.Handshake(child.Parent)
	if errors.Is(err, store.ErrNotFound) || err == nil && parent.Stored != handshake.Requested {
		return nil
	}
	if err != nil {
		return err
	}
	return s.consented(tx, &parent, at)
}

// recordConsent makes the role that all features need in the member that agreed.
func (s *Service) recordConsent(tx *store.Tx, child *handshake.Handshake, at time.Time) error {
	_, o, err := originatorOf(tx, child)
	if err != nil {
		return err
	}
	if err := s.ensureRole(tx, child.AnsweredBy, o, at); err != nil {
		return err
	}
	return s.reviewParent(tx, child, at)
}

// switchToAllFeatures finalises the change. [AWS: AcceptHandshake]
func (s *Service) switchToAllFeatures(tx *store.Tx, h *handshake.Handshake, at time.Time) error {
	_, o, err := originatorOf(tx, h)
	if err != nil {
		return err
	}
	if err := tx.UpdateFeatureSet(o.ID, org.AllFeatures); err != nil {
		return err
	}
	if err := s.enableWithAllFeatures(tx, o.ID, at); err != nil {
		return err
	}
	missing, err := tx.AccountsWithoutRole(o.ID)
	if err != nil {
		return err
	}
	for _, id := range missing {
		if err := s.ensureRole(tx, id, o, at); err != nil {
			return err
		}
	}
	return nil
}

// withdrawChildren cancels what still waits below a parent that has ended, and
// the invitations that offered what will not come.
func (s *Service) withdrawChildren(tx *store.Tx, parent *handshake.Handshake, at time.Time) error {
	children, err := tx.ChildHandshakes(parent.ID)
	if err != nil {
		return err
	}
	for i := range children {
		if children[i].Stored.Terminal() {
			continue
		}
		if err := s.happen(tx, &children[i], handshake.Withdraw, at); err != nil {
			return err
		}
	}
	return s.withdrawInvitations(tx, parent.Originator.Organization, org.AllFeatures, at)
}

// withdrawInvitations cancels the open invitations that offer a feature set
// which the organization no longer offers.
func (s *Service) withdrawInvitations(tx *store.Tx, organization ident.OrganizationID, offered org.FeatureSet, at time.Time) error {
	waiting, err := tx.OpenHandshakesFrom(organization, handshake.Invite)
	if err != nil {
		return err
	}
	for i := range waiting {
		if waiting[i].Offer.FeatureSet != string(offered) {
			continue
		}
		if err := s.happen(tx, &waiting[i], handshake.Withdraw, at); err != nil {
			return err
		}
	}
	return nil
}
