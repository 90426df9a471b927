package awsquery

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"accord/internal/api"
	"accord/internal/protocol"
)

// decode reads the form into the struct that into points to. Parameters that the
// struct does not know are ignored.
func decode(form *node, into any) *api.Error {
	return readShape(reflect.ValueOf(into).Elem(), form, "")
}

func readShape(v reflect.Value, n *node, path string) *api.Error {
	for _, f := range fieldsOf(v.Type()) {
		child, ok := n.children[f.name]
		if !ok {
			continue
		}
		if apiErr := read(v.Field(f.index), child, path+f.name); apiErr != nil {
			return apiErr
		}
	}
	return nil
}

// read sets v from the node. path names the parameter in the text of an error;
// the value is never quoted, because it may be a secret.
func read(v reflect.Value, n *node, path string) *api.Error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch {
	case v.Type() == timeType:
		instant, err := time.Parse(time.RFC3339, n.value)
		if err != nil {
			return wrongType(path)
		}
		v.Set(reflect.ValueOf(*api.At(instant.UTC())))
		return nil
	case n.set && n.value != "" && (v.Kind() == reflect.Struct || v.Kind() == reflect.Slice):
		return wrongType(path)
	case v.Kind() == reflect.Struct:
		return readShape(v, n, path+".")
	case v.Kind() == reflect.Slice:
		return readList(v, n, path)
	case !n.set || n.children != nil:
		return wrongType(path)
	}
	return readValue(v, n.value, path)
}

func readValue(v reflect.Value, text, path string) *api.Error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		if text != "true" && text != "false" {
			return wrongType(path)
		}
		v.SetBool(text == "true")
	case reflect.Int32, reflect.Int64, reflect.Int:
		// "01" and "+1" are numbers, " 1" and "1.0" are not. [recorded]
		number, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return wrongType(path)
		}
		v.SetInt(number)
	default:
		return wrongType(path)
	}
	return nil
}

// readList reads name.member.1, name.member.2 and so on, in the order of the
// numbers; gaps close. A name with an empty value is an empty list.
func readList(v reflect.Value, n *node, path string) *api.Error {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	members, ok := n.children["member"]
	if !ok {
		return nil
	}
	byNumber := make(map[int]*node, len(members.children))
	for text, child := range members.children {
		number, err := strconv.ParseInt(text, 10, 32)
		if err != nil || number < 1 || text[0] == '0' || text[0] == '+' {
			return wrongType(path + ".member")
		}
		byNumber[int(number)] = child
	}
	numbers := make([]int, 0, len(byNumber))
	for number := range byNumber {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	list := reflect.MakeSlice(v.Type(), len(numbers), len(numbers))
	for i, number := range numbers {
		if apiErr := read(list.Index(i), byNumber[number], fmt.Sprintf("%s.member.%d", path, number)); apiErr != nil {
			return apiErr
		}
	}
	v.Set(list)
	return nil
}

func wrongType(path string) *api.Error {
	return protocol.Serialization(fmt.Sprintf("The parameter %s has the wrong type.", path))
}
