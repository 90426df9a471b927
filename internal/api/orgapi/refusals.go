package orgapi

import "accord/internal/api"

// refusal is what a reason says of a request: the member that is refused, unless the
// check of it knows better, and the rule that it violates.
type refusal struct{ member, rule string }

// refusals are the reasons of checks that are no constraint of the model. They are for
// the log: clients often do not show the reason.
var refusals = map[InvalidInputExceptionReason]refusal{
	InvalidInputExceptionReasonInvalidPattern:                            {"", "has to be an account ID, which has 12 digits"},
	InvalidInputExceptionReasonInvalidEmailAddressTarget:                 {"Target.Id", "has to be an email address of 6 to 64 characters"},
	InvalidInputExceptionReasonInvalidPartyTypeTarget:                    {"Target.Type", "has to be ACCOUNT or EMAIL"},
	InvalidInputExceptionReasonMaxLimitExceededFilter:                    {"Filter", "has to have one of ActionType and ParentHandshakeId"},
	InvalidInputExceptionReasonDuplicateTagKey:                           {"Tags", "repeats the key of another tag"},
	InvalidInputExceptionReasonInvalidSystemTagsParameter:                {"Tags", "has a key that begins with aws:, which is reserved"},
	InvalidInputExceptionReasonInvalidRoleName:                           {"RoleName", "begins with AWSServiceRoleFor, which is reserved"},
	InvalidInputExceptionReasonTargetNotSupported:                        {"TargetId", "has to be an account for which this is possible"},
	InvalidInputExceptionReasonStartDateNotBeginningOfDay:                {"StartTimestamp", "has to be the first instant of a day, UTC"},
	InvalidInputExceptionReasonStartDateNotBeginningOfMonth:              {"StartTimestamp", "has to be the first instant of a month, UTC"},
	InvalidInputExceptionReasonStartDateTooEarly:                         {"StartTimestamp", "is too early"},
	InvalidInputExceptionReasonStartDateTooLate:                          {"StartTimestamp", "is too late"},
	InvalidInputExceptionReasonEndDateNotEndOfMonth:                      {"EndTimestamp", "has to be the last second of a month, UTC"},
	InvalidInputExceptionReasonEndDateTooEarly:                           {"EndTimestamp", "is too early"},
	InvalidInputExceptionReasonEndDateTooLate:                            {"EndTimestamp", "is too late"},
	InvalidInputExceptionReasonInvalidNextToken:                          {"NextToken", "is not that of the page before, for the same request"},
	InvalidInputExceptionReasonImmutablePolicy:                           {"PolicyId", "is a policy of AWS, which cannot be changed"},
	InvalidInputExceptionReasonNonDetachablePolicy:                       {"PolicyId", "cannot be detached from this target"},
	InvalidInputExceptionReasonUnrecognizedServicePrincipal:              {"ServicePrincipal", "is not the principal of a service that can have access"},
	InvalidInputExceptionReasonUnsupportedActionInResponsibilityTransfer: {"Id", "is a transfer for which this is not possible"},
	InvalidInputExceptionReasonInvalidResourcePolicyJson:                 {"Content", "is not a valid delegation policy"},
	InvalidInputExceptionReasonInvalidPrincipal:                          {"Content", "has a principal that is not valid"},
	InvalidInputExceptionReasonUnsupportedActionInResourcePolicy:         {"Content", "has an action that cannot be delegated"},
	InvalidInputExceptionReasonUnsupportedPolicyTypeInResourcePolicy:     {"Content", "has a policy type that cannot be delegated"},
	InvalidInputExceptionReasonUnsupportedResourceInResourcePolicy:       {"Content", "has a resource that cannot be delegated"},
}

// Explained returns an InvalidInputException with the member and the rule of its
// reason, unless it has them; every other error as it is.
func Explained(e *api.Error) *api.Error {
	if e.Type != "InvalidInputException" || e.Member != "" || e.Rule != "" {
		return e
	}
	r := refusals[InvalidInputExceptionReason(e.Reason)]
	return e.About(r.member, r.rule)
}
