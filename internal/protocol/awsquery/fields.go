package awsquery

import (
	"reflect"
	"strings"
	"sync"

	"accord/internal/api"
)

// field is a member of a shape: its name on the wire and its place in the struct.
type field struct {
	name     string
	index    int
	omitZero bool
}

// timeType is the one struct that is written as a value, not as members.
var timeType = reflect.TypeFor[api.Time]()

var shapes sync.Map // reflect.Type → []field

// fieldsOf returns the members of a shape, in the order of the model. Their
// names are in the tags of the generated types.
func fieldsOf(t reflect.Type) []field {
	if known, ok := shapes.Load(t); ok {
		return known.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		fields = append(fields, field{name: name, index: i, omitZero: strings.Contains(options, "omitzero")})
	}
	shapes.Store(t, fields)
	return fields
}
