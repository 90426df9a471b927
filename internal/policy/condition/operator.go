// Package condition holds the condition operators of the policy language: one
// table with their names and properties, the way a qualified name such as
// ForAnyValue:StringLikeIfExists is read, and the forms that operands take.
//
// Statements, documents and JSON do not enter here: a condition is an operator
// name and texts.
package condition

import "strings"

// Operator is one condition operator without its qualifiers.
// [AWS: IAM JSON policy elements: Condition operators]
type Operator struct {
	Name      string
	Form      Form // what its operands must look like
	Negated   bool // true where the positive operator of the same form is false
	Wildcards bool // * and ? in an operand stand for other characters
	Variables bool // ${…} in an operand stands for a value of the request
}

// operators is the table of all condition operators.
var operators = []Operator{
	{Name: "StringEquals", Form: Text, Variables: true},
	{Name: "StringNotEquals", Form: Text, Negated: true, Variables: true},
	{Name: "StringEqualsIgnoreCase", Form: Text, Variables: true},
	{Name: "StringNotEqualsIgnoreCase", Form: Text, Negated: true, Variables: true},
	{Name: "StringLike", Form: Text, Wildcards: true, Variables: true},
	{Name: "StringNotLike", Form: Text, Negated: true, Wildcards: true, Variables: true},
	{Name: "NumericEquals", Form: Number},
	{Name: "NumericNotEquals", Form: Number, Negated: true},
	{Name: "NumericLessThan", Form: Number},
	{Name: "NumericLessThanEquals", Form: Number},
	{Name: "NumericGreaterThan", Form: Number},
	{Name: "NumericGreaterThanEquals", Form: Number},
	{Name: "DateEquals", Form: Date},
	{Name: "DateNotEquals", Form: Date, Negated: true},
	{Name: "DateLessThan", Form: Date},
	{Name: "DateLessThanEquals", Form: Date},
	{Name: "DateGreaterThan", Form: Date},
	{Name: "DateGreaterThanEquals", Form: Date},
	{Name: "Bool", Form: Boolean, Variables: true},
	{Name: "BinaryEquals", Form: Binary},
	{Name: "IpAddress", Form: Network},
	{Name: "NotIpAddress", Form: Network, Negated: true},
	{Name: "ArnEquals", Form: ARN, Wildcards: true, Variables: true},
	{Name: "ArnLike", Form: ARN, Wildcards: true, Variables: true},
	{Name: "ArnNotEquals", Form: ARN, Negated: true, Wildcards: true, Variables: true},
	{Name: "ArnNotLike", Form: ARN, Negated: true, Wildcards: true, Variables: true},
	{Name: Null, Form: Boolean},
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

// The set operators; SingleValue stands for none.
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
// where the exact spelling matters.
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
