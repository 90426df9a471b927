package organizations

import (
	"context"
	"errors"

	"accord/internal/api/orgapi"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// consentsMissing counts the members whose consent to all features is still needed.
const consentsMissing store.CounterName = "consents-missing"

// EnableAllFeatures begins the change of an organization to all features: one
// handshake for the organization, and one for each member that has to consent.
// [AWS: EnableAllFeatures, "Enabling all features in your organization"]
func (s *Service) EnableAllFeatures(ctx context.Context, in *orgapi.EnableAllFeaturesRequest) (*orgapi.EnableAllFeaturesResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.EnableAllFeaturesResponse, error) {
		o := u.Caller.Organization
		if o.FeatureSet == org.AllFeatures {
			return nil, orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonOrganizationAlreadyHasAllFeatures)
		}
		_, pending, err := changeOfFeatures(u.Reader, o)
		if err != nil {
			return nil, err
		}
		if pending {
			return nil, orgapi.ErrHandshakeConstraintViolation(orgapi.HandshakeConstraintViolationExceptionReasonOrganizationIsAlreadyPendingAllFeaturesMigration)
		}
		count, err := u.Counter(o.ID, operation.Accounts)
		if err != nil {
			return nil, err
		}
		if err := u.RequireWithin(o.ID, quota.FeatureMigrationAccounts, count); err != nil {
			return nil, err
		}
		// They had offered consolidated billing.
		if err := s.withdrawInvitations(u, o.ID, org.ConsolidatedBilling); err != nil {
			return nil, err
		}
		parent := handshake.Handshake{
			Kind:       handshake.EnableAllFeatures,
			Originator: o.Owner(),
			Requested:  u.Now(),
			Expires:    u.Now().Add(lifetime(u.Reader, handshake.EnableAllFeatures)),
		}
		if err := createHandshake(u, &parent); err != nil {
			return nil, err
		}
		asked, err := s.askMembers(u, &parent)
		if err != nil {
			return nil, err
		}
		if err := setMissingConsents(u, o.ID, asked); err != nil {
			return nil, err
		}
		// The answer always shows REQUESTED; that nobody has to be asked shows from
		// the next read on. [AWS: guide example]
		shape := renderHandshake(u.Reader, &parent)
		if asked == 0 {
			if err := s.applyServiceEvent(u, &parent, handshake.Complete); err != nil {
				return nil, err
			}
		}
		return &orgapi.EnableAllFeaturesResponse{Handshake: &shape}, nil
	})
}

// changeOfFeatures reads the handshake with which an organization is on its way to
// all features, and reports whether it is.
func changeOfFeatures(r *operation.Reader, o *org.Organization) (parent handshake.Handshake, running bool, err error) {
	if o.FeatureSet == org.AllFeatures {
		return parent, false, nil
	}
	parent, err = r.OpenHandshake(o.ID, handshake.EnableAllFeatures, handshake.Recipient{})
	if errors.Is(err, store.ErrNotFound) {
		return parent, false, nil
	}
	return parent, err == nil, err
}

// await records of how many members the consent is needed.
func setMissingConsents(u *operation.Unit, organization ident.OrganizationID, members int64) error {
	left, err := u.Counter(organization, consentsMissing)
	if err != nil {
		return err
	}
	return u.Tx.AddToCounter(organization, consentsMissing, members-left)
}

// askMembers sends a child of the parent to each member whose consent is needed,
// and counts them.
func (s *Service) askMembers(u *operation.Unit, parent *handshake.Handshake) (asked int64, err error) {
	after := page.First
	for {
		members, err := u.Accounts(u.Caller.Organization.ID, after, 500)
		if err != nil || len(members) == 0 {
			return asked, err
		}
		for i := range members {
			m := &members[i]
			kind, needed := consentNeeded(u.Caller.Organization, m)
			if !needed {
				continue
			}
			asked++
			if err := s.askMember(u, parent, kind, m); err != nil {
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

func (s *Service) askMember(u *operation.Unit, parent *handshake.Handshake, kind handshake.Kind, m *org.Account) error {
	child := handshake.Handshake{
		Kind:       kind,
		Originator: parent.Originator,
		Parent:     parent.ID,
		Recipient:  handshake.Recipient{Type: handshake.AccountParty, ID: string(m.ID)},
		Requested:  parent.Requested,
		Expires:    parent.Expires,
	}
	if err := createHandshake(u, &child); err != nil {
		return err
	}
	return u.Mail(m.ID, u.Caller.Organization.ID, requests[kind](*m, u.Caller.Account, child))
}

// consented counts one consent, or one that is no longer needed, and completes
// the parent with the last one.
func (s *Service) countConsent(u *operation.Unit, parent *handshake.Handshake) error {
	organization := parent.Originator.Organization
	if err := u.Tx.AddToCounter(organization, consentsMissing, -1); err != nil {
		return err
	}
	left, err := u.Counter(organization, consentsMissing)
	if err != nil || left > 0 {
		return err
	}
	return s.applyServiceEvent(u, parent, handshake.Complete)
}

// reviewParent counts the answer of a child, if its parent still waits.
func (s *Service) reviewParent(u *operation.Unit, child *handshake.Handshake, _ parties) error {
	parent, err := u.Handshake(child.Parent)
	if errors.Is(err, store.ErrNotFound) || err == nil && parent.Stored != handshake.Requested {
		return nil
	}
	if err != nil {
		return err
	}
	return s.countConsent(u, &parent)
}

// recordConsent makes the role that all features need in the member that agreed.
func (s *Service) recordConsent(u *operation.Unit, child *handshake.Handshake, p parties) error {
	if err := ensureRole(u, child.AnsweredBy, p.organization.ID); err != nil {
		return err
	}
	return s.reviewParent(u, child, p)
}

// switchToAllFeatures finalises the change. [AWS: AcceptHandshake]
func switchToAllFeatures(u *operation.Unit, _ *handshake.Handshake, p parties) error {
	o := p.organization
	if err := u.Tx.UpdateFeatureSet(o.ID, org.AllFeatures); err != nil {
		return err
	}
	if err := enableWithAllFeatures(u, o.ID); err != nil {
		return err
	}
	missing, err := u.AccountsWithoutRole(o.ID)
	if err != nil {
		return err
	}
	for _, id := range missing {
		if err := ensureRole(u, id, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// withdrawChildren cancels what still waits below a parent that has ended, and
// the invitations that offered what will not come.
func (s *Service) withdrawChildren(u *operation.Unit, parent *handshake.Handshake, _ parties) error {
	children, err := u.ChildHandshakes(parent.ID)
	if err != nil {
		return err
	}
	for i := range children {
		if children[i].Stored.Terminal() {
			continue
		}
		if err := s.applyServiceEvent(u, &children[i], handshake.Withdraw); err != nil {
			return err
		}
	}
	return s.withdrawInvitations(u, parent.Originator.Organization, org.AllFeatures)
}

// withdrawInvitations cancels the open invitations that offer a feature set
// which the organization no longer offers.
func (s *Service) withdrawInvitations(u *operation.Unit, organization ident.OrganizationID, offered org.FeatureSet) error {
	waiting, err := u.OpenHandshakesFrom(organization, handshake.Invite)
	if err != nil {
		return err
	}
	for i := range waiting {
		if waiting[i].Offer.FeatureSet != string(offered) {
			continue
		}
		if err := s.applyServiceEvent(u, &waiting[i], handshake.Withdraw); err != nil {
			return err
		}
	}
	return nil
}
