// Package sts implements the part of the AWS Security Token Service that names
// callers and the accounts of keys. Roles and sessions come with IAM; until then
// the operations that make them answer as not implemented.
package sts

import (
	"context"

	"accord/internal/api/stsapi"
	"accord/internal/ident"
	"accord/internal/service/operation"
)

// Keys knows for which account an access key signs.
type Keys interface {
	AccountOf(accessKeyID string) ident.AccountID
}

// Service implements stsapi.Service.
type Service struct {
	stsapi.Unimplemented
	runner *operation.Runner
	keys   Keys
}

var _ stsapi.Service = (*Service)(nil)

// New returns the service.
func New(keys Keys, r *operation.Runner) *Service { return &Service{runner: r, keys: keys} }

// GetCallerIdentity returns account, ARN and unique id of the caller. No policy
// can deny it. [AWS: API reference]
func (s *Service) GetCallerIdentity(ctx context.Context, in *stsapi.GetCallerIdentityRequest) (*stsapi.GetCallerIdentityResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*stsapi.GetCallerIdentityResponse, error) {
		caller := r.Caller.Identity
		return &stsapi.GetCallerIdentityResponse{
			UserId:  &caller.UserID,
			Account: &caller.Account,
			Arn:     &caller.Principal,
		}, nil
	})
}

// GetAccessKeyInfo returns the account to which an access key belongs. It says
// nothing about whether the key is in use. [AWS: API reference]
func (s *Service) GetAccessKeyInfo(ctx context.Context, in *stsapi.GetAccessKeyInfoRequest) (*stsapi.GetAccessKeyInfoResponse, error) {
	return operation.View(ctx, s.runner, in, func(*operation.Reader) (*stsapi.GetAccessKeyInfoResponse, error) {
		account := string(s.keys.AccountOf(*in.AccessKeyId))
		return &stsapi.GetAccessKeyInfoResponse{Account: &account}, nil
	})
}
