package orgapi

import (
	"cmp"
	"strings"

	"accord/internal/api"
)

// reasons are the general reasons of an InvalidInputException, by the kind of
// the constraint.
var reasons = map[api.Constraint]InvalidInputExceptionReason{
	api.Required:  InvalidInputExceptionReasonInputRequired,
	api.MinLength: InvalidInputExceptionReasonMinLengthExceeded,
	api.MaxLength: InvalidInputExceptionReasonMaxLengthExceeded,
	api.MinValue:  InvalidInputExceptionReasonMinValueExceeded,
	api.MaxValue:  InvalidInputExceptionReasonMaxValueExceeded,
	api.Pattern:   InvalidInputExceptionReasonInvalidPattern,
	api.Enum:      InvalidInputExceptionReasonInvalidEnum,
}

// errorOf turns a violation into an InvalidInputException.
//
// The reasons are those of the API reference; natively a general reason is
// followed by the member that violates its constraint, while a reason of its own
// already names the member and is sent alone [recorded].
func errorOf(v *api.Violation) *api.Error {
	reason := InvalidInputExceptionReason(v.Reason)
	if reason == "" {
		reason = reasons[v.Constraint]
	}
	documented := ErrInvalidInput(reason).About(v.Member(), cmp.Or(v.Rule(), refusals[reason].rule))
	switch {
	case v.NativeReason != "":
		return documented.Natively(ErrInvalidInput(InvalidInputExceptionReason(v.NativeReason)))
	case v.Reason == "":
		native := *documented
		native.Reason += ":" + suffix(v.Path)
		return documented.Natively(&native)
	}
	return documented
}

// suffix writes the path to a member as the recorded reasons do: Filter,
// ActionType is FILTER_ACTION_TYPE; the value of the first tag is
// TAGS_1_MEMBER_VALUE.
func suffix(path []string) string {
	var b strings.Builder
	for i, name := range path {
		if i > 0 {
			b.WriteByte('_')
		}
		for j := range len(name) {
			if j > 0 && isUpper(name[j]) && !isUpper(name[j-1]) {
				b.WriteByte('_')
			}
			b.WriteByte(name[j])
		}
	}
	return strings.ToUpper(b.String())
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
