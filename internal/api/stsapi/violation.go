package stsapi

import (
	"strings"

	"accord/internal/api"
)

// refuse turns a fault into the ValidationError of the query protocol, which
// names the value, the member and what is wanted of it.
func errorOf(f *api.Violation) *api.Error {
	value := "'" + f.Value + "'"
	if f.Constraint == api.Required {
		value = "null"
	}
	return api.NewError("ValidationError", "", "1 validation error detected: Value "+value+" at '"+memberPath(f.Path)+
		"' failed to satisfy constraint: "+constraintText(f))
}

// demand says what is wanted of the member.
func constraintText(f *api.Violation) string {
	switch f.Constraint {
	case api.Required:
		return "Member must not be null"
	case api.MinLength:
		return "Member must have length greater than or equal to " + f.Want
	case api.MaxLength:
		return "Member must have length less than or equal to " + f.Want
	case api.MinValue:
		return "Member must have value greater than or equal to " + f.Want
	case api.MaxValue:
		return "Member must have value less than or equal to " + f.Want
	case api.Enum:
		return "Member must satisfy enum value set: " + f.Want
	default:
		return "Member must satisfy regular expression pattern: " + f.Want
	}
}

// place writes the path to a member: roleArn, tags.1.member.key.
func memberPath(path []string) string {
	names := make([]string, 0, len(path))
	for _, name := range path {
		names = append(names, strings.ToLower(name[:1])+name[1:])
	}
	return strings.Join(names, ".")
}
