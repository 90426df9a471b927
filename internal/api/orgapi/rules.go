package orgapi

import (
	"strings"
	"time"

	"accord/internal/api"
)

// The rules that the model names and no constraint of a single member can
// express. They need neither state nor clock; those that do are the verbs'.

// broken is the fault of a request that breaks a rule.
func broken(reason InvalidInputExceptionReason) *api.Violation { return api.Broken(string(reason)) }

// ruleParty checks the target of an invitation. What its Id must look like
// depends on its Type, and all of it has reasons of its own [recorded].
func ruleParty(p *HandshakeParty) *api.Violation {
	switch *p.Type {
	case HandshakePartyTypeAccount:
		if checkAccountId(*p.Id) != nil {
			return broken(InvalidInputExceptionReasonInvalidPattern)
		}
	case HandshakePartyTypeEmail:
		if !ValidEmail(*p.Id) {
			return broken(InvalidInputExceptionReasonInvalidEmailAddressTarget)
		}
	default:
		// An organization is a party of every handshake, but never its target.
		return broken(InvalidInputExceptionReasonInvalidPartyTypeTarget)
	}
	return nil
}

// ValidEmail reports whether an account can have the address: 6 to 64
// characters and the rules for addresses of CreateAccount [AWS: API reference].
func ValidEmail(address string) bool { return checkEmail(address) == nil }

// ValidAccountID reports whether the text is an account id: twelve digits.
func ValidAccountID(id string) bool { return checkAccountId(id) == nil }

// ruleOneFilter: a list of handshakes is filtered by the action or by the
// parent, not by both [recorded].
func ruleOneFilter(f *HandshakeFilter) *api.Violation {
	if f != nil && f.ActionType != nil && f.ParentHandshakeId != nil {
		return broken(InvalidInputExceptionReasonMaxLimitExceededFilter)
	}
	return nil
}

// ruleTags: no two tags have the same key, and no key is one of AWS's own.
func ruleTags(tags []Tag) *api.Violation {
	key := func(i int) string { return *tags[i].Key }
	return keys(len(tags), key)
}

// ruleTagKeys is ruleTags for keys alone.
func ruleTagKeys(list []string) *api.Violation {
	key := func(i int) string { return list[i] }
	return keys(len(list), key)
}

// keys checks n tag keys. Keys that differ in case are different [assumed].
func keys(n int, key func(int) string) *api.Violation {
	// A handful is compared pairwise, which allocates nothing; more than a
	// resource can have go through a set, so that time stays linear.
	if n <= 50 {
		for i := range n {
			for j := range i {
				if key(i) == key(j) {
					return broken(InvalidInputExceptionReasonDuplicateTagKey)
				}
			}
		}
	} else {
		seen := make(map[string]bool, n)
		for i := range n {
			if seen[key(i)] {
				return broken(InvalidInputExceptionReasonDuplicateTagKey)
			}
			seen[key(i)] = true
		}
	}
	for i := range n {
		if hasPrefixFold(key(i), "aws:") {
			return broken(InvalidInputExceptionReasonInvalidSystemTagsParameter)
		}
	}
	return nil
}

// ruleRoleName: the names of service-linked roles are reserved.
func ruleRoleName(name *string) *api.Violation {
	if name != nil && hasPrefixFold(*name, "AWSServiceRoleFor") {
		return broken(InvalidInputExceptionReasonInvalidRoleName)
	}
	return nil
}

// ruleAccountTarget: only accounts have effective policies; roots and units are
// refused before anything is looked up [recorded].
func ruleAccountTarget(id *string) *api.Violation {
	if id != nil && checkAccountId(*id) != nil {
		return broken(InvalidInputExceptionReasonTargetNotSupported)
	}
	return nil
}

// ruleStartOfMonth: a responsibility transfer begins with the first instant of
// a month, UTC [AWS: guide].
func ruleStartOfMonth(start *api.Time) *api.Violation {
	if start == nil {
		return nil
	}
	at := start.UTC()
	if !at.Equal(at.Truncate(24 * time.Hour)) {
		return broken(InvalidInputExceptionReasonStartDateNotBeginningOfDay)
	}
	if at.Day() != 1 {
		return broken(InvalidInputExceptionReasonStartDateNotBeginningOfMonth)
	}
	return nil
}

// ruleEndOfMonth: a responsibility transfer ends with the last second or the
// last millisecond of a month, UTC [AWS: guide; the second because clients cut
// fractions].
func ruleEndOfMonth(end *api.Time) *api.Violation {
	if end == nil {
		return nil
	}
	at := end.UTC().Truncate(time.Millisecond)
	next := time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	if left := next.Sub(at); left != time.Millisecond && left != time.Second {
		return broken(InvalidInputExceptionReasonEndDateNotEndOfMonth)
	}
	return nil
}

// hasPrefixFold is strings.HasPrefix without regard to case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
