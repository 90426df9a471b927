// Package policies implements the operations of IAM on managed policies.
package policies

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/quota"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Service has the operations.
type Service struct{ runner *operation.Runner }

// New returns the service.
func New(r *operation.Runner) *Service { return &Service{r} }

// find reads a managed policy, or answers that there is none.
func find(r *operation.Reader, arn string) (entity.Policy, error) {
	p, err := entity.PolicyByARN(r, arn)
	if errors.Is(err, store.ErrNotFound) {
		return p, entity.NoSuch(iamapi.TextNoSuchEntityPolicy, arn)
	}
	return p, err
}

// findToChange is find for a change, which customers make of their own policies only.
// [assumed: the exception]
func findToChange(u *operation.Unit, arn string) (entity.Policy, error) {
	p, err := find(u.Reader, arn)
	if err == nil && p.AWS != nil {
		err = iamapi.ErrAccessDenied("User: " + u.Caller.Identity.Principal + " is not authorized to perform: iam:" + u.Operation.Name + " on resource: policy " + p.ARN)
	}
	return p, err
}

// VersionID is the id of a version.
func VersionID(number int64) *string { return new("v" + strconv.FormatInt(number, 10)) }

// number is the number of a version id; 0 for one that no version has.
func number(id string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "v"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Show shows a managed policy as lists do.
func Show(r *operation.Reader, p entity.Policy) (iamapi.Policy, error) {
	uses, err := identities.PolicyUses(r.View, r.Caller.Account.ID, p.ID)
	return shown(p, uses), err
}

func shown(p entity.Policy, uses iam.Uses) iamapi.Policy {
	return iamapi.Policy{
		PolicyName: new(p.Name), PolicyId: new(p.ID), Arn: new(p.ARN), Path: new(p.Path), DefaultVersionId: VersionID(p.DefaultVersion),
		AttachmentCount: new(int32(uses.Attachments)), PermissionsBoundaryUsageCount: new(int32(uses.Boundaries)),
		IsAttachable: new(true), CreateDate: api.At(p.Created), UpdateDate: api.At(p.Updated),
	}
}

// CreatePolicy makes a managed policy with its first version. [AWS: CreatePolicy]
func (s *Service) CreatePolicy(ctx context.Context, in *iamapi.CreatePolicyRequest) (*iamapi.CreatePolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreatePolicyResponse, error) {
		account := u.Caller.Account.ID
		if _, err := identities.Policy(u.View, account, *in.PolicyName); err == nil {
			return nil, iamapi.ErrEntityAlreadyExists().Saying(fmt.Sprintf(iamapi.TextEntityAlreadyExistsPolicy, *in.PolicyName))
		} else if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err := entity.CheckDocument(*in.PolicyDocument); err != nil {
			return nil, err
		}
		if err := entity.RequirePolicySize(u, *in.PolicyName, *in.PolicyDocument); err != nil {
			return nil, err
		}
		counts, err := identities.Counts(u.View, account)
		if err != nil {
			return nil, err
		}
		if err := entity.RequireWithin(u, quota.IAMPolicies, counts[iam.Policy]+1); err != nil {
			return nil, err
		}
		now := entity.Now(u)
		p := iam.ManagedPolicy{
			Account: account, ID: u.Source.Unique("ANPA"), Name: *in.PolicyName, Path: "/", Description: operation.Deref(in.Description),
			DefaultVersion: 1, LastVersion: 1, Created: now, Updated: now,
		}
		if in.Path != nil {
			p.Path = *in.Path
		}
		if err := identities.InsertPolicy(u.Tx, p); err != nil {
			return nil, err
		}
		if err := identities.InsertVersion(u.Tx, p, iam.Version{Number: 1, Document: *in.PolicyDocument, Created: now}); err != nil {
			return nil, err
		}
		if err := entity.TagPolicy(u, p, in.Tags); err != nil {
			return nil, err
		}
		policy, err := Show(u.Reader, entity.Policy{ManagedPolicy: p, ARN: p.ARN(u.Caller.Partition())})
		if err != nil {
			return nil, err
		}
		policy.Tags, err = entity.Tags(u.Reader, p.ID)
		return &iamapi.CreatePolicyResponse{Policy: &policy}, err
	})
}

// GetPolicy shows a managed policy. [AWS: GetPolicy]
func (s *Service) GetPolicy(ctx context.Context, in *iamapi.GetPolicyRequest) (*iamapi.GetPolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetPolicyResponse, error) {
		p, err := find(r, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		policy, err := Show(r, p)
		if err != nil {
			return nil, err
		}
		if p.Description != "" {
			policy.Description = new(p.Description)
		}
		policy.Tags, err = entity.Tags(r, p.ID)
		return &iamapi.GetPolicyResponse{Policy: &policy}, err
	})
}

// DeletePolicy deletes a managed policy that is not used and has one version. [AWS:
// DeletePolicy]
func (s *Service) DeletePolicy(ctx context.Context, in *iamapi.DeletePolicyRequest) (*iamapi.DeletePolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeletePolicyResponse, error) {
		p, err := findToChange(u, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		uses, err := identities.PolicyUses(u.View, p.Account, p.ID)
		if err != nil {
			return nil, err
		}
		if uses != (iam.Uses{}) {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictPolicyAttached)
		}
		versions, err := identities.Versions(u.View, p.ID)
		if err != nil {
			return nil, err
		}
		if len(versions) > 1 {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictPolicyVersions)
		}
		return &iamapi.DeletePolicyResponse{}, identities.DeletePolicy(u.Tx, p.ManagedPolicy)
	})
}

// CreatePolicyVersion adds a version, which becomes the default if that is asked for.
// [AWS: CreatePolicyVersion]
func (s *Service) CreatePolicyVersion(ctx context.Context, in *iamapi.CreatePolicyVersionRequest) (*iamapi.CreatePolicyVersionResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreatePolicyVersionResponse, error) {
		p, err := findToChange(u, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		if err := entity.CheckDocument(*in.PolicyDocument); err != nil {
			return nil, err
		}
		if err := entity.RequirePolicySize(u, p.Name, *in.PolicyDocument); err != nil {
			return nil, err
		}
		versions, err := identities.Versions(u.View, p.ID)
		if err != nil {
			return nil, err
		}
		limit, err := entity.Limit(u.Reader, quota.IAMPolicyVersions)
		if err != nil {
			return nil, err
		}
		if int64(len(versions)) >= limit {
			return nil, iamapi.ErrLimitExceeded().Saying(fmt.Sprintf(iamapi.TextLimitExceededVersions, limit)).
				RaisedBy("--quota " + string(quota.IAMPolicyVersions))
		}
		p.LastVersion++
		p.Updated = entity.Now(u)
		asDefault := in.SetAsDefault != nil && *in.SetAsDefault
		if asDefault {
			p.DefaultVersion = p.LastVersion
		}
		v := iam.Version{Number: p.LastVersion, Document: *in.PolicyDocument, Created: p.Updated}
		if err := identities.InsertVersion(u.Tx, p.ManagedPolicy, v); err != nil {
			return nil, err
		}
		return &iamapi.CreatePolicyVersionResponse{PolicyVersion: &iamapi.PolicyVersion{
			VersionId: VersionID(v.Number), IsDefaultVersion: &asDefault, CreateDate: api.At(v.Created),
		}}, identities.UpdatePolicy(u.Tx, p.ManagedPolicy)
	})
}

// version reads a version of a managed policy. Of a policy of AWS the default version alone
// is known.
func version(r *operation.Reader, arn, id string) (entity.Policy, iam.Version, error) {
	p, err := find(r, arn)
	if err != nil {
		return p, iam.Version{}, err
	}
	n := number(id)
	if p.AWS != nil && n == p.DefaultVersion {
		return p, iam.Version{Number: n, Document: p.AWS.Document, Created: p.Updated}, nil
	}
	v, err := identities.PolicyVersion(r.View, p.ID, n)
	if errors.Is(err, store.ErrNotFound) {
		err = entity.NoSuch(iamapi.TextNoSuchEntityPolicyVersion, arn, id)
	}
	return p, v, err
}

// show shows a version; lists leave out the document.
func show(p *entity.Policy, v iam.Version) iamapi.PolicyVersion {
	return iamapi.PolicyVersion{VersionId: VersionID(v.Number), IsDefaultVersion: new(v.Number == p.DefaultVersion), CreateDate: api.At(v.Created)}
}

// GetPolicyVersion shows a version with its document. [AWS: GetPolicyVersion]
func (s *Service) GetPolicyVersion(ctx context.Context, in *iamapi.GetPolicyVersionRequest) (*iamapi.GetPolicyVersionResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetPolicyVersionResponse, error) {
		p, v, err := version(r, *in.PolicyArn, *in.VersionId)
		if err != nil {
			return nil, err
		}
		one := show(&p, v)
		one.Document = entity.Encoded(v.Document)
		return &iamapi.GetPolicyVersionResponse{PolicyVersion: &one}, nil
	})
}

// Versions are the versions of a managed policy, the newest first.
func Versions(r *operation.Reader, p *entity.Policy) ([]iam.Version, error) {
	if p.AWS != nil {
		return []iam.Version{{Number: p.DefaultVersion, Document: p.AWS.Document, Created: p.Updated}}, nil
	}
	return identities.Versions(r.View, p.ID)
}

// ListPolicyVersions lists the versions, the newest first. [AWS: ListPolicyVersions; the
// order is assumed]
func (s *Service) ListPolicyVersions(ctx context.Context, in *iamapi.ListPolicyVersionsRequest) (*iamapi.ListPolicyVersionsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListPolicyVersionsResponse, error) {
		p, err := find(r, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		all, err := Versions(r, &p)
		if err != nil {
			return nil, err
		}
		versions, next, err := entity.Ranked(r, all)
		return &iamapi.ListPolicyVersionsResponse{
			Versions:    entity.All(versions, func(v iam.Version) iamapi.PolicyVersion { return show(&p, v) }),
			IsTruncated: new(next != nil), Marker: next,
		}, err
	})
}

// DeletePolicyVersion deletes a version that is not the default. [AWS:
// DeletePolicyVersion]
func (s *Service) DeletePolicyVersion(ctx context.Context, in *iamapi.DeletePolicyVersionRequest) (*iamapi.DeletePolicyVersionResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeletePolicyVersionResponse, error) {
		if _, err := findToChange(u, *in.PolicyArn); err != nil {
			return nil, err
		}
		p, v, err := version(u.Reader, *in.PolicyArn, *in.VersionId)
		if err != nil {
			return nil, err
		}
		if v.Number == p.DefaultVersion {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictDefaultVersion)
		}
		return &iamapi.DeletePolicyVersionResponse{}, identities.DeleteVersion(u.Tx, p.ManagedPolicy, v.Number)
	})
}

// SetDefaultPolicyVersion makes a version the one in force. [AWS:
// SetDefaultPolicyVersion]
func (s *Service) SetDefaultPolicyVersion(ctx context.Context, in *iamapi.SetDefaultPolicyVersionRequest) (*iamapi.SetDefaultPolicyVersionResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.SetDefaultPolicyVersionResponse, error) {
		if _, err := findToChange(u, *in.PolicyArn); err != nil {
			return nil, err
		}
		p, v, err := version(u.Reader, *in.PolicyArn, *in.VersionId)
		if err != nil {
			return nil, err
		}
		p.DefaultVersion, p.Updated = v.Number, entity.Now(u)
		return &iamapi.SetDefaultPolicyVersionResponse{}, identities.UpdatePolicy(u.Tx, p.ManagedPolicy)
	})
}

// TagPolicy adds tags to a customer's managed policy. [AWS: TagPolicy]
func (s *Service) TagPolicy(ctx context.Context, in *iamapi.TagPolicyRequest) (*iamapi.TagPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.TagPolicyResponse, error) {
		p, err := findToChange(u, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		return &iamapi.TagPolicyResponse{}, entity.TagPolicy(u, p.ManagedPolicy, in.Tags)
	})
}

// UntagPolicy removes tags from a customer's managed policy. [AWS: UntagPolicy]
func (s *Service) UntagPolicy(ctx context.Context, in *iamapi.UntagPolicyRequest) (*iamapi.UntagPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UntagPolicyResponse, error) {
		p, err := findToChange(u, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		return &iamapi.UntagPolicyResponse{}, entity.UntagPolicy(u, p.ManagedPolicy, in.TagKeys)
	})
}

// ListPolicyTags lists the tags of a managed policy. [AWS: ListPolicyTags]
func (s *Service) ListPolicyTags(ctx context.Context, in *iamapi.ListPolicyTagsRequest) (*iamapi.ListPolicyTagsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListPolicyTagsResponse, error) {
		p, err := find(r, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		tags, next, err := entity.TagPage(r, p.ID)
		return &iamapi.ListPolicyTagsResponse{Tags: tags, IsTruncated: new(next != nil), Marker: next}, err
	})
}
