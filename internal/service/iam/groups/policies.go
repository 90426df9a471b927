package groups

import (
	"context"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
)

// PutGroupPolicy gives a group an inline policy, in place of the one of that name. [AWS: PutGroupPolicy]
func (s *Service) PutGroupPolicy(ctx context.Context, in *iamapi.PutGroupPolicyRequest) (*iamapi.PutGroupPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.PutGroupPolicyResponse, error) {
		return &iamapi.PutGroupPolicyResponse{}, entity.PutInlinePolicy(u, iam.Group, *in.GroupName, iam.InlinePolicy{Name: *in.PolicyName, Document: *in.PolicyDocument})
	})
}

// GetGroupPolicy shows an inline policy. [AWS: GetGroupPolicy]
func (s *Service) GetGroupPolicy(ctx context.Context, in *iamapi.GetGroupPolicyRequest) (*iamapi.GetGroupPolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetGroupPolicyResponse, error) {
		p, err := entity.InlinePolicy(r, iam.Group, *in.GroupName, *in.PolicyName)
		return &iamapi.GetGroupPolicyResponse{GroupName: in.GroupName, PolicyName: new(p.Name), PolicyDocument: entity.Encoded(p.Document)}, err
	})
}

// DeleteGroupPolicy deletes an inline policy. [AWS: DeleteGroupPolicy]
func (s *Service) DeleteGroupPolicy(ctx context.Context, in *iamapi.DeleteGroupPolicyRequest) (*iamapi.DeleteGroupPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteGroupPolicyResponse, error) {
		return &iamapi.DeleteGroupPolicyResponse{}, entity.DeleteInlinePolicy(u, iam.Group, *in.GroupName, *in.PolicyName)
	})
}

// ListGroupPolicies lists the names of the inline policies. [AWS: ListGroupPolicies]
func (s *Service) ListGroupPolicies(ctx context.Context, in *iamapi.ListGroupPoliciesRequest) (*iamapi.ListGroupPoliciesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListGroupPoliciesResponse, error) {
		names, next, err := entity.InlinePolicyNames(r, iam.Group, *in.GroupName)
		return &iamapi.ListGroupPoliciesResponse{PolicyNames: names, IsTruncated: new(next != nil), Marker: next}, err
	})
}

// AttachGroupPolicy attaches a managed policy to a group. [AWS: AttachGroupPolicy]
func (s *Service) AttachGroupPolicy(ctx context.Context, in *iamapi.AttachGroupPolicyRequest) (*iamapi.AttachGroupPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.AttachGroupPolicyResponse, error) {
		return &iamapi.AttachGroupPolicyResponse{}, entity.Attach(u, iam.Group, *in.GroupName, *in.PolicyArn)
	})
}

// DetachGroupPolicy detaches a managed policy from a group. [AWS: DetachGroupPolicy]
func (s *Service) DetachGroupPolicy(ctx context.Context, in *iamapi.DetachGroupPolicyRequest) (*iamapi.DetachGroupPolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DetachGroupPolicyResponse, error) {
		return &iamapi.DetachGroupPolicyResponse{}, entity.Detach(u, iam.Group, *in.GroupName, *in.PolicyArn)
	})
}

// ListAttachedGroupPolicies lists the managed policies of a group. [AWS: ListAttachedGroupPolicies]
func (s *Service) ListAttachedGroupPolicies(ctx context.Context, in *iamapi.ListAttachedGroupPoliciesRequest) (*iamapi.ListAttachedGroupPoliciesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListAttachedGroupPoliciesResponse, error) {
		policies, next, err := entity.Attached(r, iam.Group, *in.GroupName, in.PathPrefix)
		return &iamapi.ListAttachedGroupPoliciesResponse{AttachedPolicies: policies, IsTruncated: new(next != nil), Marker: next}, err
	})
}
