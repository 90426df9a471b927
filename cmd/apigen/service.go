package main

import (
	"strconv"
	"strings"
)

// service emits the interface that a service implements, the table of its
// operations and the facts of its protocol.
func (m *Model) service(pkg string) *source {
	s := newSource(pkg, "context", "", "accord/internal/api")
	s.line("// The facts of the protocol.")
	s.line("const (")
	s.line("// ServiceName is the name in the credential scope and in front of an action.")
	s.line("ServiceName = %q", m.Service.Name)
	s.line("// APIVersion is the date that names the interface.")
	s.line("APIVersion = %q", m.Service.APIVersion)
	s.line("// Protocol is the family of the wire form.")
	s.line("Protocol = %q", m.Service.Protocol)
	if m.Service.JSONVersion != "" {
		s.line("// JSONVersion is the version of the JSON protocol.")
		s.line("JSONVersion = %q", m.Service.JSONVersion)
	}
	if m.Service.TargetPrefix != "" {
		s.line("// TargetPrefix stands before the operation in X-Amz-Target.")
		s.line("TargetPrefix = %q", m.Service.TargetPrefix)
	}
	if m.Service.XMLNamespace != "" {
		s.line("// Namespace is the XML namespace of all answers.")
		s.line("Namespace = %q", m.Service.XMLNamespace)
	}
	s.line(")\n")

	s.line("// Service has one method for each operation of the interface.")
	s.line("type Service interface {")
	for _, name := range m.operationNames() {
		in, out := m.io(name)
		s.line("%s(context.Context, *%s) (*%s, error)", name, exported(in), exported(out))
	}
	s.line("}\n")

	s.line("// Unimplemented answers every operation as not built. A service embeds it to be")
	s.line("// complete while it grows.")
	s.line("type Unimplemented struct{}\n")
	s.line("var _ Service = Unimplemented{}\n")
	for _, name := range m.operationNames() {
		in, out := m.io(name)
		s.line("// %s is not implemented.", name)
		s.line("func (Unimplemented) %s(context.Context, *%s) (*%s, error) {", name, exported(in), exported(out))
		s.line("return nil, api.NotImplemented(%q)\n}\n", name)
	}

	s.line("// Operations is the table of all operations by name.")
	s.line("var Operations = map[string]api.Operation{")
	for _, name := range m.operationNames() {
		v := unexported(name)
		s.line("%q: %sOperation,", name, v)
	}
	s.line("}\n")

	s.line("// The rows of the table, each of which its request knows.")
	s.line("var (")
	for _, name := range m.operationNames() {
		v := unexported(name)
		s.line("%sOperation = api.Bind(%q, Service.%s, %sAccess, %sErrors)", v, name, name, v, v)
	}
	s.line(")\n")
	for _, name := range m.operationNames() {
		in, _ := m.io(name)
		s.line("// Operation returns %s.", name)
		s.line("func (*%s) Operation() *api.Operation { return &%sOperation }\n", exported(in), unexported(name))
	}

	if m.Service.Protocol == "query" {
		s.line("\n// ResultWrapper names the element around the output of each operation.")
		s.line("var ResultWrapper = map[string]string{")
		for _, name := range m.operationNames() {
			if w := m.Operations[name].ResultWrapper; w != "" {
				s.line("%q: %q,", name, w)
			}
		}
		s.line("}")
	}
	return s
}

// accessTables emits, for each operation, who may call it and which exceptions
// it may return.
func (m *Model) accessTables(pkg string) *source {
	s := newSource(pkg, "accord/internal/api")
	s.line("// Who may call each operation, and which exceptions it may return.")
	s.line("var (")
	for _, name := range m.operationNames() {
		a := m.access[name]
		v := unexported(name)
		s.line("%sAccess = api.Access{", v)
		s.line("Standing: api.%s,", exported(a.Standing))
		s.line("Level: api.%s,", a.Level)
		if a.Delegable {
			s.line("Delegable: true,")
		}
		if len(a.Resources) > 0 {
			s.line("Resources: []api.Resource{")
			for _, r := range a.Resources {
				if r.Always {
					s.line("{Type: %q, Always: true},", r.Type)
				} else {
					s.line("{Type: %q},", r.Type)
				}
			}
			s.line("},")
		}
		list(s, "Conditions", a.Conditions)
		list(s, "Dependent", a.Dependent)
		s.line("}")
		s.line("%sErrors = []string{", v)
		for _, e := range m.Operations[name].Errors {
			s.line("%q,", m.wireName(e))
		}
		s.line("}")
	}
	s.line(")")
	return s
}

func list(s *source, field string, values []string) {
	if len(values) == 0 {
		return
	}
	quoted := make([]string, 0, len(values))
	for _, v := range values {
		quoted = append(quoted, quote(v))
	}
	s.line("%s: []string{%s},", field, strings.Join(quoted, ", "))
}

func quote(text string) string { return strconv.Quote(text) }
