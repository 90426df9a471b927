package main

import (
	"fmt"
	"strings"
)

// jsonForm is one of the JSON forms of the generated structures.
type jsonForm struct {
	appenders
	// comment says what the methods append.
	comment string
	// memberName turns the name of a member on the wire into that of the form.
	memberName func(string) string
	// override emits a member that the form does not show as it is, and returns
	// false for every other one.
	override func(m *Model, s *source, f Field, key string) bool
}

var wireForm = &jsonForm{
	appenders:  appenders{method: "AppendJSON", text: "api.AppendString"},
	comment:    "appends the form of the wire.",
	memberName: func(name string) string { return name },
	override:   func(*Model, *source, Field, string) bool { return false },
}

var eventForm = &jsonForm{
	appenders:  appenders{method: "AppendEventJSON", text: "api.AppendEventString"},
	comment:    "appends the form of event records.",
	memberName: func(name string) string { return strings.ToLower(name[:1]) + name[1:] },
	override:   (*Model).eventMember,
}

// json emits the JSON writers: the form of the wire for all that an answer of a
// JSON protocol can hold, the form of event records for all that a record shows.
func (m *Model) json(pkg string) *source {
	var answered map[string]bool
	if m.Service.Protocol == "json" {
		answered = m.reached(m.outputs(func(Access) bool { return true })...)
	}
	// A record holds every request, but no answer of an operation that only reads.
	recorded := m.reached(append(m.inputs(), m.outputs(func(a Access) bool { return a.Level == "Write" })...)...)

	body := new(source)
	for _, name := range m.structures() {
		if answered[name] {
			m.jsonWriter(body, name, wireForm)
		}
		if recorded[name] {
			m.jsonWriter(body, name, eventForm)
		}
	}
	return withImports(pkg, body)
}

// jsonWriter emits the method that appends a structure in one form. Absent
// members are left out.
func (m *Model) jsonWriter(s *source, name string, form *jsonForm) {
	s.line("// %s %s", form.method, form.comment)
	shape := m.Shapes[name]
	if shape == nil || len(shape.Members) == 0 {
		s.line("func (*%s) %s(b []byte) []byte { return append(b, \"{}\"...) }\n", exported(name), form.method)
		return
	}
	s.line("func (v *%s) %s(b []byte) []byte {", exported(name), form.method)
	s.line("start := len(b)")
	for _, f := range shape.Members {
		if form == eventForm && f.Event == eventNever {
			continue
		}
		always := form == eventForm && f.Event == eventAlways
		if !always {
			s.line("if v.%s != nil {", exported(f.Name))
		}
		key := fmt.Sprintf(",%q:", form.memberName(f.Name))
		if !form.override(m, s, f, key) {
			m.jsonMember(s, f, key, form)
		}
		if !always {
			s.line("}")
		}
	}
	s.line("return api.CloseObject(b, start)\n}\n")
}

// jsonMember emits a member as it is: its key and its value.
func (m *Model) jsonMember(s *source, f Field, key string, form *jsonForm) {
	member := "v." + exported(f.Name)
	shape := m.Shapes[f.Shape]
	if shape.Type != "list" {
		s.line("b = append(b, `%s`...)", key)
		s.line("b = %s", m.appendValue(f.Shape, member, "*"+member, form.appenders))
		return
	}
	s.line("b = append(b, `%s[`...)", key)
	s.line("for i := range %s {", member)
	s.line("if i > 0 {\nb = append(b, ',')\n}")
	element := member + "[i]"
	if m.nullable(f.Shape) {
		s.line("if %s == nil {\nb = append(b, \"null\"...)\ncontinue\n}", element)
		s.line("b = %s\n}", m.appendValue(shape.Member, element, "*"+element, form.appenders))
	} else {
		s.line("b = %s\n}", m.appendValue(shape.Member, element, element, form.appenders))
	}
	s.line("b = append(b, ']')")
}

// eventMember masks sensitive members, apart from those that the model shows in
// clear, and writes in lower case what records have so.
func (m *Model) eventMember(s *source, f Field, key string) bool {
	switch {
	case m.sensitive(f.Shape) && f.Event != eventClear:
		s.line("b = append(b, `%s`+api.Masked...)", key)
	case f.Event == eventLowercase:
		s.line("b = append(b, `%s`...)", key)
		s.line("b = api.AppendEventString(b, strings.ToLower(string(*v.%s)))", exported(f.Name))
	default:
		return false
	}
	return true
}
