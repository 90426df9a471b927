package organizations

import (
	"accord/internal/api/orgapi"
	"accord/internal/limits"
	"accord/internal/org"
)

// putTags puts the tags of a request on a new thing, or on what will become one.
func (w *writing) putTags(resource string, tags []orgapi.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	if err := w.within(w.organization.ID, limits.TagsPerResource, int64(len(tags))); err != nil {
		return err
	}
	put := make([]org.Tag, len(tags))
	for i, tag := range tags {
		put[i] = org.Tag{Key: *tag.Key, Value: *tag.Value}
	}
	return w.tx.PutTags(w.organization.ID, resource, put)
}
