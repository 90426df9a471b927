package users

import (
	"context"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
)

// PutUserPolicy gives a user an inline policy, in place of the one of that name. [AWS: PutUserPolicy]
func (s *Service) PutUserPolicy(ctx context.Context, in *iamapi.PutUserPolicyRequest) (*iamapi.PutUserPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.PutUserPolicyResponse, error) {
		return &iamapi.PutUserPolicyResponse{}, entity.PutInlinePolicy(u, iam.User, *in.UserName, iam.InlinePolicy{Name: *in.PolicyName, Document: *in.PolicyDocument})
	})
}

// GetUserPolicy shows an inline policy. [AWS: GetUserPolicy]
func (s *Service) GetUserPolicy(ctx context.Context, in *iamapi.GetUserPolicyRequest) (*iamapi.GetUserPolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetUserPolicyResponse, error) {
		p, err := entity.InlinePolicy(r, iam.User, *in.UserName, *in.PolicyName)
		return &iamapi.GetUserPolicyResponse{UserName: in.UserName, PolicyName: new(p.Name), PolicyDocument: entity.Encoded(p.Document)}, err
	})
}

// DeleteUserPolicy deletes an inline policy. [AWS: DeleteUserPolicy]
func (s *Service) DeleteUserPolicy(ctx context.Context, in *iamapi.DeleteUserPolicyRequest) (*iamapi.DeleteUserPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteUserPolicyResponse, error) {
		return &iamapi.DeleteUserPolicyResponse{}, entity.DeleteInlinePolicy(u, iam.User, *in.UserName, *in.PolicyName)
	})
}

// ListUserPolicies lists the names of the inline policies. [AWS: ListUserPolicies]
func (s *Service) ListUserPolicies(ctx context.Context, in *iamapi.ListUserPoliciesRequest) (*iamapi.ListUserPoliciesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListUserPoliciesResponse, error) {
		names, next, err := entity.InlinePolicyNames(r, iam.User, *in.UserName)
		return &iamapi.ListUserPoliciesResponse{PolicyNames: names, IsTruncated: new(next != nil), Marker: next}, err
	})
}

// AttachUserPolicy attaches a managed policy to a user. [AWS: AttachUserPolicy]
func (s *Service) AttachUserPolicy(ctx context.Context, in *iamapi.AttachUserPolicyRequest) (*iamapi.AttachUserPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.AttachUserPolicyResponse, error) {
		return &iamapi.AttachUserPolicyResponse{}, entity.Attach(u, iam.User, *in.UserName, *in.PolicyArn)
	})
}

// DetachUserPolicy detaches a managed policy from a user. [AWS: DetachUserPolicy]
func (s *Service) DetachUserPolicy(ctx context.Context, in *iamapi.DetachUserPolicyRequest) (*iamapi.DetachUserPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DetachUserPolicyResponse, error) {
		return &iamapi.DetachUserPolicyResponse{}, entity.Detach(u, iam.User, *in.UserName, *in.PolicyArn)
	})
}

// ListAttachedUserPolicies lists the managed policies of a user. [AWS: ListAttachedUserPolicies]
func (s *Service) ListAttachedUserPolicies(ctx context.Context, in *iamapi.ListAttachedUserPoliciesRequest) (*iamapi.ListAttachedUserPoliciesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListAttachedUserPoliciesResponse, error) {
		policies, next, err := entity.Attached(r, iam.User, *in.UserName, in.PathPrefix)
		return &iamapi.ListAttachedUserPoliciesResponse{AttachedPolicies: policies, IsTruncated: new(next != nil), Marker: next}, err
	})
}

// PutUserPermissionsBoundary bounds the permissions of a user. [AWS: PutUserPermissionsBoundary]
func (s *Service) PutUserPermissionsBoundary(ctx context.Context, in *iamapi.PutUserPermissionsBoundaryRequest) (*iamapi.PutUserPermissionsBoundaryResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.PutUserPermissionsBoundaryResponse, error) {
		return &iamapi.PutUserPermissionsBoundaryResponse{}, entity.PutBoundary(u, iam.User, *in.UserName, *in.PermissionsBoundary)
	})
}

// DeleteUserPermissionsBoundary takes the permissions boundary from a user. [AWS: DeleteUserPermissionsBoundary]
func (s *Service) DeleteUserPermissionsBoundary(ctx context.Context, in *iamapi.DeleteUserPermissionsBoundaryRequest) (*iamapi.DeleteUserPermissionsBoundaryResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteUserPermissionsBoundaryResponse, error) {
		return &iamapi.DeleteUserPermissionsBoundaryResponse{}, entity.DeleteBoundary(u, iam.User, *in.UserName)
	})
}

// TagUser adds tags to a user. [AWS: TagUser]
func (s *Service) TagUser(ctx context.Context, in *iamapi.TagUserRequest) (*iamapi.TagUserResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.TagUserResponse, error) {
		return &iamapi.TagUserResponse{}, entity.Tag(u, iam.User, *in.UserName, in.Tags)
	})
}

// UntagUser removes tags from a user. [AWS: UntagUser]
func (s *Service) UntagUser(ctx context.Context, in *iamapi.UntagUserRequest) (*iamapi.UntagUserResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UntagUserResponse, error) {
		return &iamapi.UntagUserResponse{}, entity.Untag(u, iam.User, *in.UserName, in.TagKeys)
	})
}

// ListUserTags lists the tags of a user. [AWS: ListUserTags]
func (s *Service) ListUserTags(ctx context.Context, in *iamapi.ListUserTagsRequest) (*iamapi.ListUserTagsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListUserTagsResponse, error) {
		tags, next, err := entity.TagsOf(r, iam.User, *in.UserName)
		return &iamapi.ListUserTagsResponse{Tags: tags, IsTruncated: new(next != nil), Marker: next}, err
	})
}
