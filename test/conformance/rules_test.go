package conformance

import (
	"strings"
	"time"

	"accord/test/facts"
)

// breach is a request that breaks a rule between members, or the check of a
// structure, and the reason that it is refused with.
type breach struct {
	name   string
	value  any
	reason string
}

// breaches are, for each rule that the facts name, values of the member that it
// looks at. [The reasons: AWS's API reference, and recorded answers]
var breaches = map[string]func(lawful any) []breach{
	"tags": func(any) []breach {
		tag := func(key string) any { return body{"Key": key, "Value": "v"} }
		return []breach{
			{"two equal keys", []any{tag("a"), tag("b"), tag("a")}, "DUPLICATE_TAG_KEY"},
			{"a key of AWS", []any{tag("aws:a")}, "INVALID_SYSTEM_TAGS_PARAMETER"},
			{"a key of AWS in capitals", []any{tag("AWS:a")}, "INVALID_SYSTEM_TAGS_PARAMETER"},
		}
	},
	"tagKeys": func(any) []breach {
		return []breach{
			{"two equal keys", []any{"a", "b", "a"}, "DUPLICATE_TAG_KEY"},
			{"a key of AWS", []any{"aws:a"}, "INVALID_SYSTEM_TAGS_PARAMETER"},
		}
	},
	"roleName": func(any) []breach {
		return []breach{
			{"a reserved name", "AWSServiceRoleForA", "INVALID_ROLE_NAME"},
			{"a reserved name in small letters", "awsservicerolefor", "INVALID_ROLE_NAME"},
		}
	},
	"oneFilter": func(any) []breach {
		return []breach{{"two filters", body{"ActionType": "INVITE", "ParentHandshakeId": "h-00000000"}, "MAX_LIMIT_EXCEEDED_FILTER"}}
	},
	"accountTarget": func(any) []breach {
		return []breach{
			{"a root", "r-0000", "TARGET_NOT_SUPPORTED"},
			{"a unit", "ou-0000-00000000", "TARGET_NOT_SUPPORTED"},
		}
	},
	"startOfMonth": func(lawful any) []breach {
		return []breach{
			{"a later day", later(lawful, 24*time.Hour), "START_DATE_NOT_BEGINNING_OF_MONTH"},
			{"a later second", later(lawful, time.Second), "START_DATE_NOT_BEGINNING_OF_DAY"},
		}
	},
	"endOfMonth": func(lawful any) []breach {
		return []breach{
			{"an earlier day", later(lawful, -24*time.Hour), "END_DATE_NOT_END_OF_MONTH"},
			{"a second later", later(lawful, time.Second), "END_DATE_NOT_END_OF_MONTH"},
		}
	},
	"party": func(any) []breach {
		party := func(kind, id string) any { return body{"Type": kind, "Id": id} }
		return []breach{
			{"an account of eleven digits", party("ACCOUNT", strings.Repeat("1", 11)), "INVALID_PATTERN"},
			{"an address without a domain", party("EMAIL", "someone"), "INVALID_EMAIL_ADDRESS_TARGET"},
			{"an organization", party("ORGANIZATION", "o-0000000000"), "INVALID_PARTY_TYPE_TARGET"},
		}
	},
}

func later(instant any, by time.Duration) int { return instant.(int) + int(by/time.Second) }

// breachesOf are the cases of the rules of an operation, and of the checks of the
// structures in its request.
func (m *maker) breachesOf() {
	for _, rule := range m.facts.RulesOf(m.op.Input) {
		m.breach(rule.Rule, facts.Path{rule.Members[0]})
	}
	for _, p := range m.places {
		if check := m.facts.Shapes[p.Shape].Check; check != "" {
			m.breach(check, p.path)
		}
	}
}

func (m *maker) breach(rule string, at facts.Path) {
	values, known := breaches[rule]
	if !known {
		m.t.Fatalf("nobody said what breaks the rule %s", rule)
	}
	request := m.holding(at)
	value, _ := request.body.get(at)
	for _, b := range values(value) {
		m.add(rules, at.String()+": "+b.name, request, request.body.with(at, b.value),
			exactly("InvalidInputException", b.reason))
	}
}
