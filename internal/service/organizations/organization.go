package organizations

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/ident"
	"accord/internal/mail"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// CreateOrganization makes the caller's account the management account of a new
// organization. [AWS: CreateOrganization]
func (s *Service) CreateOrganization(ctx context.Context, in *orgapi.CreateOrganizationRequest) (*orgapi.CreateOrganizationResponse, error) {
	return change(ctx, s, "CreateOrganization", in, func(w *writing) (*orgapi.CreateOrganizationResponse, error) {
		if w.account.State == org.PendingActivation {
			return nil, orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonAccountCreationNotComplete)
		}
		set := org.AllFeatures
		if in.FeatureSet != nil {
			set = org.FeatureSet(*in.FeatureSet)
		}
		o := org.Organization{
			ID:         s.Source.Organization(),
			Management: w.account.ID,
			Root:       s.Source.Root(),
			FeatureSet: set,
			Created:    w.Now(),
		}
		if err := w.tx.InsertOrganization(o); err != nil {
			return nil, err
		}
		w.organization = &o
		if s.Behavior.EmailVerification {
			if err := s.unverify(w.tx, &w.account, o.ID); err != nil {
				return nil, err
			}
		}
		if err := w.tx.AddToCounter(o.ID, places, 1); err != nil {
			return nil, err
		}
		// The management account counts as invited. [recorded; AWS: CLI examples]
		if err := w.join(&w.account, &o, org.Invited); err != nil {
			return nil, err
		}
		if o.FeatureSet == org.AllFeatures {
			if err := s.enableWithAllFeatures(w.tx, o.ID, w.Now()); err != nil {
				return nil, err
			}
		}
		return &orgapi.CreateOrganizationResponse{Organization: renderOrganization(&o, w.account.Email)}, nil
	})
}

// unverify records that the owner of an address has to confirm it, and asks for
// it.
func (s *Service) unverify(tx *store.Tx, a *org.Account, organization ident.OrganizationID) error {
	a.EmailVerified = false
	if err := tx.UpdateAccount(*a); err != nil {
		return err
	}
	return s.mail(tx, a.ID, organization, mail.EmailVerification(*a, tx.Now().Add(s.Behavior.EmailLinkLifetime)))
}

// DescribeOrganization shows any account of an organization the organization.
// [AWS: DescribeOrganization]
func (s *Service) DescribeOrganization(ctx context.Context, in *orgapi.DescribeOrganizationRequest) (*orgapi.DescribeOrganizationResponse, error) {
	return read(ctx, s, "DescribeOrganization", func(r *reading) (*orgapi.DescribeOrganizationResponse, error) {
		email := r.account.Email
		if r.account.ID != r.organization.Management {
			management, err := r.Account(r.organization.Management)
			if err != nil {
				return nil, err
			}
			email = management.Email
		}
		return &orgapi.DescribeOrganizationResponse{Organization: renderOrganization(r.organization, email)}, nil
	})
}

// DeleteOrganization ends an organization in which only its management account
// is left. [AWS: DeleteOrganization]
func (s *Service) DeleteOrganization(ctx context.Context, in *orgapi.DeleteOrganizationRequest) (*orgapi.DeleteOrganizationResponse, error) {
	return change(ctx, s, "DeleteOrganization", in, func(w *writing) (*orgapi.DeleteOrganizationResponse, error) {
		o := w.organization
		members, err := w.tx.Counter(o.ID, accounts)
		if err != nil {
			return nil, err
		}
		creating, err := w.tx.Counter(o.ID, creationsInProgress)
		if err != nil {
			return nil, err
		}
		if members > 1 || creating > 0 {
			return nil, orgapi.ErrOrganizationNotEmpty()
		}
		if err := w.transferring(); err != nil {
			return nil, err
		}
		if err := w.withdrawAll(o.ID); err != nil {
			return nil, err
		}
		if err := w.tx.DeleteMembership(w.account.ID, w.Now()); err != nil {
			return nil, err
		}
		if err := w.tx.DeleteOrganization(o.ID); err != nil {
			return nil, err
		}
		return &orgapi.DeleteOrganizationResponse{}, s.departed(w.tx, o, w.account.ID, event.Removed, w.Now())
	})
}

// withdrawAll cancels every handshake of an organization that waits for an answer.
func (w *writing) withdrawAll(organization ident.OrganizationID) error {
	for kind, rule := range handshake.Rules {
		if rule.Child {
			continue
		}
		waiting, err := w.tx.OpenHandshakesFrom(organization, kind)
		if err != nil {
			return err
		}
		for i := range waiting {
			if err := w.service.happen(w.tx, &waiting[i], handshake.Withdraw, w.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

// ListRoots shows the one root of an organization. [AWS: ListRoots]
func (s *Service) ListRoots(ctx context.Context, in *orgapi.ListRootsRequest) (*orgapi.ListRootsResponse, error) {
	return read(ctx, s, "ListRoots", func(r *reading) (*orgapi.ListRootsResponse, error) {
		roots, next, err := turnTo(r, list[org.Organization]{
			fetch: func(page.Cursor, int) ([]org.Organization, error) { return []org.Organization{*r.organization}, nil },
			key:   func(org.Organization) page.Cursor { return page.First },
		}, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		root, err := r.renderRoot()
		return &orgapi.ListRootsResponse{
			Roots:     render(roots, func(*org.Organization) orgapi.Root { return root }),
			NextToken: next,
		}, err
	})
}
