package awsjson

import (
	"encoding"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Answers are written by code that is put together once for each type: a page of
// a list has hundreds of members, and a library that looks at each of them anew
// takes several times as long. What comes out is what the library writes.

// writer appends the JSON form of a value.
type writer func(b []byte, v reflect.Value) ([]byte, error)

// writers holds the writers of the types that were written until now.
var writers sync.Map

// appendJSON appends the JSON form of v.
func appendJSON(b []byte, v any) ([]byte, error) {
	if v == nil {
		return append(b, "null"...), nil
	}
	value := reflect.ValueOf(v)
	return writerOf(value.Type())(b, value)
}

// writerOf returns the writer of a type.
func writerOf(t reflect.Type) writer {
	if w, made := writers.Load(t); made {
		return w.(writer)
	}
	// A type may hold itself: until its writer is there, it is looked up when it is
	// needed.
	writers.Store(t, writer(func(b []byte, v reflect.Value) ([]byte, error) { return writerOf(t)(b, v) }))
	w := makeWriter(t)
	writers.Store(t, w)
	return w
}

// special are the interfaces by which a type has its own form.
var special = []reflect.Type{
	reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.MarshalerTo](), reflect.TypeFor[encoding.TextMarshaler](),
	reflect.TypeFor[encoding.TextAppender](),
}

func hasOwnForm(t reflect.Type) bool {
	for _, i := range special {
		if t.Implements(i) || reflect.PointerTo(t).Implements(i) {
			return true
		}
	}
	return false
}

// appender is a type that appends its own form. The pointer to such a type is one
// as well: what is asked is the value where it lies, not a copy.
type appender interface{ AppendJSON(b []byte) []byte }

func makeWriter(t reflect.Type) writer {
	if t.Kind() != reflect.Pointer && t.Implements(reflect.TypeFor[appender]()) {
		return byAppending
	}
	if t.Kind() != reflect.Pointer && hasOwnForm(t) {
		return byMethod
	}
	switch t.Kind() {
	case reflect.Pointer:
		return pointerWriter(writerOf(t.Elem()))
	case reflect.Struct:
		if w := structWriter(t); w != nil {
			return w
		}
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return sliceWriter(writerOf(t.Elem()))
		}
	case reflect.String:
		return appendText
	case reflect.Bool:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(b, v.Bool()), nil }
	case reflect.Int, reflect.Int32, reflect.Int64:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendInt(b, v.Int(), 10), nil }
	}
	return byLibrary
}

// byLibrary leaves a value to the library.
func byLibrary(b []byte, v reflect.Value) ([]byte, error) {
	text, err := json.Marshal(v.Interface(), jsontext.AllowInvalidUTF8(true))
	return append(b, text...), err
}

func byAppending(b []byte, v reflect.Value) ([]byte, error) {
	if v.CanAddr() {
		v = v.Addr()
	}
	return v.Interface().(appender).AppendJSON(b), nil
}

// byMethod asks a value for its form; a method that is not MarshalJSON is left to
// the library.
func byMethod(b []byte, v reflect.Value) ([]byte, error) {
	if m, is := v.Interface().(json.Marshaler); is {
		text, err := m.MarshalJSON()
		return append(b, text...), err
	}
	return byLibrary(b, v)
}

// appendText appends a string. Text that is no UTF-8 is mended; the library says
// so, which is no error here.
func appendText(b []byte, v reflect.Value) ([]byte, error) {
	text := v.String()
	if isPlain(text) {
		b = append(append(b, '"'), text...)
		return append(b, '"'), nil
	}
	b, _ = jsontext.AppendQuote(b, text)
	return b, nil
}

// isPlain reports whether a text stands between quotes as it is, as nearly all do.
func isPlain(text string) bool {
	for len(text) >= 8 {
		if !arePlain(text[:8]) {
			return false
		}
		text = text[8:]
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// arePlain is isPlain for eight bytes at once. A byte less something that is larger
// borrows from its highest bit, unless that was set before.
func arePlain(eight string) bool {
	const each, highest = 0x0101010101010101, 0x8080808080808080
	_ = eight[7]
	w := uint64(eight[0]) | uint64(eight[1])<<8 | uint64(eight[2])<<16 | uint64(eight[3])<<24 |
		uint64(eight[4])<<32 | uint64(eight[5])<<40 | uint64(eight[6])<<48 | uint64(eight[7])<<56
	quote, back := w^'"'*each, w^'\\'*each
	special := (w-' '*each)&^w | (quote-each)&^quote | (back-each)&^back | w
	return special&highest == 0
}

func pointerWriter(of writer) writer {
	return func(b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return of(b, v.Elem())
	}
}

func sliceWriter(of writer) writer {
	return func(b []byte, v reflect.Value) ([]byte, error) {
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = of(b, v.Index(i)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
}

// member is one member of a structure.
type member struct {
	index int
	// name is the name as it is written, with a colon.
	name []byte
	// omitted is true for a member that is left out when it is zero.
	omitted bool
	write   writer
}

// structWriter returns nil for a structure with tags that are not known here.
func structWriter(t reflect.Type) writer {
	var members []member
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "-" || options != "" && options != "omitzero" {
			return nil
		}
		if name == "" {
			name = f.Name
		}
		quoted, err := jsontext.AppendQuote(nil, name)
		if err != nil {
			return nil
		}
		members = append(members, member{i, append(quoted, ':'), options == "omitzero", writerOf(f.Type)})
	}
	return func(b []byte, v reflect.Value) ([]byte, error) {
		b = append(b, '{')
		first := true
		for i := range members {
			m := &members[i]
			value := v.Field(m.index)
			if m.omitted && value.IsZero() {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			var err error
			if b, err = m.write(append(b, m.name...), value); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
}
