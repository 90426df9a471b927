// Package groups implements the operations of IAM on groups.
package groups

import (
	"context"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/quota"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// Service has the operations.
type Service struct{ runner *operation.Runner }

// New returns the service.
func New(r *operation.Runner) *Service { return &Service{r} }

// CreateGroup makes a group. [AWS: CreateGroup]
func (s *Service) CreateGroup(ctx context.Context, in *iamapi.CreateGroupRequest) (*iamapi.CreateGroupResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreateGroupResponse, error) {
		if err := entity.RequireFree(u.Reader, iam.Group, *in.GroupName); err != nil {
			return nil, err
		}
		i := entity.New(u, iam.Group, *in.GroupName, in.Path)
		if err := entity.Create(u, i, nil); err != nil {
			return nil, err
		}
		return &iamapi.CreateGroupResponse{Group: new(entity.ShowGroup(u.Caller.Partition(), i))}, nil
	})
}

// GetGroup shows a group with a page of its users. [AWS: GetGroup]
func (s *Service) GetGroup(ctx context.Context, in *iamapi.GetGroupRequest) (*iamapi.GetGroupResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetGroupResponse, error) {
		i, err := entity.Find(r, iam.Group, *in.GroupName)
		if err != nil {
			return nil, err
		}
		all, err := identities.Members(r.View, i.ID)
		if err != nil {
			return nil, err
		}
		users, next, err := entity.Whole(r, all, entity.NameKey)
		p := r.Caller.Partition()
		return &iamapi.GetGroupResponse{
			Group:       new(entity.ShowGroup(p, i)),
			Users:       entity.All(users, func(i iam.Identity) iamapi.User { return entity.ShowUser(p, i) }),
			IsTruncated: new(next != nil), Marker: next,
		}, err
	})
}

// UpdateGroup renames a group or gives it another path. [AWS: UpdateGroup]
func (s *Service) UpdateGroup(ctx context.Context, in *iamapi.UpdateGroupRequest) (*iamapi.UpdateGroupResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UpdateGroupResponse, error) {
		return &iamapi.UpdateGroupResponse{}, entity.Rename(u, iam.Group, *in.GroupName, in.NewGroupName, in.NewPath)
	})
}

// DeleteGroup deletes a group without users and policies. [AWS: DeleteGroup]
func (s *Service) DeleteGroup(ctx context.Context, in *iamapi.DeleteGroupRequest) (*iamapi.DeleteGroupResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteGroupResponse, error) {
		i, err := entity.FindToChange(u, iam.Group, *in.GroupName)
		if err != nil {
			return nil, err
		}
		users, err := identities.Members(u.View, i.ID)
		if err != nil {
			return nil, err
		}
		if len(users) > 0 {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictGroupHasUsers)
		}
		return &iamapi.DeleteGroupResponse{}, entity.Delete(u, i)
	})
}

// ListGroups lists the groups of the account by their names. [AWS: ListGroups; the order
// is assumed]
func (s *Service) ListGroups(ctx context.Context, in *iamapi.ListGroupsRequest) (*iamapi.ListGroupsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListGroupsResponse, error) {
		groups, next, err := entity.List(r, iam.Group, in.PathPrefix)
		if err != nil {
			return nil, err
		}
		p := r.Caller.Partition()
		return &iamapi.ListGroupsResponse{
			Groups:      entity.All(groups, func(i iam.Identity) iamapi.Group { return entity.ShowGroup(p, i) }),
			IsTruncated: new(next != nil), Marker: next,
		}, nil
	})
}

// pair reads a group and a user.
func pair(u *operation.Unit, group, user string) (g, m iam.Identity, groups []iam.Identity, err error) {
	if g, err = entity.FindToChange(u, iam.Group, group); err != nil {
		return g, m, nil, err
	}
	if m, err = entity.FindToChange(u, iam.User, user); err != nil {
		return g, m, nil, err
	}
	groups, err = identities.MemberOf(u.View, m.ID)
	return g, m, groups, err
}

// AddUserToGroup adds a user to a group; one that is in it stays so. [AWS:
// AddUserToGroup]
func (s *Service) AddUserToGroup(ctx context.Context, in *iamapi.AddUserToGroupRequest) (*iamapi.AddUserToGroupResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.AddUserToGroupResponse, error) {
		group, user, groups, err := pair(u, *in.GroupName, *in.UserName)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			if g.ID == group.ID {
				return &iamapi.AddUserToGroupResponse{}, nil
			}
		}
		if err := entity.RequireWithin(u, quota.IAMGroupsPerUser, int64(len(groups))+1); err != nil {
			return nil, err
		}
		return &iamapi.AddUserToGroupResponse{}, identities.AddMember(u.Tx, group, user)
	})
}

// RemoveUserFromGroup removes a user from a group. [AWS: RemoveUserFromGroup; assumed for
// one that is not in it]
func (s *Service) RemoveUserFromGroup(ctx context.Context, in *iamapi.RemoveUserFromGroupRequest) (*iamapi.RemoveUserFromGroupResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.RemoveUserFromGroupResponse, error) {
		group, user, groups, err := pair(u, *in.GroupName, *in.UserName)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			if g.ID == group.ID {
				return &iamapi.RemoveUserFromGroupResponse{}, identities.RemoveMember(u.Tx, group, user)
			}
		}
		return nil, entity.NoSuch(iamapi.TextNoSuchEntityMember, iam.User, user.Name, iam.Group, group.Name)
	})
}
