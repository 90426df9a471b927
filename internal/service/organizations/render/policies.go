package render

import (
	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/inherit"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// Policy shows a policy with its content.
func Policy(r *operation.Reader, p *org.Policy) *orgapi.Policy {
	return &orgapi.Policy{PolicySummary: new(PolicySummary(r, p)), Content: new(p.Content)}
}

// PolicySummary shows a policy without its content.
func PolicySummary(r *operation.Reader, p *org.Policy) orgapi.PolicySummary {
	segment := policy.DefinitionOf(p.Type).Segment
	arn := r.Caller.Organization.Owner().PolicyARN(segment, p.ID)
	if p.Managed {
		arn = r.Caller.Organization.Partition.ManagedPolicyARN(segment, p.ID)
	}
	return orgapi.PolicySummary{
		Id:          new(string(p.ID)),
		Arn:         &arn,
		Name:        new(p.Name),
		Description: new(p.Description),
		Type:        new(orgapi.PolicyType(p.Type)),
		AwsManaged:  new(p.Managed),
	}
}

// PolicyUpdate shows a policy after an update: the name and the description as the
// request has them. What it does not have, the documented service shows as it is, and
// the recorded one leaves out. [AWS: UpdatePolicy, examples; recorded]
func PolicyUpdate(r *operation.Reader, p *org.Policy, in *orgapi.UpdatePolicyRequest) *orgapi.Policy {
	shape := Policy(r, p)
	if in.Name != nil || r.Native() {
		shape.PolicySummary.Name = in.Name
	}
	if in.Description != nil || r.Native() {
		shape.PolicySummary.Description = in.Description
	}
	return shape
}

// Target shows what a policy is attached to.
func Target(r *operation.Reader, t store.PolicyTarget) orgapi.PolicyTargetSummary {
	owner := r.Caller.Organization.Owner()
	shape := orgapi.PolicyTargetSummary{TargetId: new(string(t.Target)), Name: new(t.Name)}
	switch {
	case t.Target.IsAccount():
		shape.Type, shape.Arn = new(orgapi.TargetTypeAccount), new(owner.AccountARN(ident.AccountID(t.Target)))
	case t.Target == r.Caller.Organization.Root.Target():
		shape.Type, shape.Arn = new(orgapi.TargetTypeRoot), new(owner.RootARN(r.Caller.Organization.Root))
		shape.Name = new(org.RootName)
	default:
		shape.Type, shape.Arn = new(orgapi.TargetTypeOrganizationalUnit), new(owner.UnitARN(ident.UnitID(t.Target)))
	}
	return shape
}

// Root shows the root with the policy types that are enabled, by name.
// [recorded: the order]
func Root(r *operation.Reader) (orgapi.Root, error) {
	o := r.Caller.Organization
	enabled, err := r.EnabledPolicyTypes(o.ID)
	return orgapi.Root{
		Id:   new(string(o.Root)),
		Arn:  new(o.Owner().RootARN(o.Root)),
		Name: new(org.RootName),
		PolicyTypes: All(enabled, func(e *org.EnabledPolicyType) orgapi.PolicyTypeSummary {
			return orgapi.PolicyTypeSummary{Type: new(orgapi.PolicyType(e.Type)), Status: new(orgapi.PolicyTypeStatusEnabled)}
		}),
	}, err
}

// EnabledRoot shows the root right after a policy type was enabled. The
// recorded service calls resource control policies pending in this one answer.
func EnabledRoot(r *operation.Reader, root orgapi.Root, kind org.PolicyType) *orgapi.Root {
	for i, t := range root.PolicyTypes {
		if *t.Type == orgapi.PolicyType(kind) && *t.Type == orgapi.PolicyTypeResourceControlPolicy && r.Native() {
			root.PolicyTypes[i].Status = new(orgapi.PolicyTypeStatusPendingEnable)
		}
	}
	return &root
}

// EffectivePolicy shows the effective policy of an account. Where no policy
// applies the documentation speaks of none, and the recorded service of an empty
// one.
func EffectivePolicy(r *operation.Reader, e *org.EffectivePolicy, account ident.AccountID, kind orgapi.EffectivePolicyType) (*orgapi.EffectivePolicy, error) {
	if !e.Applies && !r.Native() {
		return nil, orgapi.ErrEffectivePolicyNotFound()
	}
	return &orgapi.EffectivePolicy{
		PolicyContent:        new(e.Document),
		LastUpdatedTimestamp: api.At(e.Computed),
		TargetId:             new(string(account)),
		PolicyType:           &kind,
	}, nil
}

// Evaluation shows where and when an invalid effective policy was found.
func Evaluation(out *orgapi.ListEffectivePolicyValidationErrorsResponse, e *org.EffectivePolicy, a *org.Account) {
	out.Path = new(ident.AccountPath(a.Membership.ParentPath, a.ID))
	out.EvaluationTimestamp = api.At(e.Computed)
}

// ValidationError shows why an effective policy is invalid.
func ValidationError(e *inherit.Error) orgapi.EffectivePolicyValidationError {
	return orgapi.EffectivePolicyValidationError{
		ErrorCode:            new(e.ErrorCode),
		ErrorMessage:         new(e.ErrorMessage),
		PathToError:          new(e.PathToError),
		ContributingPolicies: append([]string{}, e.ContributingPolicies...),
	}
}
