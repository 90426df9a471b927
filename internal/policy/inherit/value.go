package inherit

import "slices"

// change is a value operator and its values, as texts.
type change struct {
	by     operators
	list   bool // of @@assign: whether the value is a list
	values []string
}

// valueKind tells what a setting of the effective policy has so far.
type valueKind uint8

const (
	isUnset valueKind = iota
	isSingle
	isList
)

// value is what a setting of the effective policy has so far. Values of a list
// are compared as texts, with regard to case [assumed], and stand there once.
type value struct {
	kind   valueKind
	single string
	list   []string
	has    map[string]bool // what list holds, once it is long
}

// scanned is the length of a list up to which looking at every value is
// quicker than a map.
const scanned = 16

// assign replaces whatever was there.
func (v *value) assign(c *change) {
	*v = value{kind: isSingle}
	if !c.list {
		v.single = c.values[0]
		return
	}
	v.kind = isList
	v.append(c.values)
}

// append adds the values that are not there yet, at the end, and makes the
// list if there is none. An empty append makes none [assumed], and a single
// value is no list to add to.
func (v *value) append(values []string) {
	if v.kind == isSingle || len(values) == 0 {
		return
	}
	v.kind = isList
	for _, text := range values {
		if !v.contains(text) {
			v.list = append(v.list, text)
			if v.has != nil {
				v.has[text] = true
			}
		}
	}
}

func (v *value) contains(text string) bool {
	if len(v.list) <= scanned {
		return slices.Contains(v.list, text)
	}
	if v.has == nil {
		v.has = make(map[string]bool, 2*len(v.list))
		for _, known := range v.list {
			v.has[known] = true
		}
	}
	return v.has[text]
}

// remove takes the values out. Where no list is, it makes none.
func (v *value) remove(values []string) {
	if len(v.list) == 0 {
		return
	}
	gone := make(map[string]bool, len(values))
	for _, text := range values {
		gone[text] = true
		delete(v.has, text)
	}
	v.list = slices.DeleteFunc(v.list, func(text string) bool { return gone[text] })
}
