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

// ordered are operands that have an order: numbers and dates. A malformed one is left
// out. [recorded]
type ordered[T any] struct {
	operands []T
	parse    func(text string) (T, bool)
	order    func(a, b T) int
	holds    func(order int) bool
	// malformed is the outcome for a value that cannot be parsed.
	malformed func(r Request) outcome
}

// newNumbers compares numbers. Text that is not a number is unequal to each, but the
// simulator does not compare it at all. [recorded]
func newNumbers(o Operator, operands []Template) ordered[decimal] {
	return newOrdered(o, operands, parseDecimal, decimal.compare, func(r Request) outcome {
		if r.Simulated {
			return incomparable
		}
		return different
	})
}

// newDates compares instants. Text that is not a date is unequal to each. [recorded]
func newDates(o Operator, operands []Template) ordered[time.Time] {
	return newOrdered(o, operands, ParseDate, time.Time.Compare, func(Request) outcome { return different })
}

func newOrdered[T any](o Operator, operands []Template, parse func(string) (T, bool), order func(a, b T) int, malformed func(Request) outcome) ordered[T] {
	c := ordered[T]{parse: parse, order: order, holds: relation(o), malformed: malformed}
	for _, text := range constants(operands) {
		if operand, ok := parse(text); ok {
			c.operands = append(c.operands, operand)
		}
	}
	return c
}

func (c ordered[T]) compare(value string, r Request) outcome {
	parsed, ok := c.parse(value)
	if !ok {
		return c.malformed(r)
	}
	for _, operand := range c.operands {
		if c.holds(c.order(parsed, operand)) {
			return equal
		}
	}
	return different
}
