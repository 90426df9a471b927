package accounts

import (
	"context"

	"accord/internal/api/orgapi"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// DescribeAccount shows one account of the organization. [AWS: DescribeAccount]
func (s *Service) DescribeAccount(ctx context.Context, in *orgapi.DescribeAccountRequest) (*orgapi.DescribeAccountResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.DescribeAccountResponse, error) {
		account, err := r.Member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		return &orgapi.DescribeAccountResponse{Account: new(render.Account(r, &account))}, nil
	})
}

// ListAccounts lists all accounts of the organization in the order of joining,
// the management account first. [AWS: ListAccounts]
func (s *Service) ListAccounts(ctx context.Context, in *orgapi.ListAccountsRequest) (*orgapi.ListAccountsResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListAccountsResponse, error) {
		accounts, next, err := operation.Paginate(r, operation.List[org.Member]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]org.Member, error) {
				return r.Members(r.Caller.Organization.ID, after, limit)
			},
			Key: store.AfterMember,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListAccountsResponse{Accounts: render.Members(r, accounts), NextToken: next}, nil
	})
}
