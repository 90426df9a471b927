package condition

import (
	"strings"
	"time"

	"accord/internal/policy/wildcard"
)

// Request is what a condition is evaluated with.
type Request struct {
	Context Context
	// Deny says that the statement is a Deny. What cannot be compared holds in a Deny
	// and not in an Allow: it never gives access. [recorded]
	Deny bool
	// Simulated is set for the policy simulator, which compares some texts that are not
	// numbers differently. [recorded]
	Simulated bool
}

// outcome is the result of the comparison of one value with all operands.
type outcome int

const (
	different    outcome = iota // from each of the operands
	equal                       // to one of them, or in the order that the operator asks for
	undecided                   // an operand cannot be compared
	incomparable                // the value cannot be compared: neither the operator nor its negation holds
)

// comparison compares values with operands.
type comparison interface {
	compare(value string, r Request) outcome
}

// constants are the operands without their variables: the types that have none.
func constants(operands []Template) []string {
	texts := make([]string, len(operands))
	for i, operand := range operands {
		texts[i] = string(operand.start)
	}
	return texts
}

// longest is the number of bytes of the values in an operand that is not compared as
// text. Keys such as aws:userAgent have values of any length. [assumed]
const longest = 64 << 10

// texts are operands of text. One whose variable has no value equals nothing.
// [recorded]
type texts struct {
	operands []Template
	matches  func(operand wildcard.Pattern, value string) bool
}

func (c texts) compare(value string, r Request) outcome {
	for _, operand := range c.operands {
		// No character has a form of another case that is four times as long.
		if p, ok := operand.Expand(r.Context, 4*len(value)); ok && c.matches(p, value) {
			return equal
		}
	}
	return different
}

// booleans are operands that are true or false: a text that is not true is false.
// [recorded]
type booleans []Template

func (c booleans) compare(value string, r Request) outcome {
	for _, operand := range c {
		if p, ok := operand.Expand(r.Context, longest); ok && isTrue(string(p)) == isTrue(value) {
			return equal
		}
	}
	return different
}

func isTrue(text string) bool { return strings.EqualFold(text, "true") }

// relations are the orders of a value and an operand for which an operator holds, by
// the end of its name. The negated operator has that of the positive one.
var relations = []struct {
	suffix string
	holds  func(order int) bool
}{
	{"LessThan", func(order int) bool { return order < 0 }},
	{"LessThanEquals", func(order int) bool { return order <= 0 }},
	{"GreaterThan", func(order int) bool { return order > 0 }},
	{"GreaterThanEquals", func(order int) bool { return order >= 0 }},
}

func relation(o Operator) func(order int) bool {
	for _, r := range relations {
		if strings.HasSuffix(o.Name, r.suffix) {
			return r.holds
		}
	}
	return func(order int) bool { return order == 0 }
}

// numbers are operands that are numbers. Text that is not a number is unequal to each,
// but the simulator does not compare it at all. [recorded]
type numbers struct {
	operands []decimal
	holds    func(order int) bool
}

func newNumbers(o Operator, operands []Template) numbers {
	c := numbers{holds: relation(o)}
	for _, text := range constants(operands) {
		if n, ok := parseDecimal(text); ok {
			c.operands = append(c.operands, n)
		}
	}
	return c
}

func (c numbers) compare(value string, r Request) outcome {
	n, ok := parseDecimal(value)
	switch {
	case !ok && r.Simulated:
		return incomparable
	case !ok:
		return different
	}
	for _, operand := range c.operands {
		if c.holds(n.compare(operand)) {
			return equal
		}
	}
	return different
}

// dates are operands that are instants. Text that is not a date is unequal to each.
// [recorded]
type dates struct {
	operands []time.Time
	holds    func(order int) bool
}

func newDates(o Operator, operands []Template) dates {
	c := dates{holds: relation(o)}
	for _, text := range constants(operands) {
		if t, ok := ParseDate(text); ok {
			c.operands = append(c.operands, t)
		}
	}
	return c
}

func (c dates) compare(value string, _ Request) outcome {
	t, ok := ParseDate(value)
	if !ok {
		return different
	}
	for _, operand := range c.operands {
		if c.holds(t.Compare(operand)) {
			return equal
		}
	}
	return different
}
