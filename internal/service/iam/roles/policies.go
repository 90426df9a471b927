package roles

import (
	"context"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
)

// PutRolePolicy gives a role an inline policy, in place of the one of that name. [AWS: PutRolePolicy]
func (s *Service) PutRolePolicy(ctx context.Context, in *iamapi.PutRolePolicyRequest) (*iamapi.PutRolePolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.PutRolePolicyResponse, error) {
		return &iamapi.PutRolePolicyResponse{}, entity.PutInlinePolicy(u, iam.Role, *in.RoleName, iam.InlinePolicy{Name: *in.PolicyName, Document: *in.PolicyDocument})
	})
}

// GetRolePolicy shows an inline policy. [AWS: GetRolePolicy]
func (s *Service) GetRolePolicy(ctx context.Context, in *iamapi.GetRolePolicyRequest) (*iamapi.GetRolePolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetRolePolicyResponse, error) {
		p, err := entity.InlinePolicy(r, iam.Role, *in.RoleName, *in.PolicyName)
		return &iamapi.GetRolePolicyResponse{RoleName: in.RoleName, PolicyName: new(p.Name), PolicyDocument: entity.Encoded(p.Document)}, err
	})
}

// DeleteRolePolicy deletes an inline policy. [AWS: DeleteRolePolicy]
func (s *Service) DeleteRolePolicy(ctx context.Context, in *iamapi.DeleteRolePolicyRequest) (*iamapi.DeleteRolePolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteRolePolicyResponse, error) {
		return &iamapi.DeleteRolePolicyResponse{}, entity.DeleteInlinePolicy(u, iam.Role, *in.RoleName, *in.PolicyName)
	})
}

// ListRolePolicies lists the names of the inline policies. [AWS: ListRolePolicies]
func (s *Service) ListRolePolicies(ctx context.Context, in *iamapi.ListRolePoliciesRequest) (*iamapi.ListRolePoliciesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListRolePoliciesResponse, error) {
		names, next, err := entity.InlinePolicyNames(r, iam.Role, *in.RoleName)
		return &iamapi.ListRolePoliciesResponse{PolicyNames: names, IsTruncated: new(next != nil), Marker: next}, err
	})
}

// AttachRolePolicy attaches a managed policy to a role. [AWS: AttachRolePolicy]
func (s *Service) AttachRolePolicy(ctx context.Context, in *iamapi.AttachRolePolicyRequest) (*iamapi.AttachRolePolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.AttachRolePolicyResponse, error) {
		return &iamapi.AttachRolePolicyResponse{}, entity.Attach(u, iam.Role, *in.RoleName, *in.PolicyArn)
	})
}

// DetachRolePolicy detaches a managed policy from a role. [AWS: DetachRolePolicy]
func (s *Service) DetachRolePolicy(ctx context.Context, in *iamapi.DetachRolePolicyRequest) (*iamapi.DetachRolePolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DetachRolePolicyResponse, error) {
		return &iamapi.DetachRolePolicyResponse{}, entity.Detach(u, iam.Role, *in.RoleName, *in.PolicyArn)
	})
}

// ListAttachedRolePolicies lists the managed policies of a role. [AWS: ListAttachedRolePolicies]
func (s *Service) ListAttachedRolePolicies(ctx context.Context, in *iamapi.ListAttachedRolePoliciesRequest) (*iamapi.ListAttachedRolePoliciesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListAttachedRolePoliciesResponse, error) {
		policies, next, err := entity.Attached(r, iam.Role, *in.RoleName, in.PathPrefix)
		return &iamapi.ListAttachedRolePoliciesResponse{AttachedPolicies: policies, IsTruncated: new(next != nil), Marker: next}, err
	})
}

// PutRolePermissionsBoundary bounds the permissions of a role. [AWS: PutRolePermissionsBoundary]
func (s *Service) PutRolePermissionsBoundary(ctx context.Context, in *iamapi.PutRolePermissionsBoundaryRequest) (*iamapi.PutRolePermissionsBoundaryResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.PutRolePermissionsBoundaryResponse, error) {
		return &iamapi.PutRolePermissionsBoundaryResponse{}, entity.PutBoundary(u, iam.Role, *in.RoleName, *in.PermissionsBoundary)
	})
}

// DeleteRolePermissionsBoundary takes the permissions boundary from a role. [AWS: DeleteRolePermissionsBoundary]
func (s *Service) DeleteRolePermissionsBoundary(ctx context.Context, in *iamapi.DeleteRolePermissionsBoundaryRequest) (*iamapi.DeleteRolePermissionsBoundaryResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteRolePermissionsBoundaryResponse, error) {
		return &iamapi.DeleteRolePermissionsBoundaryResponse{}, entity.DeleteBoundary(u, iam.Role, *in.RoleName)
	})
}

// TagRole adds tags to a role. [AWS: TagRole]
func (s *Service) TagRole(ctx context.Context, in *iamapi.TagRoleRequest) (*iamapi.TagRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.TagRoleResponse, error) {
		return &iamapi.TagRoleResponse{}, entity.Tag(u, iam.Role, *in.RoleName, in.Tags)
	})
}

// UntagRole removes tags from a role. [AWS: UntagRole]
func (s *Service) UntagRole(ctx context.Context, in *iamapi.UntagRoleRequest) (*iamapi.UntagRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UntagRoleResponse, error) {
		return &iamapi.UntagRoleResponse{}, entity.Untag(u, iam.Role, *in.RoleName, in.TagKeys)
	})
}

// ListRoleTags lists the tags of a role. [AWS: ListRoleTags]
func (s *Service) ListRoleTags(ctx context.Context, in *iamapi.ListRoleTagsRequest) (*iamapi.ListRoleTagsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListRoleTagsResponse, error) {
		tags, next, err := entity.TagsOf(r, iam.Role, *in.RoleName)
		return &iamapi.ListRoleTagsResponse{Tags: tags, IsTruncated: new(next != nil), Marker: next}, err
	})
}
