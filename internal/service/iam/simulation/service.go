// Package simulation is the policy simulator of IAM: it evaluates policies that are given,
// or those of a user, group or role, for actions and resources that need not exist.
//
// It asks package policy/evaluate, as calls do. Where the simulator of AWS differs from
// enforcement, so does it; docs/fidelity.md says how.
package simulation

import (
	"context"

	"accord/internal/api/iamapi"
	"accord/internal/policy/evaluate"
	"accord/internal/service/operation"
)

// Service is this part of the service.
type Service struct{ runner *operation.Runner }

// New returns the part.
func New(r *operation.Runner) *Service { return &Service{r} }

// SimulateCustomPolicy evaluates policies that are given. [AWS: SimulateCustomPolicy]
func (s *Service) SimulateCustomPolicy(ctx context.Context, in *iamapi.SimulateCustomPolicyRequest) (*iamapi.SimulateCustomPolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.SimulateCustomPolicyResponse, error) {
		sim := &simulation{caller: evaluate.Principal{Kind: evaluate.User, Account: r.Caller.Account.ID}}
		given := question{
			in.ActionNames, in.ResourceArns, in.ResourcePolicy, in.ResourceOwner, in.CallerArn, in.ContextEntries,
			in.PolicyInputList, in.PermissionsBoundaryPolicyInputList,
		}
		if in.ResourcePolicy != nil && in.CallerArn == nil {
			return nil, invalid(iamapi.TextInvalidInputSuppliedContent, "a ResourcePolicy needs a CallerArn")
		}
		if err := sim.ask(&given); err != nil {
			return nil, err
		}
		var err error
		if sim.input.SCP, err = levels(in.OrderedOrganizationPolicyInputList); err != nil {
			return nil, err
		}
		sim.bound = len(sim.input.SCP) > 0
		for _, level := range in.OrderedOrganizationPolicyInputList {
			sim.bytes += size(level.ServiceControlPolicyInputList)
		}
		a, err := sim.run(ctx, r, in.ActionNames)
		return &iamapi.SimulateCustomPolicyResponse{EvaluationResults: a.results, IsTruncated: new(a.next != nil), Marker: a.next}, err
	})
}

// SimulatePrincipalPolicy evaluates the policies of a user, group or role, with further
// ones. [AWS: SimulatePrincipalPolicy]
func (s *Service) SimulatePrincipalPolicy(ctx context.Context, in *iamapi.SimulatePrincipalPolicyRequest) (*iamapi.SimulatePrincipalPolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.SimulatePrincipalPolicyResponse, error) {
		i, err := source(r, *in.PolicySourceArn)
		if err != nil {
			return nil, err
		}
		excluded, err := exclusions(in.PolicyExclusionList)
		if err != nil {
			return nil, err
		}
		sim, err := stored(r, &i, excluded)
		if err != nil {
			return nil, err
		}
		given := question{
			in.ActionNames, in.ResourceArns, in.ResourcePolicy, in.ResourceOwner, in.CallerArn, in.ContextEntries,
			in.PolicyInputList, in.PermissionsBoundaryPolicyInputList,
		}
		if err := sim.ask(&given); err != nil {
			return nil, err
		}
		a, err := sim.run(ctx, r, in.ActionNames)
		return &iamapi.SimulatePrincipalPolicyResponse{EvaluationResults: a.results, IsTruncated: new(a.next != nil), Marker: a.next}, err
	})
}

// GetContextKeysForCustomPolicy lists the condition keys that policies ask for. [AWS:
// GetContextKeysForCustomPolicy]
func (s *Service) GetContextKeysForCustomPolicy(ctx context.Context, in *iamapi.GetContextKeysForCustomPolicyRequest) (*iamapi.GetContextKeysForCustomPolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(*operation.Reader) (*iamapi.GetContextKeysForCustomPolicyResponse, error) {
		policies, err := identityInput(in.PolicyInputList)
		return &iamapi.GetContextKeysForCustomPolicyResponse{ContextKeyNames: keysOf(policies, nil)}, err
	})
}

// GetContextKeysForPrincipalPolicy lists the condition keys that the policies of a user,
// group or role ask for, and further policies. [AWS: GetContextKeysForPrincipalPolicy;
// assumed: a permissions boundary does not count]
func (s *Service) GetContextKeysForPrincipalPolicy(ctx context.Context, in *iamapi.GetContextKeysForPrincipalPolicyRequest) (*iamapi.GetContextKeysForPrincipalPolicyResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetContextKeysForPrincipalPolicyResponse, error) {
		i, err := source(r, *in.PolicySourceArn)
		if err != nil {
			return nil, err
		}
		policies, _, err := r.PoliciesOf(&i)
		if err != nil {
			return nil, err
		}
		further, err := identityInput(in.PolicyInputList)
		return &iamapi.GetContextKeysForPrincipalPolicyResponse{ContextKeyNames: keysOf(append(policies[:len(policies):len(policies)], further...), nil)}, err
	})
}
