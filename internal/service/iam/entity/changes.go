package entity

import (
	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// NameKey is the key of an identity in lists.
func NameKey(i iam.Identity) string { return iam.Key(i.Name) }

// List lists a page of the identities of a kind below a path.
func List(r *operation.Reader, k iam.Kind, prefix *string) ([]iam.Identity, *string, error) {
	return Paged(r, func(after string, limit int) ([]iam.Identity, error) {
		return identities.List(r.View, r.Caller.Account.ID, k, Prefix(prefix), after, limit)
	}, NameKey)
}

// Rename gives an identity another name, another path, or both.
func Rename(u *operation.Unit, k iam.Kind, name string, newName, newPath *string) error {
	i, err := FindToChange(u, k, name)
	if err != nil {
		return err
	}
	if newName != nil {
		// Another case of its own name is free.
		if iam.Key(*newName) != iam.Key(i.Name) {
			if err := RequireFree(u.Reader, k, *newName); err != nil {
				return err
			}
		}
		i.Name = *newName
	}
	if newPath != nil {
		i.Path = *newPath
	}
	return identities.Save(u.Tx, i, i.Boundary)
}

// Delete deletes an identity that has no policies.
func Delete(u *operation.Unit, i iam.Identity) error {
	attached, err := identities.Attached(u.View, i.ID)
	if err != nil {
		return err
	}
	if len(attached) > 0 {
		return iamapi.ErrDeleteConflict().Saying(iamapi.TextDeleteConflictAttached)
	}
	inline, err := identities.InlinePolicies(u.View, i.ID)
	if err != nil {
		return err
	}
	if len(inline) > 0 {
		return iamapi.ErrDeleteConflict()
	}
	return identities.Delete(u.Tx, i)
}

// Create saves an identity with its tags, within the quota of its kind.
func Create(u *operation.Unit, i iam.Identity, tags []iamapi.Tag) error {
	if err := RequireRoom(u, i.Kind); err != nil {
		return err
	}
	if err := identities.Insert(u.Tx, i); err != nil {
		return err
	}
	return putTags(u, i.Account, i.ID, tags)
}

// RequireRoom rejects one more of a kind than the account may have.
func RequireRoom(u *operation.Unit, k iam.Kind) error {
	counts, err := identities.Counts(u.View, u.Caller.Account.ID)
	if err != nil {
		return err
	}
	return RequireWithin(u, kinds[k].number, counts[k]+1)
}
