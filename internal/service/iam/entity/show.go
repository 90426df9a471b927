package entity

import (
	"errors"
	"net/url"
	"strings"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// Encoded is a document as answers show it: URL-encoded. [AWS: API reference; RFC 3986]
func Encoded(document string) *string {
	return new(strings.ReplaceAll(url.QueryEscape(document), "+", "%20"))
}

// ShowUser shows a user as lists do.
func ShowUser(p ident.Partition, i iam.Identity) iamapi.User {
	return iamapi.User{
		Path: new(i.Path), UserName: new(i.Name), UserId: new(i.ID), Arn: new(i.ARN(p)), CreateDate: api.At(i.Created),
	}
}

// ShowGroup shows a group.
func ShowGroup(p ident.Partition, i iam.Identity) iamapi.Group {
	return iamapi.Group{
		Path: new(i.Path), GroupName: new(i.Name), GroupId: new(i.ID), Arn: new(i.ARN(p)), CreateDate: api.At(i.Created),
	}
}

// ShowRole shows a role as lists do.
func ShowRole(r *operation.Reader, i iam.Identity) (iamapi.Role, error) {
	trust, err := trustPolicy(r, i.TrustPolicy)
	shown := iamapi.Role{
		Path: new(i.Path), RoleName: new(i.Name), RoleId: new(i.ID), Arn: new(i.ARN(r.Caller.Partition())), CreateDate: api.At(i.Created),
		AssumeRolePolicyDocument: Encoded(trust), MaxSessionDuration: new(int32(i.MaxSession)),
	}
	if i.Description != "" {
		shown.Description = new(i.Description)
	}
	return shown, err
}

// trustPolicy is a stored trust policy as answers show it, with the ARNs of those whom it
// trusts.
func trustPolicy(r *operation.Reader, stored string) (string, error) {
	var failed error
	shown := policy.Shown(stored, func(id string) string {
		arn, err := identities.PrincipalARN(r.View, r.Caller.Partition(), id)
		failed = errors.Join(failed, err)
		return arn
	})
	return shown, failed
}

// ShowRoles shows roles as lists do.
func ShowRoles(r *operation.Reader, roles []iam.Identity) ([]iamapi.Role, error) {
	shown := make([]iamapi.Role, len(roles))
	for n, i := range roles {
		var err error
		if shown[n], err = ShowRole(r, i); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

// ShowWholeUser is ShowUser with the boundary and the tags.
func ShowWholeUser(r *operation.Reader, i iam.Identity) (*iamapi.User, error) {
	shown := ShowUser(r.Caller.Partition(), i)
	var err error
	if shown.PermissionsBoundary, err = Boundary(r, &i); err != nil {
		return nil, err
	}
	shown.Tags, err = Tags(r, i.ID)
	return &shown, err
}

// LastUsed is the last use of a role; it has no members for one that was never used.
func LastUsed(i *iam.Identity) *iamapi.RoleLastUsed {
	if i.LastUsed.IsZero() {
		return &iamapi.RoleLastUsed{}
	}
	return &iamapi.RoleLastUsed{LastUsedDate: api.At(i.LastUsed), Region: new(i.LastUsedRegion)}
}

// ShowWholeRole is ShowRole with the boundary and the tags; GetRole shows the last use
// too.
func ShowWholeRole(r *operation.Reader, i iam.Identity) (*iamapi.Role, error) {
	shown, err := ShowRole(r, i)
	if err != nil {
		return nil, err
	}
	if shown.PermissionsBoundary, err = Boundary(r, &i); err != nil {
		return nil, err
	}
	shown.Tags, err = Tags(r, i.ID)
	return &shown, err
}

// All shows each of a list; the result is never nil.
func All[T, S any](list []T, show func(T) S) []S {
	shown := make([]S, len(list))
	for n, entry := range list {
		shown[n] = show(entry)
	}
	return shown
}
