package users

import (
	"context"
	"errors"
	"strings"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/quota"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// owner is the user that a request for access keys names, or else the caller. The root
// user has no ID and no name. [AWS: CreateAccessKey]
func owner(r *operation.Reader, name *string) (iam.Identity, error) {
	if name != nil {
		return entity.Find(r, iam.User, *name)
	}
	i, _, err := caller(r)
	i.Account = r.Caller.Account.ID
	return i, err
}

// CreateAccessKey makes an access key, whose secret is shown this once. [AWS:
// CreateAccessKey]
func (s *Service) CreateAccessKey(ctx context.Context, in *iamapi.CreateAccessKeyRequest) (*iamapi.CreateAccessKeyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreateAccessKeyResponse, error) {
		of, err := owner(u.Reader, in.UserName)
		if err != nil {
			return nil, err
		}
		there, err := identities.AccessKeys(u.View, of.Account, of.ID)
		if err != nil {
			return nil, err
		}
		if err := entity.RequireWithin(u, quota.IAMAccessKeysPerUser, int64(len(there))+1); err != nil {
			return nil, err
		}
		k, secret, err := s.newKey(u, of)
		if err != nil {
			return nil, err
		}
		if err := identities.InsertAccessKey(u.Tx, k); err != nil {
			return nil, err
		}
		return &iamapi.CreateAccessKeyResponse{AccessKey: &iamapi.AccessKey{
			UserName: new(of.Name), AccessKeyId: &k.ID, Status: new(iamapi.StatusTypeActive), SecretAccessKey: &secret, CreateDate: api.At(k.Created),
		}}, nil
	})
}

// newKey makes an access key with an id that is free.
func (s *Service) newKey(u *operation.Unit, of iam.Identity) (k iam.AccessKey, secret string, err error) {
	for {
		k = iam.AccessKey{Account: of.Account, User: of.ID, Status: iam.Active, Created: entity.Now(u)}
		if k.ID, secret, k.Sealed, err = s.keys.New(u.Source, of.Account); err != nil {
			return k, "", err
		}
		if _, err := identities.AccessKey(u.View, k.ID); errors.Is(err, store.ErrNotFound) {
			return k, secret, nil
		} else if err != nil {
			return k, "", err
		}
	}
}

// ListAccessKeys lists the access keys of a user, or of the caller. [AWS: ListAccessKeys]
func (s *Service) ListAccessKeys(ctx context.Context, in *iamapi.ListAccessKeysRequest) (*iamapi.ListAccessKeysResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListAccessKeysResponse, error) {
		of, err := owner(r, in.UserName)
		if err != nil {
			return nil, err
		}
		all, err := identities.AccessKeys(r.View, of.Account, of.ID)
		if err != nil {
			return nil, err
		}
		keys, next, err := entity.Ranked(r, all)
		return &iamapi.ListAccessKeysResponse{
			AccessKeyMetadata: entity.All(keys, func(k iam.AccessKey) iamapi.AccessKeyMetadata {
				return iamapi.AccessKeyMetadata{
					UserName: new(of.Name), AccessKeyId: new(k.ID), Status: new(iamapi.StatusType(k.Status)), CreateDate: api.At(k.Created),
				}
			}),
			IsTruncated: new(next != nil), Marker: next,
		}, err
	})
}

// key reads an access key of a user, or of the caller.
func key(r *operation.Reader, name *string, id string) (iam.AccessKey, error) {
	of, err := owner(r, name)
	if err != nil {
		return iam.AccessKey{}, err
	}
	k, err := identities.AccessKey(r.View, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (k.Account != of.Account || k.User != of.ID) {
		return k.AccessKey, noKey(id)
	}
	return k.AccessKey, err
}

func noKey(id string) error { return entity.NoSuch(iamapi.TextNoSuchEntityAccessKey, id) }

// UpdateAccessKey activates or deactivates an access key. [AWS: UpdateAccessKey]
func (s *Service) UpdateAccessKey(ctx context.Context, in *iamapi.UpdateAccessKeyRequest) (*iamapi.UpdateAccessKeyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UpdateAccessKeyResponse, error) {
		k, err := key(u.Reader, in.UserName, *in.AccessKeyId)
		if err != nil {
			return nil, err
		}
		if *in.Status == iamapi.StatusTypeExpired {
			return nil, iamapi.ErrInvalidInput().Saying("The status of an access key cannot be set to Expired.")
		}
		return &iamapi.UpdateAccessKeyResponse{}, identities.SetKeyStatus(u.Tx, k, iam.KeyStatus(*in.Status))
	})
}

// DeleteAccessKey deletes an access key. [AWS: DeleteAccessKey]
func (s *Service) DeleteAccessKey(ctx context.Context, in *iamapi.DeleteAccessKeyRequest) (*iamapi.DeleteAccessKeyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteAccessKeyResponse, error) {
		k, err := key(u.Reader, in.UserName, *in.AccessKeyId)
		if err != nil {
			return nil, err
		}
		return &iamapi.DeleteAccessKeyResponse{}, identities.DeleteAccessKey(u.Tx, k)
	})
}

// GetAccessKeyLastUsed shows when an access key last signed a call, "N/A" where it never
// did. [AWS: GetAccessKeyLastUsed]
func (s *Service) GetAccessKeyLastUsed(ctx context.Context, in *iamapi.GetAccessKeyLastUsedRequest) (*iamapi.GetAccessKeyLastUsedResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetAccessKeyLastUsedResponse, error) {
		k, err := identities.AccessKey(r.View, strings.TrimSpace(*in.AccessKeyId))
		if errors.Is(err, store.ErrNotFound) || err == nil && k.Account != r.Caller.Account.ID {
			return nil, iamapi.ErrAccessDenied("User: " + r.Caller.Identity.Principal + " is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key " + *in.AccessKeyId)
		}
		if err != nil {
			return nil, err
		}
		use := &iamapi.AccessKeyLastUsed{ServiceName: new("N/A"), Region: new("N/A")}
		if !k.LastUse.At.IsZero() {
			use = &iamapi.AccessKeyLastUsed{LastUsedDate: api.At(k.LastUse.At), ServiceName: new(k.LastUse.Service), Region: new(k.LastUse.Region)}
		}
		out := &iamapi.GetAccessKeyLastUsedResponse{AccessKeyLastUsed: use}
		if k.User != "" {
			out.UserName = new(k.UserName)
		}
		return out, nil
	})
}
