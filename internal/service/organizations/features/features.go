package features

import (
	"context"
	"errors"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/handshakes"
	"accord/internal/service/organizations/policies"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
	"accord/internal/store/identities"
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
		_, pending, err := Running(u.Reader, o)
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
		if err := WithdrawInvitations(u, o.ID, org.ConsolidatedBilling); err != nil {
			return nil, err
		}
		parent := handshake.Handshake{
			Kind:       handshake.EnableAllFeatures,
			Originator: o.Owner(),
			Requested:  u.Now(),
			Expires:    u.Now().Add(handshakes.Lifetime(u.Reader, handshake.EnableAllFeatures)),
		}
		if err := handshakes.Create(u, &parent); err != nil {
			return nil, err
		}
		asked, err := askMembers(u, &parent)
		if err != nil {
			return nil, err
		}
		if err := setMissingConsents(u, o.ID, asked); err != nil {
			return nil, err
		}
		// The answer always shows REQUESTED; that no member has to be asked shows from
		// the next read on. [AWS: guide example]
		shape := render.Handshake(u.Reader, &parent)
		if asked == 0 {
			if err := s.Handshakes.ApplyServiceEvent(u, &parent, handshake.Complete); err != nil {
				return nil, err
			}
		}
		return &orgapi.EnableAllFeaturesResponse{Handshake: &shape}, nil
	})
}

// Running reads the handshake with which an organization is on its way to
// all features, and reports whether it is.
func Running(r *operation.Reader, o *org.Organization) (parent handshake.Handshake, running bool, err error) {
	if o.FeatureSet == org.AllFeatures {
		return parent, false, nil
	}
	parent, err = r.OpenHandshake(o.ID, handshake.EnableAllFeatures, handshake.Recipient{})
	if errors.Is(err, store.ErrNotFound) {
		return parent, false, nil
	}
	return parent, err == nil, err
}

// setMissingConsents records of how many members the consent is needed.
func setMissingConsents(u *operation.Unit, organization ident.OrganizationID, members int64) error {
	left, err := u.Counter(organization, consentsMissing)
	if err != nil {
		return err
	}
	return u.Tx.AddToCounter(organization, consentsMissing, members-left)
}

// askMembers sends a child of the parent to each member whose consent is needed,
// and counts them.
func askMembers(u *operation.Unit, parent *handshake.Handshake) (asked int64, err error) {
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
			if err := askMember(u, parent, kind, m); err != nil {
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

// requests are the mails that ask members for their consent.
var requests = map[handshake.Kind]func(member, management org.Account, h handshake.Handshake) mail.Message{
	handshake.ApproveAllFeatures:   mail.ApprovalRequested,
	handshake.AddServiceLinkedRole: mail.RoleRequested,
}

// askMember sends a child of the parent to one member.
func askMember(u *operation.Unit, parent *handshake.Handshake, kind handshake.Kind, m *org.Account) error {
	child := handshake.Handshake{
		Kind:       kind,
		Originator: parent.Originator,
		Parent:     parent.ID,
		Recipient:  handshake.Recipient{Type: handshake.AccountParty, ID: string(m.ID)},
		Requested:  parent.Requested,
		Expires:    parent.Expires,
	}
	if err := handshakes.Create(u, &child); err != nil {
		return err
	}
	return u.Mail(m.ID, u.Caller.Organization.ID, requests[kind](*m, u.Caller.Account, child))
}

// countConsent counts one consent, or one that is no longer needed, and completes
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
	return s.Handshakes.ApplyServiceEvent(u, parent, handshake.Complete)
}

// ReviewParent counts the answer of a child, if its parent still waits.
func (s *Service) ReviewParent(u *operation.Unit, child *handshake.Handshake, _ handshakes.Parties) error {
	parent, err := u.Handshake(child.Parent)
	if errors.Is(err, store.ErrNotFound) || err == nil && parent.Stored != handshake.Requested {
		return nil
	}
	if err != nil {
		return err
	}
	return s.countConsent(u, &parent)
}

// RecordConsent makes the role that all features need in the member that agreed.
func (s *Service) RecordConsent(u *operation.Unit, child *handshake.Handshake, p handshakes.Parties) error {
	if err := EnsureRole(u, child.AnsweredBy, p.Organization.Owner()); err != nil {
		return err
	}
	return s.ReviewParent(u, child, p)
}

// SwitchToAllFeatures completes the change. [AWS: AcceptHandshake]
func SwitchToAllFeatures(u *operation.Unit, _ *handshake.Handshake, p handshakes.Parties) error {
	o := p.Organization
	if err := u.Tx.UpdateFeatureSet(o.ID, org.AllFeatures); err != nil {
		return err
	}
	if err := policies.EnableWithAllFeatures(u, o.ID); err != nil {
		return err
	}
	missing, err := u.AccountsWithoutRole(o.ID)
	if err != nil {
		return err
	}
	for _, id := range missing {
		if err := EnsureRole(u, id, o.Owner()); err != nil {
			return err
		}
	}
	return nil
}

// WithdrawChildren cancels the open children of a parent that has ended, and the
// invitations that offered all features. The parent waits for no answer any more, so that
// their effect is nothing.
func (s *Service) WithdrawChildren(u *operation.Unit, parent *handshake.Handshake, _ handshakes.Parties) error {
	organization := parent.Originator.Organization
	// Both kinds of children move alike.
	_, err := handshakes.WithdrawAll(u, store.OpenHandshakes{Organization: organization, Kind: handshake.ApproveAllFeatures, Parent: parent.ID})
	if err != nil {
		return err
	}
	return WithdrawInvitations(u, organization, org.AllFeatures)
}

// WithdrawInvitations cancels the open invitations of an organization that offer a feature
// set, or all of them if it is empty, and releases the seats that they reserved in the account
// quota.
func WithdrawInvitations(u *operation.Unit, organization ident.OrganizationID, offered org.FeatureSet) error {
	open := store.OpenHandshakes{Organization: organization, Kind: handshake.Invite, FeatureSet: offered}
	n, err := handshakes.WithdrawAll(u, open)
	if err != nil || n == 0 {
		return err
	}
	return u.Tx.AddToCounter(organization, operation.Reserved, -n)
}

// EnsureRole makes the role AWSServiceRoleForOrganizations of an organization in an
// account where it is missing.
func EnsureRole(u *operation.Unit, id ident.AccountID, of ident.Owner) error {
	made, err := u.Tx.UpdateServiceLinkedRole(id)
	if err != nil || !made {
		return err
	}
	if err := u.RequireServiceLinkedRole(id); err != nil {
		return err
	}
	role := iam.OrganizationsRole(id, u.Source.For("service-linked role", string(id)).Unique("AROA"), u.Now())
	if err := identities.InsertMade(u.Tx, role, managed.ID(role.PolicyPath, role.PolicyName)); err != nil {
		return err
	}
	return u.Record(id, of, event.RoleCreated(u.Source.UUID(), u.Now(), id))
}

// ReleaseConsent excuses an account that leaves or is closed from a running change to
// all features.
func (s *Service) ReleaseConsent(u *operation.Unit, o *org.Organization, a *org.Account) error {
	parent, running, err := Running(u.Reader, o)
	if err != nil || !running {
		return err
	}
	child, err := u.ChildHandshake(parent.ID, a.ID)
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
		return s.Handshakes.ApplyServiceEvent(u, &child, handshake.Withdraw)
	}
	if err := u.Tx.UpdateHandshake(child); err != nil {
		return err
	}
	return s.countConsent(u, &parent)
}
