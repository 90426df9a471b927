package organizations

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/policy"
	"accord/internal/quota"
	"accord/internal/store"
)

// policyTarget is a root, unit or account as a thing that policies are attached to.
type policyTarget struct {
	id   ident.TargetID
	path string
}

// policyTarget reads what a request names; a member in any state is one.
func (r *reading) policyTarget(id string) (policyTarget, error) {
	if ident.AccountID(id).Valid() {
		account, err := r.Account(ident.AccountID(id))
		if errors.Is(err, store.ErrNotFound) || err == nil && !account.In(r.organization.ID) {
			return policyTarget{}, orgapi.ErrTargetNotFound()
		}
		if err != nil {
			return policyTarget{}, err
		}
		return policyTarget{account.ID.Target(), ident.AccountPath(account.Membership.ParentPath, account.ID)}, nil
	}
	p, err := r.parent(id, orgapi.ErrTargetNotFound)
	return policyTarget{ident.TargetID(p.id), p.path}, err
}

// AttachPolicy puts a policy on a root, unit or account. [AWS: AttachPolicy; the
// order of the checks is assumed]
func (s *Service) AttachPolicy(ctx context.Context, in *orgapi.AttachPolicyRequest) (*orgapi.AttachPolicyResponse, error) {
	return change(ctx, s, "AttachPolicy", in, func(w *writing) (*orgapi.AttachPolicyResponse, error) {
		p, t, err := w.pair(*in.PolicyId, *in.TargetId)
		if err != nil {
			return nil, err
		}
		e, enabled, err := w.enabledPolicyType(p.Type)
		if err != nil {
			return nil, err
		}
		if !enabled {
			return nil, orgapi.ErrPolicyTypeNotEnabled()
		}
		attached, count, err := w.attached(e, t.id, p.ID)
		if err != nil {
			return nil, err
		}
		if attached {
			return nil, orgapi.ErrDuplicatePolicyAttachment()
		}
		if err := w.within(w.organization.ID, quota.Attachments(p.Type), count+1); err != nil {
			return nil, err
		}
		position, err := nextPosition(w.tx, w.organization.ID)
		if err != nil {
			return nil, err
		}
		a := org.Attachment{Target: t.id, Policy: p.ID, Position: position}
		if err := w.tx.UpsertAttachment(w.organization.ID, e.EnablementID, a); err != nil {
			return nil, err
		}
		return &orgapi.AttachPolicyResponse{}, w.attachmentsChanged(e, t)
	})
}

// DetachPolicy takes a policy off a root, unit or account. [AWS: DetachPolicy; the
// order of the checks is assumed]
func (s *Service) DetachPolicy(ctx context.Context, in *orgapi.DetachPolicyRequest) (*orgapi.DetachPolicyResponse, error) {
	return change(ctx, s, "DetachPolicy", in, func(w *writing) (*orgapi.DetachPolicyResponse, error) {
		p, t, err := w.pair(*in.PolicyId, *in.TargetId)
		if err != nil {
			return nil, err
		}
		if managed, ok := policy.ManagedPolicy(p.ID); ok && managed.Fixed {
			return nil, orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReasonNonDetachablePolicy)
		}
		e, enabled, err := w.enabledPolicyType(p.Type)
		if err != nil {
			return nil, err
		}
		if !enabled {
			return nil, orgapi.ErrPolicyNotAttached()
		}
		attached, count, err := w.attached(e, t.id, p.ID)
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
			err = w.tx.UpsertAttachment(w.organization.ID, e.EnablementID, org.Attachment{Target: t.id, Policy: p.ID, Detached: true})
		} else {
			err = w.tx.DeleteAttachment(w.organization.ID, e.EnablementID, t.id, p.ID)
		}
		if err != nil {
			return nil, err
		}
		return &orgapi.DetachPolicyResponse{}, w.attachmentsChanged(e, t)
	})
}

// pair reads the policy and the target of a request that joins or parts them.
func (w *writing) pair(policyID, targetID string) (p org.Policy, t policyTarget, err error) {
	if err = w.allFeatures(); err != nil {
		return p, t, err
	}
	if p, err = w.policy(policyID); err != nil {
		return p, t, err
	}
	t, err = w.policyTarget(targetID)
	return p, t, err
}

// attached reports whether a policy is on a target, and how many of its type are.
func (r *reading) attached(e org.EnabledPolicyType, t ident.TargetID, p ident.PolicyID) (is bool, count int64, err error) {
	written, err := r.Attachments(r.organization.ID, e.EnablementID, t)
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
	return read(ctx, s, "ListPoliciesForTarget", func(r *reading) (*orgapi.ListPoliciesForTargetResponse, error) {
		kind := org.PolicyType(*in.Filter)
		policies, next, err := turnTo(r, list[store.AttachedPolicy]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]store.AttachedPolicy, error) {
				t, err := r.policyTarget(*in.TargetId)
				if err != nil {
					return nil, err
				}
				e, enabled, err := r.enabledPolicyType(kind)
				if err != nil || !enabled {
					return nil, err
				}
				return r.policiesOn(e, t.id, after, limit)
			},
			key: store.AfterAttachedPolicy,
		}, in.NextToken, in.MaxResults, *in.TargetId, string(kind))
		if err != nil {
			return nil, err
		}
		return &orgapi.ListPoliciesForTargetResponse{
			Policies:  render(policies, func(a *store.AttachedPolicy) orgapi.PolicySummary { return r.renderPolicySummary(&a.Policy) }),
			NextToken: next,
		}, nil
	})
}

// policiesOn reads a page of the policies on a target. The default policy that
// nothing is written about came first of all.
func (r *reading) policiesOn(e org.EnabledPolicyType, t ident.TargetID, after page.Cursor, limit int) ([]store.AttachedPolicy, error) {
	var policies []store.AttachedPolicy
	if standard, ok := r.managedPolicy(policy.DefinitionOf(e.Type).Default); ok && after == page.First {
		implied, err := r.implied(e, t, standard.ID)
		if err != nil {
			return nil, err
		}
		if implied {
			policies = append(policies, store.AttachedPolicy{Policy: standard})
		}
	}
	written, err := r.PoliciesOn(r.organization.ID, e.EnablementID, t, after, limit)
	if err != nil {
		return nil, err
	}
	for i := range written {
		if managed, ok := r.managedPolicy(written[i].ID); ok {
			written[i].Policy = managed
		}
	}
	return append(policies, written...), nil
}

// implied reports whether a default policy is on a target without being written
// down.
func (r *reading) implied(e org.EnabledPolicyType, t ident.TargetID, standard ident.PolicyID) (bool, error) {
	_, err := r.Attachment(r.organization.ID, e.EnablementID, t, standard)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// ListTargetsForPolicy lists what a policy is directly attached to, in the order
// of attachment. [AWS: ListTargetsForPolicy; the order is assumed]
func (s *Service) ListTargetsForPolicy(ctx context.Context, in *orgapi.ListTargetsForPolicyRequest) (*orgapi.ListTargetsForPolicyResponse, error) {
	return read(ctx, s, "ListTargetsForPolicy", func(r *reading) (*orgapi.ListTargetsForPolicyResponse, error) {
		targets, next, err := turnTo(r, list[listedTarget]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]listedTarget, error) {
				p, err := r.policy(*in.PolicyId)
				if err != nil {
					return nil, err
				}
				e, enabled, err := r.enabledPolicyType(p.Type)
				if err != nil || !enabled {
					return nil, err
				}
				if p.ID == policy.DefinitionOf(p.Type).Default {
					return r.targetsOfDefault(e, p.ID, after, limit)
				}
				return r.targetsOf(e, p.ID, after, limit)
			},
			key: func(t listedTarget) page.Cursor { return t.after },
		}, in.NextToken, in.MaxResults, *in.PolicyId)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListTargetsForPolicyResponse{
			Targets:   render(targets, func(t *listedTarget) orgapi.PolicyTargetSummary { return r.renderTarget(t.PolicyTarget) }),
			NextToken: next,
		}, nil
	})
}

// listedTarget is a target with the place behind it in the list of its policy.
type listedTarget struct {
	store.PolicyTarget
	after page.Cursor
}

// targetsOf reads a page of the targets that a policy was attached to.
func (r *reading) targetsOf(e org.EnabledPolicyType, p ident.PolicyID, after page.Cursor, limit int) ([]listedTarget, error) {
	written, err := r.TargetsOf(r.organization.ID, e.EnablementID, p, after.At, limit)
	targets := make([]listedTarget, len(written))
	for i, t := range written {
		targets[i] = listedTarget{t, page.Cursor{At: t.Attached}}
	}
	return targets, err
}

// targetsOfDefault reads a page of the targets of a default policy: first those
// where nothing is written down, oldest first, and then those that it was taken
// off and put on again.
func (r *reading) targetsOfDefault(e org.EnabledPolicyType, p ident.PolicyID, after page.Cursor, limit int) ([]listedTarget, error) {
	targets, err := r.impliedTargets(e, p, after, limit)
	if err != nil || len(targets) >= limit {
		return targets, err
	}
	var since int64
	if after.At == again {
		if since, err = strconv.ParseInt(after.ID, 10, 64); err != nil {
			return nil, fmt.Errorf("the place %q in a list of targets: %w", after.ID, err)
		}
	}
	written, err := r.TargetsOf(r.organization.ID, e.EnablementID, p, since, limit-len(targets))
	for _, t := range written {
		targets = append(targets, listedTarget{t, page.Cursor{At: again, ID: strconv.FormatInt(t.Attached, 10)}})
	}
	return targets, err
}

// again is the instant of the places of targets that a default policy was put on
// again: behind all that have it since they exist.
const again = math.MaxInt64

// impliedTargets merges the root, the units and the accounts where nothing is
// written down about a default policy, in the order in which they came to be; the
// root was before all others.
func (r *reading) impliedTargets(e org.EnabledPolicyType, p ident.PolicyID, after page.Cursor, limit int) ([]listedTarget, error) {
	var targets []listedTarget
	if after == page.First {
		after.At++
		implied, err := r.implied(e, r.organization.Root.Target(), p)
		if err != nil {
			return nil, err
		}
		if implied {
			targets = append(targets, listedTarget{store.PolicyTarget{Target: r.organization.Root.Target()}, after})
		}
	}
	units, err := r.UnitsWithout(r.organization.ID, e.EnablementID, p, after, limit)
	if err != nil {
		return nil, err
	}
	accounts, err := r.AccountsWithout(r.organization.ID, e.EnablementID, p, after, limit)
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

func before(a, b page.Cursor) bool { return a.At < b.At || a.At == b.At && a.ID < b.ID }
