package awsquery_test

import (
	"encoding/xml"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"accord/internal/api"
)

// The query protocol by reflection, as simply as it can be written: the reference
// for the generated code.

var timeType = reflect.TypeFor[api.Time]()

// memberName is the name on the wire of a member; the generated types have it in
// their tags.
func memberName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// appendReference appends v inside an element; lists hold their elements as member.
func appendReference(b *strings.Builder, name string, v reflect.Value) {
	v = reflect.Indirect(v)
	fmt.Fprintf(b, "<%s>", name)
	switch {
	case v.Type() == timeType:
		b.WriteString(v.Interface().(api.Time).UTC().Format(time.RFC3339))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if member := v.Field(i); !member.IsZero() {
				appendReference(b, memberName(v.Type().Field(i)), member)
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			appendReference(b, "member", v.Index(i))
		}
	case v.Kind() == reflect.String:
		if err := xml.EscapeText(b, []byte(v.String())); err != nil {
			panic(err)
		}
	default:
		fmt.Fprint(b, v.Interface())
	}
	fmt.Fprintf(b, "</%s>", name)
}

// node is the part of a form below one name.
type node struct {
	value    string
	set      bool
	children map[string]*node
}

// at returns the node at the path below n, and makes what is missing.
func (n *node) at(path string) *node {
	for name := range strings.SplitSeq(path, ".") {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		if n.children[name] == nil {
			n.children[name] = &node{}
		}
		n = n.children[name]
	}
	return n
}

// readReference sets v from the node. It returns the path of the first parameter that
// has the wrong type, or "".
func readReference(v reflect.Value, n *node, path string) string {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch {
	case v.Type() == timeType:
		instant, err := time.Parse(time.RFC3339, n.value)
		if err != nil {
			return path
		}
		v.Set(reflect.ValueOf(*api.At(instant.UTC())))
	case v.Kind() == reflect.Struct:
		if n.value != "" {
			return path
		}
		for i := range v.NumField() {
			name := memberName(v.Type().Field(i))
			if child, ok := n.children[name]; ok {
				if wrong := readReference(v.Field(i), child, strings.TrimPrefix(path+"."+name, ".")); wrong != "" {
					return wrong
				}
			}
		}
	case v.Kind() == reflect.Slice:
		if n.value != "" {
			return path
		}
		return readReferenceList(v, n, path)
	case !n.set || n.children != nil:
		return path
	case v.Kind() == reflect.String:
		v.SetString(n.value)
	case v.Kind() == reflect.Bool:
		if n.value != "true" && n.value != "false" {
			return path
		}
		v.SetBool(n.value == "true")
	default:
		number, err := strconv.ParseInt(n.value, 10, v.Type().Bits())
		if err != nil {
			return path
		}
		v.SetInt(number)
	}
	return ""
}

func readReferenceList(v reflect.Value, n *node, path string) string {
	var numbers []int
	if members := n.children["member"]; members != nil {
		for text := range members.children {
			number, err := strconv.ParseInt(text, 10, 32)
			if err != nil || number < 1 || text[0] == '0' || text[0] == '+' {
				return path + ".member"
			}
			numbers = append(numbers, int(number))
		}
	}
	slices.Sort(numbers)
	v.Set(reflect.MakeSlice(v.Type(), len(numbers), len(numbers)))
	for i, number := range numbers {
		element := fmt.Sprintf("member.%d", number)
		if wrong := readReference(v.Index(i), n.at(element), path+"."+element); wrong != "" {
			return wrong
		}
	}
	return ""
}
