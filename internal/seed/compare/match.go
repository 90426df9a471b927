package compare

import (
	"strconv"
	"strings"
)

// matcher finds the same things in two documents.
type matcher struct {
	byID   map[string]*thing
	byName map[string][]*thing
}

// match gives the things of two documents their keys and twins.
func match(a, b *inventory) {
	m := &matcher{byID: map[string]*thing{}, byName: map[string][]*thing{}}
	for i, t := range a.things {
		t.key = "a" + strconv.Itoa(i)
		if t.id != "" {
			m.byID[t.kind+"|"+t.id] = t
		}
		name := m.nameOf(t)
		m.byName[name] = append(m.byName[name], t)
	}
	for i, t := range b.things {
		if twin := m.twin(t); twin != nil {
			t.key, t.twin, twin.twin = twin.key, twin, t
			continue
		}
		t.key = "b" + strconv.Itoa(i)
	}
}

// twin is the thing of the first document that one of the second is: by its ID, or by its name
// if one of them has no ID.
func (m *matcher) twin(t *thing) *thing {
	if found := m.byID[t.kind+"|"+t.id]; t.id != "" && found != nil && found.twin == nil {
		return found
	}
	for _, candidate := range m.byName[m.nameOf(t)] {
		if candidate.twin == nil && (candidate.id == "" || t.id == "") {
			return candidate
		}
	}
	return nil
}

// nameOf is the kind and name of a thing with the keys of what it is about.
func (m *matcher) nameOf(t *thing) string {
	parts := []string{t.kind}
	for _, of := range t.of {
		parts = append(parts, m.keyOf(of))
	}
	return strings.Join(append(parts, t.name), "|")
}

// keyOf is the key of a thing; of one that is only referred to, that of what has its ID.
func (m *matcher) keyOf(t *thing) string {
	if t.key == "" {
		t.key = t.kind + " " + t.id
		if found := m.byID[t.kind+"|"+t.id]; found != nil {
			t.key = found.key
		}
	}
	return t.key
}
