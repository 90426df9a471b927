package main

import (
	"cmp"
	"fmt"
)

// xmlForm is the form of XML.
var xmlForm = appenders{method: "AppendXML", text: "api.AppendXMLText"}

// query emits what the query protocol needs: the readers of requests, and the XML
// writers of results. The file is only for services that speak it.
func (m *Model) query(pkg string) *source {
	if m.Service.Protocol != "query" {
		return nil
	}
	wrappers := make(map[string]string)
	var held []string
	for _, operation := range m.operationNames() {
		_, out := m.io(operation)
		wrappers[out] = m.Operations[operation].ResultWrapper
		if shape := m.Shapes[out]; shape != nil {
			for _, f := range shape.Members {
				held = append(held, f.Shape)
			}
		}
	}
	read, written := m.reached(m.inputs()...), m.reached(held...)

	body := new(source)
	for _, name := range m.structures() {
		if read[name] {
			m.formReader(body, name)
		}
		if written[name] {
			body.line("// AppendXML appends the elements of the members.")
			m.xmlWriter(body, name, "AppendXML", "")
		}
		if wrapper, ok := wrappers[name]; ok {
			body.line("// AppendResultXML appends the element of the result, if there is one.")
			m.xmlWriter(body, name, "AppendResultXML", wrapper)
		}
	}
	return withImports(pkg, body)
}

// formReader emits the method that reads a structure from the parameters of a form.
func (m *Model) formReader(s *source, name string) {
	s.line("// ReadForm reads the members.")
	shape := m.Shapes[name]
	if shape == nil || len(shape.Members) == 0 {
		s.line("func (*%s) ReadForm(*api.Form) {}\n", exported(name))
		return
	}
	s.line("func (v *%s) ReadForm(f *api.Form) {", exported(name))
	for _, f := range shape.Members {
		read, value := "ReadMember", f.Shape
		if m.Shapes[f.Shape].Type == "list" {
			read, value = "ReadList", m.Shapes[f.Shape].Member
		}
		s.line("api.%s(f, %q, &v.%s, %s)", read, f.Name, exported(f.Name), m.formValue(value))
	}
	s.line("}\n")
}

// formValue is the function that reads one value from a form.
func (m *Model) formValue(shape string) string {
	switch m.Shapes[shape].Type {
	case "structure":
		return "(*" + exported(shape) + ").ReadForm"
	case "integer":
		return "api.ReadInteger"
	case "boolean":
		return "api.ReadBoolean"
	case "timestamp":
		return "api.ReadTime"
	}
	return "api.ReadText"
}

// xmlWriter emits a method that appends the members of a structure, inside the
// wrapper if there is one. Absent members are left out.
func (m *Model) xmlWriter(s *source, name, method, wrapper string) {
	shape := m.Shapes[name]
	if shape == nil || len(shape.Members) == 0 {
		result := "b"
		if wrapper != "" {
			result = fmt.Sprintf("append(b, \"<%s></%s>\"...)", wrapper, wrapper)
		}
		s.line("func (*%s) %s(b []byte) []byte { return %s }\n", exported(name), method, result)
		return
	}
	s.line("func (v *%s) %s(b []byte) []byte {", exported(name), method)
	if wrapper != "" {
		s.line("b = append(b, \"<%s>\"...)", wrapper)
	}
	for _, f := range shape.Members {
		m.xmlMember(s, f)
	}
	if wrapper == "" {
		s.line("return b\n}\n")
		return
	}
	s.line("return append(b, \"</%s>\"...)\n}\n", wrapper)
}

// xmlMember emits the element of a member that was set; a list holds its elements
// as member, unless the model names them.
func (m *Model) xmlMember(s *source, f Field) {
	member := "v." + exported(f.Name)
	shape := m.Shapes[f.Shape]
	s.line("if %s != nil {", member)
	s.line("b = append(b, \"<%s>\"...)", f.Name)
	if shape.Type == "list" {
		s.line("for i := range %s {", member)
		element := cmp.Or(shape.Element, "member")
		s.line("b = append(b, \"<%s>\"...)", element)
		s.line("b = %s", m.appendValue(shape.Member, member+"[i]", member+"[i]", xmlForm))
		s.line("b = append(b, \"</%s>\"...)\n}", element)
	} else {
		s.line("b = %s", m.appendValue(f.Shape, member, "*"+member, xmlForm))
	}
	s.line("b = append(b, \"</%s>\"...)\n}", f.Name)
}
