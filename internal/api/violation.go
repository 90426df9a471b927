package api

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Constraint is the kind of a constraint that the interface model puts on a
// member of a request.
type Constraint int

// The kinds of constraint, in the order in which a member is checked. Custom
// is that of the checks that are written by hand.
const (
	Required Constraint = iota
	MinLength
	MaxLength
	MinValue
	MaxValue
	Pattern
	Enum
	Custom
)

// Violation is a constraint that a request violates. The generated checks find it;
// each service turns it into the error of its own kind.
//
// A nil *Violation means that the request is valid; all methods accept it, so that
// a valid request is checked without an allocation.
type Violation struct {
	// Constraint is what is violated.
	Constraint Constraint
	// Path leads from the request to the member, outermost name first. An
	// element of a list is its number, from 1, and "member".
	Path []string
	// Value is what was sent; empty for an absent member. It can be sensitive.
	Value string
	// Want is the limit, the pattern or the values that the model asks for.
	Want string
	// Reason replaces the reason of the constraint; empty where the constraint
	// has no reason of its own in the model.
	Reason string
	// NativeReason replaces Reason under the native wire style; empty where
	// both styles agree.
	NativeReason string
}

// Absent is the violation of a required member that was not sent.
func Absent(member string) *Violation {
	return &Violation{Constraint: Required, Path: []string{member}}
}

// AbsentElement is the violation of element i of a list, counted from 0, that is null.
func AbsentElement(list string, i int) *Violation {
	return (&Violation{Constraint: Required}).In(list, i)
}

// NewViolation is that of a custom check, with its reason.
func NewViolation(reason string) *Violation {
	return &Violation{Constraint: Custom, Reason: reason}
}

// At returns v as seen from the structure that holds it in member.
func (v *Violation) At(member string) *Violation {
	if v != nil {
		v.Path = slices.Insert(v.Path, 0, member)
	}
	return v
}

// In returns v as seen from the structure that holds the list of which element
// i, counted from 0, violates a constraint.
func (v *Violation) In(list string, i int) *Violation {
	if v != nil {
		v.Path = slices.Insert(v.Path, 0, list, strconv.Itoa(i+1), "member")
	}
	return v
}

// As gives v the reason that the model has for this member instead of the
// general one of the constraint; with kinds, only if v is of one of them.
func (v *Violation) As(reason string, kinds ...Constraint) *Violation {
	if v != nil && (len(kinds) == 0 || slices.Contains(kinds, v.Constraint)) {
		v.Reason = reason
	}
	return v
}

// AsValue gives v the reason if value is what was sent.
func (v *Violation) AsValue(value, reason string) *Violation {
	if v != nil && v.Value == value {
		v.Reason = reason
	}
	return v
}

// Natively gives v the reason that the native wire style has instead; with
// kinds, only if v is of one of them.
func (v *Violation) Natively(reason string, kinds ...Constraint) *Violation {
	if v != nil && (len(kinds) == 0 || slices.Contains(kinds, v.Constraint)) {
		v.NativeReason = reason
	}
	return v
}

// Member is the path to the member in one text, e.g. Tags.1.Value.
func (v *Violation) Member() string {
	names := make([]string, 0, len(v.Path))
	for _, name := range v.Path {
		if name != "member" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

// Rule says in words what is violated, without the value; empty for a custom check.
func (v *Violation) Rule() string {
	switch v.Constraint {
	case Required:
		return "is required"
	case MinLength:
		return "has to be at least " + v.Want + " long"
	case MaxLength:
		return "has to be at most " + v.Want + " long"
	case MinValue:
		return "has to be at least " + v.Want
	case MaxValue:
		return "has to be at most " + v.Want
	case Pattern:
		return "has to match " + v.Want
	case Enum:
		return "has to be one of " + v.Want
	default:
		return ""
	}
}

// Length checks that v has min to max characters, counted as Unicode code
// points. A negative max means no upper limit.
func Length(v string, min, max int) *Violation {
	// A character has 1 to 4 bytes, so mostly the bytes decide alone.
	if max >= 0 && len(v) > max && utf8.RuneCountInString(v) > max {
		return &Violation{Constraint: MaxLength, Value: v, Want: strconv.Itoa(max)}
	}
	if len(v) < min*utf8.UTFMax && utf8.RuneCountInString(v) < min {
		return &Violation{Constraint: MinLength, Value: v, Want: strconv.Itoa(min)}
	}
	return nil
}

// Count checks that a list has min to max elements. A negative max means no
// upper limit.
func Count(n, min, max int) *Violation {
	switch {
	case max >= 0 && n > max:
		return &Violation{Constraint: MaxLength, Value: strconv.Itoa(n), Want: strconv.Itoa(max)}
	case n < min:
		return &Violation{Constraint: MinLength, Value: strconv.Itoa(n), Want: strconv.Itoa(min)}
	}
	return nil
}

// Range checks that v lies between min and max, both included.
func Range(v, min, max int32) *Violation {
	switch {
	case v < min:
		return &Violation{Constraint: MinValue, Value: strconv.Itoa(int(v)), Want: strconv.Itoa(int(min))}
	case v > max:
		return &Violation{Constraint: MaxValue, Value: strconv.Itoa(int(v)), Want: strconv.Itoa(int(max))}
	}
	return nil
}

// Match checks v against a pattern; want is the pattern as the model writes it,
// for messages.
func Match(v string, pattern Matcher, want string) *Violation {
	if pattern.MatchString(v) {
		return nil
	}
	return &Violation{Constraint: Pattern, Value: v, Want: want}
}

// NoneOf checks that v is none of the texts, which are rejected as if they did not
// match the pattern.
func NoneOf(v, want string, texts ...string) *Violation {
	if !slices.Contains(texts, v) {
		return nil
	}
	return &Violation{Constraint: Pattern, Value: v, Want: want}
}

// OneOf checks that the model knows the value of an enum.
func OneOf[E interface {
	~string
	Valid() bool
	Values() []E
}](v E) *Violation {
	if v.Valid() {
		return nil
	}
	var known []string
	for _, value := range v.Values() {
		known = append(known, string(value))
	}
	return &Violation{Constraint: Enum, Value: string(v), Want: "[" + strings.Join(known, ", ") + "]"}
}
