package durability_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// audit reads everything through the API, once no creation is in progress.
func audit(ctx context.Context, url string) (observed, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		o, inProgress, err := readAll(ctx, url)
		if err != nil || !inProgress {
			return o, err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return o, fmt.Errorf("creations of accounts do not end: %w", ctx.Err())
		}
	}
}

func readAll(ctx context.Context, url string) (o observed, inProgress bool, err error) {
	o = observed{
		states: map[string]accountState{}, ids: map[string]string{},
		creations: map[string][]status{}, accounts: map[string][]string{},
	}
	c := callersOf(url)
	defer c.close()
	for i := range organizationCount {
		manager := c.as(managementAccount(i))
		found, err := manager.DescribeOrganization(ctx, nil)
		if err != nil {
			return o, false, err
		}
		organization := *found.Organization.Id
		// Before the accounts: the account of a creation that has ended is then there.
		inProgress, err := o.readCreations(ctx, manager)
		if err != nil || inProgress {
			return o, inProgress, err
		}
		if err := o.readAccounts(ctx, manager, organization); err != nil {
			return o, false, err
		}
		if err := o.readHandshakes(ctx, manager, organization); err != nil {
			return o, false, err
		}
	}
	return o, false, nil
}

func (o *observed) state(account string) accountState {
	l, known := o.states[account]
	if !known {
		l.invitations = map[string]invitation{}
		o.states[account] = l
	}
	return l
}

func (o *observed) readAccounts(ctx context.Context, manager *organizations.Client, organization string) error {
	pages := organizations.NewListAccountsPaginator(manager, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			o.accounts[*a.Email] = append(o.accounts[*a.Email], *a.Id)
			l := o.state(*a.Id)
			if l.member != "" {
				o.findings = append(o.findings, fmt.Sprintf("account %s is in %s and in %s", *a.Id, l.member, organization))
			}
			l.member = organization
			o.states[*a.Id] = l
		}
	}
	return nil
}

func (o *observed) readHandshakes(ctx context.Context, manager *organizations.Client, organization string) error {
	pages := organizations.NewListHandshakesForOrganizationPaginator(manager, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, h := range page.Handshakes {
			notes := slices.IndexFunc(h.Resources, func(r types.HandshakeResource) bool { return r.Type == types.HandshakeResourceTypeNotes })
			if notes < 0 || len(h.Parties) != 2 {
				o.findings = append(o.findings, fmt.Sprintf("handshake %s is of no client", *h.Id))
				continue
			}
			token, to := *h.Resources[notes].Value, h.Parties[1]
			account := strings.TrimSuffix(strings.TrimPrefix(*to.Id, "account-"), "@example.com")
			if other, twice := o.ids[token]; twice {
				o.findings = append(o.findings, fmt.Sprintf("invitation %s is there as %s and as %s", token, other, *h.Id))
			}
			o.ids[token] = *h.Id
			o.state(account).invitations[token] = invitation{organization, string(to.Type), string(h.State)}
		}
	}
	return nil
}

func (o *observed) readCreations(ctx context.Context, manager *organizations.Client) (inProgress bool, err error) {
	pages := organizations.NewListCreateAccountStatusPaginator(manager, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, err
		}
		for _, s := range page.CreateAccountStatuses {
			inProgress = inProgress || s.State == types.CreateAccountStateInProgress
			end := status{state: string(s.State), reason: string(s.FailureReason)}
			if s.AccountId != nil {
				end.account = *s.AccountId
			}
			o.creations[*s.AccountName] = append(o.creations[*s.AccountName], end)
		}
	}
	return inProgress, nil
}
