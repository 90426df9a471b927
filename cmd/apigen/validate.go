package main

import (
	"fmt"
	"strconv"
	"strings"
)

// validate emits the checks of all requests: first the absent required members,
// then the values depth first, last the rules of the whole request. The package
// supplies refuse, which turns a fault into its error, and the rules.
func (m *Model) validate(pkg string) *source {
	var patterns, checks []string
	body := new(source)
	inputs := m.reached(m.inputs()...)
	for _, name := range m.shapeNames() {
		if !inputs[name] {
			continue
		}
		shape := m.Shapes[name]
		switch {
		case shape.Type == "structure":
			m.structureChecks(body, name)
		case m.checked(name) && shape.Type != "list":
			checks = append(checks, name)
			if shape.Type == "string" && !matchesAnything[shape.Pattern] {
				patterns = append(patterns, name)
			}
		}
	}

	imports := []string{"accord/internal/api"}
	if len(patterns) > 0 {
		imports = []string{"regexp", "", "accord/internal/api"}
	}
	s := newSource(pkg, imports...)
	for _, op := range m.operationNames() {
		in, _ := m.io(op)
		s.line("// Validate checks the constraints of the model and returns the first fault.")
		shape := m.Shapes[in]
		if shape == nil || len(shape.Members) == 0 {
			s.line("func (*%s) Validate() *api.Error { return nil }\n", exported(in))
			continue
		}
		s.line("func (in *%s) Validate() *api.Error {", exported(in))
		if m.demanding(in) {
			s.line("if f := in.absent(); f != nil {\nreturn refuse(f)\n}")
		}
		if m.checked(in) {
			s.line("if f := in.check(); f != nil {\nreturn refuse(f)\n}")
		}
		for _, r := range shape.Rules {
			args := make([]string, 0, len(r.Members))
			for _, member := range r.Members {
				args = append(args, "in."+exported(member))
			}
			s.line("if f := %s(%s); f != nil {\nreturn refuse(f)\n}", ruleName(r.Rule), strings.Join(args, ", "))
		}
		s.line("return nil\n}\n")
	}
	s.Write(body.Bytes())
	for _, name := range checks {
		m.valueCheck(s, name)
	}
	if len(patterns) > 0 {
		s.line("// The patterns of the model, anchored at both ends.")
		s.line("var (")
		for _, name := range patterns {
			s.line("%sPattern = regexp.MustCompile(%s)", unexported(exported(name)), raw(wholePattern(m.Shapes[name].Pattern)))
		}
		s.line(")")
	}
	return s
}

// raw writes a pattern as a Go string, without doubled backslashes if it can.
func raw(pattern string) string {
	if strconv.CanBackquote(pattern) {
		return "`" + pattern + "`"
	}
	return quote(pattern)
}

func ruleName(rule string) string { return "rule" + exported(rule) }

// demanding reports whether the shape has required members, at any depth.
func (m *Model) demanding(name string) bool { return m.any(name, m.demandingField, nil) }

func (m *Model) demandingField(f Field) bool { return f.Required }

// checked reports whether a value of the shape can be at fault, at any depth.
func (m *Model) checked(name string) bool {
	return m.any(name, nil, func(s *Shape) bool {
		return s.Min != nil || s.Max != nil || s.Enum != nil || s.Check != "" ||
			s.Type == "string" && !matchesAnything[s.Pattern]
	})
}

// any reports whether the predicates hold for the shape or one that it holds.
func (m *Model) any(name string, field func(Field) bool, shape func(*Shape) bool) bool {
	seen := make(map[string]bool)
	var visit func(string) bool
	visit = func(name string) bool {
		if seen[name] {
			return false
		}
		seen[name] = true
		s := m.Shapes[name]
		if shape != nil && shape(s) {
			return true
		}
		if s.Type == "list" && visit(s.Member) {
			return true
		}
		for _, f := range s.Members {
			if field != nil && field(f) || visit(f.Shape) {
				return true
			}
		}
		return false
	}
	return visit(name)
}

// inOrder returns the members of a structure in the order of their checks.
func inOrder(s *Shape) []Field {
	if s.Order == nil {
		return s.Members
	}
	byName := make(map[string]Field)
	for _, f := range s.Members {
		byName[f.Name] = f
	}
	fields := make([]Field, 0, len(s.Order))
	for _, name := range s.Order {
		fields = append(fields, byName[name])
	}
	return fields
}

// structureChecks emits the two methods of a structure.
func (m *Model) structureChecks(s *source, name string) {
	shape := m.Shapes[name]
	if m.demanding(name) {
		s.line("func (in *%s) absent() *api.Violation {", exported(name))
		for _, f := range inOrder(shape) {
			if f.Required {
				s.line("if in.%s == nil {\nreturn api.Absent(%q)%s\n}", exported(f.Name), f.Name, replacement(f.Reasons, "required"))
			}
		}
		for _, f := range inOrder(shape) {
			if m.demanding(f.Shape) {
				m.descend(s, f, "absent()")
			}
		}
		s.line("return nil\n}\n")
	}
	if !m.checked(name) {
		return
	}
	s.line("func (in *%s) check() *api.Violation {", exported(name))
	if shape.Check != "" {
		s.line("return %s(in)\n}\n", ruleName(shape.Check))
		return
	}
	for _, f := range inOrder(shape) {
		if m.checked(f.Shape) {
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
		s.line("if f := in.%s[i].%s; f != nil {\nreturn f.In(%q, i)\n}\n}", field, method, f.Name)
		return
	}
	sent(s, f, "if f := in.%s.%s; f != nil {\nreturn f.At(%q)\n}", field, method, f.Name)
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
			sent(s, f, "if f := api.Count(len(in.%s), %s); f != nil {\nreturn f%s.At(%q)\n}", field, limits(shape), swap, f.Name)
		}
		if !m.checked(shape.Member) {
			return
		}
		if m.Shapes[shape.Member].Type == "structure" {
			m.descend(s, f, "check()")
			return
		}
		s.line("for i := range in.%s {", field)
		s.line("if f := check%s(in.%s[i]); f != nil {\nreturn f%s.In(%q, i)\n}\n}", exported(shape.Member), field, swap, f.Name)
	default:
		sent(s, f, "if f := check%s(*in.%s); f != nil {\nreturn f%s.At(%q)\n}", exported(f.Shape), field, swap, f.Name)
	}
}

// valueCheck emits the function that checks a value which is no structure.
func (m *Model) valueCheck(s *source, name string) {
	shape := m.Shapes[name]
	s.line("func check%s(v %s) *api.Violation {", exported(name), m.valueType(name))
	var steps []string
	switch {
	case shape.Enum != nil:
		steps = append(steps, "api.OneOf(v)"+replacement(shape.Reasons, "enum"))
	case shape.Type == "integer":
		steps = append(steps, fmt.Sprintf("api.Range(v, %s)", limits(shape))+replacement(shape.Reasons, "min", "max"))
	default:
		if shape.Min != nil || shape.Max != nil {
			steps = append(steps, fmt.Sprintf("api.Length(v, %s)", limits(shape))+replacement(shape.Reasons, "min", "max"))
		}
		if !matchesAnything[shape.Pattern] {
			steps = append(steps, fmt.Sprintf("api.Match(v, %sPattern, %s)", unexported(exported(name)), raw(shape.Pattern))+replacement(shape.Reasons, "pattern"))
		}
	}
	for _, step := range steps[:len(steps)-1] {
		s.line("if f := %s; f != nil {\nreturn f\n}", step)
	}
	s.line("return %s\n}\n", steps[len(steps)-1])
}

// limits writes the lower and the upper limit of a shape.
func limits(s *Shape) string {
	min, max := "0", "-1"
	if s.Type == "integer" {
		min, max = "-1<<31", "1<<31-1"
	}
	if s.Min != nil {
		min = fmt.Sprint(*s.Min)
	}
	if s.Max != nil {
		max = fmt.Sprint(*s.Max)
	}
	return min + ", " + max
}

// replacement writes the calls that give a fault of one of the kinds the reason
// of the model.
func replacement(reasons Reasons, kinds ...string) string {
	var out string
	if r, ok := reasons["any"]; ok {
		out += with(r, "")
	}
	for _, kind := range kinds {
		if r, ok := reasons[kind]; ok {
			constraint := ""
			// One kind needs no filter: nothing else can be at fault here.
			if len(kinds) > 1 {
				constraint = ", " + constraints[kind]
			}
			out += with(r, constraint)
		}
	}
	return out
}

var constraints = map[string]string{
	"min": "api.MinLength, api.MinValue", "max": "api.MaxLength, api.MaxValue",
	"pattern": "api.Pattern", "enum": "api.Enum",
}

func with(r Reason, constraint string) string {
	var out string
	if r.Both != "" {
		out += fmt.Sprintf(".As(%q%s)", r.Both, constraint)
	}
	if r.Native != "" {
		out += fmt.Sprintf(".Natively(%q%s)", r.Native, constraint)
	}
	return out
}

func values(reasons map[string]string) string {
	var out string
	for _, value := range sorted(reasons) {
		out += fmt.Sprintf(".AsValue(%q, %q)", value, reasons[value])
	}
	return out
}
