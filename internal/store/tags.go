package store

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/page"
)

func scanTag(row Scanner, tag *org.Tag) error { return row.Scan(&tag.Key, &tag.Value) }

// Tags lists the tags of a resource in the order in which their keys were added.
func (v *View) Tags(organization ident.OrganizationID, resource string) ([]org.Tag, error) {
	return Many(v, scanTag, `SELECT key, value FROM tags
		WHERE organization_id = $1 AND resource_id = $2 ORDER BY position`, organization, resource)
}

// OrderedTag is a tag with its position among those of its resource.
type OrderedTag struct {
	org.Tag
	position int64
}

func scanOrderedTag(row Scanner, tag *OrderedTag) error {
	return row.Scan(&tag.Key, &tag.Value, &tag.position)
}

// AfterTag is the cursor after a tag in the list of its resource.
func AfterTag(tag OrderedTag) page.Cursor { return page.Cursor{At: tag.position} }

// TagsAfter lists a page of the tags of a resource in the order of Tags.
func (v *View) TagsAfter(organization ident.OrganizationID, resource string, after page.Cursor, limit int) ([]OrderedTag, error) {
	return UpTo(v, limit, scanOrderedTag, `SELECT key, value, position FROM tags
		WHERE organization_id = $1 AND resource_id = $2 AND position > $3 ORDER BY position LIMIT $4`, organization, resource, after.At)
}

// UpsertTags adds tags to a resource. A key that it already has keeps its position and
// gets the new value.
func (t *Tx) UpsertTags(organization ident.OrganizationID, resource string, tags []org.Tag) error {
	if len(tags) == 0 {
		return nil
	}
	next, err := One(&t.View, ScanNumber, `SELECT COALESCE(MAX(position), 0) FROM tags
		WHERE organization_id = $1 AND resource_id = $2`, organization, resource)
	if err != nil {
		return err
	}
	for _, tag := range tags {
		next++
		if err := t.Exec(`INSERT INTO tags (organization_id, resource_id, key, value, position) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (organization_id, resource_id, key) DO UPDATE SET value = excluded.value`,
			organization, resource, tag.Key, tag.Value, next); err != nil {
			return err
		}
	}
	return nil
}

// DeleteTag deletes a tag of a resource; a key that it does not have is not an error.
func (t *Tx) DeleteTag(organization ident.OrganizationID, resource, key string) error {
	return t.Exec(`DELETE FROM tags WHERE organization_id = $1 AND resource_id = $2 AND key = $3`,
		organization, resource, key)
}

// DeleteTags deletes all tags of a resource.
func (t *Tx) DeleteTags(organization ident.OrganizationID, resource string) error {
	return t.Exec(`DELETE FROM tags WHERE organization_id = $1 AND resource_id = $2`, organization, resource)
}

// MoveTags moves the tags under one id to the resource with another.
func (t *Tx) MoveTags(organization ident.OrganizationID, from, to string) error {
	return t.Exec(`UPDATE tags SET resource_id = $1 WHERE organization_id = $2 AND resource_id = $3`,
		to, organization, from)
}
