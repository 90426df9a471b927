package event_test

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/api/stsapi"
	"accord/internal/event"
	"accord/test/facts"
)

// reference writes values in the form of records by reflection, as the facts in
// model/ say. It shares no code with the generated writers.
type reference struct{ facts *facts.Service }

func (r reference) value(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return "null" // an element of a list
		}
		return r.value(v.Elem())
	case reflect.Struct:
		if at, is := v.Interface().(api.Time); is {
			return at.UTC().Format(`"Jan 2, 2006 3:04:05 PM"`)
		}
		return r.structure(v)
	case reflect.Slice:
		var elements []string
		for i := range v.Len() {
			elements = append(elements, r.value(v.Index(i)))
		}
		return "[" + strings.Join(elements, ",") + "]"
	case reflect.String:
		return text(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	default:
		return strconv.FormatInt(v.Int(), 10)
	}
}

func (r reference) structure(v reflect.Value) string {
	var members []string
	// The request of an operation without input has no shape.
	if shape := r.facts.Shapes[v.Type().Name()]; shape != nil {
		for i, m := range shape.Members {
			if value := v.Field(i); !value.IsZero() || m.Event == "always" {
				members = append(members, `"`+strings.ToLower(m.Name[:1])+m.Name[1:]+`":`+r.member(m, value))
			}
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (r reference) member(m facts.Member, v reflect.Value) string {
	shape := r.facts.Shapes[m.Shape]
	sensitive := shape.Sensitive || shape.Type == "list" && r.facts.Shapes[shape.Member].Sensitive
	switch {
	case sensitive && m.Event != "clear":
		return `"****"`
	case m.Event == "lowercase":
		return text(strings.ToLower(v.Elem().String()))
	}
	return r.value(v)
}

// text is a JSON string in which everything is escaped that can end a line.
func text(s string) string {
	out := `"`
	for i, c := range s {
		switch {
		case c == '"' || c == '\\':
			out += `\` + string(c)
		case c == '\n':
			out += `\n`
		case c == '\r':
			out += `\r`
		case c == '\t':
			out += `\t`
		case c == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			out += `\ufffd`
		case c < ' ', c == 0x7f, c == '\u0085', c == '\u2028', c == '\u2029':
			out += `\u` + strconv.FormatInt(0x10000+int64(c), 16)[1:]
		default:
			out += string(c)
		}
	}
	return out + `"`
}

var texts = []string{
	"", "plain", "MiXed", `quote " and \ back`, "line\nfeed\ttab\r\b\f", "\u0000\u0001\u001f\u007f\u0080\u0085", "<a href='x'>&</a>", "é日本語😀",
	"\u2028\u2029\ufeff\ufffd", "broken \xff\xc0\x80 UTF-8", "cut \xe6\x97", "\xed\xa0\x80 surrogate",
}

// random sets what can be set in a value; depth bounds what holds itself.
func random(r *rand.Rand, v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[api.Time]() {
		v.Set(reflect.ValueOf(api.Time{Time: time.UnixMilli(r.Int64N(4e12) - 1e12)}))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if depth > 0 && r.IntN(4) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			random(r, v.Elem(), depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			random(r, v.Field(i), depth)
		}
	case reflect.Slice:
		if depth > 0 && r.IntN(4) > 0 {
			n := r.IntN(4)
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				random(r, v.Index(i), depth-1)
			}
		}
	case reflect.String:
		v.SetString(texts[r.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32:
		v.SetInt(int64(int32(r.Uint32())))
	}
}

// recorded are the structures that a record of the service can hold: all requests,
// the answers of the operations that change something, and what is in them.
func recorded(service reflect.Type, operations map[string]*api.Operation) []reflect.Type {
	var found []reflect.Type
	seen := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			visit(t.Elem())
		case reflect.Struct:
			if seen[t] || t == reflect.TypeFor[api.Time]() {
				return
			}
			seen[t] = true
			found = append(found, t)
			for i := range t.NumField() {
				visit(t.Field(i).Type)
			}
		}
	}
	for i := range service.NumMethod() {
		method := service.Method(i)
		visit(method.Type.In(1))
		if !operations[method.Name].Access.ReadOnly() {
			visit(method.Type.Out(0))
		}
	}
	return found
}

func TestMembersAreWrittenAsTheFactsSay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, types := range map[string][]reflect.Type{
		"organizations": recorded(reflect.TypeFor[orgapi.Service](), orgapi.Operations),
		"sts":           recorded(reflect.TypeFor[stsapi.Service](), stsapi.Operations),
	} {
		f, err := facts.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(types) < len(f.Operations) {
			t.Fatalf("%s: only %d types: the search is broken", name, len(types))
		}
		for _, shape := range types {
			for range 50 {
				v := reflect.New(shape)
				random(r, v.Elem(), 6)
				m, ok := v.Interface().(event.Members)
				if !ok {
					t.Fatalf("%s has no form for records", shape)
				}
				if got, want := string(m.AppendEventJSON([]byte("before"))), "before"+(reference{f}).value(v); got != want {
					t.Fatalf("%s:\n%s, want\n%s", shape, got, want)
				}
			}
		}
	}
}

func FuzzTextsAreWrittenOnOneLine(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(api.AppendEventString(nil, s)), text(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	})
}
