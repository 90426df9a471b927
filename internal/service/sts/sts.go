// Package sts implements the part of the AWS Security Token Service that tells
// callers who they are. Roles and sessions come with IAM; until then the
// operations that make them answer as not built.
package sts

import (
	"context"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/ident"
)

// Keys knows for which account an access key signs.
type Keys interface {
	AccountOf(accessKeyID string) ident.AccountID
}

// Accounts decides whether the account of the caller may sign.
type Accounts interface {
	// RequireAccount rejects a caller whose account may not sign, and registers an
	// account that is not known yet.
	RequireAccount(ctx context.Context) error
}

// Service implements stsapi.Service.
type Service struct {
	stsapi.Unimplemented
	keys     Keys
	accounts Accounts
}

var _ stsapi.Service = (*Service)(nil)

// New returns the service.
func New(keys Keys, accounts Accounts) *Service { return &Service{keys: keys, accounts: accounts} }

// GetCallerIdentity returns account, ARN and unique id of the caller. No policy
// can deny it. [AWS: API reference]
func (s *Service) GetCallerIdentity(ctx context.Context, _ *stsapi.GetCallerIdentityRequest) (*stsapi.GetCallerIdentityResponse, error) {
	if err := s.accounts.RequireAccount(ctx); err != nil {
		return nil, err
	}
	caller := api.CallerOf(ctx)
	return &stsapi.GetCallerIdentityResponse{
		UserId:  &caller.UserID,
		Account: &caller.Account,
		Arn:     &caller.Principal,
	}, nil
}

// GetAccessKeyInfo returns the account to which an access key belongs. It says
// nothing about whether the key is in use. [AWS: API reference]
func (s *Service) GetAccessKeyInfo(ctx context.Context, in *stsapi.GetAccessKeyInfoRequest) (*stsapi.GetAccessKeyInfoResponse, error) {
	if err := s.accounts.RequireAccount(ctx); err != nil {
		return nil, err
	}
	account := string(s.keys.AccountOf(*in.AccessKeyId))
	return &stsapi.GetAccessKeyInfoResponse{Account: &account}, nil
}
