package server_test

import (
	"strings"
	"testing"
)

// TestTheLogSaysWhatTheClientGot: the code and the status of the protocol, and the
// operation that was asked for, also if it is not known.
func TestTheLogSaysWhatTheClientGot(t *testing.T) {
	unknown := func(c call, target, body string) call {
		c.target, c.body = target, body
		return c
	}
	for name, test := range map[string]struct {
		call               call
		outcome, operation string
		status             float64
	}{
		"JSON, unknown":          {unknown(look(), "Things.Lookk", "{}"), "UnknownOperationException", "Lookk", 400},
		"query, unknown":         {unknown(form(), "", "Action=ListRoles&Version=2010-05-08"), "InvalidAction", "ListRoles", 400},
		"query, not in the form": {unknown(form(), "", "Action=list%0Aroles&Version=2010-05-08"), "InvalidAction", "", 400},
		"query, without a name":  {unknown(form(), "", "Version=2020-01-01"), "MissingAction", "", 400},
		"query, without a signature": {call{
			method: "POST", path: "/", media: "application/x-www-form-urlencoded", body: form().body,
		}, "MissingAuthenticationToken", "Look", 403},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			a := b.must(test.call)
			line := b.lines(1)[0]
			operation, _ := line["operation"].(string)
			if line["outcome"] != test.outcome || line["status"] != test.status || operation != test.operation {
				t.Errorf("logged %v", line)
			}
			if float64(a.status) != test.status || !strings.Contains(a.body, test.outcome) {
				t.Errorf("sent %d %s", a.status, a.body)
			}
		})
	}
}

// TestTheLogNamesTheRefusedMember: the member and the rule, and not the value.
func TestTheLogNamesTheRefusedMember(t *testing.T) {
	for name, test := range map[string]struct{ operation, body, member, rule string }{
		"absent":     {"DescribeAccount", `{}`, "AccountId", "is required"},
		"pattern":    {"DescribeAccount", `{"AccountId":"hunter2"}`, "AccountId", `has to match ^\d{12}$`},
		"too long":   {"CreateAccount", `{"Email":"a@example.com","AccountName":"hunter2 hunter2 hunter2 hunter2 hunter2 hunter2 hunter2"}`, "AccountName", "has to be at most 50 long"},
		"range":      {"ListAccounts", `{"MaxResults":1000}`, "MaxResults", "has to be at most 20"},
		"enum":       {"CreateOrganization", `{"FeatureSet":"hunter2"}`, "FeatureSet", "has to be one of [ALL, CONSOLIDATED_BILLING]"},
		"inner":      {"InviteAccountToOrganization", `{"Target":{"Type":"EMAIL"}}`, "Target.Id", "is required"},
		"element":    {"TagResource", `{"ResourceId":"111122223333","Tags":[{"Key":"a","Value":"b"},{"Key":"hunter2"}]}`, "Tags.2.Value", "is required"},
		"rule":       {"TagResource", `{"ResourceId":"111122223333","Tags":[{"Key":"a","Value":"b"},{"Key":"a","Value":"hunter2"}]}`, "Tags.2", "repeats the key of another tag"},
		"wrong type": {"DescribeAccount", `{"AccountId":["hunter2"]}`, "AccountId", "has the wrong type"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, awsServices)
			c := look()
			c.target, c.scope, c.body = "AWSOrganizationsV20161128."+test.operation, "organizations", test.body
			if a := b.must(c); a.status != 400 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if line := b.lines(1)[0]; line["member"] != test.member || line["rule"] != test.rule {
				t.Errorf("logged %v", line)
			}
			if strings.Contains(b.log.String(), "hunter2") {
				t.Errorf("the log holds the value:\n%s", b.log)
			}
		})
	}
}
