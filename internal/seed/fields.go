package seed

import (
	"reflect"
	"strings"
	"sync"
	"time"
)

// field is a member of a type of the document: what the tags of its field say.
type field struct {
	name     string
	index    []int
	form     string
	required bool
	// of is the type that declares it, also if another one embeds that.
	of string
}

var fieldsOfTypes sync.Map

// fieldsOf lists the members of a type in their order, those of embedded types among them.
func fieldsOf(t reflect.Type) []field {
	if found, ok := fieldsOfTypes.Load(t); ok {
		return found.([]field)
	}
	var fields []field
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" {
			continue
		}
		of := t
		for _, step := range f.Index[:len(f.Index)-1] {
			of = of.Field(step).Type
		}
		fields = append(fields, field{
			name: name, index: f.Index, form: f.Tag.Get("form"), required: options == "", of: of.Name(),
		})
	}
	fieldsOfTypes.Store(t, fields)
	return fields
}

var (
	tagsType = reflect.TypeFor[Tags]()
	whenType = reflect.TypeFor[*When]()
	timeType = reflect.TypeFor[*time.Time]()
	textType = reflect.TypeFor[Text]()
)
