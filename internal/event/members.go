package event

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"accord/internal/api"
)

// What is written otherwise than its type says. Members are named by their
// structure and their name on the wire.
var (
	// plain are sensitive members that the documentation's examples show in clear.
	// Every other sensitive member is masked. [AWS: CloudTrail examples of
	// InviteAccountToOrganization and CreateAccount; the second line is assumed]
	plain = set(
		"InviteAccountToOrganizationRequest.Notes", "HandshakeParty.Id", "HandshakeResource.Value",
		"InviteOrganizationToTransferResponsibilityRequest.Notes", "Organization.MasterAccountEmail",
	)
	// listed are lists that are written also when they were not sent. [AWS: example
	// of CreateAccount]
	listed = set("CreateAccountRequest.Tags", "CreateGovCloudAccountRequest.Tags")
	// lowered are texts that records have in lower case. [AWS: example of
	// InviteAccountToOrganization]
	lowered = set("Handshake.Action")
)

const (
	// masked stands in place of a sensitive text. [AWS: example of CreateAccount]
	masked = `"****"`
	// memberTime is the form of instants within requests, answers and details.
	// [AWS: examples]
	memberTime = `"Jan 2, 2006 3:04:05 PM"`
)

func set(names ...string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, name := range names {
		s[name] = true
	}
	return s
}

// longest bounds the parameters and the answer in a record, in bytes; longer ones
// are left out. [AWS: CloudTrail record contents]
const longest = 100 << 10

// appendMembers writes a structure with the names of its members beginning in
// lower case. Nothing, and a structure of which no member is set, is null.
func appendMembers(b []byte, v any) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	start := len(b)
	value := reflect.ValueOf(v)
	b = writerOf(value.Type())(b, value)
	if size := len(b) - start; size == len("{}") || size > longest {
		return append(b[:start], "null"...)
	}
	return b
}

// writer appends a value as JSON.
type writer func(b []byte, v reflect.Value) []byte

// writers holds the writer of each type that was met.
var writers sync.Map // reflect.Type → writer

func writerOf(t reflect.Type) writer {
	if w, known := writers.Load(t); known {
		return w.(writer)
	}
	w, _ := writers.LoadOrStore(t, newWriter(t))
	return w.(writer)
}

func newWriter(t reflect.Type) writer {
	switch t {
	case reflect.TypeFor[api.Time]():
		return func(b []byte, v reflect.Value) []byte { return appendTime(b, v.Interface().(api.Time).Time) }
	case reflect.TypeFor[time.Time]():
		return func(b []byte, v reflect.Value) []byte { return appendTime(b, v.Interface().(time.Time)) }
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface:
		return writeElem
	case reflect.Struct:
		return structWriter(t)
	case reflect.Slice:
		return writeList
	case reflect.Map:
		return writeMap
	case reflect.String:
		return func(b []byte, v reflect.Value) []byte { return appendText(b, v.String()) }
	case reflect.Bool:
		return func(b []byte, v reflect.Value) []byte { return strconv.AppendBool(b, v.Bool()) }
	case reflect.Int, reflect.Int32, reflect.Int64:
		return func(b []byte, v reflect.Value) []byte { return strconv.AppendInt(b, v.Int(), 10) }
	default:
		// No other kind is in the interface model or in the details of events.
		return func(b []byte, _ reflect.Value) []byte { return append(b, "null"...) }
	}
}

func appendTime(b []byte, t time.Time) []byte { return t.UTC().AppendFormat(b, memberTime) }

// writeElem finds the element's writer when it is needed, because a structure
// can hold its own kind.
func writeElem(b []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(b, "null"...)
	}
	return writerOf(v.Elem().Type())(b, v.Elem())
}

func writeList(b []byte, v reflect.Value) []byte {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = writerOf(v.Type().Elem())(b, v.Index(i))
	}
	return append(b, ']')
}

func writeMap(b []byte, v reflect.Value) []byte {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	o := open(b)
	for _, key := range keys {
		o.key(key.String())
		o.b = writerOf(v.Type().Elem())(o.b, v.MapIndex(key))
	}
	return o.close()
}

// member is one member of a structure.
type member struct {
	name   string
	index  int
	always bool
	write  writer
}

func structWriter(t reflect.Type) writer {
	members := make([]member, t.NumField())
	for i := range members {
		members[i] = memberOf(t, i)
	}
	return func(b []byte, v reflect.Value) []byte {
		o := open(b)
		for _, m := range members {
			value := v.Field(m.index)
			if value.IsZero() && !m.always {
				continue
			}
			o.key(m.name)
			o.b = m.write(o.b, value)
		}
		return o.close()
	}
}

func memberOf(t reflect.Type, i int) member {
	field := t.Field(i)
	wire, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	wire = cmp.Or(wire, field.Name)
	path := t.Name() + "." + wire
	m := member{name: strings.ToLower(wire[:1]) + wire[1:], index: i, always: listed[path]}
	switch {
	case field.Tag.Get("accord") == "sensitive" && !plain[path]:
		m.write = func(b []byte, _ reflect.Value) []byte { return append(b, masked...) }
	case lowered[path]:
		m.write = func(b []byte, v reflect.Value) []byte {
			return appendText(b, strings.ToLower(reflect.Indirect(v).String()))
		}
	default:
		m.write = func(b []byte, v reflect.Value) []byte { return writerOf(field.Type)(b, v) }
	}
	return m
}
