package organizations

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/policy"
	"accord/internal/quota"
	"accord/internal/store"
)

// CreatePolicy adds a policy that is attached to nothing. Its type need not be
// enabled. [AWS: CreatePolicy; recorded: types that are not enabled; the order of
// the checks is assumed]
func (s *Service) CreatePolicy(ctx context.Context, in *orgapi.CreatePolicyRequest) (*orgapi.CreatePolicyResponse, error) {
	return change(ctx, s, "CreatePolicy", in, func(w *writing) (*orgapi.CreatePolicyResponse, error) {
		if err := w.policyTypesAvailable(); err != nil {
			return nil, err
		}
		p := org.Policy{
			Organization: w.organization.ID,
			Type:         org.PolicyType(*in.Type),
			Name:         *in.Name,
			Description:  *in.Description,
		}
		p.ID = s.newPolicyID(policy.DefinitionOf(p.Type))
		if err := w.putTags(taggablePolicy, string(p.ID), in.Tags); err != nil {
			return nil, err
		}
		if err := w.write(&p, *in.Content); err != nil {
			return nil, err
		}
		if err := w.policyNameFree(p.Type, p.Name); err != nil {
			return nil, err
		}
		if err := w.reserve(quota.Policies(p.Type), policiesOf(p.Type)); err != nil {
			return nil, err
		}
		var err error
		if p.Position, err = nextPosition(w.tx, p.Organization); err != nil {
			return nil, err
		}
		if err := w.tx.InsertPolicy(p); err != nil {
			return nil, err
		}
		return &orgapi.CreatePolicyResponse{Policy: w.renderPolicy(&p)}, nil
	})
}

// policiesOf counts the policies of a type that people wrote.
func policiesOf(kind org.PolicyType) store.CounterName {
	return store.CounterName(quota.Policies(kind))
}

// write gives a policy a content, or refuses it: for its size first. [AWS: size
// is another error than malformed; the order is assumed]
func (w *writing) write(p *org.Policy, content string) error {
	if err := w.within(p.Organization, quota.PolicySize(p.Type), int64(policy.Size(content))); err != nil {
		return err
	}
	options := policy.Options{
		Lenient:                  w.service.Behavior.PolicyContentChecksLenient,
		ServiceControlBefore2025: w.service.Behavior.SCPLanguagePre2025,
		Now:                      w.Now(),
	}
	if mistake := policy.Check(p.Type, content, options); mistake != nil {
		return malformed(mistake).RaisedBy(ruleAgainst(p.Type, content, options))
	}
	p.Content = policy.Stored(p.Type, content)
	sum := sha256.Sum256([]byte(p.Content))
	p.Digest = hex.EncodeToString(sum[:])
	return nil
}

// ruleAgainst names the rule without which a refused document would have been
// taken; empty where there is none.
func ruleAgainst(kind org.PolicyType, content string, options policy.Options) string {
	wider := options
	wider.ServiceControlBefore2025 = false
	if policy.Check(kind, content, wider) == nil {
		return "--behavior scp-language"
	}
	wider.Lenient = true
	if policy.Check(kind, content, wider) == nil {
		return "--behavior policy-content-checks"
	}
	return ""
}

// policyNameFree refuses a name that another policy of the type has, one of AWS
// included. Case counts. (assumed)
func (w *writing) policyNameFree(kind org.PolicyType, name string) error {
	if managed, ok := policy.ManagedPolicy(policy.DefinitionOf(kind).Default); ok && managed.Name == name {
		return orgapi.ErrDuplicatePolicy()
	}
	_, err := w.tx.PolicyByName(w.organization.ID, kind, name)
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
	return change(ctx, s, "UpdatePolicy", in, func(w *writing) (*orgapi.UpdatePolicyResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		p, err := w.ownPolicy(*in.PolicyId)
		if err != nil {
			return nil, err
		}
		if in.Content != nil {
			if err := w.write(&p, *in.Content); err != nil {
				return nil, err
			}
		}
		if name := text(in.Name); name != "" && name != p.Name {
			if err := w.policyNameFree(p.Type, name); err != nil {
				return nil, err
			}
			p.Name = name
		}
		if description := text(in.Description); description != "" {
			p.Description = description
		}
		if err := w.tx.UpdatePolicy(p); err != nil {
			return nil, err
		}
		if err := w.policyChanged(&p); err != nil {
			return nil, err
		}
		return &orgapi.UpdatePolicyResponse{Policy: w.renderUpdate(&p, in)}, nil
	})
}

// DeletePolicy removes a policy that is attached to nothing. [AWS: DeletePolicy]
func (s *Service) DeletePolicy(ctx context.Context, in *orgapi.DeletePolicyRequest) (*orgapi.DeletePolicyResponse, error) {
	return change(ctx, s, "DeletePolicy", in, func(w *writing) (*orgapi.DeletePolicyResponse, error) {
		p, err := w.ownPolicy(*in.PolicyId)
		if err != nil {
			return nil, err
		}
		e, enabled, err := w.enabledPolicyType(p.Type)
		if err != nil {
			return nil, err
		}
		if enabled {
			targets, err := w.tx.TargetsOf(p.Organization, e.EnablementID, p.ID, 0, 1)
			if err != nil {
				return nil, err
			}
			if len(targets) > 0 {
				return nil, orgapi.ErrPolicyInUse()
			}
		}
		if err := w.tx.DeleteTags(p.Organization, string(p.ID)); err != nil {
			return nil, err
		}
		if err := w.tx.AddToCounter(p.Organization, policiesOf(p.Type), -1); err != nil {
			return nil, err
		}
		return &orgapi.DeletePolicyResponse{}, w.tx.DeletePolicy(p.Organization, p.ID)
	})
}

// DescribePolicy shows a policy with its content. [AWS: DescribePolicy]
func (s *Service) DescribePolicy(ctx context.Context, in *orgapi.DescribePolicyRequest) (*orgapi.DescribePolicyResponse, error) {
	return read(ctx, s, "DescribePolicy", func(r *reading) (*orgapi.DescribePolicyResponse, error) {
		p, err := r.policy(*in.PolicyId)
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribePolicyResponse{Policy: r.renderPolicy(&p)}, nil
	})
}

// ListPolicies lists the policies of a type in the order of creation, the one of
// AWS first. [AWS: ListPolicies; the order is assumed]
func (s *Service) ListPolicies(ctx context.Context, in *orgapi.ListPoliciesRequest) (*orgapi.ListPoliciesResponse, error) {
	return read(ctx, s, "ListPolicies", func(r *reading) (*orgapi.ListPoliciesResponse, error) {
		kind := org.PolicyType(*in.Filter)
		policies, next, err := turnTo(r, list[org.Policy]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]org.Policy, error) {
				var first []org.Policy
				if managed, ok := r.managedPolicy(policy.DefinitionOf(kind).Default); ok && after == page.First {
					first = append(first, managed)
				}
				written, err := r.Policies(r.organization.ID, kind, after, limit)
				return append(first, written...), err
			},
			key: store.AfterPolicy,
		}, in.NextToken, in.MaxResults, string(kind))
		if err != nil {
			return nil, err
		}
		return &orgapi.ListPoliciesResponse{Policies: render(policies, r.renderPolicySummary), NextToken: next}, nil
	})
}

// policy reads a policy of the caller's organization, or one of AWS.
func (r *reading) policy(id string) (org.Policy, error) {
	if managed, ok := r.managedPolicy(ident.PolicyID(id)); ok {
		return managed, nil
	}
	p, err := r.Policy(r.organization.ID, ident.PolicyID(id))
	if errors.Is(err, store.ErrNotFound) {
		return p, orgapi.ErrPolicyNotFound()
	}
	return p, err
}

// ownPolicy reads a policy that can be changed.
func (r *reading) ownPolicy(id string) (org.Policy, error) {
	p, err := r.policy(id)
	if err == nil && p.Managed {
		err = orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonImmutablePolicy)
	}
	return p, err
}

// managedPolicy is a policy of AWS. They are in every organization with all
// features, whether their type is enabled or not. (assumed)
func (r *reading) managedPolicy(id ident.PolicyID) (org.Policy, bool) {
	m, ok := policy.ManagedPolicy(id)
	if !ok || r.organization.FeatureSet != org.AllFeatures {
		return org.Policy{}, false
	}
	return org.Policy{
		ID: m.ID, Type: m.Type, Name: m.Name, Description: m.Description, Content: m.Content, Managed: true,
	}, true
}
