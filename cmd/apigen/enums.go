package main

import "slices"

// enums emits a string type for each enum, its values as constants, and the
// table of them.
func (m *Model) enums(pkg string) *source {
	names := slices.DeleteFunc(m.shapeNames(), func(name string) bool { return m.Shapes[name].Enum == nil })
	if len(names) == 0 {
		return nil
	}
	s := newSource(pkg)
	for _, name := range names {
		shape := m.Shapes[name]
		t := exported(name)
		s.line("// %s is an enum of the interface model.", t)
		s.line("type %s string\n", t)
		s.line("// The values of %s.", t)
		s.line("const (")
		for _, value := range shape.Enum {
			s.line("%s%s %s = %q", t, camel(value), t, value)
		}
		s.line(")\n")
		s.line("// Values returns all values that the model knows, in its order.")
		s.line("func (%s) Values() []%s {", t, t)
		s.line("return []%s{", t)
		for _, value := range shape.Enum {
			s.line("%s%s,", t, camel(value))
		}
		s.line("}\n}\n")
		s.line("// Valid reports whether the model knows the value.")
		s.line("func (v %s) Valid() bool {", t)
		s.line("switch v {")
		for i, value := range shape.Enum {
			comma := ","
			if i == len(shape.Enum)-1 {
				comma = ":"
			}
			if i == 0 {
				s.WriteString("case ")
			}
			s.line("%s%s%s", t, camel(value), comma)
		}
		s.line("return true\n}\nreturn false\n}\n")
	}
	return s
}
