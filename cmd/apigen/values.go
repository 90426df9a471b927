package main

import (
	"fmt"
	"strconv"
	"strings"

	"accord/internal/api"
)

// valueChecks emits the functions that check single values, and the patterns that they
// match.
func (m *Model) valueChecks(pkg string) *source {
	var checked, patterns []string
	inputs := m.reached(m.inputs()...)
	for _, name := range m.shapeNames() {
		shape := m.Shapes[name]
		if !inputs[name] || !m.isConstrained(name) || shape.Type == "structure" || shape.Type == "list" {
			continue
		}
		checked = append(checked, name)
		if shape.Type == "string" && !matchesAnything[shape.Pattern] {
			patterns = append(patterns, name)
		}
	}

	s := new(source)
	for _, name := range checked {
		m.valueCheck(s, name)
	}
	if len(patterns) > 0 {
		s.line("// The patterns of the model. Each holds for the whole text.")
		s.line("var (")
		for _, name := range patterns {
			s.line("%s = %s", patternName(name), matcher(wholePattern(m.Shapes[name].Pattern)))
		}
		s.line(")")
	}
	return withImports(pkg, s)
}

func patternName(shape string) string { return unexported(exported(shape)) + "Pattern" }

// matcher is the expression that makes the matcher of a pattern.
func matcher(pattern string) string {
	runs, simple := runsOf(pattern)
	if !simple {
		return "api.NewExpression(" + raw(pattern) + ")"
	}
	text := "api.Runs{\n"
	for _, alternative := range runs {
		text += "{" + runList(alternative) + "},\n"
	}
	return text + "}"
}

func runList(runs []api.Run) string {
	var list string
	for i, r := range runs {
		if i > 0 {
			list += ", "
		}
		if r.Text != "" {
			list += fmt.Sprintf("{Text: %q}", r.Text)
		} else {
			list += fmt.Sprintf("{Set: %q, Min: %d, Max: %d}", r.Set, r.Min, r.Max)
		}
	}
	return list
}

// raw writes a pattern as a Go string, without doubled backslashes if it can.
func raw(pattern string) string {
	if strconv.CanBackquote(pattern) {
		return "`" + pattern + "`"
	}
	return quote(pattern)
}

// valueCheck emits the function that checks a value which is no structure.
func (m *Model) valueCheck(s *source, name string) {
	shape := m.Shapes[name]
	s.line("func check%s(value %s) *api.Violation {", exported(name), m.valueType(name))
	var steps []string
	switch {
	case shape.Enum != nil:
		steps = append(steps, "api.OneOf(value)"+replacement(shape.Reasons, "enum"))
	case shape.Type == "integer":
		steps = append(steps, fmt.Sprintf("api.Range(value, %s)", limits(shape))+replacement(shape.Reasons, "min", "max"))
	default:
		if shape.Min != nil || shape.Max != nil {
			steps = append(steps, fmt.Sprintf("api.Length(value, %s)", limits(shape))+replacement(shape.Reasons, "min", "max"))
		}
		if !matchesAnything[shape.Pattern] {
			swap := replacement(shape.Reasons, "pattern")
			if shape.Except != nil {
				steps = append(steps, fmt.Sprintf("api.NoneOf(value, %s, %s)", raw(shape.Pattern), quotedList(shape.Except))+swap)
			}
			steps = append(steps, fmt.Sprintf("api.Match(value, %s, %s)", patternName(name), raw(shape.Pattern))+swap)
		}
	}
	for _, step := range steps[:len(steps)-1] {
		s.line("if v := %s; v != nil {\nreturn v\n}", step)
	}
	s.line("return %s\n}\n", steps[len(steps)-1])
}

// quotedList writes texts as Go strings with commas between them.
func quotedList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return strings.Join(quoted, ", ")
}
