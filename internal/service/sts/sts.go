// Package sts implements the part of the AWS Security Token Service that names
// callers and issues temporary credentials.
package sts

import (
	"context"

	"accord/internal/api"
	"accord/internal/api/stsapi"
	"accord/internal/ident"
	"accord/internal/identity"
	"accord/internal/service/operation"
)

// Keys knows for which account an access key signs.
type Keys interface {
	AccountOf(accessKeyID string) ident.AccountID
}

// Service implements stsapi.Service.
type Service struct {
	stsapi.Unimplemented
	runner   *operation.Runner
	keys     Keys
	sessions *identity.Sessions
}

var _ stsapi.Service = (*Service)(nil)

// New returns the service.
func New(keys Keys, sessions *identity.Sessions, r *operation.Runner) *Service {
	return &Service{runner: r.ForService(stsapi.ServiceName, keepError), keys: keys, sessions: sessions}
}

// Authorize decides a call that ends before its operation begins.
func (s *Service) Authorize(ctx context.Context, in api.Request) error {
	return s.runner.Authorize(ctx, in)
}

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

// DecodeAuthorizationMessage decodes no message, because no denial has one: the
// operations that have them belong to other services. [AWS: API reference]
func (s *Service) DecodeAuthorizationMessage(ctx context.Context, in *stsapi.DecodeAuthorizationMessageRequest) (*stsapi.DecodeAuthorizationMessageResponse, error) {
	return operation.View(ctx, s.runner, in, func(*operation.Reader) (*stsapi.DecodeAuthorizationMessageResponse, error) {
		return nil, stsapi.ErrInvalidAuthorizationMessage()
	})
}

// keepError leaves the error of a failed transaction as it is: the operations have no
// exception of their own for it.
func keepError(_ *api.Operation, err error) error { return err }
