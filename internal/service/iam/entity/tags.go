package entity

import (
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/iam"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/store/identities"
)

// putTags saves tags of an identity or a managed policy, after the checks of a request.
func putTags(u *operation.Unit, account ident.AccountID, owner string, tags []iamapi.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	there, err := identities.Tags(u.View, owner)
	if err != nil {
		return err
	}
	keys := make(map[string]bool, len(there)+len(tags))
	for _, t := range there {
		keys[strings.ToLower(t.Key)] = true
	}
	sent, add := make(map[string]bool, len(tags)), make([]org.Tag, 0, len(tags))
	for _, t := range tags {
		key := strings.ToLower(*t.Key)
		switch {
		case sent[key]:
			return iamapi.ErrInvalidInput().Saying(iamapi.TextInvalidInputDuplicateTags)
		case strings.HasPrefix(key, "aws:"):
			return iamapi.ErrInvalidInput().Saying(iamapi.TextInvalidInputSystemTag)
		}
		sent[key], keys[key] = true, true
		add = append(add, org.Tag{Key: *t.Key, Value: *t.Value})
	}
	if err := RequireWithin(u, quota.IAMTags, int64(len(keys))); err != nil {
		return err
	}
	return identities.PutTags(u.Tx, account, owner, add)
}

// Tag adds tags to an identity.
func Tag(u *operation.Unit, k iam.Kind, name string, tags []iamapi.Tag) error {
	i, err := FindToDescribe(u, k, name)
	if err != nil {
		return err
	}
	return putTags(u, i.Account, i.ID, tags)
}

// Untag removes tags from an identity; keys that it does not have are no error.
func Untag(u *operation.Unit, k iam.Kind, name string, keys []string) error {
	i, err := FindToDescribe(u, k, name)
	if err != nil {
		return err
	}
	return deleteTags(u, i.Account, i.ID, keys)
}

func deleteTags(u *operation.Unit, account ident.AccountID, owner string, keys []string) error {
	for _, key := range keys {
		if err := identities.DeleteTag(u.Tx, account, owner, key); err != nil {
			return err
		}
	}
	return nil
}

// TagPolicy adds tags to a customer's managed policy.
func TagPolicy(u *operation.Unit, p iam.ManagedPolicy, tags []iamapi.Tag) error {
	return putTags(u, p.Account, p.ID, tags)
}

// UntagPolicy removes tags from a customer's managed policy.
func UntagPolicy(u *operation.Unit, p iam.ManagedPolicy, keys []string) error {
	return deleteTags(u, p.Account, p.ID, keys)
}

// Tags are the tags of an identity or a managed policy as answers show them; nil for
// none.
func Tags(r *operation.Reader, owner string) ([]iamapi.Tag, error) {
	tags, err := identities.Tags(r.View, owner)
	if err != nil || len(tags) == 0 {
		return nil, err
	}
	shown := make([]iamapi.Tag, len(tags))
	for i, t := range tags {
		shown[i] = iamapi.Tag{Key: new(t.Key), Value: new(t.Value)}
	}
	return shown, nil
}

// TagsOf lists a page of the tags of an identity.
func TagsOf(r *operation.Reader, k iam.Kind, name string) ([]iamapi.Tag, *string, error) {
	i, err := Find(r, k, name)
	if err != nil {
		return nil, nil, err
	}
	return TagPage(r, i.ID)
}

// TagPage lists a page of the tags of what has a unique id.
func TagPage(r *operation.Reader, owner string) ([]iamapi.Tag, *string, error) {
	tags, err := Tags(r, owner)
	if err != nil {
		return nil, nil, err
	}
	return Ranked(r, tags)
}
