package accordtest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
)

// proposals are the words of proposed changes of service control policies.
var (
	addToElement   = regexp.MustCompile(`^in statement (\S+) of (p-\S+) \(.*\), add "([^"]+)" to NotAction$`)
	addToOperand   = regexp.MustCompile(`^in statement (\S+) of (p-\S+) \(.*\), add "([^"]+)" to (\w+) of (\S+)$`)
	addToCondition = regexp.MustCompile(`^in statement (\S+) of (p-\S+) \(.*\), add "Condition": \{"(\w+)": \{"([^"]+)": "([^"]+)"\}\}$`)
	attachNew      = regexp.MustCompile(`^attach a service control policy to (\S+)(?: \(.*\))? that allows it, with (.+)$`)
)

// carryOut does what the words of a proposed change say.
func (s *scenario) carryOut(t *testing.T, words string) {
	t.Helper()
	if m := attachNew.FindStringSubmatch(words); m != nil {
		s.attached[[2]string{words, m[1]}] = true
		made := s.management.CreatePolicy(s.policyType, fmt.Sprintf("new %d", len(s.attached)), `{"Version":"2012-10-17","Statement":[`+m[2]+`]}`)
		s.management.Attach(made.ID, m[1])
		return
	}
	if m := addToElement.FindStringSubmatch(words); m != nil {
		s.edit(t, m[2], m[1], func(statement map[string]any) { extend(statement, "NotAction", m[3]) })
		return
	}
	if m := addToOperand.FindStringSubmatch(words); m != nil {
		s.edit(t, m[2], m[1], func(statement map[string]any) {
			extend(statement["Condition"].(map[string]any)[m[4]].(map[string]any), m[5], m[3])
		})
		return
	}
	m := addToCondition.FindStringSubmatch(words)
	if m == nil {
		t.Fatalf("nobody can do this: %s", words)
	}
	s.edit(t, m[2], m[1], func(statement map[string]any) { member(member(statement, "Condition"), m[3])[m[4]] = m[5] })
}

// edit changes one statement of a policy, by its number.
func (s *scenario) edit(t *testing.T, policy, number string, change func(statement map[string]any)) {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal([]byte(s.management.DescribePolicy(policy).Content), &d); err != nil {
		t.Fatal(err)
	}
	for i, statement := range d["Statement"].([]any) {
		if fmt.Sprint(i+1) == number {
			change(statement.(map[string]any))
		}
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	s.management.UpdatePolicy(policy, string(text))
}

// extend adds a text to a member that is a text or a list.
func extend(in map[string]any, name, text string) {
	if list, is := in[name].([]any); is {
		in[name] = append(list, text)
		return
	}
	in[name] = []any{in[name], text}
}

// member is a member that is an object; it is made where there is none.
func member(in map[string]any, name string) map[string]any {
	if in[name] == nil {
		in[name] = map[string]any{}
	}
	return in[name].(map[string]any)
}
