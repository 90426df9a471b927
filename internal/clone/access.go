package clone

import (
	"context"

	"accord/internal/seed"
)

// access is what others may do in the organization: services, delegated administrators, and
// principals of the delegation policy.
type access struct {
	services       []service
	administrators []account
	delegated      [][]service
	// policy has an ID if there is one.
	policy resourcePolicy
}

func (a *access) read(ctx context.Context, c *caller) error {
	return together(ctx,
		func(ctx context.Context) (err error) {
			a.services, _, err = listOf[service](ctx, c, "ListAWSServiceAccessForOrganization", Input{})
			return err
		},
		func(ctx context.Context) error {
			_, err := describe(ctx, c, "DescribeResourcePolicy", Input{}, &a.policy)
			return err
		},
		func(ctx context.Context) (err error) {
			a.administrators, _, err = listOf[account](ctx, c, "ListDelegatedAdministrators", Input{})
			if err != nil {
				return err
			}
			a.delegated = make([][]service, len(a.administrators))
			return each(ctx, len(a.administrators), func(ctx context.Context, i int) (err error) {
				a.delegated[i], _, err = listOf[service](ctx, c, "ListDelegatedServicesForAccount", Input{AccountId: a.administrators[i].Id})
				return err
			})
		})
}

func (a *access) into(o *seed.Organization, t tags) {
	for _, s := range a.services {
		o.TrustedServices = append(o.TrustedServices, seed.TrustedService{Service: s.ServicePrincipal, Enabled: s.DateEnabled.when()})
	}
	for i, administrator := range a.administrators {
		for _, s := range a.delegated[i] {
			o.DelegatedAdministrators = append(o.DelegatedAdministrators, seed.DelegatedAdministrator{
				Account: seed.Ref(administrator.Id), Service: s.ServicePrincipal, Enabled: s.DelegationEnabledDate.when(),
			})
		}
	}
	if id := a.policy.ResourcePolicySummary.Id; id != "" {
		o.DelegationPolicy = &seed.Policy{ID: id, Text: seed.Text{Content: a.policy.Content}, Tags: t[id]}
	}
}
