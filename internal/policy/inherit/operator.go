package inherit

import "strings"

// operators is a set of value operators.
type operators uint8

// The value operators, and the two sets that controls name.
const (
	assigning operators = 1 << iota
	appending
	removing

	none operators = 0
	all            = assigning | appending | removing
	// adding is what a container must allow before a policy below may add a
	// member to it: one of the two is enough. [AWS: guide for each alone]
	adding = assigning | appending
)

// operatorMark begins every operator name.
const operatorMark = "@@"

// control is the operator that limits the policies below. [AWS: guide]
const control = "@@operators_allowed_for_child_policies"

// valueOperators are the operators that set values, by their lower-case name.
var valueOperators = map[string]operators{
	"@@assign": assigning,
	"@@append": appending,
	"@@remove": removing,
}

// controls are what the control operator may list, by the lower-case name.
var controls = map[string]operators{
	"@@all":    all,
	"@@assign": assigning,
	"@@append": appending,
	"@@remove": removing,
	"@@none":   none,
}

// isOperator says whether a name claims to be an operator, known or not.
func isOperator(name string) bool { return strings.HasPrefix(name, operatorMark) }
