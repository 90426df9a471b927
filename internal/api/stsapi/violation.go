package stsapi

import (
	"strings"

	"accord/internal/api"
)

// errorOf turns a violation into the ValidationError of the query protocol, which
// names the value, the member and its constraint.
func errorOf(v *api.Violation) *api.Error {
	value := "'" + api.Cut(v.Value, longestValue) + "'"
	if v.Constraint == api.Required {
		value = "null"
	}
	return ErrValidation("1 validation error detected: Value "+value+" at '"+memberPath(v.Path)+
		"' failed to satisfy constraint: "+constraintText(v)).About(v.Member(), v.Rule())
}

// longestValue is how many bytes of a value are quoted: more than the longest that any
// member but a policy may have, so that a large one is not sent back whole. [assumed]
const longestValue = 256

// constraintText says what the constraint asks of the member.
func constraintText(v *api.Violation) string {
	switch v.Constraint {
	case api.Required:
		return "Member must not be null"
	case api.MinLength:
		return "Member must have length greater than or equal to " + v.Want
	case api.MaxLength:
		return "Member must have length less than or equal to " + v.Want
	case api.MinValue:
		return "Member must have value greater than or equal to " + v.Want
	case api.MaxValue:
		return "Member must have value less than or equal to " + v.Want
	case api.Enum:
		return "Member must satisfy enum value set: " + v.Want
	default:
		return "Member must satisfy regular expression pattern: " + v.Want
	}
}

// memberPath writes the path to a member: roleArn, tags.1.member.key.
func memberPath(path []string) string {
	names := make([]string, 0, len(path))
	for _, name := range path {
		names = append(names, strings.ToLower(name[:1])+name[1:])
	}
	return strings.Join(names, ".")
}
