// Package users implements the operations of IAM on users and access keys.
package users

import (
	"context"
	"errors"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// AccessKeys makes access keys.
type AccessKeys interface {
	// New returns an id that may be taken, the secret, and the secret encrypted.
	New(source *ident.Source, account ident.AccountID) (id, secret, sealed string, err error)
}

// Service has the operations.
type Service struct {
	runner *operation.Runner
	keys   AccessKeys
}

// New returns the service.
func New(r *operation.Runner, keys AccessKeys) *Service { return &Service{r, keys} }

// caller is the user that calls, for operations whose user need not be named: user is its
// ID, empty for the root user; a role has none. [AWS: API reference]
func caller(r *operation.Reader) (i iam.Identity, root bool, err error) {
	switch r.Caller.Identity.Kind {
	case api.RootUser:
		return i, true, nil
	case api.IAMUser:
		i, err = identities.ByID(r.View, r.Caller.Identity.UserID)
		if !errors.Is(err, store.ErrNotFound) {
			return i, false, err
		}
	}
	return i, false, iamapi.ErrValidation("Must specify userName when calling with non-User credentials")
}

// CreateUser makes a user. [AWS: CreateUser]
func (s *Service) CreateUser(ctx context.Context, in *iamapi.CreateUserRequest) (*iamapi.CreateUserResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreateUserResponse, error) {
		if err := entity.RequireFree(u.Reader, iam.User, *in.UserName); err != nil {
			return nil, err
		}
		i := entity.New(u, iam.User, *in.UserName, in.Path)
		if err := entity.Bound(u, &i, in.PermissionsBoundary); err != nil {
			return nil, err
		}
		if err := entity.Create(u, i, in.Tags); err != nil {
			return nil, err
		}
		user, err := entity.ShowWholeUser(u.Reader, i)
		return &iamapi.CreateUserResponse{User: user}, err
	})
}

// GetUser shows a user, or the caller. [AWS: GetUser]
func (s *Service) GetUser(ctx context.Context, in *iamapi.GetUserRequest) (*iamapi.GetUserResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetUserResponse, error) {
		if in.UserName == nil {
			i, root, err := caller(r)
			if err != nil {
				return nil, err
			}
			if root {
				return &iamapi.GetUserResponse{User: rootUser(r)}, nil
			}
			user, err := entity.ShowWholeUser(r, i)
			return &iamapi.GetUserResponse{User: user}, err
		}
		i, err := entity.Find(r, iam.User, *in.UserName)
		if err != nil {
			return nil, err
		}
		user, err := entity.ShowWholeUser(r, i)
		return &iamapi.GetUserResponse{User: user}, err
	})
}

// rootUser shows the root user of the account. [seen: GetUser with its credentials]
func rootUser(r *operation.Reader) *iamapi.User {
	account := r.Caller.Account
	return &iamapi.User{
		Path: new("/"), UserName: new(account.Name), UserId: new(string(account.ID)),
		Arn: new(r.Caller.Partition().RootUserARN(account.ID)), CreateDate: api.At(account.Registered),
	}
}

// UpdateUser renames a user or gives it another path. [AWS: UpdateUser]
func (s *Service) UpdateUser(ctx context.Context, in *iamapi.UpdateUserRequest) (*iamapi.UpdateUserResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UpdateUserResponse, error) {
		return &iamapi.UpdateUserResponse{}, entity.Rename(u, iam.User, *in.UserName, in.NewUserName, in.NewPath)
	})
}

// DeleteUser deletes a user that has nothing any more. [AWS: DeleteUser]
func (s *Service) DeleteUser(ctx context.Context, in *iamapi.DeleteUserRequest) (*iamapi.DeleteUserResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteUserResponse, error) {
		i, err := entity.FindToChange(u, iam.User, *in.UserName)
		if err != nil {
			return nil, err
		}
		keys, err := identities.AccessKeys(u.View, i.Account, i.ID)
		if err != nil {
			return nil, err
		}
		if len(keys) > 0 {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictAccessKeys)
		}
		has, err := entity.HasPassword(u.Reader, i)
		if err != nil {
			return nil, err
		}
		if has {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictLoginProfile)
		}
		groups, err := identities.MemberOf(u.View, i.ID)
		if err != nil {
			return nil, err
		}
		if len(groups) > 0 {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictInGroup)
		}
		return &iamapi.DeleteUserResponse{}, entity.Delete(u, i)
	})
}

// ListUsers lists the users of the account by their names. [AWS: ListUsers; the order is
// assumed]
func (s *Service) ListUsers(ctx context.Context, in *iamapi.ListUsersRequest) (*iamapi.ListUsersResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListUsersResponse, error) {
		users, next, err := entity.List(r, iam.User, in.PathPrefix)
		if err != nil {
			return nil, err
		}
		p := r.Caller.Partition()
		return &iamapi.ListUsersResponse{
			Users:       entity.All(users, func(i iam.Identity) iamapi.User { return entity.ShowUser(p, i) }),
			IsTruncated: new(next != nil), Marker: next,
		}, nil
	})
}

// ListGroupsForUser lists the groups of a user. [AWS: ListGroupsForUser]
func (s *Service) ListGroupsForUser(ctx context.Context, in *iamapi.ListGroupsForUserRequest) (*iamapi.ListGroupsForUserResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListGroupsForUserResponse, error) {
		i, err := entity.Find(r, iam.User, *in.UserName)
		if err != nil {
			return nil, err
		}
		all, err := identities.MemberOf(r.View, i.ID)
		if err != nil {
			return nil, err
		}
		groups, next, err := entity.Whole(r, all, entity.NameKey)
		p := r.Caller.Partition()
		return &iamapi.ListGroupsForUserResponse{
			Groups:      entity.All(groups, func(i iam.Identity) iamapi.Group { return entity.ShowGroup(p, i) }),
			IsTruncated: new(next != nil), Marker: next,
		}, err
	})
}
