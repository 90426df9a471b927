package accordtest

// Tag is a tag of a resource.
type Tag struct{ Key, Value string }

// Tag adds tags to an account, the root, a unit, a policy or a responsibility transfer,
// by its ID, or replaces the values of keys that it has.
func (a *Actor) Tag(resource string, tags ...Tag) {
	a.t.Helper()
	a.Call("TagResource", map[string]any{"ResourceId": resource, "Tags": tags}, nil)
}

// Untag removes the tags with these keys from a resource.
func (a *Actor) Untag(resource string, keys ...string) {
	a.t.Helper()
	a.Call("UntagResource", map[string]any{"ResourceId": resource, "TagKeys": keys}, nil)
}

// Tags returns the tags of a resource in the order in which their keys were added.
func (a *Actor) Tags(resource string) []Tag {
	a.t.Helper()
	return listOf[Tag](a, "ListTagsForResource", "Tags", map[string]any{"ResourceId": resource})
}
