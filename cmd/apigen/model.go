package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// Model is all that the generator knows of one service.
type Model struct {
	Service    Service              `json:"service"`
	Operations map[string]Operation `json:"operations"`
	Shapes     map[string]*Shape    `json:"shapes"`

	access   map[string]Access
	messages map[string]Message
}

// Service is the head of a service's file.
type Service struct {
	Name         string `json:"name"`
	APIVersion   string `json:"apiVersion"`
	Protocol     string `json:"protocol"`
	JSONVersion  string `json:"jsonVersion"`
	TargetPrefix string `json:"targetPrefix"`
	XMLNamespace string `json:"xmlNamespace"`
}

// Operation is one operation of a service.
type Operation struct {
	Input         string   `json:"input"`
	Output        string   `json:"output"`
	ResultWrapper string   `json:"resultWrapper"`
	Page          string   `json:"page"`
	AnyToken      bool     `json:"anyToken"` // a token of one request is good for another
	Errors        []string `json:"errors"`
}

// Shape is one type of the wire.
type Shape struct {
	Type      string  `json:"type"`
	Exception bool    `json:"exception"`
	Code      string  `json:"code"`
	Status    int     `json:"status"`
	Members   []Field `json:"members"`
	// Order names the members in the order in which they are checked, where
	// that is not the order in which they stand.
	Order []string `json:"order"`
	// Check names the check that replaces those of the members.
	Check  string  `json:"check"`
	Checks []Check `json:"checks"`

	Member string `json:"member"`
	// Element is the name of the elements of a list in XML; empty for "member". The maps
	// of the query protocol are lists of structures with a key and a value in "entry".
	Element string `json:"element"`
	Min     *int   `json:"min"`
	Max     *int   `json:"max"`
	Pattern string `json:"pattern"`
	// Except are texts that match the pattern and are rejected as if they did not.
	Except    []string `json:"except"`
	Enum      []string `json:"enum"`
	Sensitive bool     `json:"sensitive"`
	Reasons   Reasons  `json:"reasons"`
	// Names are the resource types that a value can name in a policy, and Key is the
	// condition key that a value fills.
	Names []string `json:"names"`
	Key   string   `json:"key"`
}

// Field is a member of a structure.
type Field struct {
	Name     string  `json:"name"`
	Shape    string  `json:"shape"`
	Required bool    `json:"required"`
	Reasons  Reasons `json:"reasons"`
	// Values gives single invalid values of an enum a reason of their own.
	Values map[string]string `json:"values"`
	// Event is how event records show the member, where that does not follow
	// from its shape: eventClear, eventAlways, eventLowercase or eventNever.
	Event string `json:"event"`
	// Key is the condition key that the member fills, where its shape does not say so.
	Key string `json:"key"`
}

// How event records show a member, where that does not follow from its shape.
const (
	// eventClear: as it is, although it is sensitive.
	eventClear = "clear"
	// eventAlways: also when it was not sent; only for lists.
	eventAlways = "always"
	// eventLowercase: its text in lower case.
	eventLowercase = "lowercase"
	// eventNever: not at all.
	eventNever = "never"
)

// Check is a check that looks at several members, or that no constraint of one can
// express.
type Check struct {
	Check   string   `json:"check"`
	Members []string `json:"members"`
}

// Reasons are what replaces the general reason of a constraint, by its kind:
// required, min, max, pattern, enum, or any.
type Reasons map[string]Reason

// Reason replaces the reason of a constraint in both wire styles, or in the
// native one only.
type Reason struct {
	Both, Native string
}

// UnmarshalJSON reads a text (both styles) or {"native": text}.
func (r *Reason) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &r.Both); err == nil {
		return nil
	}
	var styles struct {
		Native string `json:"native"`
	}
	if err := decodeStrictly(b, &styles); err != nil {
		return err
	}
	r.Native = styles.Native
	return nil
}

// decodeStrictly decodes JSON and rejects members that the format does not have, so
// that a misspelt attribute cannot pass as absent.
func decodeStrictly(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// Access says which callers an operation serves; see api.Access.
type Access struct {
	Standing       string     `json:"standing"`
	Level          string     `json:"level"`
	Delegable      bool       `json:"delegable"`
	ReadOnlyRecord bool       `json:"readOnlyRecord"`
	Undeniable     bool       `json:"undeniable"`
	Resources      []Resource `json:"resources"`
	Conditions     []string   `json:"conditions"`
	Dependent      []string   `json:"dependent"`
}

// Resource is a resource type of an action.
type Resource struct {
	Type   string `json:"type"`
	Always bool   `json:"always"`
	// Own is set for the one of the caller's organization, which no member names.
	Own bool `json:"own"`
}

// Message holds the texts of one exception.
type Message struct {
	Text
	Reasons  map[string]Text `json:"reasons"`
	Variants map[string]Text `json:"variants"`
}

// Text is a text and how it is known.
type Text struct {
	Text   string `json:"text"`
	Source string `json:"source"`
}

// has reports whether the structure has the member.
func (m *Model) has(structure, member string) bool {
	s := m.Shapes[structure]
	return s != nil && slices.Contains(fieldNames(s.Members), member)
}

// pageNames returns the names of the members with the token of a page and with its size,
// as the two protocols have them.
func (m *Model) pageNames() (token, size string) {
	if m.Service.Protocol == "query" {
		return "Marker", "MaxItems"
	}
	return "NextToken", "MaxResults"
}

// reasonsOf returns the enum of an exception's reasons, or "".
func (m *Model) reasonsOf(exception *Shape) string {
	for _, f := range exception.Members {
		if f.Name == "Reason" {
			return f.Shape
		}
	}
	return ""
}

// io returns the names of an operation's request and response types.
func (m *Model) io(operation string) (in, out string) {
	op := m.Operations[operation]
	in, out = op.Input, op.Output
	if in == "" {
		in = operation + "Request"
	}
	if out == "" {
		out = operation + "Response"
	}
	return in, out
}

// structures lists the names of all struct types, sorted.
func (m *Model) structures() []string {
	var names []string
	for _, name := range m.shapeNames() {
		if s := m.Shapes[name]; s.Type == "structure" && !s.Exception {
			names = append(names, name)
		}
	}
	for _, name := range m.operationNames() {
		in, out := m.io(name)
		for _, n := range []string{in, out} {
			if m.Shapes[n] == nil {
				names = append(names, n)
			}
		}
	}
	slices.Sort(names)
	return names
}

func fieldNames(fields []Field) []string {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.Name)
	}
	return names
}

func (m *Model) operationNames() []string { return slices.Sorted(maps.Keys(m.Operations)) }

func (m *Model) shapeNames() []string { return slices.Sorted(maps.Keys(m.Shapes)) }

// exceptions lists the exceptions by name.
func (m *Model) exceptions() []string {
	var names []string
	for _, name := range m.shapeNames() {
		if m.Shapes[name].Exception {
			names = append(names, name)
		}
	}
	return names
}

// wireName is the name of an exception as it travels: the code of the query
// protocol where it has one, else the name of the shape.
func (m *Model) wireName(exception string) string {
	if code := m.Shapes[exception].Code; code != "" {
		return code
	}
	return exception
}

// inputs lists the request types of all operations.
func (m *Model) inputs() []string {
	var names []string
	for _, operation := range m.operationNames() {
		in, _ := m.io(operation)
		names = append(names, in)
	}
	return names
}

// outputs lists the response types of the operations whose access is such.
func (m *Model) outputs(such func(Access) bool) []string {
	var names []string
	for _, operation := range m.operationNames() {
		if such(m.access[operation]) {
			_, out := m.io(operation)
			names = append(names, out)
		}
	}
	return names
}

// reached returns the shapes that values of the named ones can hold, themselves
// included.
func (m *Model) reached(names ...string) map[string]bool {
	reached := make(map[string]bool)
	var visit func(string)
	visit = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		s := m.Shapes[name]
		if s == nil {
			return
		}
		if s.Type == "list" {
			visit(s.Member)
		}
		for _, f := range s.Members {
			visit(f.Shape)
		}
	}
	for _, name := range names {
		visit(name)
	}
	return reached
}

// sensitive reports whether a member of this shape must never reach a log.
func (m *Model) sensitive(name string) bool {
	s := m.Shapes[name]
	if s.Type == "list" && m.Shapes[s.Member] != nil {
		return m.Shapes[s.Member].Sensitive
	}
	return s.Sensitive
}
