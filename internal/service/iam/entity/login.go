package entity

import (
	"errors"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// Password is what is known of the password of a user, or of the root user, who has no ID:
// that has one from the beginning. [AWS: GetLoginProfile; assumed: root users]
func Password(r *operation.Reader, of iam.Identity) (iam.LoginProfile, error) {
	p, err := identities.LoginProfile(r.View, of.Account, of.ID)
	missing := errors.Is(err, store.ErrNotFound)
	switch {
	case missing && of.ID == "":
		return iam.LoginProfile{Account: of.Account, Created: r.Caller.Account.Registered}, nil
	case missing || err == nil && p.Created.IsZero():
		return p, NoSuch(iamapi.TextNoSuchEntityLoginProfile, of.Name)
	}
	return p, err
}

// HasPassword reports whether there is one.
func HasPassword(r *operation.Reader, of iam.Identity) (bool, error) {
	_, err := Password(r, of)
	var missing *api.Error
	if errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}
