package policies

import (
	"context"
	"errors"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/policy"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/effective"
	"accord/internal/service/organizations/render"
	"accord/internal/service/organizations/tags"
	"accord/internal/store"
)

// CreatePolicy adds a policy that is attached to nothing. Its type need not be
// enabled. [AWS: CreatePolicy; recorded: types that are not enabled; the order of
// the checks is assumed]
func (s *Service) CreatePolicy(ctx context.Context, in *orgapi.CreatePolicyRequest) (*orgapi.CreatePolicyResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.CreatePolicyResponse, error) {
		if err := requirePolicyTypes(u.Reader, org.PolicyType(*in.Type)); err != nil {
			return nil, err
		}
		p := org.Policy{
			Organization: u.Caller.Organization.ID,
			Type:         org.PolicyType(*in.Type),
			Name:         *in.Name,
			Description:  *in.Description,
		}
		p.ID = newPolicyID(u.Reader, policy.DefinitionOf(p.Type))
		if err := tags.Put(u, tags.Policy, string(p.ID), in.Tags); err != nil {
			return nil, err
		}
		if err := setContent(u, &p, *in.Content); err != nil {
			return nil, err
		}
		if err := requireFreePolicyName(u, p.Type, p.Name); err != nil {
			return nil, err
		}
		if err := u.Reserve(quota.Policies(p.Type), policiesOf(p.Type)); err != nil {
			return nil, err
		}
		var err error
		if p.Position, err = nextPosition(u, p.Organization); err != nil {
			return nil, err
		}
		if err := u.Tx.InsertPolicy(p); err != nil {
			return nil, err
		}
		return &orgapi.CreatePolicyResponse{Policy: render.Policy(u.Reader, &p)}, nil
	})
}

// policiesOf counts the policies of a type that people wrote.
func policiesOf(kind org.PolicyType) store.CounterName {
	return store.CounterName(quota.Policies(kind))
}

// requireFreePolicyName rejects a name that another policy of the type has, one of AWS
// included. Case counts. [assumed]
func requireFreePolicyName(u *operation.Unit, kind org.PolicyType, name string) error {
	if managed, ok := policy.ManagedPolicy(policy.DefinitionOf(kind).Default); ok && managed.Name == name {
		return orgapi.ErrDuplicatePolicy()
	}
	_, err := u.PolicyByName(u.Caller.Organization.ID, kind, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return orgapi.ErrDuplicatePolicy()
}

// UpdatePolicy changes what a request names of a policy. An empty description is
// taken and changes nothing. Every update counts as a change of the effective
// policies, whatever it says. [AWS: UpdatePolicy; recorded: both]
func (s *Service) UpdatePolicy(ctx context.Context, in *orgapi.UpdatePolicyRequest) (*orgapi.UpdatePolicyResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.UpdatePolicyResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		p, err := findOwnPolicy(u.Reader, *in.PolicyId)
		if err != nil {
			return nil, err
		}
		if in.Content != nil {
			if err := setContent(u, &p, *in.Content); err != nil {
				return nil, err
			}
		}
		if name := operation.Deref(in.Name); name != "" && name != p.Name {
			if err := requireFreePolicyName(u, p.Type, name); err != nil {
				return nil, err
			}
			p.Name = name
		}
		if description := operation.Deref(in.Description); description != "" {
			p.Description = description
		}
		if err := u.Tx.UpdatePolicy(p); err != nil {
			return nil, err
		}
		if err := s.Effective.FollowPolicy(u, &p); err != nil {
			return nil, err
		}
		return &orgapi.UpdatePolicyResponse{Policy: render.PolicyUpdate(u.Reader, &p, in)}, nil
	})
}

// DeletePolicy removes a policy that is attached to nothing. [AWS: DeletePolicy]
func (s *Service) DeletePolicy(ctx context.Context, in *orgapi.DeletePolicyRequest) (*orgapi.DeletePolicyResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DeletePolicyResponse, error) {
		p, err := findOwnPolicy(u.Reader, *in.PolicyId)
		if err != nil {
			return nil, err
		}
		e, enabled, err := effective.FindEnabledType(u.Reader, p.Type)
		if err != nil {
			return nil, err
		}
		if enabled {
			targets, err := u.TargetsOf(p.Organization, e.EnablementID, p.ID, 0, 1)
			if err != nil {
				return nil, err
			}
			if len(targets) > 0 {
				return nil, orgapi.ErrPolicyInUse()
			}
		}
		if err := u.Tx.DeleteTags(p.Organization, string(p.ID)); err != nil {
			return nil, err
		}
		if err := u.Tx.AddToCounter(p.Organization, policiesOf(p.Type), -1); err != nil {
			return nil, err
		}
		return &orgapi.DeletePolicyResponse{}, u.Tx.DeletePolicy(p.Organization, p.ID)
	})
}

// DescribePolicy shows a policy with its content. [AWS: DescribePolicy]
func (s *Service) DescribePolicy(ctx context.Context, in *orgapi.DescribePolicyRequest) (*orgapi.DescribePolicyResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribePolicyResponse, error) {
		p, err := findPolicy(r, *in.PolicyId)
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribePolicyResponse{Policy: render.Policy(r, &p)}, nil
	})
}

// ListPolicies lists the policies of a type in the order of creation, the one of
// AWS first. [AWS: ListPolicies; the order is assumed]
func (s *Service) ListPolicies(ctx context.Context, in *orgapi.ListPoliciesRequest) (*orgapi.ListPoliciesResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListPoliciesResponse, error) {
		kind := org.PolicyType(*in.Filter)
		policies, next, err := operation.Paginate(r, operation.List[org.Policy]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]org.Policy, error) {
				var first []org.Policy
				if managed, ok := effective.ManagedPolicy(r, policy.DefinitionOf(kind).Default); ok && after == page.First {
					first = append(first, managed)
				}
				written, err := r.Policies(r.Caller.Organization.ID, kind, after, limit)
				return append(first, written...), err
			},
			Key: store.AfterPolicy,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListPoliciesResponse{Policies: render.All(policies, render.With(r, render.PolicySummary)), NextToken: next}, nil
	})
}

// findPolicy reads a policy of the caller's organization, or one of AWS.
func findPolicy(r *operation.Reader, id string) (org.Policy, error) {
	if managed, ok := effective.ManagedPolicy(r, ident.PolicyID(id)); ok {
		return managed, nil
	}
	p, err := r.Policy(r.Caller.Organization.ID, ident.PolicyID(id))
	if errors.Is(err, store.ErrNotFound) {
		return p, orgapi.ErrPolicyNotFound()
	}
	return p, err
}

// findOwnPolicy reads a policy that can be changed.
func findOwnPolicy(r *operation.Reader, id string) (org.Policy, error) {
	p, err := findPolicy(r, id)
	if err == nil && p.Managed {
		err = orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonImmutablePolicy)
	}
	return p, err
}

// newPolicyID makes the id of a new policy. Recorded ones of a type begin alike.
func newPolicyID(r *operation.Reader, d *policy.Definition) ident.PolicyID {
	if r.Native() {
		return r.Source.Policy(d.IDPrefix)
	}
	return r.Source.Policy("p-")
}
