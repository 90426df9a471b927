package orgapi

import (
	"strings"
	"time"

	"accord/internal/api"
)

// The checks that the model names and no constraint of a single member can
// express. They need neither state nor clock; checks that do belong to the service.

// violation is that of a check, with its reason.
func violation(reason InvalidInputExceptionReason) *api.Violation {
	return api.NewViolation(string(reason))
}

// partyCheck checks the target of an invitation. What its Id must look like
// depends on its Type, and all of it has reasons of its own [recorded].
func partyCheck(p *HandshakeParty) *api.Violation {
	switch *p.Type {
	case HandshakePartyTypeAccount:
		if checkAccountId(*p.Id) != nil {
			return violation(InvalidInputExceptionReasonInvalidPattern).At("Id")
		}
	case HandshakePartyTypeEmail:
		if !ValidEmail(*p.Id) {
			return violation(InvalidInputExceptionReasonInvalidEmailAddressTarget).At("Id")
		}
	default:
		// An organization is a party of every handshake, but never its target.
		return violation(InvalidInputExceptionReasonInvalidPartyTypeTarget).At("Type")
	}
	return nil
}

// ValidEmail reports whether an account can have the address: 6 to 64
// characters that CreateAccount allows [AWS: API reference].
func ValidEmail(address string) bool { return checkEmail(address) == nil }

// oneFilterCheck: a list of handshakes is filtered by the action or by the
// parent, not by both [recorded].
func oneFilterCheck(f *HandshakeFilter) *api.Violation {
	if f != nil && f.ActionType != nil && f.ParentHandshakeId != nil {
		return violation(InvalidInputExceptionReasonMaxLimitExceededFilter).At("Filter")
	}
	return nil
}

// tagsCheck: no two tags have the same key, and no key is one of AWS's own.
func tagsCheck(tags []Tag) *api.Violation {
	key := func(i int) string { return *tags[i].Key }
	return keysCheck("Tags", len(tags), key)
}

// tagKeysCheck is tagsCheck for keys alone.
func tagKeysCheck(list []*string) *api.Violation {
	key := func(i int) string { return *list[i] }
	return keysCheck("TagKeys", len(list), key)
}

// keysCheck checks n tag keys of a member. Keys that differ in case are different [assumed].
func keysCheck(member string, n int, key func(int) string) *api.Violation {
	// A handful is compared pairwise, which allocates nothing; more than a
	// resource can have go through a set, so that time stays linear.
	if n <= 50 {
		for i := range n {
			for j := range i {
				if key(i) == key(j) {
					return violation(InvalidInputExceptionReasonDuplicateTagKey).In(member, i)
				}
			}
		}
	} else {
		seen := make(map[string]bool, n)
		for i := range n {
			if seen[key(i)] {
				return violation(InvalidInputExceptionReasonDuplicateTagKey).In(member, i)
			}
			seen[key(i)] = true
		}
	}
	for i := range n {
		if hasPrefixFold(key(i), "aws:") {
			return violation(InvalidInputExceptionReasonInvalidSystemTagsParameter).In(member, i)
		}
	}
	return nil
}

// roleNameCheck: the names of service-linked roles are reserved.
func roleNameCheck(name *string) *api.Violation {
	if name != nil && hasPrefixFold(*name, "AWSServiceRoleFor") {
		return violation(InvalidInputExceptionReasonInvalidRoleName).At("RoleName")
	}
	return nil
}

// accountTargetCheck: only accounts have effective policies; roots and units are
// rejected before anything is looked up [recorded].
func accountTargetCheck(id *string) *api.Violation {
	if id != nil && checkAccountId(*id) != nil {
		return violation(InvalidInputExceptionReasonTargetNotSupported).At("TargetId")
	}
	return nil
}

// startOfMonthCheck: a responsibility transfer begins with the first instant of
// a month, UTC [AWS: guide].
func startOfMonthCheck(start *api.Time) *api.Violation {
	if start == nil {
		return nil
	}
	at := start.UTC()
	if !at.Equal(at.Truncate(24 * time.Hour)) {
		return violation(InvalidInputExceptionReasonStartDateNotBeginningOfDay).At("StartTimestamp")
	}
	if at.Day() != 1 {
		return violation(InvalidInputExceptionReasonStartDateNotBeginningOfMonth).At("StartTimestamp")
	}
	return nil
}

// endOfMonthCheck: a responsibility transfer ends with the last second or the
// last millisecond of a month, UTC [AWS: guide; the second because clients cut
// fractions].
func endOfMonthCheck(end *api.Time) *api.Violation {
	if end == nil {
		return nil
	}
	at := end.UTC().Truncate(time.Millisecond)
	next := time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	if left := next.Sub(at); left != time.Millisecond && left != time.Second {
		return violation(InvalidInputExceptionReasonEndDateNotEndOfMonth).At("EndTimestamp")
	}
	return nil
}

// hasPrefixFold is strings.HasPrefix without regard to case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
