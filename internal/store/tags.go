package store

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

func scanTag(row scanner, tag *org.Tag) error { return row.Scan(&tag.Key, &tag.Value) }

// Tags lists the tags of a thing in the order in which their keys were first
// put on it.
func (v *View) Tags(organization ident.OrganizationID, resource string) ([]org.Tag, error) {
	return many(v, scanTag, `SELECT key, value FROM tags
		WHERE organization_id = $1 AND resource_id = $2 ORDER BY position, key`, organization, resource)
}

// OrderedTag is a tag with its place among those of its thing.
type OrderedTag struct {
	org.Tag
	place int64
}

func scanPlacedTag(row scanner, tag *OrderedTag) error {
	return row.Scan(&tag.Key, &tag.Value, &tag.place)
}

// AfterTag is the place behind a tag in the list of its thing.
func AfterTag(tag OrderedTag) page.Cursor { return page.Cursor{At: tag.place, ID: tag.Key} }

// TagsAfter lists a part of the tags of a thing in the order of Tags.
func (v *View) TagsAfter(organization ident.OrganizationID, resource string, after page.Cursor, limit int) ([]OrderedTag, error) {
	return upTo(v, limit, scanPlacedTag, `SELECT key, value, position FROM tags
		WHERE organization_id = $1 AND resource_id = $2 AND (position, key) > ($3, $4)
		ORDER BY position, key LIMIT $5`, organization, resource, after.At, after.ID)
}

// UpsertTags adds tags to a thing. A key that it has already keeps its place and
// gets the new value.
func (t *Tx) UpsertTags(organization ident.OrganizationID, resource string, tags []org.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	next, err := one(&t.View, scanNumber, `SELECT COALESCE(MAX(position), 0) FROM tags
		WHERE organization_id = $1 AND resource_id = $2`, organization, resource)
	if err != nil {
		return err
	}
	for _, tag := range tags {
		next++
		if err := t.execDeferred(`INSERT INTO tags (organization_id, resource_id, key, value, position) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (organization_id, resource_id, key) DO UPDATE SET value = excluded.value`,
			organization, resource, tag.Key, tag.Value, next); err != nil {
			return err
		}
	}
	return nil
}

// DeleteTag takes a tag off a thing; a key that it does not have is no error.
func (t *Tx) DeleteTag(organization ident.OrganizationID, resource, key string) error {
	return t.execDeferred(`DELETE FROM tags WHERE organization_id = $1 AND resource_id = $2 AND key = $3`,
		organization, resource, key)
}

// DeleteTags takes all tags off a thing.
func (t *Tx) DeleteTags(organization ident.OrganizationID, resource string) error {
	return t.execDeferred(`DELETE FROM tags WHERE organization_id = $1 AND resource_id = $2`, organization, resource)
}

// MoveTags gives the tags that waited under one id to the thing with another.
func (t *Tx) MoveTags(organization ident.OrganizationID, from, to string) error {
	return t.execDeferred(`UPDATE tags SET resource_id = $1 WHERE organization_id = $2 AND resource_id = $3`,
		to, organization, from)
}
