package main

// types emits one struct for each structure that is no exception, and empty
// ones for the requests and responses that the model leaves out.
func (m *Model) types(pkg string) *source {
	s := newSource(pkg, "accord/internal/api")
	roles := make(map[string]string)
	for _, name := range m.operationNames() {
		in, out := m.io(name)
		roles[in] = "is the input of " + name + "."
		roles[out] = "is the output of " + name + "."
	}
	for _, name := range m.structures() {
		role := roles[name]
		if role == "" {
			role = "is a structure of the interface model."
		}
		s.line("// %s %s", exported(name), role)
		shape := m.Shapes[name]
		if shape == nil || len(shape.Members) == 0 {
			s.line("type %s struct{}\n", exported(name))
			continue
		}
		s.line("type %s struct {", exported(name))
		for _, f := range shape.Members {
			s.line("%s %s `json:\"%s,omitzero\"`", exported(f.Name), m.memberType(f.Shape), f.Name)
		}
		s.line("}\n")
	}
	return s
}

// memberType is the Go type of a member: nil means absent. A nil element of a list is
// a null in a request.
func (m *Model) memberType(shape string) string {
	if s := m.Shapes[shape]; s.Type == "list" {
		if m.nullable(shape) {
			return "[]*" + m.valueType(s.Member)
		}
		return "[]" + m.valueType(s.Member)
	}
	return "*" + m.valueType(shape)
}

// valueType is the Go type of a value.
func (m *Model) valueType(shape string) string {
	s := m.Shapes[shape]
	switch s.Type {
	case "structure":
		return exported(shape)
	case "list":
		return "[]" + m.valueType(s.Member)
	case "integer":
		return "int32"
	case "boolean":
		return "bool"
	case "timestamp":
		return "api.Time"
	}
	if s.Enum != nil {
		return exported(shape)
	}
	return "string"
}
