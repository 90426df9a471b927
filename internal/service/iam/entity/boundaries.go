package entity

import (
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// Bound gives an identity that is not saved yet a permissions boundary, if one was sent.
func Bound(u *operation.Unit, i *iam.Identity, arn *string) error {
	if arn == nil {
		return nil
	}
	p, err := attachable(u.Reader, *arn, iamapi.TextNoSuchEntityBoundaryToAttach)
	i.Boundary = p.ID
	return err
}

// PutBoundary gives an identity a permissions boundary, in place of the one that it has.
func PutBoundary(u *operation.Unit, k iam.Kind, name, arn string) error {
	i, err := FindToChange(u, k, name)
	if err != nil {
		return err
	}
	was := i.Boundary
	if err := Bound(u, &i, &arn); err != nil {
		return err
	}
	return identities.Save(u.Tx, i, was)
}

// DeleteBoundary takes the permissions boundary from an identity.
func DeleteBoundary(u *operation.Unit, k iam.Kind, name string) error {
	i, err := FindToChange(u, k, name)
	if err != nil {
		return err
	}
	if i.Boundary == "" {
		return NoSuch(iamapi.TextNoSuchEntityBoundary, k, i.Name)
	}
	was := i.Boundary
	i.Boundary = ""
	return identities.Save(u.Tx, i, was)
}

// Boundary is the permissions boundary of an identity as answers show it; nil for none.
func Boundary(r *operation.Reader, i *iam.Identity) (*iamapi.AttachedPermissionsBoundary, error) {
	if i.Boundary == "" {
		return nil, nil
	}
	p, err := PolicyByID(r, i.Boundary)
	if err != nil {
		return nil, err
	}
	return &iamapi.AttachedPermissionsBoundary{
		PermissionsBoundaryType: new(iamapi.PermissionsBoundaryAttachmentTypePolicy), PermissionsBoundaryArn: new(p.ARN),
	}, nil
}
