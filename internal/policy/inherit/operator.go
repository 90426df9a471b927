package inherit

import (
	"strings"

	"accord/internal/policy/document"
)

// operators is a set of value operators.
type operators uint8

// The value operators, and the two sets that controls name.
const (
	assigning operators = 1 << iota
	appending
	removing

	none operators = 0
	all            = assigning | appending | removing
	// adding allows a policy below to add a member to a container: one of the two
	// is enough. [AWS: guide for each alone]
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

// controls are the values of the control operator, by the lower-case name.
var controls = map[string]operators{
	"@@all":    all,
	"@@assign": assigning,
	"@@append": appending,
	"@@remove": removing,
	"@@none":   none,
}

// isOperator reports whether a name is that of an operator, known or unknown.
func isOperator(name string) bool { return strings.HasPrefix(name, operatorMark) }

// carriesValue reports whether an object has a value operator.
func carriesValue(object *document.Node) bool {
	if object == nil {
		return false
	}
	for _, member := range object.Members {
		if valueOperators[folded(member.Name)] != none {
			return true
		}
	}
	return false
}

// lookup returns the value of a member by its lower-case name, or nil.
func lookup(object *document.Node, name string) *document.Node {
	for _, member := range object.Members {
		if folded(member.Name) == name {
			return member.Value
		}
	}
	return nil
}

// assigned returns the value of @@assign in the setting at the path of names below
// the object, or nil.
func assigned(object *document.Node, names ...string) *document.Node {
	for _, name := range names {
		if object = lookup(object, name); object == nil {
			return nil
		}
	}
	return lookup(object, "@@assign")
}
