package main

import (
	"fmt"
	"strings"
)

// validate emits the checks of all requests: first the absent required members,
// then the values depth first, last the checks of the whole request. The package
// supplies errorOf, which turns a violation into its error, and these checks.
func (m *Model) validate(pkg string) *source {
	s := newSource(pkg, "accord/internal/api")
	for _, operation := range m.operationNames() {
		m.requestCheck(s, operation)
	}
	inputs := m.reached(m.inputs()...)
	for _, name := range m.shapeNames() {
		if inputs[name] && m.Shapes[name].Type == "structure" {
			m.structureChecks(s, name)
		}
	}
	return s
}

// requestCheck emits the method Validate of an operation's request.
func (m *Model) requestCheck(s *source, operation string) {
	in, _ := m.io(operation)
	shape := m.Shapes[in]
	s.line("// Validate checks the constraints of the model and returns the first violation.")
	if shape == nil || len(shape.Members) == 0 {
		s.line("func (*%s) Validate() *api.Error { return nil }\n", exported(in))
		return
	}
	s.line("func (in *%s) Validate() *api.Error {", exported(in))
	refused := func(check string) { s.line("if v := %s; v != nil {\nreturn errorOf(v)\n}", check) }
	if m.hasRequired(in) {
		refused("in.absent()")
	}
	if m.isConstrained(in) {
		refused("in.check()")
	}
	for _, check := range shape.Checks {
		args := make([]string, 0, len(check.Members))
		for _, member := range check.Members {
			args = append(args, "in."+exported(member))
		}
		refused(checkName(check.Check) + "(" + strings.Join(args, ", ") + ")")
	}
	s.line("return nil\n}\n")
}

func checkName(check string) string { return check + "Check" }

// structureChecks emits the two methods of a structure.
func (m *Model) structureChecks(s *source, name string) {
	shape := m.Shapes[name]
	if m.hasRequired(name) {
		s.line("func (in *%s) absent() *api.Violation {", exported(name))
		for _, f := range inOrder(shape) {
			if f.Required {
				s.line("if in.%s == nil {\nreturn api.Absent(%q)%s\n}", exported(f.Name), f.Name, replacement(f.Reasons, "required"))
			}
		}
		for _, f := range inOrder(shape) {
			switch {
			case m.hasRequired(f.Shape):
				m.descend(s, f, "absent()")
			case m.nullable(f.Shape):
				s.line("for i := range in.%s {\nif in.%s[i] == nil {\nreturn api.AbsentElement(%q, i)\n}\n}", exported(f.Name), exported(f.Name), f.Name)
			}
		}
		s.line("return nil\n}\n")
	}
	if !m.isConstrained(name) {
		return
	}
	s.line("func (in *%s) check() *api.Violation {", exported(name))
	if shape.Check != "" {
		s.line("return %s(in)\n}\n", checkName(shape.Check))
		return
	}
	for _, f := range inOrder(shape) {
		if m.isConstrained(f.Shape) {
			m.memberCheck(s, f)
		}
	}
	s.line("return nil\n}\n")
}

// descend emits the call of a method on a member that is a structure or a list
// of structures.
func (m *Model) descend(s *source, f Field, method string) {
	field := exported(f.Name)
	if m.Shapes[f.Shape].Type == "list" {
		s.line("for i := range in.%s {", field)
		s.line("if v := in.%s[i].%s; v != nil {\nreturn v.In(%q, i)\n}\n}", field, method, f.Name)
		return
	}
	sent(s, f, "if v := in.%s.%s; v != nil {\nreturn v.At(%q)\n}", field, method, f.Name)
}

// sent emits code for a member that was sent; a required one was, or the check
// for absent members would have ended the matter.
func sent(s *source, f Field, code string, args ...any) {
	if !f.Required {
		s.line("if in.%s != nil {", exported(f.Name))
	}
	s.line(code, args...)
	if !f.Required {
		s.line("}")
	}
}

// memberCheck emits the check of one member that was sent.
func (m *Model) memberCheck(s *source, f Field) {
	shape, field := m.Shapes[f.Shape], exported(f.Name)
	swap := replacement(f.Reasons, "min", "max", "pattern", "enum") + values(f.Values)
	switch shape.Type {
	case "structure":
		m.descend(s, f, "check()")
	case "list":
		if shape.Min != nil || shape.Max != nil {
			sent(s, f, "if v := api.Count(len(in.%s), %s); v != nil {\nreturn v%s.At(%q)\n}", field, limits(shape), swap, f.Name)
		}
		if !m.isConstrained(shape.Member) {
			return
		}
		if m.Shapes[shape.Member].Type == "structure" {
			m.descend(s, f, "check()")
			return
		}
		s.line("for i := range in.%s {", field)
		element := fmt.Sprintf("in.%s[i]", field)
		if m.nullable(f.Shape) {
			element = "*" + element
		}
		s.line("if v := check%s(%s); v != nil {\nreturn v%s.In(%q, i)\n}\n}", exported(shape.Member), element, swap, f.Name)
	default:
		sent(s, f, "if v := check%s(*in.%s); v != nil {\nreturn v%s.At(%q)\n}", exported(f.Shape), field, swap, f.Name)
	}
}
