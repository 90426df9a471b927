package inherit

// Attached is a policy as it is attached to an entity.
type Attached struct {
	ID     string
	Parsed *Parsed
}

// Parsed is the content of a policy, read once to be merged often. It never
// changes and may be used by many goroutines at once.
type Parsed struct {
	document *part // nil for an empty policy
}

// part is the content of one policy for one node of the effective policy.
type part struct {
	key        string // the name as it is compared
	name       string // the name as it is shown
	changes    []change
	controlled bool
	control    operators // allowed to policies below, if controlled
	parts      []*part
	index      map[string]*part // of parts, where there are many
	carries    bool             // whether there is a change here or below
}

// indexed is the number of children above which they are looked up in a map.
const indexed = 12

// find returns the part with the key, or nil.
func (p *part) find(key string) *part {
	if p.index != nil {
		return p.index[key]
	}
	for _, inner := range p.parts {
		if inner.key == key {
			return inner
		}
	}
	return nil
}
