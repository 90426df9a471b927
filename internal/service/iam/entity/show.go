package entity

import (
	"net/url"
	"strings"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/service/operation"
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
func ShowRole(p ident.Partition, i iam.Identity) iamapi.Role {
	shown := iamapi.Role{
		Path: new(i.Path), RoleName: new(i.Name), RoleId: new(i.ID), Arn: new(i.ARN(p)), CreateDate: api.At(i.Created),
		AssumeRolePolicyDocument: Encoded(i.TrustPolicy), MaxSessionDuration: new(int32(i.MaxSession)),
	}
	if i.Description != "" {
		shown.Description = new(i.Description)
	}
	return shown
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
	shown := ShowRole(r.Caller.Partition(), i)
	var err error
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
