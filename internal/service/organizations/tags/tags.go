package tags

import (
	"context"
	"errors"
	"strings"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations/render"
	"accord/internal/store"
)

// taggables is the table of what TagResource, UntagResource and ListTagsForResource
// can name: how the ids of a kind begin, and how one is found. The ids of accounts
// have no prefix, so they are last. A finder returns store.ErrNotFound.
var taggables = []struct {
	prefix string
	kind   Kind
	find   func(r *operation.Reader, id string) error
}{
	{"r-", Root, func(r *operation.Reader, id string) error {
		if id != string(r.Caller.Organization.Root) {
			return store.ErrNotFound
		}
		return nil
	}},
	{"ou-", Unit, func(r *operation.Reader, id string) error {
		_, err := r.Unit(r.Caller.Organization.ID, ident.UnitID(id))
		return err
	}},
	{"p-", Policy, func(r *operation.Reader, id string) error {
		_, err := r.Policy(r.Caller.Organization.ID, ident.PolicyID(id))
		return err
	}},
	{"rp-", DelegationPolicy, func(r *operation.Reader, id string) error {
		p, err := r.ResourcePolicy(r.Caller.Organization.ID)
		if err == nil && id != string(p.ID) {
			return store.ErrNotFound
		}
		return err
	}},
	{"rt-", Transfer, func(r *operation.Reader, id string) error {
		// The tags are the target's, from the acceptance on; before, those of the
		// invitation wait.
		t, err := r.Transfer(ident.TransferID(id))
		if err == nil && (t.Target.Organization != r.Caller.Organization.ID || !t.Agreed()) {
			return store.ErrNotFound
		}
		return err
	}},
	{"", Account, func(r *operation.Reader, id string) error {
		account, err := r.Account(ident.AccountID(id))
		if err == nil && !account.In(r.Caller.Organization.ID) {
			return store.ErrNotFound
		}
		return err
	}},
}

// findTagged finds the resource that a request about tags names, and returns its kind.
func findTagged(r *operation.Reader, id string) (Kind, error) {
	for _, t := range taggables {
		if !strings.HasPrefix(id, t.prefix) {
			continue
		}
		err := t.find(r, id)
		if errors.Is(err, store.ErrNotFound) {
			return "", orgapi.ErrTargetNotFound()
		}
		return t.kind, err
	}
	return "", orgapi.ErrTargetNotFound()
}

// TagResource puts tags on a resource of the organization; a key that it has
// already gets the new value. [AWS: TagResource]
func (s *Service) TagResource(ctx context.Context, in *orgapi.TagResourceRequest) (*orgapi.TagResourceResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.TagResourceResponse, error) {
		kind, err := findTagged(u.Reader, *in.ResourceId)
		if err != nil {
			return nil, err
		}
		return &orgapi.TagResourceResponse{}, Put(u, kind, *in.ResourceId, in.Tags)
	})
}

// UntagResource takes tags off a resource of the organization; keys that it does
// not have are no error. [AWS: UntagResource; recorded]
func (s *Service) UntagResource(ctx context.Context, in *orgapi.UntagResourceRequest) (*orgapi.UntagResourceResponse, error) {
	return operation.Update(ctx, s.Runner, in, func(u *operation.Unit) (*orgapi.UntagResourceResponse, error) {
		if _, err := findTagged(u.Reader, *in.ResourceId); err != nil {
			return nil, err
		}
		present, err := tagKeys(u, *in.ResourceId)
		if err != nil {
			return nil, err
		}
		for _, key := range in.TagKeys {
			// A request can name far more keys than a resource can have.
			if !present[*key] {
				continue
			}
			if err := u.Tx.DeleteTag(u.Caller.Organization.ID, *in.ResourceId, *key); err != nil {
				return nil, err
			}
		}
		return &orgapi.UntagResourceResponse{}, nil
	})
}

// tagPage is the size of a page of tags, which no request can change: as many as
// a resource can have by default. [assumed]
const tagPage = 50

// ListTagsForResource lists the tags of a resource in the order in which their keys
// were first put on it. [AWS: ListTagsForResource; recorded: the order]
func (s *Service) ListTagsForResource(ctx context.Context, in *orgapi.ListTagsForResourceRequest) (*orgapi.ListTagsForResourceResponse, error) {
	return operation.View(ctx, s.Runner, in, func(r *operation.Reader) (*orgapi.ListTagsForResourceResponse, error) {
		tags, next, err := operation.Paginate(r, operation.List[store.OrderedTag]{
			From: page.First,
			Fetch: func(after page.Cursor, limit int) ([]store.OrderedTag, error) {
				if _, err := findTagged(r, *in.ResourceId); err != nil {
					return nil, err
				}
				return r.TagsAfter(r.Caller.Organization.ID, *in.ResourceId, after, limit)
			},
			Key:  store.AfterTag,
			Size: tagPage,
		})
		if err != nil {
			return nil, err
		}
		return &orgapi.ListTagsForResourceResponse{Tags: render.All(tags, render.Tag), NextToken: next}, nil
	})
}

// Put puts the tags of a request on a resource, or on what will become one: the
// invitation or the request under whose id they wait.
func Put(u *operation.Unit, on Kind, id string, tags []orgapi.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	present, err := tagKeys(u, id)
	if err != nil {
		return err
	}
	put := make([]org.Tag, len(tags))
	after := len(present)
	for i, tag := range tags {
		put[i] = org.Tag{Key: *tag.Key, Value: *tag.Value}
		if !present[*tag.Key] {
			after++
		}
	}
	if err := requireTagPolicy(u, on, put); err != nil {
		return err
	}
	// A quota that was lowered stops growth; what is there can still be changed.
	if after > len(present) {
		if err := u.RequireWithin(u.Caller.Organization.ID, quota.TagsPerResource, int64(after)); err != nil {
			return err
		}
	}
	return u.Tx.UpsertTags(u.Caller.Organization.ID, id, put)
}

// tagKeys is the set of tag keys on a resource.
func tagKeys(u *operation.Unit, id string) (map[string]bool, error) {
	tags, err := u.Tags(u.Caller.Organization.ID, id)
	if err != nil {
		return nil, err
	}
	keys := make(map[string]bool, len(tags))
	for _, tag := range tags {
		keys[tag.Key] = true
	}
	return keys, nil
}
