package users

import (
	"context"
	"fmt"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// signer is the user that signs in with a password: the one that is named, or the caller. A
// root user need not be named in a session of AssumeRoot alone. [AWS: CreateLoginProfile,
// GetLoginProfile; assumed: the error, and the name of the root user]
func signer(r *operation.Reader, name *string) (iam.Identity, error) {
	of, err := owner(r, name)
	if err != nil || of.ID != "" {
		return of, err
	}
	if !r.Caller.Identity.Has(api.RootAssumed) {
		return of, iamapi.ErrValidation("Must specify userName when calling with root user credentials")
	}
	of.Name = r.Caller.Account.Name
	return of, nil
}

// show is a password as answers show it.
func show(of iam.Identity, p iam.LoginProfile) *iamapi.LoginProfile {
	return &iamapi.LoginProfile{UserName: new(of.Name), CreateDate: api.At(p.Created), PasswordResetRequired: new(p.ResetRequired)}
}

// CreateLoginProfile gives a user a password, which is not kept: there is no console. In a
// session of AssumeRoot it lets the root user recover its own. [AWS: CreateLoginProfile]
func (s *Service) CreateLoginProfile(ctx context.Context, in *iamapi.CreateLoginProfileRequest) (*iamapi.CreateLoginProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreateLoginProfileResponse, error) {
		of, err := signer(u.Reader, in.UserName)
		if err != nil {
			return nil, err
		}
		switch root := of.ID == ""; {
		case root && in.Password != nil:
			return nil, iamapi.ErrValidation("Password must be omitted in a session of AssumeRoot")
		case !root && in.Password == nil:
			return nil, iamapi.ErrValidation("1 validation error detected: Value null at 'password' failed to satisfy constraint: Member must not be null")
		}
		has, err := entity.HasPassword(u.Reader, of)
		if err != nil {
			return nil, err
		}
		if has {
			return nil, iamapi.ErrEntityAlreadyExists().Saying(fmt.Sprintf(iamapi.TextEntityAlreadyExistsLoginProfile, of.Name))
		}
		p := iam.LoginProfile{Account: of.Account, User: of.ID, Created: entity.Now(u), ResetRequired: in.PasswordResetRequired != nil && *in.PasswordResetRequired}
		return &iamapi.CreateLoginProfileResponse{LoginProfile: show(of, p)}, identities.PutLoginProfile(u.Tx, p)
	})
}

// GetLoginProfile shows since when a user has a password. [AWS: GetLoginProfile]
func (s *Service) GetLoginProfile(ctx context.Context, in *iamapi.GetLoginProfileRequest) (*iamapi.GetLoginProfileResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetLoginProfileResponse, error) {
		of, err := signer(r, in.UserName)
		if err != nil {
			return nil, err
		}
		p, err := entity.Password(r, of)
		return &iamapi.GetLoginProfileResponse{LoginProfile: show(of, p)}, err
	})
}

// UpdateLoginProfile gives a user another password. [AWS: UpdateLoginProfile]
func (s *Service) UpdateLoginProfile(ctx context.Context, in *iamapi.UpdateLoginProfileRequest) (*iamapi.UpdateLoginProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UpdateLoginProfileResponse, error) {
		of, err := signer(u.Reader, in.UserName)
		if err != nil {
			return nil, err
		}
		p, err := entity.Password(u.Reader, of)
		if err != nil {
			return nil, err
		}
		if in.PasswordResetRequired != nil {
			p.ResetRequired = *in.PasswordResetRequired
		}
		return &iamapi.UpdateLoginProfileResponse{}, identities.PutLoginProfile(u.Tx, p)
	})
}

// DeleteLoginProfile takes its password from a user or, in a session of AssumeRoot, from the
// root user. [AWS: DeleteLoginProfile]
func (s *Service) DeleteLoginProfile(ctx context.Context, in *iamapi.DeleteLoginProfileRequest) (*iamapi.DeleteLoginProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteLoginProfileResponse, error) {
		of, err := signer(u.Reader, in.UserName)
		if err != nil {
			return nil, err
		}
		if _, err := entity.Password(u.Reader, of); err != nil {
			return nil, err
		}
		if of.ID == "" {
			return &iamapi.DeleteLoginProfileResponse{}, identities.PutLoginProfile(u.Tx, iam.LoginProfile{Account: of.Account})
		}
		return &iamapi.DeleteLoginProfileResponse{}, identities.DeleteLoginProfile(u.Tx, of.Account, of.ID)
	})
}
