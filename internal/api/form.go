package api

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Form is the part of a form of the query protocol below one name: the parameter
// Tags.member.1.Key is a path of four names, the last of which has a value. The zero
// Form is an empty one.
//
// The generated requests read themselves from it. What has the wrong type is noted
// and read on, so that their code needs no errors; see Invalid.
type Form struct {
	parent  *Form
	name    string
	value   string
	set     bool
	members map[string]*Form
	// invalid is, at the root, the first parameter that has the wrong type.
	invalid *Form
}

// Insert adds a parameter by its path. It reports whether the path had no value yet.
func (f *Form) Insert(path, value string) bool {
	for name := range strings.SplitSeq(path, ".") {
		if f.members == nil {
			f.members = make(map[string]*Form)
		}
		member, ok := f.members[name]
		if !ok {
			member = &Form{parent: f, name: name}
			f.members[name] = member
		}
		f = member
	}
	if f.set {
		return false
	}
	f.value, f.set = value, true
	return true
}

// Invalid returns the path of the first parameter that has the wrong type, or "".
func (f *Form) Invalid() string {
	if f.invalid == nil {
		return ""
	}
	return f.invalid.path()
}

// ReadMember reads the member of that name, if it is there. The function reads its
// value: ReadText and so on, or the method ReadForm of a structure.
func ReadMember[T any](f *Form, name string, into **T, read func(*T, *Form)) {
	if member := f.member(name); member != nil {
		*into = new(T)
		read(*into, member)
	}
}

// ReadList reads the list name.member.1, name.member.2 and so on, in the order of
// the numbers; gaps close. A name with an empty value is an empty list.
func ReadList[T any](f *Form, name string, into *[]T, read func(*T, *Form)) {
	list := f.member(name)
	if list == nil {
		return
	}
	elements := list.member("member").elements()
	*into = make([]T, len(elements))
	for i, element := range elements {
		read(&(*into)[i], element)
	}
}

// ReadText reads a string.
func ReadText[T ~string](into *T, f *Form) { *into = T(f.text()) }

// ReadInteger reads a whole number: "01" and "+1" are numbers, " 1" and "1.0" are
// not. [recorded]
func ReadInteger(into *int32, f *Form) {
	number, err := strconv.ParseInt(f.text(), 10, 32)
	if err != nil {
		f.wrong()
	}
	*into = int32(number)
}

// ReadBoolean reads true or false.
func ReadBoolean(into *bool, f *Form) {
	text := f.text()
	if text != "true" && text != "false" {
		f.wrong()
	}
	*into = text == "true"
}

// ReadTime reads an instant in the form of RFC 3339.
func ReadTime(into *Time, f *Form) {
	instant, err := time.Parse(time.RFC3339, f.value)
	if err != nil {
		f.wrong()
	}
	into.Time = instant.UTC()
}

// member returns the part below the name, or nil. What has members has no value of
// its own, but an empty one.
func (f *Form) member(name string) *Form {
	if f.value != "" {
		f.wrong()
	}
	return f.members[name]
}

// text returns the value. What has a value has no members.
func (f *Form) text() string {
	if !f.set || f.members != nil {
		f.wrong()
	}
	return f.value
}

// elements returns the elements of a list by their numbers.
func (f *Form) elements() []*Form {
	if f == nil {
		return nil
	}
	byNumber := make(map[int64]*Form, len(f.members))
	numbers := make([]int64, 0, len(f.members))
	for text, element := range f.members {
		number, err := strconv.ParseInt(text, 10, 32)
		if err != nil || number < 1 || text[0] == '0' || text[0] == '+' {
			f.wrong()
			return nil
		}
		byNumber[number] = element
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	elements := make([]*Form, len(numbers))
	for i, number := range numbers {
		elements[i] = byNumber[number]
	}
	return elements
}

// wrong notes that the parameter has the wrong type, unless another one was first.
func (f *Form) wrong() {
	root := f
	for root.parent != nil {
		root = root.parent
	}
	if root.invalid == nil {
		root.invalid = f
	}
}

func (f *Form) path() string {
	if f.parent == nil || f.parent.parent == nil {
		return f.name
	}
	return f.parent.path() + "." + f.name
}
