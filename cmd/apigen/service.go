package main

import "strconv"

// service emits the interface that a service implements, the table of its
// operations and the facts of its protocol.
func (m *Model) service(pkg string) *source {
	s := newSource(pkg, "context", "", "accord/internal/api")
	m.protocolFacts(s)
	m.serviceInterface(s)
	m.operationTable(s)
	return s
}

// protocolFacts emits the constants of the protocol.
func (m *Model) protocolFacts(s *source) {
	constant := func(name, value, comment string) {
		if value != "" {
			s.line("// %s %s", name, comment)
			s.line("%s = %q", name, value)
		}
	}
	s.line("// The facts of the protocol.")
	s.line("const (")
	constant("ServiceName", m.Service.Name, "is the name in the credential scope and in front of an action.")
	if m.Service.Protocol == "query" {
		constant("APIVersion", m.Service.APIVersion, "is the date that names the interface, and the parameter Version.")
		constant("Namespace", m.Service.XMLNamespace, "is the XML namespace of all answers.")
	} else {
		constant("TargetPrefix", m.Service.TargetPrefix, "is in front of the operation in X-Amz-Target.")
	}
	s.line(")\n")
}

// serviceInterface emits the interface of the service, and its implementation
// that has no operation.
func (m *Model) serviceInterface(s *source) {
	s.line("// Service has one method for each operation of the interface.")
	s.line("type Service interface {")
	for _, name := range m.operationNames() {
		in, out := m.io(name)
		s.line("%s(context.Context, *%s) (*%s, error)", name, exported(in), exported(out))
	}
	s.line("}\n")

	s.line("// Unimplemented answers every operation as not implemented. A service embeds it")
	s.line("// to be complete while it grows.")
	s.line("type Unimplemented struct{}\n")
	s.line("var _ Service = Unimplemented{}\n")
	for _, name := range m.operationNames() {
		in, out := m.io(name)
		s.line("// %s is not implemented.", name)
		s.line("func (Unimplemented) %s(context.Context, *%s) (*%s, error) {", name, exported(in), exported(out))
		s.line("return nil, api.NotImplemented(%q)\n}\n", name)
	}
}

// operationTable emits the table of the operations, and the method by which each
// request knows its own.
func (m *Model) operationTable(s *source) {
	s.line("// Operations is the table of all operations by name.")
	s.line("var Operations = map[string]*api.Operation{")
	for _, name := range m.operationNames() {
		s.line("%q: %sOperation,", name, unexported(name))
	}
	s.line("}\n")

	s.line("// The rows of the table.")
	s.line("var (")
	for _, name := range m.operationNames() {
		v := unexported(name)
		s.line("%sOperation = api.Bind(%q, Service.%s, %sAccess, %sErrors)", v, name, name, v, v)
	}
	s.line(")\n")
	for _, name := range m.operationNames() {
		in, _ := m.io(name)
		s.line("// Operation returns %s.", name)
		s.line("func (*%s) Operation() *api.Operation { return %sOperation }\n", exported(in), unexported(name))
	}
	for _, name := range m.operationNames() {
		if m.Operations[name].Page != "" {
			m.pageMethods(s, name)
		}
	}
}

// pageMethods emits the methods by which a request says which page it asks for, and of
// which list.
func (m *Model) pageMethods(s *source, operation string) {
	in, _ := m.io(operation)
	token, size := m.pageNames()
	maxResults, rest := "nil", "rest."+token+" = nil"
	for _, f := range m.Shapes[in].Members {
		if f.Name == size {
			maxResults, rest = "in."+size, "rest."+token+", rest."+size+" = nil, nil"
		}
	}
	s.line("// Page returns the token and the size of the page, nil where they were not sent.")
	s.line("func (in *%s) Page() (token *string, maxResults *int32) { return in.%s, %s }\n", exported(in), token, maxResults)
	if m.Operations[operation].AnyToken {
		s.line("// PageParameters is empty: tokens are good for all parameters.")
		s.line("func (*%s) PageParameters() string { return \"\" }\n", exported(in))
		return
	}
	s.line("// PageParameters is a text of all members that select entries.")
	s.line("func (in *%s) PageParameters() string {\nrest := *in\n%s\nreturn string(rest.AppendEventJSON(nil))\n}\n", exported(in), rest)
}

// accessTables emits, for each operation, its callers and the exceptions that it may
// return.
func (m *Model) accessTables(pkg string) *source {
	s := newSource(pkg, "accord/internal/api")
	s.line("// The callers of each operation, and the exceptions that it may return.")
	s.line("var (")
	for _, name := range m.operationNames() {
		a := m.access[name]
		v := unexported(name)
		s.line("%sAccess = api.Access{", v)
		s.line("Action: %q,", m.Service.Name+":"+name)
		if len(a.Resources) == 1 && a.Resources[0].Always {
			s.line("Resource: %q,", a.Resources[0].Type)
		}
		s.line("Standing: api.%s,", exported(a.Standing))
		s.line("Level: api.%s,", a.Level)
		if a.Delegable {
			s.line("Delegable: true,")
		}
		if a.ReadOnlyRecord {
			s.line("ReadOnlyRecord: true,")
		}
		if a.Undeniable {
			s.line("Undeniable: true,")
		}
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

func quote(text string) string { return strconv.Quote(text) }
