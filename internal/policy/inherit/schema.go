package inherit

import (
	"accord/internal/policy/document"
)

// Schema is the structure of the documents of one policy type: the only member
// that they hold, beside operators without effect, and the element under it.
type Schema struct {
	Name string // the type in a message: "a tag policy"
	// Key is the name of the member, in lower case; "" if any name will do.
	Key string
	// Top is the element under the key; without a key, that of the document.
	Top *Element
}

// document returns the element of a whole document.
func (s *Schema) document() *Element {
	if s.Key == "" {
		return s.Top
	}
	return container(field{s.Key, s.Top})
}

// member describes the member that a document needs.
func (s *Schema) member() string {
	if s.Key == "" {
		return "one member"
	}
	return "the member " + document.Quote(s.Key)
}

// elementKind is the kind of an element.
type elementKind int

const (
	fixed  elementKind = iota // a container with the names of a fixed vocabulary
	free                      // a container whose names the author chooses
	single                    // a setting with one value
	list                      // a setting with a list of values
	open                      // a setting or a container, as in the document
)

// naming is how the names of members are compared and shown.
type naming int

const (
	lowered   naming = iota // compared without regard to case, shown in lower case
	exact                   // compared and shown as written
	asWritten               // compared without regard to case, shown as first written; fields in lower case
)

// Element is one element in the structure of a policy type. The check of a
// document, the merge and the validation read the same table.
type Element struct {
	kind   elementKind
	fields []field    // of a fixed container, in the order of messages
	others *Element   // of a fixed container: every other member; nil if there can be none
	naming naming     // of a container: how the names of its members compare
	names  constraint // of a free container: of its names
	member *Element   // of a free container: every member
	values constraint // of a setting: of its value or values

	// Conditions on one document, checked when a policy is saved.
	nonEmptyOperators bool     // of a list: an operator with an empty list is rejected
	mustAppear        []string // of a container: settings that one document must give when it gives the container
	check             func(d *diagnostics, named document.Member, parent *document.Path)

	// Conditions on the effective policy.
	required []string // of a container: members that must exist
	min      int      // of a list: the least number of values
	max      int      // of a list or container: the greatest number of members; 0 is any
	report   func(r *reporter, node *document.Node)
	// reportWhole reports on an element once all below it is reported.
	reportWhole func(r *reporter, node *document.Node)

	// Rendering of missing values in the effective policy.
	fallback  func(container string) *document.Node // of a setting that was never set; its container is named
	hideEmpty bool                                  // of a list: not shown when it has no values
}

// field is one name of a fixed vocabulary. Names are compared without regard
// to case. [recorded for tag, backup and chat policies; S3 seen; rest assumed]
type field struct {
	name    string // in lower case
	element *Element
}

// container is a container with exactly the named fields.
func container(fields ...field) *Element { return &Element{kind: fixed, fields: fields} }

// each is a container with names of the author, whose members are alike.
func each(names constraint, member *Element) *Element {
	return &Element{kind: free, names: names, member: member}
}

// one is a setting with a single value.
func one(values constraint) *Element { return &Element{kind: single, values: values} }

// many is a setting with a list of values.
func many(values constraint) *Element { return &Element{kind: list, values: values} }

// anything is an element of which no vocabulary is known: an object with a
// value operator is a setting, every other object a container of more.
func anything() *Element { return &Element{kind: open} }

// openTo accepts members besides the fields of a fixed container.
func (e *Element) openTo(others *Element) *Element { e.others = others; return e }

func (e *Element) named(by naming) *Element { e.naming = by; return e }

func (e *Element) nonEmpty() *Element { e.nonEmptyOperators = true; return e }

func (e *Element) needing(settings ...string) *Element { e.mustAppear = settings; return e }

func (e *Element) checked(by func(d *diagnostics, named document.Member, parent *document.Path)) *Element {
	e.check = by
	return e
}

func (e *Element) requiring(members ...string) *Element { e.required = members; return e }

func (e *Element) atLeast(n int) *Element { e.min = n; return e }

func (e *Element) atMost(n int) *Element { e.max = n; return e }

func (e *Element) reported(by func(r *reporter, node *document.Node)) *Element {
	e.report = by
	return e
}

func (e *Element) reportedWhole(by func(r *reporter, node *document.Node)) *Element {
	e.reportWhole = by
	return e
}

func (e *Element) otherwise(value func(container string) *document.Node) *Element {
	e.fallback = value
	return e
}

func (e *Element) hiddenEmpty() *Element { e.hideEmpty = true; return e }

// isContainer reports whether e can have members that are not operators, and no
// value operators.
func (e *Element) isContainer() bool { return e.kind == fixed || e.kind == free }

// isSettingIn reports whether an object at e is a setting.
func (e *Element) isSettingIn(object *document.Node) bool {
	return !e.isContainer() && (e.kind != open || carriesValue(object))
}

// unknown is the element of a name that a fixed vocabulary does not have. A strict
// check rejects it; a document that passed a lenient check still merges.
var unknown = anything()

// key returns the form of a member's name in which it is compared.
func (e *Element) key(name string) string {
	if e.naming == exact {
		return name
	}
	return folded(name)
}

// shown returns the form of a member's name that the effective policy has.
func (e *Element) shown(name string) string {
	if e.naming == asWritten && e.field(folded(name)) == nil {
		return name
	}
	return e.key(name)
}

// under returns the element of the member with this key, or nil if e has no
// members.
func (e *Element) under(name string) *Element {
	switch e.kind {
	case fixed:
		if known := e.field(name); known != nil {
			return known
		}
		if e.others != nil {
			return e.others
		}
		return unknown
	case free:
		return e.member
	case open:
		return e
	}
	return nil
}

// field returns the element of a fixed container with the lower-case name, or nil.
func (e *Element) field(name string) *Element {
	for i := range e.fields {
		if e.fields[i].name == name {
			return e.fields[i].element
		}
	}
	return nil
}

// fieldNames returns the names of a fixed vocabulary.
func (e *Element) fieldNames() []string {
	names := make([]string, len(e.fields))
	for i := range e.fields {
		names[i] = e.fields[i].name
	}
	return names
}
