package delegation

import (
	"context"
	"errors"
	"unicode/utf8"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/service/organizations/tags"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// PutResourcePolicy gives the organization its delegation policy, or another
// content to the one that it has, which keeps its id and its tags. [AWS:
// PutResourcePolicy; recorded]
func (s *Service) PutResourcePolicy(ctx context.Context, in *orgapi.PutResourcePolicyRequest) (*orgapi.PutResourcePolicyResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.PutResourcePolicyResponse, error) {
		if err := u.RequireAllFeatures(); err != nil {
			return nil, err
		}
		p, err := u.ResourcePolicy(u.Caller.Organization.ID)
		exists := err == nil
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		// A document that was read and is sent back is not too long, although it grew
		// when it was normalized. [assumed]
		before, err := shown(u.Reader, &p)
		if err != nil {
			return nil, err
		}
		if !exists || before != *in.Content {
			if err := requireSize(u, *in.Content); err != nil {
				return nil, err
			}
		}
		content, err := checkDelegationPolicy(u, *in.Content)
		switch {
		case err != nil:
		case !exists:
			p.ID = u.Source.ResourcePolicy()
			err = tags.Put(u, tags.DelegationPolicy, string(p.ID), in.Tags)
		case len(in.Tags) > 0:
			err = orgapi.ErrConstraintViolation(orgapi.ConstraintViolationExceptionReasonUpdateExistingResourcePolicyWithTagsNotSupported)
		}
		if err != nil {
			return nil, err
		}
		p.Content = content
		if err := u.Tx.UpsertResourcePolicy(u.Caller.Organization.ID, p); err != nil {
			return nil, err
		}
		content, err = shown(u.Reader, &p)
		return &orgapi.PutResourcePolicyResponse{ResourcePolicy: render.ResourcePolicy(u.Reader, p.ID, content)}, err
	})
}

// requireSize rejects a document that is longer than the quota, in characters as sent.
func requireSize(u *operation.Unit, content string) error {
	return u.RequireWithin(u.Caller.Organization.ID, quota.DelegationPolicySize, int64(utf8.RuneCountInString(content)))
}

// checkDelegationPolicy judges the document of a delegation policy and returns it in the
// form in which it is stored.
func checkDelegationPolicy(u *operation.Unit, content string) (string, error) {
	var failed error
	isMember := func(id ident.AccountID) bool {
		account, err := u.Account(id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			failed = err
		}
		return err == nil && account.In(u.Caller.Organization.ID)
	}
	entities := func(arn string) string {
		id, err := identities.PrincipalID(u.View, arn)
		failed = errors.Join(failed, err)
		return id
	}
	checked, rejection := policy.CheckDelegation(content, u.Caller.Organization.Owner(), isMember, entities)
	switch {
	case failed != nil:
		return "", failed
	case rejection != nil:
		return "", orgapi.ErrInvalidInput(orgapi.InvalidInputExceptionReason(rejection.Reason)).
			Saying(rejection.Message).Because(rejection.Diagnostic)
	}
	return checked.Stored, nil
}

// shown is the document of a delegation policy as it is shown, with the ARNs of the users
// and roles that it names.
func shown(r *operation.Reader, p *org.ResourcePolicy) (string, error) {
	var failed error
	content := policy.Shown(p.Content, func(id string) string {
		arn, err := identities.PrincipalARN(r.View, r.Caller.Organization.Partition, id)
		failed = errors.Join(failed, err)
		return arn
	})
	return content, failed
}

// DescribeResourcePolicy shows the delegation policy. [AWS:
// DescribeResourcePolicy]
func (s *Service) DescribeResourcePolicy(ctx context.Context, in *orgapi.DescribeResourcePolicyRequest) (*orgapi.DescribeResourcePolicyResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribeResourcePolicyResponse, error) {
		p, err := findResourcePolicy(r)
		if err != nil {
			return nil, err
		}
		content, err := shown(r, &p)
		return &orgapi.DescribeResourcePolicyResponse{ResourcePolicy: render.ResourcePolicy(r, p.ID, content)}, err
	})
}

// DeleteResourcePolicy removes the delegation policy, with its tags. [AWS:
// DeleteResourcePolicy; recorded: the tags]
func (s *Service) DeleteResourcePolicy(ctx context.Context, in *orgapi.DeleteResourcePolicyRequest) (*orgapi.DeleteResourcePolicyResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.DeleteResourcePolicyResponse, error) {
		p, err := findResourcePolicy(u.Reader)
		if err != nil {
			return nil, err
		}
		if err := u.Tx.DeleteTags(u.Caller.Organization.ID, string(p.ID)); err != nil {
			return nil, err
		}
		return &orgapi.DeleteResourcePolicyResponse{}, u.Tx.DeleteResourcePolicy(u.Caller.Organization.ID)
	})
}

// findResourcePolicy reads the delegation policy of the caller's organization.
func findResourcePolicy(r *operation.Reader) (org.ResourcePolicy, error) {
	if err := r.RequireAllFeatures(); err != nil {
		return org.ResourcePolicy{}, err
	}
	p, err := r.ResourcePolicy(r.Caller.Organization.ID)
	if errors.Is(err, store.ErrNotFound) {
		return p, orgapi.ErrResourcePolicyNotFound()
	}
	return p, err
}
