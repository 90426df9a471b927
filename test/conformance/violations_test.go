package conformance

import (
	"strings"
	"time"

	"accord/test/facts"
)

// violation is a value that violates a check between members, or that of a
// structure, and the reason of the error.
type violation struct {
	name   string
	value  any
	reason string
}

// violations are, for each check of the model, values of the member that it reads. [The
// reasons: AWS's API reference, and recorded answers]
var violations = map[string]func(valid any) []violation{
	"tags": func(any) []violation {
		tag := func(key string) any { return body{"Key": key, "Value": "v"} }
		return []violation{
			{"two equal keys", []any{tag("a"), tag("b"), tag("a")}, "DUPLICATE_TAG_KEY"},
			{"a key of AWS", []any{tag("aws:a")}, "INVALID_SYSTEM_TAGS_PARAMETER"},
			{"a key of AWS in upper case", []any{tag("AWS:a")}, "INVALID_SYSTEM_TAGS_PARAMETER"},
		}
	},
	"tagKeys": func(any) []violation {
		return []violation{
			{"two equal keys", []any{"a", "b", "a"}, "DUPLICATE_TAG_KEY"},
			{"a key of AWS", []any{"aws:a"}, "INVALID_SYSTEM_TAGS_PARAMETER"},
		}
	},
	"roleName": func(any) []violation {
		return []violation{
			{"a reserved name", "AWSServiceRoleForA", "INVALID_ROLE_NAME"},
			{"a reserved name in lower case", "awsservicerolefor", "INVALID_ROLE_NAME"},
		}
	},
	"oneFilter": func(any) []violation {
		return []violation{{"two filters", body{"ActionType": "INVITE", "ParentHandshakeId": "h-00000000"}, "MAX_LIMIT_EXCEEDED_FILTER"}}
	},
	"accountTarget": func(any) []violation {
		return []violation{
			{"a root", "r-0000", "TARGET_NOT_SUPPORTED"},
			{"a unit", "ou-0000-00000000", "TARGET_NOT_SUPPORTED"},
		}
	},
	"startOfMonth": func(valid any) []violation {
		return []violation{
			{"a later day", later(valid, 24*time.Hour), "START_DATE_NOT_BEGINNING_OF_MONTH"},
			{"a later second", later(valid, time.Second), "START_DATE_NOT_BEGINNING_OF_DAY"},
		}
	},
	"endOfMonth": func(valid any) []violation {
		return []violation{
			{"an earlier day", later(valid, -24*time.Hour), "END_DATE_NOT_END_OF_MONTH"},
			{"a second later", later(valid, time.Second), "END_DATE_NOT_END_OF_MONTH"},
		}
	},
	"party": func(any) []violation {
		party := func(kind, id string) any { return body{"Type": kind, "Id": id} }
		return []violation{
			{"an account of eleven digits", party("ACCOUNT", strings.Repeat("1", 11)), "INVALID_PATTERN"},
			{"an address without a domain", party("EMAIL", "someone"), "INVALID_EMAIL_ADDRESS_TARGET"},
			{"an organization", party("ORGANIZATION", "o-0000000000"), "INVALID_PARTY_TYPE_TARGET"},
		}
	},
}

func later(instant any, by time.Duration) int { return instant.(int) + int(by/time.Second) }

// addViolations makes the cases of the checks of an operation, and of those of the
// structures in its request.
func (m *maker) addViolations() {
	for _, check := range m.facts.ChecksOf(m.op.Input) {
		m.violation(check.Check, facts.Path{check.Members[0]})
	}
	for _, p := range m.fields {
		if check := m.facts.Shapes[p.Shape].Check; check != "" {
			m.violation(check, p.path)
		}
	}
}

func (m *maker) violation(check string, at facts.Path) {
	values, known := violations[check]
	if !known {
		m.t.Fatalf("no violation is known of the check %s", check)
	}
	request := m.holding(at)
	value, _ := request.body.get(at)
	for _, b := range values(value) {
		m.add(rules, at.String()+": "+b.name, request, request.body.with(at, b.value),
			exactly("InvalidInputException", b.reason))
	}
}
