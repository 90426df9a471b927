package main

import "fmt"

// hasRequired reports whether the shape has required members or elements, at any
// depth.
func (m *Model) hasRequired(name string) bool { return m.any(name, m.isRequired, nil) }

func (m *Model) isRequired(f Field) bool { return f.Required || m.nullable(f.Shape) }

// nullable reports whether the elements of a list are told from null: those of a
// request in JSON, unless they are structures, where null is one without members.
func (m *Model) nullable(name string) bool {
	s := m.Shapes[name]
	return s.Type == "list" && m.Service.Protocol == "json" && m.Shapes[s.Member].Type != "structure" &&
		m.reached(m.inputs()...)[name]
}

// isConstrained reports whether a value of the shape can violate a constraint, at
// any depth.
func (m *Model) isConstrained(name string) bool {
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

// replacement writes the calls that give a violation of one of the kinds the reason
// of the model.
func replacement(reasons Reasons, kinds ...string) string {
	var out string
	if r, ok := reasons["any"]; ok {
		out += with(r, "")
	}
	for _, kind := range kinds {
		if r, ok := reasons[kind]; ok {
			constraint := ""
			// One kind needs no filter: no other can be violated here.
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
