package api

// Subject is what a policy can say of a request besides its action: the resources that
// its members name, and the condition keys that they fill.
type Subject struct {
	// Resources are the members that name resources, in the order of the model,
	// without those that were not sent.
	Resources []Named
	// Path is the path of what the request makes in IAM; empty for none.
	Path string
	// Keys are condition keys with the text of a member. Those that were not sent are
	// left out.
	Keys []ContextKey
	// Tags are the tags of the request, and TagKeys its keys of tags, also of a request
	// that only has keys.
	Tags    []ContextKey
	TagKeys []string
}

// Named is a member that names a resource: by its ID, its name or its ARN.
type Named struct {
	// Type is the resource type of the Service Authorization Reference; empty for a
	// member that can name several, which its form tells.
	Type string
	// Text is what the member says; it need not be well-formed.
	Text string
}

// ContextKey is a condition key, or a tag, with its only value.
type ContextKey struct{ Name, Value string }

// Subjected is a request of whose members policies can say something.
type Subjected interface {
	Request
	// Subject returns it. The members need not satisfy the constraints of the model.
	Subject() Subject
}

// Names adds a resource that a member names; nothing if it was not sent.
func (s *Subject) Names(kind string, member *string) {
	if member != nil {
		s.Resources = append(s.Resources, Named{kind, *member})
	}
}

// In sets the path of what the request makes.
func (s *Subject) In(path *string) {
	if path != nil {
		s.Path = *path
	}
}

// Key adds a condition key with the text of a member; nothing if it was not sent.
func (s *Subject) Key(name string, member *string) {
	if member != nil {
		s.Keys = append(s.Keys, ContextKey{name, *member})
	}
}

// Tag adds a tag of the request.
func (s *Subject) Tag(key, value *string) {
	if key == nil {
		return
	}
	tag := ContextKey{Name: *key}
	if value != nil {
		tag.Value = *value
	}
	s.Tags, s.TagKeys = append(s.Tags, tag), append(s.TagKeys, *key)
}

// TagKey adds a key of a tag of the request.
func (s *Subject) TagKey(key *string) {
	if key != nil {
		s.TagKeys = append(s.TagKeys, *key)
	}
}
