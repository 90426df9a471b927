package accordtest

// Policy is a policy. Policies that are listed have no Content.
type Policy struct {
	ID   string `json:"Id"`
	ARN  string `json:"Arn"`
	Name string
	// Type is SERVICE_CONTROL_POLICY, TAG_POLICY and so on; docs/policies.md lists them.
	Type        string
	Description string
	AWSManaged  bool   `json:"AwsManaged"`
	Content     string `json:"-"`
}

// EnablePolicyType enables a policy type in the root.
func (a *Actor) EnablePolicyType(root, policyType string) {
	a.t.Helper()
	a.Call("EnablePolicyType", map[string]any{"RootId": root, "PolicyType": policyType}, nil)
}

// DisablePolicyType disables a policy type in the root, which detaches all its policies.
func (a *Actor) DisablePolicyType(root, policyType string) {
	a.t.Helper()
	a.Call("DisablePolicyType", map[string]any{"RootId": root, "PolicyType": policyType}, nil)
}

// CreatePolicy creates a policy with a document, which is JSON.
func (a *Actor) CreatePolicy(policyType, name, content string) Policy {
	a.t.Helper()
	return a.policy("CreatePolicy", map[string]any{"Type": policyType, "Name": name, "Description": "", "Content": content})
}

// DescribePolicy returns the present state of a policy.
func (a *Actor) DescribePolicy(policy string) Policy {
	a.t.Helper()
	return a.policy("DescribePolicy", map[string]any{"PolicyId": policy})
}

// RenamePolicy renames a policy.
func (a *Actor) RenamePolicy(policy, name string) Policy {
	a.t.Helper()
	return a.policy("UpdatePolicy", map[string]any{"PolicyId": policy, "Name": name})
}

// UpdatePolicy replaces the document of a policy.
func (a *Actor) UpdatePolicy(policy, content string) Policy {
	a.t.Helper()
	return a.policy("UpdatePolicy", map[string]any{"PolicyId": policy, "Content": content})
}

func (a *Actor) policy(operation string, in any) Policy {
	a.t.Helper()
	var out struct {
		Policy struct {
			PolicySummary Policy
			Content       string
		}
	}
	a.Call(operation, in, &out)
	p := out.Policy.PolicySummary
	p.Content = out.Policy.Content
	return p
}

// DeletePolicy deletes a policy, which must not be attached.
func (a *Actor) DeletePolicy(policy string) {
	a.t.Helper()
	a.Call("DeletePolicy", map[string]any{"PolicyId": policy}, nil)
}

// Attach attaches a policy to a target: the root, a unit or an account.
func (a *Actor) Attach(policy, target string) {
	a.t.Helper()
	a.Call("AttachPolicy", map[string]any{"PolicyId": policy, "TargetId": target}, nil)
}

// Detach detaches a policy from a target.
func (a *Actor) Detach(policy, target string) {
	a.t.Helper()
	a.Call("DetachPolicy", map[string]any{"PolicyId": policy, "TargetId": target}, nil)
}

// Policies returns the policies of a type: first the one that AWS provides, then the
// others in the order of creation.
func (a *Actor) Policies(policyType string) []Policy {
	a.t.Helper()
	return listOf[Policy](a, "ListPolicies", "Policies", map[string]any{"Filter": policyType})
}

// PoliciesOf returns the policies of a type that are attached directly to a target, in
// the order of attachment.
func (a *Actor) PoliciesOf(target, policyType string) []Policy {
	a.t.Helper()
	return listOf[Policy](a, "ListPoliciesForTarget", "Policies", map[string]any{"TargetId": target, "Filter": policyType})
}

// TargetsOf returns the IDs of the targets that a policy is attached to, in the order of
// attachment.
func (a *Actor) TargetsOf(policy string) []string {
	a.t.Helper()
	var ids []string
	for _, target := range listOf[struct{ TargetID string }](a, "ListTargetsForPolicy", "Targets", map[string]any{"PolicyId": policy}) {
		ids = append(ids, target.TargetID)
	}
	return ids
}

// EffectivePolicy returns the document of the effective policy of a type for an account.
func (a *Actor) EffectivePolicy(account, policyType string) string {
	a.t.Helper()
	var out struct {
		EffectivePolicy struct{ PolicyContent string }
	}
	a.Call("DescribeEffectivePolicy", map[string]any{"PolicyType": policyType, "TargetId": account}, &out)
	return out.EffectivePolicy.PolicyContent
}
