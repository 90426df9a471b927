package organizations

import (
	"context"
	"errors"
	"unicode/utf8"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/quota"
	"accord/internal/store"
)

// PutResourcePolicy gives the organization its delegation policy, or another
// content to the one that it has, which keeps its id and its tags. [AWS:
// PutResourcePolicy; recorded]
func (s *Service) PutResourcePolicy(ctx context.Context, in *orgapi.PutResourcePolicyRequest) (*orgapi.PutResourcePolicyResponse, error) {
	return change(ctx, s, "PutResourcePolicy", in, func(w *writing) (*orgapi.PutResourcePolicyResponse, error) {
		if err := w.allFeatures(); err != nil {
			return nil, err
		}
		content, err := w.delegation(*in.Content)
		if err != nil {
			return nil, err
		}
		p, err := w.tx.ResourcePolicy(w.organization.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			p.ID = s.Source.ResourcePolicy()
			err = w.putTags(taggableDelegationPolicy, string(p.ID), in.Tags)
		case err == nil && len(in.Tags) > 0:
			err = orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonUpdateExistingResourcePolicyWithTagsNotSupported)
		}
		if err != nil {
			return nil, err
		}
		p.Content = content
		if err := w.tx.UpsertResourcePolicy(w.organization.ID, p); err != nil {
			return nil, err
		}
		return &orgapi.PutResourcePolicyResponse{ResourcePolicy: w.renderResourcePolicy(&p)}, nil
	})
}

// delegation judges the document of a delegation policy and returns it in the
// form in which it is kept.
func (w *writing) delegation(content string) (string, error) {
	if err := w.within(w.organization.ID, quota.DelegationPolicySize, int64(utf8.RuneCountInString(content))); err != nil {
		return "", err
	}
	var trouble error
	isMember := func(id ident.AccountID) bool {
		account, err := w.tx.Account(id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			trouble = err
		}
		return err == nil && account.In(w.organization.ID)
	}
	checked, refusal := policy.CheckDelegation(content, w.organization.Owner(), isMember)
	switch {
	case trouble != nil:
		return "", trouble
	case refusal != nil:
		return "", orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReason(refusal.Reason)).
			Saying(refusal.Message).Because(refusal.Diagnostic)
	}
	return checked.Stored, nil
}

// DescribeResourcePolicy shows the delegation policy. [AWS:
// DescribeResourcePolicy]
func (s *Service) DescribeResourcePolicy(ctx context.Context, in *orgapi.DescribeResourcePolicyRequest) (*orgapi.DescribeResourcePolicyResponse, error) {
	return read(ctx, s, "DescribeResourcePolicy", func(r *reading) (*orgapi.DescribeResourcePolicyResponse, error) {
		p, err := r.resourcePolicy()
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeResourcePolicyResponse{ResourcePolicy: r.renderResourcePolicy(&p)}, nil
	})
}

// DeleteResourcePolicy removes the delegation policy, with its tags. [AWS:
// DeleteResourcePolicy; recorded: the tags]
func (s *Service) DeleteResourcePolicy(ctx context.Context, in *orgapi.DeleteResourcePolicyRequest) (*orgapi.DeleteResourcePolicyResponse, error) {
	return change(ctx, s, "DeleteResourcePolicy", in, func(w *writing) (*orgapi.DeleteResourcePolicyResponse, error) {
		p, err := w.resourcePolicy()
		if err != nil {
			return nil, err
		}
		if err := w.tx.DeleteTags(w.organization.ID, string(p.ID)); err != nil {
			return nil, err
		}
		return &orgapi.DeleteResourcePolicyResponse{}, w.tx.DeleteResourcePolicy(w.organization.ID)
	})
}

// resourcePolicy reads the delegation policy of the caller's organization.
func (r *reading) resourcePolicy() (org.ResourcePolicy, error) {
	if err := r.allFeatures(); err != nil {
		return org.ResourcePolicy{}, err
	}
	p, err := r.ResourcePolicy(r.organization.ID)
	if errors.Is(err, store.ErrNotFound) {
		return p, orgapi.ErrResourcePolicyNotFound()
	}
	return p, err
}
