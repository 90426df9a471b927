package provider

import (
	"context"
	"fmt"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/service/organizations/policies"
)

// CheckPolicy says what CreatePolicy would say of a type and a content for an account, and
// changes nothing. Without an account, or for one in no organization, the quota is the
// default.
func (p *Provider) CheckPolicy(ctx context.Context, account ident.AccountID, kind org.PolicyType, content string) (*policies.Verdict, error) {
	if account != "" && !account.Valid() {
		return nil, fmt.Errorf("%w: an account id has 12 digits", ErrMalformed)
	}
	if policy.DefinitionOf(kind) == nil {
		return nil, fmt.Errorf("%w: %.40q is not a type of policies", ErrMalformed, kind)
	}
	return policies.Judge(ctx, p.runner, account, kind, content)
}
