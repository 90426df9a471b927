package roles

import (
	"context"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// rolesPerProfile is how many roles an instance profile can have. [AWS: IAM and AWS STS
// quotas]
const rolesPerProfile = 1

// show shows an instance profile with its role.
func show(r *operation.Reader, i iam.Identity) (iamapi.InstanceProfile, error) {
	roles, err := identities.Members(r.View, i.ID)
	if err != nil {
		return iamapi.InstanceProfile{}, err
	}
	shown, err := entity.ShowRoles(r, roles)
	return iamapi.InstanceProfile{
		Path: new(i.Path), InstanceProfileName: new(i.Name), InstanceProfileId: new(i.ID), Arn: new(i.ARN(r.Caller.Partition())),
		CreateDate: api.At(i.Created), Roles: shown,
	}, err
}

// ShowProfiles shows instance profiles with their roles.
func ShowProfiles(r *operation.Reader, profiles []iam.Identity) ([]iamapi.InstanceProfile, error) {
	shown := make([]iamapi.InstanceProfile, len(profiles))
	for n, i := range profiles {
		var err error
		if shown[n], err = show(r, i); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

// CreateInstanceProfile makes an instance profile. [AWS: CreateInstanceProfile]
func (s *Service) CreateInstanceProfile(ctx context.Context, in *iamapi.CreateInstanceProfileRequest) (*iamapi.CreateInstanceProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.CreateInstanceProfileResponse, error) {
		if err := entity.RequireFree(u.Reader, iam.InstanceProfile, *in.InstanceProfileName); err != nil {
			return nil, err
		}
		i := entity.New(u, iam.InstanceProfile, *in.InstanceProfileName, in.Path)
		if err := entity.Create(u, i, in.Tags); err != nil {
			return nil, err
		}
		shown, err := show(u.Reader, i)
		if err != nil {
			return nil, err
		}
		shown.Tags, err = entity.Tags(u.Reader, i.ID)
		return &iamapi.CreateInstanceProfileResponse{InstanceProfile: &shown}, err
	})
}

// GetInstanceProfile shows an instance profile. [AWS: GetInstanceProfile]
func (s *Service) GetInstanceProfile(ctx context.Context, in *iamapi.GetInstanceProfileRequest) (*iamapi.GetInstanceProfileResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetInstanceProfileResponse, error) {
		i, err := entity.Find(r, iam.InstanceProfile, *in.InstanceProfileName)
		if err != nil {
			return nil, err
		}
		shown, err := show(r, i)
		if err != nil {
			return nil, err
		}
		shown.Tags, err = entity.Tags(r, i.ID)
		return &iamapi.GetInstanceProfileResponse{InstanceProfile: &shown}, err
	})
}

// DeleteInstanceProfile deletes an instance profile without a role. [AWS:
// DeleteInstanceProfile]
func (s *Service) DeleteInstanceProfile(ctx context.Context, in *iamapi.DeleteInstanceProfileRequest) (*iamapi.DeleteInstanceProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteInstanceProfileResponse, error) {
		i, err := entity.FindToChange(u, iam.InstanceProfile, *in.InstanceProfileName)
		if err != nil {
			return nil, err
		}
		roles, err := identities.Members(u.View, i.ID)
		if err != nil {
			return nil, err
		}
		if len(roles) > 0 {
			return nil, iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictProfileHasRole)
		}
		return &iamapi.DeleteInstanceProfileResponse{}, entity.Delete(u, i)
	})
}

// ListInstanceProfiles lists the instance profiles of the account. [AWS:
// ListInstanceProfiles; the order is assumed]
func (s *Service) ListInstanceProfiles(ctx context.Context, in *iamapi.ListInstanceProfilesRequest) (*iamapi.ListInstanceProfilesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListInstanceProfilesResponse, error) {
		profiles, next, err := entity.List(r, iam.InstanceProfile, in.PathPrefix)
		if err != nil {
			return nil, err
		}
		shown, err := ShowProfiles(r, profiles)
		return &iamapi.ListInstanceProfilesResponse{InstanceProfiles: shown, IsTruncated: new(next != nil), Marker: next}, err
	})
}

// ListInstanceProfilesForRole lists the instance profiles of a role. [AWS:
// ListInstanceProfilesForRole]
func (s *Service) ListInstanceProfilesForRole(ctx context.Context, in *iamapi.ListInstanceProfilesForRoleRequest) (*iamapi.ListInstanceProfilesForRoleResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListInstanceProfilesForRoleResponse, error) {
		i, err := entity.Find(r, iam.Role, *in.RoleName)
		if err != nil {
			return nil, err
		}
		all, err := identities.MemberOf(r.View, i.ID)
		if err != nil {
			return nil, err
		}
		profiles, next, err := entity.Whole(r, all, entity.NameKey)
		if err != nil {
			return nil, err
		}
		shown, err := ShowProfiles(r, profiles)
		return &iamapi.ListInstanceProfilesForRoleResponse{InstanceProfiles: shown, IsTruncated: new(next != nil), Marker: next}, err
	})
}

// pair reads an instance profile and a role.
func pair(u *operation.Unit, profile, role string) (p, r iam.Identity, there []iam.Identity, err error) {
	if p, err = entity.FindToChange(u, iam.InstanceProfile, profile); err != nil {
		return p, r, nil, err
	}
	if r, err = entity.FindToChange(u, iam.Role, role); err != nil {
		return p, r, nil, err
	}
	there, err = identities.Members(u.View, p.ID)
	return p, r, there, err
}

// AddRoleToInstanceProfile gives an instance profile its role. [AWS:
// AddRoleToInstanceProfile]
func (s *Service) AddRoleToInstanceProfile(ctx context.Context, in *iamapi.AddRoleToInstanceProfileRequest) (*iamapi.AddRoleToInstanceProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.AddRoleToInstanceProfileResponse, error) {
		profile, role, there, err := pair(u, *in.InstanceProfileName, *in.RoleName)
		if err != nil {
			return nil, err
		}
		if len(there) >= rolesPerProfile {
			return nil, entity.LimitExceeded("InstanceSessionsPerInstanceProfile", rolesPerProfile)
		}
		return &iamapi.AddRoleToInstanceProfileResponse{}, identities.AddMember(u.Tx, profile, role)
	})
}

// RemoveRoleFromInstanceProfile takes its role from an instance profile. [AWS:
// RemoveRoleFromInstanceProfile]
func (s *Service) RemoveRoleFromInstanceProfile(ctx context.Context, in *iamapi.RemoveRoleFromInstanceProfileRequest) (*iamapi.RemoveRoleFromInstanceProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.RemoveRoleFromInstanceProfileResponse, error) {
		profile, role, there, err := pair(u, *in.InstanceProfileName, *in.RoleName)
		if err != nil {
			return nil, err
		}
		for _, r := range there {
			if r.ID == role.ID {
				return &iamapi.RemoveRoleFromInstanceProfileResponse{}, identities.RemoveMember(u.Tx, profile, role)
			}
		}
		return nil, entity.NoSuch(iamapi.TextNoSuchEntityMember, iam.Role, role.Name, iam.InstanceProfile, profile.Name)
	})
}

// TagInstanceProfile adds tags to an instance profile. [AWS: TagInstanceProfile]
func (s *Service) TagInstanceProfile(ctx context.Context, in *iamapi.TagInstanceProfileRequest) (*iamapi.TagInstanceProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.TagInstanceProfileResponse, error) {
		return &iamapi.TagInstanceProfileResponse{}, entity.Tag(u, iam.InstanceProfile, *in.InstanceProfileName, in.Tags)
	})
}

// UntagInstanceProfile removes tags from an instance profile. [AWS: UntagInstanceProfile]
func (s *Service) UntagInstanceProfile(ctx context.Context, in *iamapi.UntagInstanceProfileRequest) (*iamapi.UntagInstanceProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.UntagInstanceProfileResponse, error) {
		return &iamapi.UntagInstanceProfileResponse{}, entity.Untag(u, iam.InstanceProfile, *in.InstanceProfileName, in.TagKeys)
	})
}

// ListInstanceProfileTags lists the tags of an instance profile. [AWS: ListInstanceProfileTags]
func (s *Service) ListInstanceProfileTags(ctx context.Context, in *iamapi.ListInstanceProfileTagsRequest) (*iamapi.ListInstanceProfileTagsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListInstanceProfileTagsResponse, error) {
		tags, next, err := entity.TagsOf(r, iam.InstanceProfile, *in.InstanceProfileName)
		return &iamapi.ListInstanceProfileTagsResponse{Tags: tags, IsTruncated: new(next != nil), Marker: next}, err
	})
}
