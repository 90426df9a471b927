package organizations

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/handshake"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/accounts"
	"accord/internal/service/organizations/features"
	"accord/internal/service/organizations/policies"
	"accord/internal/service/organizations/render"
	"accord/internal/service/organizations/transfers"
)

// CreateOrganization makes the caller's account the management account of a new
// organization. [AWS: CreateOrganization]
func (s *Service) CreateOrganization(ctx context.Context, in *orgapi.CreateOrganizationRequest) (*orgapi.CreateOrganizationResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.CreateOrganizationResponse, error) {
		if u.Caller.Account.State == org.PendingActivation {
			return nil, orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonAccountCreationNotComplete)
		}
		set := org.AllFeatures
		if in.FeatureSet != nil {
			set = org.FeatureSet(*in.FeatureSet)
		}
		if err := u.RequireFeatureSet(set); err != nil {
			return nil, err
		}
		o := org.Organization{
			ID:         u.Source.Organization(),
			Management: u.Caller.Account.ID,
			Root:       u.Source.Root(),
			FeatureSet: set,
			Partition:  u.Caller.Partition(),
			Created:    u.Now(),
		}
		if err := u.Tx.InsertOrganization(o); err != nil {
			return nil, err
		}
		u.Caller.Organization = &o
		if s.Behavior.EmailVerification {
			if err := accounts.RequestVerification(u, &u.Caller.Account, o.ID); err != nil {
				return nil, err
			}
		}
		if err := u.Tx.AddToCounter(o.ID, operation.Reserved, 1); err != nil {
			return nil, err
		}
		// The management account counts as invited. [recorded; AWS: CLI examples]
		if err := s.Accounts.Join(u, &u.Caller.Account, &o, org.Invited); err != nil {
			return nil, err
		}
		if o.FeatureSet == org.AllFeatures {
			if err := policies.EnableWithAllFeatures(u, o.ID); err != nil {
				return nil, err
			}
		}
		return &orgapi.CreateOrganizationResponse{Organization: render.Organization(&o, u.Caller.Account.Email)}, nil
	})
}

// DescribeOrganization shows any account of an organization the organization.
// [AWS: DescribeOrganization]
func (s *Service) DescribeOrganization(ctx context.Context, in *orgapi.DescribeOrganizationRequest) (*orgapi.DescribeOrganizationResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribeOrganizationResponse, error) {
		email := r.Caller.Account.Email
		if r.Caller.Account.ID != r.Caller.Organization.Management {
			management, err := r.Account(r.Caller.Organization.Management)
			if err != nil {
				return nil, err
			}
			email = management.Email
		}
		return &orgapi.DescribeOrganizationResponse{Organization: render.Organization(r.Caller.Organization, email)}, nil
	})
}

// DeleteOrganization ends an organization in which only its management account
// is left. [AWS: DeleteOrganization]
func (s *Service) DeleteOrganization(ctx context.Context, in *orgapi.DeleteOrganizationRequest) (*orgapi.DeleteOrganizationResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DeleteOrganizationResponse, error) {
		o := u.Caller.Organization
		members, err := u.Counter(o.ID, operation.Accounts)
		if err != nil {
			return nil, err
		}
		creating, err := u.Counter(o.ID, accounts.CreationsInProgress)
		if err != nil {
			return nil, err
		}
		if members > 1 || creating > 0 {
			return nil, orgapi.ErrOrganizationNotEmpty()
		}
		if err := transfers.RequireNone(u); err != nil {
			return nil, err
		}
		if err := s.withdrawAll(u, o); err != nil {
			return nil, err
		}
		if err := u.Tx.DeleteMembership(u.Caller.Account.ID, u.Now()); err != nil {
			return nil, err
		}
		if err := u.Tx.DeleteOrganization(o.ID); err != nil {
			return nil, err
		}
		return &orgapi.DeleteOrganizationResponse{}, accounts.RecordDeparture(u, o, u.Caller.Account.ID, event.Left)
	})
}

// withdrawAll cancels every handshake of an organization that waits for an answer. It takes
// part in no transfer and asks for none.
func (s *Service) withdrawAll(u *operation.Unit, o *org.Organization) error {
	parent, running, err := features.Running(u.Reader, o)
	if err == nil && running {
		err = s.Handshakes.ApplyServiceEvent(u, &parent, handshake.Withdraw)
	}
	if err != nil {
		return err
	}
	return features.WithdrawInvitations(u, o.ID, "")
}

// ListRoots shows the one root of an organization. [AWS: ListRoots]
func (s *Service) ListRoots(ctx context.Context, in *orgapi.ListRootsRequest) (*orgapi.ListRootsResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListRootsResponse, error) {
		roots, next, err := operation.Paginate(r, operation.List[org.Organization]{
			Fetch: func(page.Cursor, int) ([]org.Organization, error) {
				return []org.Organization{*r.Caller.Organization}, nil
			},
			Key: func(org.Organization) page.Cursor { return page.First },
		})
		if err != nil {
			return nil, err
		}
		root, err := render.Root(r)
		return &orgapi.ListRootsResponse{
			Roots:     render.All(roots, func(*org.Organization) orgapi.Root { return root }),
			NextToken: next,
		}, err
	})
}
