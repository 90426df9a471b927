// Package entity has what users, groups, roles and instance profiles have in common: how
// they are found and made, their tags, their inline and managed policies, their
// permissions boundary, and how their lists are paged.
package entity

import (
	"errors"
	"fmt"
	"time"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// kind is what distinguishes a kind of identities.
type kind struct {
	// missing and taken are the texts of the errors of a name.
	missing, taken string
	// prefix is that of the unique ids. [AWS: IAM identifiers]
	prefix string
	// number limits how many an account has, attached how many managed policies one has,
	// and size the characters of all its inline policies.
	number, attached, size quota.Name
}

// kinds is the table of the kinds.
var kinds = map[iam.Kind]kind{
	iam.User: {
		iamapi.TextNoSuchEntityUser, iamapi.TextEntityAlreadyExistsUser, "AIDA",
		quota.IAMUsers, quota.IAMPoliciesPerUser, quota.IAMUserPolicySize,
	},
	iam.Group: {
		iamapi.TextNoSuchEntityGroup, iamapi.TextEntityAlreadyExistsGroup, "AGPA",
		quota.IAMGroups, quota.IAMPoliciesPerGroup, quota.IAMGroupPolicySize,
	},
	iam.Role: {
		iamapi.TextNoSuchEntityRole, iamapi.TextEntityAlreadyExistsRole, "AROA",
		quota.IAMRoles, quota.IAMPoliciesPerRole, quota.IAMRolePolicySize,
	},
	iam.InstanceProfile: {
		iamapi.TextNoSuchEntityInstanceProfile, iamapi.TextEntityAlreadyExistsInstanceProfile, "AIPA",
		quota.IAMInstanceProfiles, "", "",
	},
}

// NoSuch is the error of something that does not exist, by a format of its texts.
func NoSuch(format string, args ...any) *api.Error {
	return iamapi.ErrNoSuchEntity().Saying(fmt.Sprintf(format, args...))
}

// Find reads an identity of the caller's account, or answers that there is none.
func Find(r *operation.Reader, k iam.Kind, name string) (iam.Identity, error) {
	i, err := identities.Get(r.View, r.Caller.Account.ID, k, name)
	if errors.Is(err, store.ErrNotFound) {
		return i, NoSuch(kinds[k].missing, name)
	}
	return i, err
}

// FindToChange is Find for a change, which AWS alone makes of a service-linked role.
func FindToChange(u *operation.Unit, k iam.Kind, name string) (iam.Identity, error) {
	i, err := Find(u.Reader, k, name)
	if err == nil && i.ServiceLinked() != "" {
		err = iamapi.ErrUnmodifiableEntity().Saying(fmt.Sprintf(iamapi.TextUnmodifiableEntityProtected, i.Name))
	}
	return i, err
}

// FindToDescribe is Find for a change of the description or the tags, which customers may
// make of a service-linked role too. [AWS: editing a service-linked role]
func FindToDescribe(u *operation.Unit, k iam.Kind, name string) (iam.Identity, error) {
	return Find(u.Reader, k, name)
}

// RequireFree rejects a name that another identity of the account has.
func RequireFree(r *operation.Reader, k iam.Kind, name string) error {
	_, err := identities.Get(r.View, r.Caller.Account.ID, k, name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return iamapi.ErrEntityAlreadyExists().Saying(fmt.Sprintf(kinds[k].taken, name))
}

// New is an identity of the caller's account that is not saved yet. A path that was not
// sent is "/".
func New(u *operation.Unit, k iam.Kind, name string, path *string) iam.Identity {
	i := iam.Identity{
		Account: u.Caller.Account.ID, Kind: k, ID: u.Source.Unique(kinds[k].prefix), Name: name, Path: "/", Created: Now(u),
	}
	if path != nil {
		i.Path = *path
	}
	return i
}

// Now is the instant of the unit in seconds, which is all that the protocol shows.
func Now(u *operation.Unit) time.Time { return u.Now().Truncate(time.Second) }

// RequireWithin rejects a number that is above a quota.
func RequireWithin(u *operation.Unit, name quota.Name, number int64) error {
	limit, err := Limit(u.Reader, name)
	if err != nil || number <= limit {
		return err
	}
	return LimitExceeded(name.ErrorFor(u.Operation.Name, limit).Reason, limit).RaisedBy("--quota " + string(name))
}

// LimitExceeded is the error of a number that is above a limit, by the name that AWS gives
// the limit.
func LimitExceeded(name string, limit int64) *api.Error {
	return iamapi.ErrLimitExceeded().Saying(fmt.Sprintf(iamapi.TextLimitExceededQuota, name, limit))
}

// Limit is the number of a quota for the caller's account.
func Limit(r *operation.Reader, name quota.Name) (int64, error) {
	overrides, err := r.View.Quotas(r.Caller.OrganizationID())
	if err != nil {
		return 0, err
	}
	if number, is := overrides[string(name)]; is {
		return number, nil
	}
	return r.Options.Quotas.Of(name, quota.Facts{}), nil
}
