package policies

import (
	"context"
	"errors"
	"math"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/policy"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/effective"
	"accord/internal/service/organizations/render"
	"accord/internal/service/organizations/tree"
	"accord/internal/store"
)

// findTarget.Target reads what a request names; a member in any state is one.
func findTarget(r *operation.Reader, id string) (effective.Target, error) {
	if ident.AccountID(id).Valid() {
		account, err := r.Account(ident.AccountID(id))
		if errors.Is(err, store.ErrNotFound) || err == nil && !account.In(r.Caller.Organization.ID) {
			return effective.Target{}, orgapi.ErrTargetNotFound()
		}
		if err != nil {
			return effective.Target{}, err
		}
		return effective.Target{ID: account.ID.Target(), Path: ident.AccountPath(account.Membership.ParentPath, account.ID)}, nil
	}
	p, err := tree.FindParent(r, id, orgapi.ErrTargetNotFound)
	return effective.Target{ID: ident.TargetID(p.ID), Path: p.Path}, err
}

// AttachPolicy puts a policy on a root, unit or account. [AWS: AttachPolicy; the
// order of the checks is assumed]
func (s *Service) AttachPolicy(ctx context.Context, in *orgapi.AttachPolicyRequest) (*orgapi.AttachPolicyResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.AttachPolicyResponse, error) {
		p, t, err := policyAndTarget(u, *in.PolicyId, *in.TargetId)
		if err != nil {
			return nil, err
		}
		e, enabled, err := effective.FindEnabledType(u.Reader, p.Type)
		if err != nil {
			return nil, err
		}
		if !enabled {
			return nil, orgapi.ErrPolicyTypeNotEnabled()
		}
		attached, count, err := isAttached(u.Reader, e, t.ID, p.ID)
		if err != nil {
			return nil, err
		}
		if attached {
			return nil, orgapi.ErrDuplicatePolicyAttachment()
		}
		if err := u.RequireWithin(u.Caller.Organization.ID, quota.Attachments(p.Type), count+1); err != nil {
			return nil, err
		}
		position, err := nextPosition(u, u.Caller.Organization.ID)
		if err != nil {
			return nil, err
		}
		a := org.Attachment{Target: t.ID, Policy: p.ID, Position: position}
		if err := u.Tx.UpsertAttachment(u.Caller.Organization.ID, e.EnablementID, a); err != nil {
			return nil, err
		}
		return &orgapi.AttachPolicyResponse{}, s.Effective.FollowAttachments(u, e, t)
	})
}

// DetachPolicy takes a policy off a root, unit or account. [AWS: DetachPolicy; the
// order of the checks is assumed]
func (s *Service) DetachPolicy(ctx context.Context, in *orgapi.DetachPolicyRequest) (*orgapi.DetachPolicyResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DetachPolicyResponse, error) {
		p, t, err := policyAndTarget(u, *in.PolicyId, *in.TargetId)
		if err != nil {
			return nil, err
		}
		if managed, ok := policy.ManagedPolicy(p.ID); ok && managed.Fixed {
			return nil, orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonNonDetachablePolicy)
		}
		e, enabled, err := effective.FindEnabledType(u.Reader, p.Type)
		if err != nil {
			return nil, err
		}
		if !enabled {
			return nil, orgapi.ErrPolicyNotAttached()
		}
		attached, count, err := isAttached(u.Reader, e, t.ID, p.ID)
		if err != nil {
			return nil, err
		}
		if !attached {
			return nil, orgapi.ErrPolicyNotAttached()
		}
		definition := policy.DefinitionOf(p.Type)
		if count <= int64(definition.MinAttached) {
			return nil, orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonMinPolicyTypeAttachmentLimitExceeded)
		}
		if p.ID == definition.Default {
			err = u.Tx.UpsertAttachment(u.Caller.Organization.ID, e.EnablementID, org.Attachment{Target: t.ID, Policy: p.ID, Detached: true})
		} else {
			err = u.Tx.DeleteAttachment(u.Caller.Organization.ID, e.EnablementID, t.ID, p.ID)
		}
		if err != nil {
			return nil, err
		}
		return &orgapi.DetachPolicyResponse{}, s.Effective.FollowAttachments(u, e, t)
	})
}

// policyAndTarget reads the policy and the target of a request that joins or parts them.
func policyAndTarget(u *operation.Unit, policyID, targetID string) (p org.Policy, t effective.Target, err error) {
	if err = u.RequireAllFeatures(); err != nil {
		return p, t, err
	}
	if p, err = findPolicy(u.Reader, policyID); err != nil {
		return p, t, err
	}
	t, err = findTarget(u.Reader, targetID)
	return p, t, err
}

// isAttached reports whether a policy is on a target, and how many of its type are.
func isAttached(r *operation.Reader, e org.EnabledPolicyType, t ident.TargetID, p ident.PolicyID) (is bool, count int64, err error) {
	written, err := r.Attachments(r.Caller.Organization.ID, e.EnablementID, t)
	if err != nil {
		return false, 0, err
	}
	standard := policy.DefinitionOf(e.Type).Default
	implied := standard != ""
	for _, a := range written {
		if a.Policy == standard {
			implied = false
		}
		if !a.Detached {
			count++
			is = is || a.Policy == p
		}
	}
	if implied {
		count++
		is = is || p == standard
	}
	return is, count, nil
}

// ListPoliciesForTarget lists the policies of a type directly on a root, unit or
// account, in the order of attachment. [AWS: ListPoliciesForTarget; the order is
// assumed]
func (s *Service) ListPoliciesForTarget(ctx context.Context, in *orgapi.ListPoliciesForTargetRequest) (*orgapi.ListPoliciesForTargetResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListPoliciesForTargetResponse, error) {
		kind := org.PolicyType(*in.Filter)
		policies, next, err := operation.Paginate(r, operation.List[store.AttachedPolicy]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]store.AttachedPolicy, error) {
				t, err := findTarget(r, *in.TargetId)
				if err != nil {
					return nil, err
				}
				e, enabled, err := effective.FindEnabledType(r, kind)
				if err != nil || !enabled {
					return nil, err
				}
				return attachedPolicies(r, e, t.ID, after, limit)
			},
			Key: store.AfterAttachedPolicy,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListPoliciesForTargetResponse{
			Policies:  render.All(policies, func(a *store.AttachedPolicy) orgapi.PolicySummary { return render.PolicySummary(r, &a.Policy) }),
			NextToken: next,
		}, nil
	})
}

// attachedPolicies reads a page of the policies on a target. The default policy that
// nothing is written about came first of all.
func attachedPolicies(r *operation.Reader, e org.EnabledPolicyType, t ident.TargetID, after page.Cursor, limit int) ([]store.AttachedPolicy, error) {
	var policies []store.AttachedPolicy
	if standard, ok := effective.ManagedPolicy(r, policy.DefinitionOf(e.Type).Default); ok && after == page.First {
		implied, err := isImplied(r, e, t, standard.ID)
		if err != nil {
			return nil, err
		}
		if implied {
			policies = append(policies, store.AttachedPolicy{Policy: standard})
		}
	}
	written, err := r.PoliciesOn(r.Caller.Organization.ID, e.EnablementID, t, after, limit)
	if err != nil {
		return nil, err
	}
	// What the store returns is shared, and must not be changed.
	for _, a := range written {
		if managed, ok := effective.ManagedPolicy(r, a.ID); ok {
			a.Policy = managed
		}
		policies = append(policies, a)
	}
	return policies, nil
}

// isImplied reports whether a default policy is attached to a target without a row.
func isImplied(r *operation.Reader, e org.EnabledPolicyType, t ident.TargetID, standard ident.PolicyID) (bool, error) {
	_, err := r.Attachment(r.Caller.Organization.ID, e.EnablementID, t, standard)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// ListTargetsForPolicy lists what a policy is directly attached to, in the order
// of attachment. [AWS: ListTargetsForPolicy; the order is assumed]
func (s *Service) ListTargetsForPolicy(ctx context.Context, in *orgapi.ListTargetsForPolicyRequest) (*orgapi.ListTargetsForPolicyResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListTargetsForPolicyResponse, error) {
		targets, next, err := operation.Paginate(r, operation.List[listedTarget]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]listedTarget, error) {
				p, err := findPolicy(r, *in.PolicyId)
				if err != nil {
					return nil, err
				}
				e, enabled, err := effective.FindEnabledType(r, p.Type)
				if err != nil || !enabled {
					return nil, err
				}
				if p.ID == policy.DefinitionOf(p.Type).Default {
					return defaultTargets(r, e, p.ID, after, limit)
				}
				return attachedTargets(r, e, p.ID, after, limit)
			},
			Key: func(t listedTarget) page.Cursor { return t.after },
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListTargetsForPolicyResponse{
			Targets:   render.All(targets, func(t *listedTarget) orgapi.PolicyTargetSummary { return render.Target(r, t.PolicyTarget) }),
			NextToken: next,
		}, nil
	})
}

// listedTarget is a target with its cursor in the list of its policy.
type listedTarget struct {
	store.PolicyTarget
	after page.Cursor
}

// attachedTargets reads a page of the targets that a policy was attached to.
func attachedTargets(r *operation.Reader, e org.EnabledPolicyType, p ident.PolicyID, after page.Cursor, limit int) ([]listedTarget, error) {
	written, err := r.TargetsOf(r.Caller.Organization.ID, e.EnablementID, p, after.At, limit)
	targets := make([]listedTarget, len(written))
	for i, t := range written {
		targets[i] = listedTarget{t, page.Cursor{At: t.Attached}}
	}
	return targets, err
}

// defaultTargets reads a page of the targets of a default policy: first those
// where nothing is written down, oldest first, and then those that it was taken
// off and put on again.
func defaultTargets(r *operation.Reader, e org.EnabledPolicyType, p ident.PolicyID, after page.Cursor, limit int) ([]listedTarget, error) {
	targets, err := impliedTargets(r, e, p, after, limit)
	if err != nil || len(targets) >= limit {
		return targets, err
	}
	var since int64
	if after.At == again {
		since = after.Sequence
	}
	written, err := r.TargetsOf(r.Caller.Organization.ID, e.EnablementID, p, since, limit-len(targets))
	for _, t := range written {
		targets = append(targets, listedTarget{t, page.Cursor{At: again, Sequence: t.Attached}})
	}
	return targets, err
}

// again is the instant in the cursors of targets to which a default policy was
// attached again: after all that have it since they exist.
const again = math.MaxInt64

// impliedTargets merges the root, the units and the accounts where nothing is
// written down about a default policy, in the order in which they came to be; the
// root was before all others.
func impliedTargets(r *operation.Reader, e org.EnabledPolicyType, p ident.PolicyID, after page.Cursor, limit int) ([]listedTarget, error) {
	var targets []listedTarget
	if after == page.First {
		after.At++
		implied, err := isImplied(r, e, r.Caller.Organization.Root.Target(), p)
		if err != nil {
			return nil, err
		}
		if implied {
			targets = append(targets, listedTarget{store.PolicyTarget{Target: r.Caller.Organization.Root.Target()}, after})
		}
	}
	units, err := r.UnitsWithout(r.Caller.Organization.ID, e.EnablementID, p, after, limit)
	if err != nil {
		return nil, err
	}
	accounts, err := r.AccountsWithout(r.Caller.Organization.ID, e.EnablementID, p, after, limit)
	if err != nil {
		return nil, err
	}
	for len(targets) < limit && len(units)+len(accounts) > 0 {
		if len(accounts) == 0 || len(units) > 0 && before(store.AfterUnit(units[0]), store.AfterAccount(accounts[0])) {
			u := units[0]
			targets = append(targets, listedTarget{store.PolicyTarget{Target: u.ID.Target(), Name: u.Name}, store.AfterUnit(u)})
			units = units[1:]
			continue
		}
		a := accounts[0]
		targets = append(targets, listedTarget{store.PolicyTarget{Target: a.ID.Target(), Name: a.Name}, store.AfterAccount(a)})
		accounts = accounts[1:]
	}
	return targets, nil
}

func before(a, b page.Cursor) bool { return a.At < b.At || a.At == b.At && a.Sequence < b.Sequence }
