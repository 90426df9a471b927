package inherit

// Attached is a policy as it is attached to an entity.
type Attached struct {
	ID     string
	Parsed *Parsed
}

// Parsed is the content of a policy, read once to be merged often. It never
// changes and may be used by many goroutines at once.
type Parsed struct {
	top *part // under the top-level key; nil for an empty policy
}

// part is the content of one policy for one node of the effective policy.
type part struct {
	name       string // in lower case
	changes    []change
	controlled bool
	control    operators // allowed to policies below, if controlled
	parts      []*part
	index      map[string]*part // of parts, where there are many
	carries    bool             // whether there is a change here or below
}

// indexed is the number of children above which they are looked up in a map.
const indexed = 12

// find returns the part with the lower-case name, or nil.
func (p *part) find(name string) *part {
	if p.index != nil {
		return p.index[name]
	}
	for _, inner := range p.parts {
		if inner.name == name {
			return inner
		}
	}
	return nil
}
