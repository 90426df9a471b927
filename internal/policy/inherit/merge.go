package inherit

import "accord/internal/policy/document"

// merged is one node of the effective policy during the merge.
// [AWS: guide; the rules below recorded for tag policies unless marked]
type merged struct {
	key      string // the name as it is compared
	name     string // the name as it is shown
	element  *Element
	allowed  operators // what the policies of the current level may do
	assigned int       // the level of the last @@assign that acted
	value    value
	children []*merged          // in the order in which policies first name them
	index    map[string]*merged // of children, once there are many
}

// never is the level of the last assignment if there was none.
const never = -1

func newMerged(key, name string, e *Element) *merged {
	return &merged{key: key, name: name, element: e, allowed: all, assigned: never}
}

func (m *merged) child(key string) *merged {
	if m.index != nil {
		return m.index[key]
	}
	for _, child := range m.children {
		if child.key == key {
			return child
		}
	}
	return nil
}

// add makes a child. The level that names it first is not restricted, since
// controls act at the end of a level. [assumed]
func (m *merged) add(key, name string) *merged {
	child := newMerged(key, name, m.element.under(key))
	m.children = append(m.children, child)
	switch {
	case m.index != nil:
		m.index[key] = child
	case len(m.children) > indexed:
		m.index = make(map[string]*merged, 2*len(m.children))
		for _, c := range m.children {
			m.index[c.key] = c
		}
	}
	return child
}

// merger merges the policies of one level.
type merger struct {
	level    int
	appends  []pending
	removes  []pending
	controls []restriction
}

// pending is a change that acts after every @@assign of the level.
type pending struct {
	at     *merged
	values []string
}

// restriction is a control. It acts at the end of its level, because it does not
// restrict the other policies of the level.
type restriction struct {
	at      *merged
	allowed operators
}

// merge merges the levels from the root down. On each level all assignments act
// in the order of attachment, then all appends, then all removals; then the
// controls restrict the levels below.
func merge(schema *Schema, levels [][]Attached) *merged {
	whole := newMerged("", "", schema.document())
	var m merger
	for level, policies := range levels {
		m = merger{level: level, appends: m.appends[:0], removes: m.removes[:0], controls: m.controls[:0]}
		for _, policy := range policies {
			if policy.Parsed != nil && policy.Parsed.document != nil {
				m.collect(whole, policy.Parsed.document)
			}
		}
		for _, p := range m.appends {
			p.at.value.append(p.values)
		}
		for _, p := range m.removes {
			p.at.value.remove(p.values)
		}
		for _, r := range m.controls {
			r.at.allowed &= r.allowed
		}
	}
	return whole
}

// collect executes the assignments of a policy, queues its other operators, and
// adds the members that it may add.
func (m *merger) collect(at *merged, p *part) {
	if p.controlled {
		m.controls = append(m.controls, restriction{at, p.control})
	}
	for i := range p.changes {
		change := &p.changes[i]
		if at.allowed&change.by == 0 {
			continue
		}
		switch change.by {
		case assigning:
			// Of the policies of one level the first to assign wins.
			if at.assigned < m.level {
				at.value.assign(change)
				at.assigned = m.level
			}
		case appending:
			m.appends = append(m.appends, pending{at, change.values})
		case removing:
			m.removes = append(m.removes, pending{at, change.values})
		}
	}
	for _, inner := range p.parts {
		child := at.child(inner.key)
		if child == nil {
			if at.allowed&adding == 0 {
				continue
			}
			child = at.add(inner.key, inner.name)
		}
		m.collect(child, inner)
	}
}

// render returns the node as the effective policy shows it: bare values, no
// operators, and no empty containers. It is nil if there is nothing to show.
// [recorded]
func (m *merged) render() *document.Node {
	switch {
	case m.value.kind == isSingle:
		return textNode(m.value.single)
	case m.value.kind == isList:
		if m.element.hideEmpty && len(m.value.list) == 0 {
			return nil
		}
		node := &document.Node{Kind: document.Array, Items: make([]*document.Node, len(m.value.list))}
		for i, text := range m.value.list {
			node.Items[i] = textNode(text)
		}
		return node
	}
	var members []document.Member
	for _, child := range m.children {
		if node := child.render(); node != nil {
			members = append(members, document.Member{Name: child.name, Value: node})
		}
	}
	if members = append(members, m.defaults()...); members == nil {
		return nil
	}
	return &document.Node{Kind: document.Object, Members: members}
}

// defaults are the settings of a node that no policy sets, as it shows them.
func (m *merged) defaults() []document.Member {
	var members []document.Member
	for _, f := range m.element.fields {
		if f.element.fallback == nil {
			continue
		}
		if child := m.child(f.name); child == nil || child.value.kind == isUnset {
			members = append(members, document.Member{Name: f.name, Value: f.element.fallback(m.name)})
		}
	}
	return members
}

func textNode(text string) *document.Node {
	return &document.Node{Kind: document.String, Text: text}
}

// nothing is the document of an account to which no policy applies. [recorded]
const nothing = "{}"

// compact writes an effective policy; nil if no policy applies.
func compact(whole *document.Node) string {
	if whole == nil {
		return nothing
	}
	return whole.Compact()
}
