package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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
	// Check names the rule that replaces the checks of the members.
	Check string `json:"check"`
	Rules []Rule `json:"rules"`

	Member    string   `json:"member"`
	Min       *int     `json:"min"`
	Max       *int     `json:"max"`
	Pattern   string   `json:"pattern"`
	Enum      []string `json:"enum"`
	Sensitive bool     `json:"sensitive"`
	Reasons   Reasons  `json:"reasons"`
}

// Field is a member of a structure.
type Field struct {
	Name     string  `json:"name"`
	Shape    string  `json:"shape"`
	Required bool    `json:"required"`
	Reasons  Reasons `json:"reasons"`
	// Values gives single refused values of an enum a reason of their own.
	Values map[string]string `json:"values"`
	// Event is how event records show the member, where that does not follow
	// from its shape: eventClear, eventAlways or eventLowercase.
	Event string `json:"event"`
}

// Rule is a check that no single member can make.
type Rule struct {
	Rule    string   `json:"rule"`
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
	if err := strictly(b, &styles); err != nil {
		return err
	}
	r.Native = styles.Native
	return nil
}

// Access says who may call an operation; see api.Access.
type Access struct {
	Standing   string     `json:"standing"`
	Level      string     `json:"level"`
	Delegable  bool       `json:"delegable"`
	Resources  []Resource `json:"resources"`
	Conditions []string   `json:"conditions"`
	Dependent  []string   `json:"dependent"`
}

// Resource is a resource type of an action.
type Resource struct {
	Type   string `json:"type"`
	Always bool   `json:"always"`
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

// Load reads the facts of one service from the folder of the model and checks
// that they fit together.
func Load(folder, service string) (*Model, error) {
	m := new(Model)
	if err := read(folder, service+".json", m); err != nil {
		return nil, err
	}
	var access map[string]map[string]Access
	if err := read(folder, "access.json", &access); err != nil {
		return nil, err
	}
	var messages map[string]map[string]Message
	if err := read(folder, "messages.json", &messages); err != nil {
		return nil, err
	}
	m.access, m.messages = access[service], messages[service]
	if problems := m.problems(); len(problems) > 0 {
		return nil, fmt.Errorf("model of %s:\n\t%s", service, strings.Join(problems, "\n\t"))
	}
	return m, nil
}

func read(folder, name string, into any) error {
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return err
	}
	if err := strictly(b, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// strictly decodes JSON and refuses members that the format does not have, so
// that a misspelt attribute cannot pass as absent.
func strictly(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

var (
	constraintKinds = []string{"required", "min", "max", "pattern", "enum", "any"}
	standings       = []string{"anyone", "outsider", "insider", "reader", "member", "management"}
	levels          = []string{"Read", "List", "Write"}
	shapeTypes      = []string{"structure", "list", "string", "integer", "boolean", "timestamp"}
	textSources     = []string{"recorded", "seen", "documented", "own"}
)

// problems lists everything in the model that does not fit together.
func (m *Model) problems() []string {
	var out []string
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }

	requestOf := make(map[string]string)
	for _, name := range m.operationNames() {
		op := m.Operations[name]
		in, _ := m.io(name)
		if other, taken := requestOf[in]; taken {
			bad("%s: %s is the input of %s", name, in, other)
		}
		requestOf[in] = name
		for _, io := range []string{op.Input, op.Output} {
			if io != "" && (m.Shapes[io] == nil || m.Shapes[io].Type != "structure") {
				bad("%s: %s is no structure", name, io)
			}
		}
		for _, e := range op.Errors {
			if m.Shapes[e] == nil || !m.Shapes[e].Exception {
				bad("%s: %s is no exception", name, e)
			}
		}
		if op.Page != "" && (!m.has(op.Input, "NextToken") || !m.has(op.Output, "NextToken") || !m.has(op.Output, op.Page)) {
			bad("%s: lacks NextToken or %s and cannot be paged", name, op.Page)
		}
		if a, ok := m.access[name]; !ok {
			bad("%s: no entry in access.json", name)
		} else if !slices.Contains(standings, a.Standing) || !slices.Contains(levels, a.Level) {
			bad("%s: access.json names standing %q, level %q", name, a.Standing, a.Level)
		}
	}
	for name := range m.access {
		if _, ok := m.Operations[name]; !ok {
			bad("access.json: %s is no operation", name)
		}
	}

	for _, name := range m.shapeNames() {
		s := m.Shapes[name]
		if !slices.Contains(shapeTypes, s.Type) {
			bad("%s: unknown type %q", name, s.Type)
		}
		if s.Type == "list" && m.Shapes[s.Member] == nil {
			bad("%s: unknown member shape %q", name, s.Member)
		} else if s.Type == "list" && m.Shapes[s.Member].Type == "list" {
			bad("%s: a list of lists, which no writer can write", name)
		}
		if s.Pattern != "" {
			if _, err := regexp.Compile(wholePattern(s.Pattern)); err != nil {
				bad("%s: %v", name, err)
			}
		}
		m.checkReasons(name, s.Reasons, bad)
		for _, f := range s.Members {
			if m.Shapes[f.Shape] == nil {
				bad("%s.%s: unknown shape %q", name, f.Name, f.Shape)
			}
			m.checkReasons(name+"."+f.Name, f.Reasons, bad)
			m.checkEvent(name+"."+f.Name, f, bad)
			for _, reason := range f.Values {
				m.checkReason(name+"."+f.Name, reason, bad)
			}
		}
		if s.Order != nil && !slices.Equal(slices.Sorted(slices.Values(s.Order)), slices.Sorted(slices.Values(fieldNames(s.Members)))) {
			bad("%s: order does not name each member once", name)
		}
		for _, r := range s.Rules {
			for _, member := range r.Members {
				if !m.has(name, member) {
					bad("%s: rule %s names the unknown member %s", name, r.Rule, member)
				}
			}
		}
		if s.Exception {
			m.checkMessages(name, s, bad)
		}
	}
	for name := range m.messages {
		if s := m.Shapes[name]; s == nil || !s.Exception {
			bad("messages.json: %s is no exception", name)
		}
	}
	slices.Sort(out)
	return out
}

// checkEvent demands that event records can show the member so.
func (m *Model) checkEvent(where string, f Field, bad func(string, ...any)) {
	shape := m.Shapes[f.Shape]
	fits := shape != nil
	switch f.Event {
	case "":
		return
	case eventClear:
		fits = fits && m.sensitive(f.Shape)
	case eventAlways:
		fits = fits && shape.Type == "list" && !m.sensitive(f.Shape)
	case eventLowercase:
		fits = fits && shape.Type == "string" && !m.sensitive(f.Shape)
	default:
		fits = false
	}
	if !fits {
		bad("%s: event records cannot show a %s as %q", where, f.Shape, f.Event)
	}
}

func (m *Model) checkReasons(where string, reasons Reasons, bad func(string, ...any)) {
	for kind, r := range reasons {
		if !slices.Contains(constraintKinds, kind) {
			bad("%s: unknown kind of constraint %q", where, kind)
		}
		for _, reason := range []string{r.Both, r.Native} {
			if reason != "" {
				m.checkReason(where, reason, bad)
			}
		}
	}
}

func (m *Model) checkReason(where, reason string, bad func(string, ...any)) {
	known := m.Shapes["InvalidInputExceptionReason"]
	if known == nil || !slices.Contains(known.Enum, reason) {
		bad("%s: unknown reason %q", where, reason)
	}
}

// checkMessages demands one text for each exception or each of its reasons.
func (m *Model) checkMessages(name string, s *Shape, bad func(string, ...any)) {
	message := m.messages[name]
	check := func(what string, t Text) {
		if t.Text == "" || !slices.Contains(textSources, t.Source) {
			bad("messages.json: %s needs a text and its source", what)
		}
	}
	reasons := m.reasonsOf(s)
	if reasons == "" {
		check(name, message.Text)
	} else {
		for _, reason := range m.Shapes[reasons].Enum {
			check(name+" "+reason, message.Reasons[reason])
		}
	}
	for reason := range message.Reasons {
		if reasons == "" || !slices.Contains(m.Shapes[reasons].Enum, reason) {
			bad("messages.json: %s has no reason %s", name, reason)
		}
	}
	for variant, t := range message.Variants {
		check(name+" "+variant, t)
	}
}

// has reports whether the structure has the member.
func (m *Model) has(structure, member string) bool {
	s := m.Shapes[structure]
	return s != nil && slices.Contains(fieldNames(s.Members), member)
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
	return s.Sensitive || s.Type == "list" && m.sensitive(s.Member)
}
