package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// errors emits one constructor for each exception, with the text of the
// catalogue, and the texts that an exception has besides.
func (m *Model) errors(pkg string) *source {
	s := newSource(pkg, "accord/internal/api")
	for _, name := range m.exceptions() {
		shape, message := m.Shapes[name], m.messages[name]
		reasons, bare := m.reasonsOf(shape), bareName(name)
		table := unexported(bare) + "Texts"
		if reasons == "" {
			s.line("// Err%s is the %s.", bare, name)
			s.line("func Err%s() *api.Error {", bare)
			s.line("return %s\n}\n", m.newError(name, `""`, quote(message.Text.Text)))
		} else {
			s.line("// Err%s is the %s with its reason.", bare, name)
			s.line("func Err%s(reason %s) *api.Error {", bare, reasons)
			s.line("return %s\n}\n", m.newError(name, "string(reason)", table+"[reason]"))
			s.line("var %s = map[%s]string{", table, reasons)
			for _, reason := range m.Shapes[reasons].Enum {
				s.line("%s%s: %s,", reasons, camel(reason), quote(message.Reasons[reason].Text))
			}
			s.line("}\n")
		}
		for _, variant := range sorted(message.Variants) {
			s.line("// Text%s%s is another text of the %s.", bare, variant, name)
			s.line("const Text%s%s = %s\n", bare, variant, quote(message.Variants[variant].Text))
		}
	}

	s.line("// Exception returns the exception of that name, with the reason where it has")
	s.line("// one, or nil if the model has none of that name.")
	s.line("func Exception(name, reason string) *api.Error {")
	s.line("switch name {")
	for _, name := range m.exceptions() {
		arg := ""
		if reasons := m.reasonsOf(m.Shapes[name]); reasons != "" {
			arg = reasons + "(reason)"
		}
		s.line("case %q:\nreturn Err%s(%s)", m.wireName(name), bareName(name), arg)
	}
	s.line("}\nreturn nil\n}")
	m.reasons(s)
	return s
}

// reasons writes the function that lists the reasons of each exception, if there are any.
func (m *Model) reasons(s *source) {
	cases := ""
	for _, name := range m.exceptions() {
		if reasons := m.reasonsOf(m.Shapes[name]); reasons != "" {
			cases += fmt.Sprintf("case %q:\nreturn api.Texts(%s(\"\").Values())\n", m.wireName(name), reasons)
		}
	}
	if cases == "" {
		return
	}
	s.line("\n// Reasons returns the reasons that the exception of that name can have, which may be none.")
	s.line("func Reasons(exception string) []string {")
	s.line("switch exception {\n%s}\nreturn nil\n}", cases)
}

// newError writes the expression that makes an exception.
func (m *Model) newError(name, reason, text string) string {
	status := m.Shapes[name].Status
	if status == 0 || status == http.StatusBadRequest {
		return "api.NewError(" + quote(m.wireName(name)) + ", " + reason + ", " + text + ")"
	}
	return "&api.Error{Type: " + quote(m.wireName(name)) + ", Message: " + text + ", Status: " + strconv.Itoa(status) + "}"
}

func sorted[V any](table map[string]V) []string { return slices.Sorted(maps.Keys(table)) }
