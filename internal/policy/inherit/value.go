package inherit

import "slices"

// change is a value operator and its values, as texts.
type change struct {
	by     operators
	list   bool // of @@assign: whether the value is a list
	values []string
}

// valueKind is the kind of value of a setting.
type valueKind uint8

const (
	isUnset valueKind = iota
	isSingle
	isList
)

// value is the value of a setting of the effective policy during the merge. Values
// of a list are unique; they are compared as texts, with regard to case [assumed].
type value struct {
	kind   valueKind
	single string
	list   []string
	has    map[string]bool // the values of list, once it is long
}

// scanned is the length of a list up to which a linear search is faster than a
// map.
const scanned = 16

// assign replaces the value.
func (v *value) assign(c *change) {
	*v = value{kind: isSingle}
	if !c.list {
		v.single = c.values[0]
		return
	}
	v.kind = isList
	v.append(c.values)
}

// append adds the missing values at the end, and makes the list if there is none.
// An empty append makes no list [assumed]; a single value cannot be appended to.
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
		// A loop of this package, which TestWorkIsLinear counts.
		for _, known := range v.list {
			if known == text {
				return true
			}
		}
		return false
	}
	if v.has == nil {
		v.has = make(map[string]bool, 2*len(v.list))
		for _, known := range v.list {
			v.has[known] = true
		}
	}
	return v.has[text]
}

// remove removes the values from the list, if there is one.
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
