package inherit

import (
	"slices"

	"accord/internal/policy/document"
)

// Traced is a part of an effective policy with the origin of its value.
type Traced struct {
	// Name is that of a member; empty for the whole document and the items of a list.
	Name string
	// Kind is that of an object, of a list, or of a text, which is Text.
	Kind  document.Kind
	Text  string
	Parts []Traced
	// Level is the level, counted from the root, whose policies last changed the value, and
	// Policies are the IDs of those that did. Parts that hold others have no origin, and
	// Default says that no policy sets the value.
	Level    int
	Policies []string
	Default  bool
}

// Trace merges as Merge does, and finds the origin of each value: the level from which on it
// is what it is, and its policies that make it so.
func (s *Schema) Trace(levels [][]Attached) Traced {
	t := &tracer{schema: s, levels: levels, alone: map[[2]int]*merged{}}
	for k := range levels {
		t.after = append(t.after, merge(s, levels[:k+1]))
	}
	if len(levels) == 0 {
		return Traced{Kind: document.Object}
	}
	whole, _ := t.part(t.after[len(levels)-1], nil)
	whole.Kind = document.Object
	return whole
}

// tracer finds origins.
type tracer struct {
	schema *Schema
	levels [][]Attached
	// after is what the levels up to each one become.
	after []*merged
	// alone is what a policy of a level becomes without the others of its level.
	alone map[[2]int]*merged
}

// part is what render makes of a node, and whether there is anything to show.
func (t *tracer) part(m *merged, path []string) (Traced, bool) {
	traced := Traced{Name: m.name, Kind: document.Object}
	switch m.value.kind {
	case isSingle:
		traced.Kind, traced.Text = document.String, m.value.single
		t.find(&traced, path, func(v *value) bool { return v.kind == isSingle && v.single == traced.Text })
		return traced, true
	case isList:
		traced.Kind = document.Array
		for _, text := range m.value.list {
			item := Traced{Kind: document.String, Text: text}
			t.find(&item, path, func(v *value) bool { return v.kind == isList && v.contains(text) })
			traced.Parts = append(traced.Parts, item)
		}
		if len(traced.Parts) == 0 {
			t.find(&traced, path, func(v *value) bool { return v.kind == isList && len(v.list) == 0 })
		}
		return traced, len(traced.Parts) > 0 || !m.element.hideEmpty
	}
	for _, child := range m.children {
		if inner, shown := t.part(child, append(slices.Clip(path), child.key)); shown {
			traced.Parts = append(traced.Parts, inner)
		}
	}
	for _, d := range m.defaults() {
		traced.Parts = append(traced.Parts, fallen(d.Name, d.Value))
	}
	return traced, traced.Parts != nil
}

// fallen is the default of a setting.
func fallen(name string, node *document.Node) Traced {
	traced := Traced{Name: name, Kind: node.Kind, Text: node.Text, Default: true}
	for _, m := range node.Members {
		traced.Parts = append(traced.Parts, fallen(m.Name, m.Value))
	}
	for _, item := range node.Items {
		traced.Parts = append(traced.Parts, fallen("", item))
	}
	return traced
}

// find finds the origin of what holds for the value at a path.
func (t *tracer) find(traced *Traced, path []string, holds func(*value) bool) {
	at := func(m *merged) bool {
		for _, key := range path {
			if m = m.child(key); m == nil {
				return false
			}
		}
		return holds(&m.value)
	}
	level := len(t.levels) - 1
	for level > 0 && at(t.after[level-1]) {
		level--
	}
	traced.Level = level
	for p := range t.levels[level] {
		if len(t.levels[level]) == 1 || at(t.onlyWith(level, p)) {
			traced.Policies = append(traced.Policies, t.levels[level][p].ID)
		}
	}
	if traced.Policies != nil {
		return
	}
	// No policy does it alone: all that have the setting do it together.
	for _, policy := range t.levels[level] {
		if policy.has(path) {
			traced.Policies = append(traced.Policies, policy.ID)
		}
	}
}

// has reports whether a policy says something at a path.
func (a Attached) has(path []string) bool {
	if a.Parsed == nil || a.Parsed.document == nil {
		return false
	}
	p := a.Parsed.document
	for _, key := range path {
		if p = p.find(key); p == nil {
			return false
		}
	}
	return true
}

// onlyWith merges the levels above one, and one policy of it.
func (t *tracer) onlyWith(level, policy int) *merged {
	key := [2]int{level, policy}
	if t.alone[key] == nil {
		t.alone[key] = merge(t.schema, append(slices.Clip(t.levels[:level]), t.levels[level][policy:policy+1]))
	}
	return t.alone[key]
}
