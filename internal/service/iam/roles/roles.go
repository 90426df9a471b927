// Package roles implements the operations of IAM on roles and instance profiles.
package roles

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/policy"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// Service has the operations.
type Service struct{ runner *operation.Runner }

// New returns the service.
func New(r *operation.Runner) *Service { return &Service{r} }

// defaultSession is how long a session of a role may last in seconds, when nothing else
// was said. [AWS: CreateRole]
const defaultSession = 3600

func invalid(format string, args ...any) error {
	return iamapi.ErrInvalidInput().Saying(fmt.Sprintf(format, args...))
}

// checkTrust rejects a trust policy that cannot be stored, and returns what is stored of it.
// Users and roles that it names have to exist [seen]; its size comes first, which bounds how
// many it names [assumed].
func checkTrust(u *operation.Unit, role, document string) (stored string, err error) {
	if err := entity.RequireTrustSize(u, role, document); err != nil {
		return "", err
	}
	var failed error
	stored, rejected := policy.CheckTrust(document, func(arn string) string {
		id, err := identities.PrincipalID(u.View, arn)
		failed = errors.Join(failed, err)
		return id
	})
	if failed != nil {
		return "", failed
	}
	return stored, entity.Malformed(rejected)
}

// CreateRole makes a role. [AWS: CreateRole]
func (s *Service) CreateRole(ctx context.Context, in *iamapi.CreateRoleRequest) (*iamapi.CreateRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreateRoleResponse, error) {
		if err := entity.RequireFree(u.Reader, iam.Role, *in.RoleName); err != nil {
			return nil, err
		}
		i := entity.New(u, iam.Role, *in.RoleName, in.Path)
		if i.ServiceLinked() != "" {
			return nil, invalid(iamapi.TextInvalidInputReservedPath, i.Path)
		}
		if strings.HasPrefix(iam.Key(i.Name), iam.Key(iam.ServiceLinkedPrefix)) {
			return nil, invalid(iamapi.TextInvalidInputReservedName, i.Name, iam.ServiceLinkedPrefix)
		}
		i.RoleSettings = iam.RoleSettings{
			Description: operation.Deref(in.Description), MaxSession: defaultSession,
		}
		if in.MaxSessionDuration != nil {
			i.MaxSession = int64(*in.MaxSessionDuration)
		}
		var err error
		if i.TrustPolicy, err = checkTrust(u, i.Name, *in.AssumeRolePolicyDocument); err != nil {
			return nil, err
		}
		if err := entity.Bound(u, &i, in.PermissionsBoundary); err != nil {
			return nil, err
		}
		if err := entity.Create(u, i, in.Tags); err != nil {
			return nil, err
		}
		role, err := entity.ShowWholeRole(u.Reader, i)
		return &iamapi.CreateRoleResponse{Role: role}, err
	})
}

// GetRole shows a role. [AWS: GetRole]
func (s *Service) GetRole(ctx context.Context, in *iamapi.GetRoleRequest) (*iamapi.GetRoleResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetRoleResponse, error) {
		i, err := entity.Find(r, iam.Role, *in.RoleName)
		if err != nil {
			return nil, err
		}
		role, err := entity.ShowWholeRole(r, i)
		if err != nil {
			return nil, err
		}
		role.RoleLastUsed = entity.LastUsed(&i)
		return &iamapi.GetRoleResponse{Role: role}, nil
	})
}

// finder finds an identity to change.
type finder func(*operation.Unit, iam.Kind, string) (iam.Identity, error)

// change changes the settings of a role.
func change(u *operation.Unit, find finder, name string, settings func(*iam.Identity) error) (iam.Identity, error) {
	i, err := find(u, iam.Role, name)
	if err != nil {
		return i, err
	}
	if err := settings(&i); err != nil {
		return i, err
	}
	return i, identities.Save(u.Tx, i, i.Boundary)
}

// UpdateRole changes the description of a role and how long its sessions may last. [AWS:
// UpdateRole]
func (s *Service) UpdateRole(ctx context.Context, in *iamapi.UpdateRoleRequest) (*iamapi.UpdateRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UpdateRoleResponse, error) {
		find := entity.FindToChange
		if in.MaxSessionDuration == nil {
			find = entity.FindToDescribe
		}
		_, err := change(u, find, *in.RoleName, func(i *iam.Identity) error {
			if in.Description != nil {
				i.Description = *in.Description
			}
			if in.MaxSessionDuration != nil {
				i.MaxSession = int64(*in.MaxSessionDuration)
			}
			return nil
		})
		return &iamapi.UpdateRoleResponse{}, err
	})
}

// UpdateRoleDescription changes the description of a role. [AWS: UpdateRoleDescription]
func (s *Service) UpdateRoleDescription(ctx context.Context, in *iamapi.UpdateRoleDescriptionRequest) (*iamapi.UpdateRoleDescriptionResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UpdateRoleDescriptionResponse, error) {
		i, err := change(u, entity.FindToDescribe, *in.RoleName, func(i *iam.Identity) error {
			i.Description = *in.Description
			return nil
		})
		if err != nil {
			return nil, err
		}
		role, err := entity.ShowWholeRole(u.Reader, i)
		return &iamapi.UpdateRoleDescriptionResponse{Role: role}, err
	})
}

// UpdateAssumeRolePolicy replaces the trust policy of a role. [AWS:
// UpdateAssumeRolePolicy]
func (s *Service) UpdateAssumeRolePolicy(ctx context.Context, in *iamapi.UpdateAssumeRolePolicyRequest) (*iamapi.UpdateAssumeRolePolicyResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UpdateAssumeRolePolicyResponse, error) {
		_, err := change(u, entity.FindToChange, *in.RoleName, func(i *iam.Identity) (err error) {
			i.TrustPolicy, err = checkTrust(u, i.Name, *in.PolicyDocument)
			return err
		})
		return &iamapi.UpdateAssumeRolePolicyResponse{}, err
	})
}

// DeleteRole deletes a role that has nothing any more. [AWS: DeleteRole]
func (s *Service) DeleteRole(ctx context.Context, in *iamapi.DeleteRoleRequest) (*iamapi.DeleteRoleResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteRoleResponse, error) {
		i, err := entity.FindToChange(u, iam.Role, *in.RoleName)
		if err != nil {
			return nil, err
		}
		profiles, err := identities.MemberOf(u.View, i.ID)
		if err != nil {
			return nil, err
		}
		if len(profiles) > 0 {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictInProfile)
		}
		return &iamapi.DeleteRoleResponse{}, entity.Delete(u, i)
	})
}

// ListRoles lists the roles of the account by their names. [AWS: ListRoles; the order is
// assumed]
func (s *Service) ListRoles(ctx context.Context, in *iamapi.ListRolesRequest) (*iamapi.ListRolesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListRolesResponse, error) {
		roles, next, err := entity.List(r, iam.Role, in.PathPrefix)
		if err != nil {
			return nil, err
		}
		shown, err := entity.ShowRoles(r, roles)
		return &iamapi.ListRolesResponse{Roles: shown, IsTruncated: new(next != nil), Marker: next}, err
	})
}
