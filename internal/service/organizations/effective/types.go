package effective

import (
	"errors"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/service/operation"
	"accord/internal/store"
)

// FindEnabledType reads a policy type and whether it is enabled.
func FindEnabledType(r *operation.Reader, kind org.PolicyType) (org.EnabledPolicyType, bool, error) {
	e, err := r.EnabledPolicyType(r.Caller.Organization.ID, kind)
	if errors.Is(err, store.ErrNotFound) {
		return e, false, nil
	}
	return e, err == nil, err
}

// ManagedPolicy is a policy of AWS. They are in every organization with all
// features, whether their type is enabled or not. [assumed]
func ManagedPolicy(r *operation.Reader, id ident.PolicyID) (org.Policy, bool) {
	m, ok := policy.ManagedPolicy(id)
	if !ok || r.Caller.Organization.FeatureSet != org.AllFeatures {
		return org.Policy{}, false
	}
	return org.Policy{
		ID: m.ID, Type: m.Type, Name: m.Name, Description: m.Description, Content: m.Content, Managed: true,
	}, true
}
