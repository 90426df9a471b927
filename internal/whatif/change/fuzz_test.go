package change_test

import (
	"strings"
	"testing"
	"time"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/whatif/change"
	"accord/internal/whatif/model"
)

// tried is a small organization.
func tried() *model.Organization {
	return &model.Organization{
		ID: "o-exampleorgid", Management: "111111111111", Root: "r-1", Partition: ident.AWS, At: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		Enabled: []org.PolicyType{policy.ServiceControl}, Units: []model.Unit{{ID: "ou-1", Parent: "r-1", Name: "Unit"}},
		Accounts: []model.Account{{ID: "111111111111", Parent: "r-1"}, {ID: "222222222222", Parent: "r-1"}},
		Policies: []model.Policy{{ID: "p-1", Type: policy.ServiceControl, Content: `{"Version":"2012-10-17","Statement":[]}`}},
	}
}

// apply applies changes, whose error is one line.
func apply(t *testing.T, changes []change.Change) {
	if _, err := change.Apply(tried(), changes); err != nil && strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has several lines: %q", err)
	}
}

// FuzzParse: whatever a file of changes holds, it is applied, or its error is one line.
func FuzzParse(f *testing.F) {
	f.Add("changes:\n  - attach: x\n    target: [r-1, ou-1]\n    document: {Version: 2012-10-17, Statement: []}\n  - move: \"222222222222\"\n    to: ou-1\n")
	f.Add(`{"changes": [{"unit": "ou-2", "to": "r-1"}, {"detach": "p-1", "target": "r-1"}, {"update": "p-1", "document": "{}"}, {"enable": "TAG_POLICY"}]}`)
	f.Add("changes: &a\n  - *a\n")
	f.Fuzz(func(t *testing.T, text string) {
		changes, err := change.Parse([]byte(text))
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has several lines: %q", err)
		}
		apply(t, changes)
	})
}

// FuzzParsePlan does the same with plans.
func FuzzParsePlan(f *testing.F) {
	f.Add(plan(`{"resources":[`+reference+`]}`, resource("aws_organizations_policy.p", `"create"`, `null`, newPolicy), resource("aws_organizations_policy_attachment.a", `"create"`, `null`, `{"target_id":"r-1"}`)))
	f.Add(plan(`{"resources":[`+arguments("aws_organizations_policy_attachment.a", "policy_id", `["module.m.x"]`)+`],"module_calls":{"m":{"expressions":{"x":{"references":["module.m.x"]}},"module":{"outputs":{"x":{"expression":{"references":["var.x","module.m.x"]}}}}}}}`,
		resource("aws_organizations_policy_attachment.a", `"create"`, `null`, `{"target_id":"r-1"}`)))
	f.Add(plan(`{}`, resource("aws_organizations_organizational_unit.a", `"create"`, `null`, `{"parent_id":"ou-new-aws_organizations_organizational_unit.a"}`)))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := change.ParsePlan([]byte(text))
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has several lines: %q", err)
		}
		apply(t, p.Changes)
	})
}
