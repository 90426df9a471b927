package conformance

import (
	"encoding/json"
	"maps"
	"slices"

	"accord/test/facts"
)

// body is a request before it is JSON: objects, lists ([]any), strings, numbers.
type body map[string]any

func (b body) bytes() []byte {
	encoded, err := json.Marshal(b)
	if err != nil {
		panic(err) // Only a wrong case can cause this.
	}
	return encoded
}

// get finds the value at a path.
func (b body) get(p facts.Path) (any, bool) {
	var at any = b
	for _, step := range p {
		switch step := step.(type) {
		case string:
			object, ok := at.(body)
			if !ok {
				return nil, false
			}
			if at, ok = object[step]; !ok {
				return nil, false
			}
		case int:
			list, ok := at.([]any)
			if !ok || step >= len(list) {
				return nil, false
			}
			at = list[step]
		}
	}
	return at, true
}

// absent, as a value, removes a member.
type absent struct{}

// with returns a copy with another value at a path, whose parents exist.
func (b body) with(p facts.Path, value any) body { return replace(b, p, value).(body) }

func replace(at any, p facts.Path, value any) any {
	if len(p) == 0 {
		return value
	}
	switch step := p[0].(type) {
	case string:
		object := maps.Clone(at.(body))
		if _, gone := value.(absent); gone && len(p) == 1 {
			delete(object, step)
		} else {
			object[step] = replace(object[step], p[1:], value)
		}
		return object
	default:
		list := slices.Clone(at.([]any))
		list[step.(int)] = replace(list[step.(int)], p[1:], value)
		return list
	}
}
