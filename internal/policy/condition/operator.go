// Package condition holds the condition operators of the policy language: one
// table with their names and properties, the parser of a qualified name such as
// ForAnyValue:StringLikeIfExists, and the types of operands.
//
// The package knows no statements, documents or JSON: a condition is an operator
// name and texts.
package condition

import "strings"

// Operator is one condition operator without its qualifiers.
// [AWS: IAM JSON policy elements: Condition operators]
type Operator struct {
	Name        string
	OperandType OperandType
	Negated     bool // true where the positive operator of the same type is false
	Wildcards   bool // * and ? in an operand match other characters
	Variables   bool // ${…} in an operand is replaced by a value of the request
}

// operators is the table of all condition operators.
var operators = []Operator{
	{Name: "StringEquals", OperandType: Text, Variables: true},
	{Name: "StringNotEquals", OperandType: Text, Negated: true, Variables: true},
	{Name: "StringEqualsIgnoreCase", OperandType: Text, Variables: true},
	{Name: "StringNotEqualsIgnoreCase", OperandType: Text, Negated: true, Variables: true},
	{Name: "StringLike", OperandType: Text, Wildcards: true, Variables: true},
	{Name: "StringNotLike", OperandType: Text, Negated: true, Wildcards: true, Variables: true},
	{Name: "NumericEquals", OperandType: Number},
	{Name: "NumericNotEquals", OperandType: Number, Negated: true},
	{Name: "NumericLessThan", OperandType: Number},
	{Name: "NumericLessThanEquals", OperandType: Number},
	{Name: "NumericGreaterThan", OperandType: Number},
	{Name: "NumericGreaterThanEquals", OperandType: Number},
	{Name: "DateEquals", OperandType: Date},
	{Name: "DateNotEquals", OperandType: Date, Negated: true},
	{Name: "DateLessThan", OperandType: Date},
	{Name: "DateLessThanEquals", OperandType: Date},
	{Name: "DateGreaterThan", OperandType: Date},
	{Name: "DateGreaterThanEquals", OperandType: Date},
	{Name: "Bool", OperandType: Boolean, Variables: true},
	{Name: "BinaryEquals", OperandType: Binary},
	{Name: "IpAddress", OperandType: Network},
	{Name: "NotIpAddress", OperandType: Network, Negated: true},
	{Name: "ArnEquals", OperandType: ARN, Wildcards: true, Variables: true},
	{Name: "ArnLike", OperandType: ARN, Wildcards: true, Variables: true},
	{Name: "ArnNotEquals", OperandType: ARN, Negated: true, Wildcards: true, Variables: true},
	{Name: "ArnNotLike", OperandType: ARN, Negated: true, Wildcards: true, Variables: true},
	{Name: Null, OperandType: Boolean},
}

// Null is the operator that asks whether a key is in the request at all. It
// is the only one that takes no IfExists.
const Null = "Null"

// Operators returns every operator, in the order of the documentation.
func Operators() []Operator { return append([]Operator(nil), operators...) }

// ifExists is the suffix that lets a condition hold when the key is missing.
const ifExists = "IfExists"

// Set says how an operator treats a key with several values.
type Set string

// The set operators; SingleValue is the absence of one.
const (
	SingleValue  Set = ""
	ForAllValues Set = "ForAllValues:"
	ForAnyValue  Set = "ForAnyValue:"
)

// Qualified is an operator as a policy names it: with its set operator and
// IfExists.
type Qualified struct {
	Operator
	Set      Set
	IfExists bool
}

// String gives the name in its exact spelling.
func (q Qualified) String() string {
	name := string(q.Set) + q.Name
	if q.IfExists {
		name += ifExists
	}
	return name
}

// Parse reads a qualified operator name without regard to case, and reports
// whether there is such an operator. Compare the result's String with name
// if the exact spelling matters.
func Parse(name string) (Qualified, bool) {
	var q Qualified
	for _, set := range []Set{ForAllValues, ForAnyValue} {
		if rest, ok := cutPrefixFold(name, string(set)); ok {
			q.Set, name = set, rest
			break
		}
	}
	if n := len(name) - len(ifExists); n > 0 && strings.EqualFold(name[n:], ifExists) {
		q.IfExists, name = true, name[:n]
	}
	for _, o := range operators {
		if strings.EqualFold(o.Name, name) {
			q.Operator = o
			return q, !(q.IfExists && o.Name == Null)
		}
	}
	return Qualified{}, false
}

func cutPrefixFold(text, prefix string) (string, bool) {
	if len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
		return text[len(prefix):], true
	}
	return text, false
}
