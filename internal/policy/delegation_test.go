package policy_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/document"
)

var ownerOfTests = ident.Owner{Partition: ident.AWS, Management: "111111111111", Organization: "o-exampleorgid"}

func asMember(f func(string) bool) func(ident.AccountID) bool {
	return func(id ident.AccountID) bool { return f(string(id)) }
}

// nobody is a place without users and roles.
func nobody(string) string { return "" }

// entities are the users and roles of tests: all but those whose name begins with "un".
func entities(arn string) string {
	_, name, _ := strings.Cut(arn, "/")
	switch {
	case strings.HasPrefix(name, "un"):
		return ""
	case strings.Contains(arn, ":user/"):
		return "AIDA" + strings.ToUpper(name)
	}
	return "AROA" + strings.ReplaceAll(strings.ToUpper(name), "/S", ":s")
}

// checkDelegation checks a policy in the organization of tests, whose only
// member is 222222222222.
func checkDelegation(content string) (*policy.Delegation, *policy.Rejection) {
	return policy.CheckDelegation(content, ownerOfTests, func(id ident.AccountID) bool { return id == "222222222222" }, entities)
}

// grant is a delegation policy with one statement, in which the members given
// replace the usual ones.
func grant(replaced string) string {
	members := []string{`"Effect":"Allow"`, `"Principal":{"AWS":"222222222222"}`, `"Action":"organizations:DescribePolicy"`, `"Resource":"*"`}
	name, _, _ := strings.Cut(replaced, ":")
	at := slices.IndexFunc(members, func(m string) bool { return strings.HasPrefix(m, strings.Replace(name, "Not", "", 1)+":") })
	if at < 0 {
		members = append(members, replaced)
	} else {
		members[at] = replaced
	}
	return `{"Version":"2012-10-17","Statement":[{` + strings.Join(members, ",") + `}]}`
}

// The messages of the service, byte for byte; the first two are recorded.
const (
	brokenJSON = "INVALID_RESOURCE_POLICY_JSON This resource-based policy contains invalid JSON."
	badAction  = "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY %s is not a supported action for this resource-based policy."
	badTarget  = "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY %s is not a supported resource for this resource-based policy."
	badType    = "UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY %s is not a supported policy type for this resource-based policy."
	badName    = "INVALID_PRINCIPAL You specified an invalid principal element in the policy."
)

func TestDelegationPoliciesAreAcceptedOrRejectedWithTheirReason(t *testing.T) {
	of := func(message, subject string) string { return strings.Replace(message, "%s", subject, 1) }
	for _, c := range []struct{ content, want string }{
		// Recorded.
		{grant(`"Effect":"Allow"`), ""},
		{grant(`"Effect":"Deny"`), ""},
		{grant(`"Principal":"*"`), ""},
		{grant(`"Principal":{"AWS":"*"}`), ""},
		{grant(`"Principal":{"AWS":"111111111111"}`), ""},
		{grant(`"Principal":{"AWS":"arn:aws:iam::222222222222:root"}`), ""},
		{grant(`"Principal":{"Service":"account.amazonaws.com"}`), ""},
		{grant(`"Action":"organizations:Describe*"`), ""},
		{grant(`"Action":["organizations:EnablePolicyType","organizations:ListAccounts"]`), ""},
		{grant(`"Action":"organizations:DescribeResponsibilityTransfer"`), ""},
		{grant(`"Action":"organizations:ListInboundResponsibilityTransfers"`), ""},
		{grant(`"Action":"organizations:ListOutboundResponsibilityTransfers"`), ""},
		{grant(`"Action":"organizations:ListAccountsWithInvalidEffectivePolicy"`), ""},
		{grant(`"Action":"organizations:ListEffectivePolicyValidationErrors"`), ""},
		{grant(`"Condition":{"StringEquals":{"s3:prefix":"x"}}`), ""},
		{grant(`"Principal":{"AWS":"333333333333"}`), brokenJSON},
		{grant(`"NotAction":"organizations:DescribePolicy"`), brokenJSON},
		{grant(`"NotResource":"*"`), brokenJSON},
		{grant(`"NotPrincipal":{"AWS":"222222222222"}`), brokenJSON},
		{grant(`"Action":"organizations:CreateAccount"`), of(badAction, "organizations:CreateAccount")},
		{grant(`"Action":"organizations:*"`), of(badAction, "organizations:*")},
		{grant(`"Action":"s3:GetObject"`), of(badAction, "s3:GetObject")},

		// Structure.
		{"", brokenJSON},
		{"{}", brokenJSON},
		{`{"Statement":[]}`, brokenJSON},
		{grant(`"Effect":"allow"`), brokenJSON},
		{grant(`"Foo":1`), brokenJSON},
		{grant(`"Principal":[]`), brokenJSON},
		{grant(`"Principal":{}`), brokenJSON},
		{grant(`"Principal":{"AWS":[]}`), brokenJSON},
		{grant(`"Principal":{"AWS":7}`), brokenJSON},
		{grant(`"Principal":{"AWS":["222222222222","arn:aws:iam::333333333333:root"]}`), brokenJSON},
		{grant(`"Condition":{"Like":{"aws:x":"y"}}`), brokenJSON},
		{strings.Replace(grant(`"Sid":"a"`), "2012-10-17", "2020-01-01", 1), brokenJSON},

		// Principals.
		{grant(`"Principal":{"AWS":["222222222222","arn:aws:iam::111111111111:root"],"Service":["a.amazonaws.com"]}`), ""},
		{grant(`"Principal":"222222222222"`), badName},
		{grant(`"Principal":{"AWS":"somebody"}`), badName},
		{grant(`"Principal":{"AWS":"2222"}`), badName},
		{grant(`"Principal":{"AWS":"arn:aws:iam::*:root"}`), badName},
		{grant(`"Principal":{"AWS":"AROA123456789EXAMPLE"}`), badName},
		{grant(`"Principal":{"Federated":"accounts.google.com"}`), badName},
		{grant(`"Principal":{"Service":"*"}`), badName},

		// Users, roles and sessions of the organization's accounts that exist. [seen:
		// terraform-provider-aws, resource_policy_test.go; recorded: a role, which
		// probably did not exist, is refused; assumed: sessions, and that other accounts
		// are invalid principals]
		{grant(`"Principal":{"AWS":"arn:aws:iam::222222222222:role/unknown"}`), brokenJSON},
		{grant(`"Principal":{"AWS":["222222222222","arn:aws:iam::222222222222:user/unknown"]}`), brokenJSON},
		{grant(`"Principal":{"AWS":"arn:aws:sts::222222222222:assumed-role/unknown/S"}`), brokenJSON},
		{grant(`"Principal":{"AWS":"arn:aws:iam::222222222222:role/Admin"}`), ""},
		{grant(`"Principal":{"AWS":"arn:aws:iam::222222222222:role/path/Admin"}`), ""},
		{grant(`"Principal":{"AWS":["arn:aws:iam::111111111111:user/Ann","222222222222"]}`), ""},
		{grant(`"Principal":{"AWS":"arn:aws:sts::222222222222:assumed-role/R/S"}`), ""},
		{grant(`"Principal":{"AWS":"arn:aws:sts::222222222222:federated-user/F"}`), ""},
		{grant(`"Principal":{"AWS":"arn:aws:iam::333333333333:role/Admin"}`), badName},
		{grant(`"Principal":{"AWS":"arn:aws:sts::333333333333:assumed-role/R/S"}`), badName},
		{grant(`"Principal":{"AWS":"arn:aws:iam::222222222222:role/"}`), badName},
		{grant(`"Principal":{"AWS":"arn:aws:iam::222222222222:group/Admins"}`), badName},

		// Sids. [AWS: orgs-policy-delegate, examples of 2026; assumed: the rejections]
		{grant(`"Sid":"Fully_manage_backup_policies"`), ""},
		{grant(`"Sid":""`), ""},
		{grant(`"Sid":"a b"`), brokenJSON},
		{grant(`"Sid":"a-b"`), brokenJSON},
		{grant(`"Sid":"a.b"`), brokenJSON},

		// Actions.
		{grant(`"Action":"ORGANIZATIONS:describepolicy"`), ""},
		{grant(`"Action":"organizations:List*"`), ""},
		{grant(`"Action":"organizations:?agResource"`), ""},
		{grant(`"Action":"*"`), of(badAction, "*")},
		{grant(`"Action":"organizations:Create*"`), of(badAction, "organizations:Create*")},
		{grant(`"Action":"organizations:Nothing*"`), of(badAction, "organizations:Nothing*")},
		{grant(`"Action":["organizations:ListRoots","DescribePolicy","s3:*"]`), of(badAction, "DescribePolicy")},

		// Resources.
		{grant(`"Resource":["arn:aws:organizations::111111111111:policy/o-exampleorgid/tag_policy/*","arn:aws:organizations::111111111111:ou/o-exampleorgid/ou-ab12-3cd4efgh"]`), ""},
		{grant(`"Resource":["arn:aws:organizations::111111111111:organization/o-exampleorgid","arn:aws:organizations::111111111111:root/o-exampleorgid/r-ab12"]`), ""},
		{grant(`"Resource":["arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess","arn:aws:organizations::*:policy/*"]`), ""},
		{grant(`"Resource":["arn:aws:organizations:*","arn:*:organizations::1111*:*","arn:aws:organizations::111111111111:policy/o-*/tag*"]`), ""},
		{grant(`"Resource":"arn:aws:organizations::111111111111:account/${aws:ResourceTag/x}"`), ""},
		{grant(`"Resource":"arn:aws:s3:::bucket"`), of(badTarget, "arn:aws:s3:::bucket")},
		{grant(`"Resource":"bucket"`), of(badTarget, "bucket")},
		{grant(`"Resource":"arn:aws:organizations"`), of(badTarget, "arn:aws:organizations")},
		{grant(`"Resource":"arn:aws:organizations::333333333333:account/o-exampleorgid/*"`), of(badTarget, "arn:aws:organizations::333333333333:account/o-exampleorgid/*")},
		{grant(`"Resource":"arn:aws:organizations::111111111111:account/o-otherorgid/*"`), of(badTarget, "arn:aws:organizations::111111111111:account/o-otherorgid/*")},
		{grant(`"Resource":"arn:aws:organizations::111111111111:bucket/o-exampleorgid/x"`), of(badTarget, "arn:aws:organizations::111111111111:bucket/o-exampleorgid/x")},
		{grant(`"Resource":"arn:aws:organizations:us-east-1:111111111111:root/o-exampleorgid/r-ab12"`), of(badTarget, "arn:aws:organizations:us-east-1:111111111111:root/o-exampleorgid/r-ab12")},

		// Policy types.
		{grant(`"Condition":{"StringEquals":{"organizations:PolicyType":["TAG_POLICY","BACKUP_POLICY"]}}`), ""},
		{grant(`"Condition":{"StringLike":{"organizations:policytype":"*_CONTROL_POLICY"},"StringEqualsIgnoreCase":{"organizations:PolicyType":"tag_policy"},"Null":{"organizations:PolicyType":"true"}}`), ""},
		{grant(`"Condition":{"StringNotEquals":{"organizations:PolicyType":"${aws:PrincipalTag/type}"}}`), ""},
		{grant(`"Condition":{"StringEquals":{"organizations:PolicyType":["TAG_POLICY","TAGS"]}}`), of(badType, "TAGS")},
		{grant(`"Condition":{"StringLikeIfExists":{"organizations:PolicyType":"tag_*"}}`), of(badType, "tag_*")},
		{grant(`"Resource":"arn:aws:organizations::111111111111:policy/o-exampleorgid/TAG_POLICY/*"`), of(badType, "TAG_POLICY")},
		{grant(`"Resource":"arn:aws:organizations::111111111111:policy/o-exampleorgid/tax*"`), of(badType, "tax*")},
		{grant(`"Resource":"arn:aws:organizations::aws:policy/all/p-FullAWSAccess"`), of(badType, "all")},
	} {
		got := ""
		if _, rejection := checkDelegation(c.content); rejection != nil {
			got = rejection.Reason + " " + rejection.Message
			checkPosition(t, c.content, rejection.Diagnostic.Line, rejection.Diagnostic.Column, rejection.Diagnostic.Path, rejection.Diagnostic.Message)
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.content, got, c.want)
		}
	}
}

func TestRejectionsOfDelegationPoliciesHaveAnOrder(t *testing.T) {
	content := `{"Statement":{"Principal":{"AWS":"nobody"},"Condition":{"StringEquals":{"organizations:PolicyType":"TAGS"}},
"Resource":"bucket","Action":"s3:x","Effect":"Forbid"}}`
	for _, step := range []struct{ reason, position, old, repaired string }{
		{"INVALID_RESOURCE_POLICY_JSON", `Line 2, column 46, $.Statement.Effect: Effect must be Allow or Deny, not "Forbid"`, "Forbid", "Allow"},
		{"UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", `Line 2, column 30, $.Statement.Action: the action "s3:x" cannot be delegated`, "s3:x", "organizations:ListRoots"},
		{"UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY", `Line 2, column 12, $.Statement.Resource: the resource "bucket" is not one of this organization`, "bucket", "*"},
		{"UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY", `Line 1, column 100, $.Statement.Condition.StringEquals["organizations:PolicyType"]: "TAGS" is not a policy type such as TAG_POLICY`, "TAGS", "S3_POLICY"},
		{"INVALID_PRINCIPAL", `Line 1, column 34, $.Statement.Principal.AWS: the principal "nobody" is not "*", an account ID, or the ARN of a root user, user, role or session`, "nobody", "222222222222"},
	} {
		_, rejection := checkDelegation(content)
		if rejection == nil || rejection.Reason != step.reason || rejection.Diagnostic.Error() != step.position {
			t.Fatalf("got %+v, want %s at %s", rejection, step.reason, step.position)
		}
		content = strings.Replace(content, step.old, step.repaired, 1)
	}
	if _, rejection := checkDelegation(content); rejection != nil {
		t.Errorf("rejected when all is repaired: %v", rejection.Diagnostic)
	}
}

func TestDelegationPoliciesAreStoredNormalized(t *testing.T) {
	for sent, stored := range map[string]string{
		`{ "Id" : "x", "Statement" : { "Effect" : "Allow", "Action" : "organizations:ListRoots", "Principal" : { "AWS" : [ "222222222222", "*", "arn:aws:iam::111111111111:root" ], "Service" : "a.amazonaws.com" }, "Resource" : "*", "Sid" : "\u0041", "Condition":{"NumericEquals":{"aws:n":1.0}} } }`: `{"Version":"2008-10-17","Id":"x","Statement":[{"Effect":"Allow","Action":"organizations:ListRoots","Principal":{"AWS":["arn:aws:iam::222222222222:root","*","arn:aws:iam::111111111111:root"],"Service":"a.amazonaws.com"},"Resource":"*","Sid":"\u0041","Condition":{"NumericEquals":{"aws:n":1.0}}}]}`,
		`{"Statement":[` + `{"Effect":"Deny","Principal":"*","Action":"organizations:ListRoots","Resource":"*"}` + `],"Version":"2012-10-17"}`:                                                                                                                                                            `{"Statement":[` + `{"Effect":"Deny","Principal":"*","Action":"organizations:ListRoots","Resource":"*"}` + `],"Version":"2012-10-17"}`,
	} {
		d, rejection := checkDelegation(sent)
		if rejection != nil {
			t.Errorf("%s: %v", sent, rejection.Diagnostic)
		} else if d.Stored != stored {
			t.Errorf("got %s\nwant %s", d.Stored, stored)
		}
	}
}

// [assumed; AWS: ARNs begin with the partition of their account]
func TestADelegationPolicyNamesThePartitionOfItsOrganization(t *testing.T) {
	for _, p := range ident.Partitions() {
		owner := ownerOfTests
		owner.Partition = p
		check := func(replaced, want string) string {
			t.Helper()
			delegation, rejection := policy.CheckDelegation(grant(replaced), owner, func(id ident.AccountID) bool { return id == "222222222222" }, entities)
			if rejection != nil {
				if rejection.Reason != want {
					t.Errorf("%s: %s is rejected with %s, want %q", p, replaced, rejection.Reason, want)
				}
				return ""
			}
			if want != "" {
				t.Errorf("%s: %s is accepted", p, replaced)
			}
			return delegation.Stored
		}
		own := `{"AWS":"` + p.RootUserARN("222222222222") + `"}`
		for _, principal := range []string{own, `{"AWS":"222222222222"}`} {
			if stored := check(`"Principal":`+principal, ""); !strings.Contains(stored, `"Principal":`+own) {
				t.Errorf("%s: %s is stored as %s", p, principal, stored)
			}
		}
		check(`"Resource":"`+owner.RootARN("r-ab12")+`"`, "")
		check(`"Resource":"`+p.ManagedPolicyARN("tag_policy", "p-Full")+`"`, "")
		check(`"Resource":"arn:*:organizations::111111111111:root/o-exampleorgid/r-ab12"`, "")
		for _, foreign := range ident.Partitions() {
			if foreign == p {
				continue
			}
			check(`"Principal":{"AWS":"`+foreign.RootUserARN("222222222222")+`"}`, "INVALID_PRINCIPAL")
			check(`"Principal":{"AWS":"`+foreign.RoleARN("222222222222", "Admin")+`"}`, "INVALID_PRINCIPAL")
			check(`"Resource":"`+foreign.In(owner.RootARN("r-ab12"))+`"`, "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY")
			check(`"Resource":"`+foreign.ManagedPolicyARN("tag_policy", "p-Full")+`"`, "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY")
		}
	}
}

func TestDelegationsReadAsTheyAreStored(t *testing.T) {
	d, rejection := checkDelegation(grant(`"Condition":{"StringEquals":{"organizations:PolicyType":["TAG_POLICY"],"aws:n":[1,true]},"Null":{"aws:x":"true"}}`))
	if rejection != nil {
		t.Fatal(rejection.Diagnostic)
	}
	want := policy.Document{Version: "2012-10-17", Statements: []policy.Statement{{
		Effect:     "Allow",
		Principals: []policy.Principal{{Kind: "AWS", Name: "arn:aws:iam::222222222222:root"}},
		Actions:    []string{"organizations:DescribePolicy"},
		Resources:  []string{"*"},
		Conditions: []policy.Condition{
			{Operator: "StringEquals", Key: "organizations:PolicyType", Operands: []string{"TAG_POLICY"}},
			{Operator: "StringEquals", Key: "aws:n", Operands: []string{"1", "true"}},
			{Operator: "Null", Key: "aws:x", Operands: []string{"true"}},
		},
	}}}
	got, diagnostic := policy.Read(d.Stored)
	if diagnostic != nil {
		t.Fatal(diagnostic)
	}
	got.Statements[0].Start, got.Statements[0].End = document.Position{}, document.Position{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the stored text reads differently (-want +got):\n%s", diff)
	}
}

// TestActionsAreDelegableAsTheModelSays checks each operation of the model.
func TestActionsAreDelegableAsTheModelSays(t *testing.T) {
	content, err := os.ReadFile("../../model/access.json")
	if err != nil {
		t.Fatal(err)
	}
	var model struct {
		Organizations map[string]struct{ Delegable bool }
	}
	if err := json.Unmarshal(content, &model); err != nil {
		t.Fatal(err)
	}
	if len(model.Organizations) != len(orgapi.Operations) {
		t.Errorf("the model has %d operations, the program %d", len(model.Organizations), len(orgapi.Operations))
	}
	delegable := 0
	for name, access := range model.Organizations {
		_, rejection := checkDelegation(grant(`"Action":"organizations:` + name + `"`))
		if access.Delegable != (rejection == nil) {
			t.Errorf("%s: delegable %v, rejection %v", name, access.Delegable, rejection)
		}
		if access.Delegable {
			delegable++
		}
	}
	if delegable != 38 {
		t.Errorf("%d actions are delegable, want 38", delegable)
	}
}
