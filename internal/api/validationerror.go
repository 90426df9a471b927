package api

import "strings"

// ValidationErrorType is the exception of the query protocol for a member that violates a
// rule. [AWS: common errors]
const ValidationErrorType = "ValidationError"

// ValidationError turns a violation into the ValidationError of the query protocol, which
// names the value, the member and its constraint.
func ValidationError(v *Violation) *Error {
	value := "'" + Cut(v.Value, longestValue) + "'"
	if v.Constraint == Required {
		value = "null"
	}
	return NewError(ValidationErrorType, "", "1 validation error detected: Value "+value+" at '"+memberPath(v.Path)+
		"' failed to satisfy constraint: "+constraintText(v)).About(v.Member(), v.Rule())
}

// longestValue is how many bytes of a value are quoted: more than the longest that any
// member but a policy may have, so that a large one is not sent back whole. [assumed]
const longestValue = 256

// constraintText says what the constraint asks of the member.
func constraintText(v *Violation) string {
	switch v.Constraint {
	case Required:
		return "Member must not be null"
	case MinLength:
		return "Member must have length greater than or equal to " + v.Want
	case MaxLength:
		return "Member must have length less than or equal to " + v.Want
	case MinValue:
		return "Member must have value greater than or equal to " + v.Want
	case MaxValue:
		return "Member must have value less than or equal to " + v.Want
	case Enum:
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
