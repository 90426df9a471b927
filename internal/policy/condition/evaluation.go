package condition

import (
	"strings"

	"accord/internal/policy/wildcard"
)

// Test is one condition of a statement, ready to be evaluated: an operator, a key and
// operands. It is immutable.
type Test struct {
	operator Qualified
	name     string // of the key, as it is written
	key      string // in lower case
	unknown  bool
	operands comparison
}

// NewTest returns the condition of an operator, as the policy names it, a key and
// operands. Policy variables are replaced in operands where the operator takes them,
// if variables is set.
//
// A condition with an unknown operator holds in a Deny and not in an Allow. Only a
// lenient check lets one into a policy. [assumed]
func NewTest(operator, key string, operands []string, variables bool) *Test {
	q, known := Parse(operator)
	t := &Test{operator: q, unknown: !known}
	if t.name, t.key = spellings(key); !known {
		return t
	}
	syntax := Syntax{Variables: variables && q.Variables, Wildcards: q.Wildcards}
	templates := make([]Template, len(operands))
	for i, operand := range operands {
		templates[i] = syntax.ParseTemplate(operand)
	}
	t.operands = compile(q.Operator, templates)
	return t
}

// Holds reports whether the condition holds for a request.
// [AWS: conditions with multiple context keys or values; recorded]
func (t *Test) Holds(r Request) bool {
	if t.unknown {
		return r.Deny
	}
	values, present := r.Context.Value(t.key)
	switch {
	case t.operator.Name == Null:
		// Several operands: any of them. [assumed]
		absent := "true"
		if present {
			absent = "false"
		}
		return t.operands.compare(absent, r) == equal
	case !present && t.operator.IfExists:
		return true
	case !present:
		return t.operator.Set == ForAllValues || t.operator.Set == SingleValue && t.operator.Negated
	case values.multivalued && t.operator.Set == SingleValue:
		return false
	}
	for i := range values.len() {
		if t.holdsFor(values.at(i), r) != (t.operator.Set == ForAllValues) {
			return t.operator.Set != ForAllValues
		}
	}
	return t.operator.Set == ForAllValues
}

func (t *Test) holdsFor(value string, r Request) bool {
	switch t.operands.compare(value, r) {
	case equal:
		return !t.operator.Negated
	case different:
		return t.operator.Negated
	case undecided:
		return r.Deny
	}
	return false
}

// compile reads the operands of an operator once.
func compile(o Operator, operands []Template) comparison {
	switch o.OperandType {
	case Boolean:
		return booleans(operands)
	case Number:
		return newNumbers(o, operands)
	case Date:
		return newDates(o, operands)
	case Network:
		return newNetworks(operands)
	case ARN:
		return newARNs(operands)
	}
	switch {
	case o.Wildcards:
		return texts{operands, wildcard.Pattern.Match}
	case strings.HasSuffix(o.Name, "IgnoreCase"):
		return texts{operands, func(p wildcard.Pattern, value string) bool { return equalIgnoringCase(string(p), value) }}
	}
	// Text, and base64 text, which is compared as it is written. [recorded]
	return texts{operands, func(p wildcard.Pattern, value string) bool { return string(p) == value }}
}
