package organizations

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/store"
)

// DescribeAccount shows one account of the organization. [AWS: DescribeAccount]
func (s *Service) DescribeAccount(ctx context.Context, in *orgapi.DescribeAccountRequest) (*orgapi.DescribeAccountResponse, error) {
	return read(ctx, s, "DescribeAccount", func(r *reading) (*orgapi.DescribeAccountResponse, error) {
		account, err := r.member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeAccountResponse{Account: new(r.renderAccount(&account))}, nil
	})
}

// ListAccounts lists all accounts of the organization in the order of joining,
// the management account first. [AWS: ListAccounts]
func (s *Service) ListAccounts(ctx context.Context, in *orgapi.ListAccountsRequest) (*orgapi.ListAccountsResponse, error) {
	return read(ctx, s, "ListAccounts", func(r *reading) (*orgapi.ListAccountsResponse, error) {
		accounts, next, err := turnTo(r, list[org.Member]{
			from: page.First,
			fetch: func(after page.Cursor, limit int) ([]org.Member, error) {
				return r.Members(r.organization.ID, after, limit)
			},
			key: store.AfterMember,
		}, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &orgapi.ListAccountsResponse{Accounts: render(accounts, r.renderMember), NextToken: next}, nil
	})
}
