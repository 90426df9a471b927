package app_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/app/apptest"
	"accord/test/require"
)

// simulated are calls and what a simulation asks for them.
var simulated = []struct {
	service, operation string
	parameters         []string
	// resource is the ARN, in which ACCOUNT is the account; empty for none.
	resource string
}{
	{"organizations", "DescribeOrganization", nil, ""},
	{"organizations", "ListHandshakesForAccount", nil, ""},
	{"organizations", "ListAccounts", nil, ""},
	{"iam", "ListUsers", nil, ""},
	{"iam", "GetUser", []string{"UserName", "ann"}, "arn:aws:iam::ACCOUNT:user/team/ann"},
	{"iam", "GetRole", []string{"RoleName", "ops"}, "arn:aws:iam::ACCOUNT:role/ops"},
	{"iam", "ListUserPolicies", []string{"UserName", "ann"}, "arn:aws:iam::ACCOUNT:user/team/ann"},
	{"iam", "GetGroup", []string{"GroupName", "staff"}, "arn:aws:iam::ACCOUNT:group/staff"},
}

// drawPolicy draws a policy of which no statement denies what the test itself calls.
func drawPolicy(t *rapid.T) string {
	statements := []string{`{"Effect":"Allow","Action":["iam:Simulate*","iam:Put*","iam:Delete*"],"Resource":"*"}`}
	for range rapid.IntRange(0, 3).Draw(t, "statements") {
		members := rapid.SampledFrom([]string{
			`"Effect":"Allow","Action":"*"`, `"Effect":"Allow","Action":"iam:*"`, `"Effect":"Allow","Action":["organizations:Describe*","iam:Get*"]`,
			`"Effect":"Allow","NotAction":"iam:List*"`, `"Effect":"Deny","Action":"iam:Get*"`, `"Effect":"Deny","Action":["organizations:List*","iam:ListUsers"]`, `"Effect":"Deny","NotAction":["iam:*","organizations:ListAccounts"]`,
		}).Draw(t, "actions")
		members += rapid.SampledFrom([]string{
			`,"Resource":"*"`, `,"Resource":"*"`, `,"Resource":"arn:aws:iam::*:user/team/${aws:username}"`, `,"Resource":["arn:aws:iam::*:role/*","arn:aws:iam::*:group/s*"]`, `,"NotResource":"arn:aws:iam::*:user/*"`,
		}).Draw(t, "resources")
		if !strings.Contains(members, "NotAction") || strings.Contains(members, "Allow") {
			members += rapid.SampledFrom([]string{
				"", "", `,"Condition":{"StringEquals":{"aws:username":"ann"}}`, `,"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":["red","blue"]}}`, `,"Condition":{"StringLike":{"aws:RequestedRegion":"eu-*"}}`,
				`,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/team/*"}}`, `,"Condition":{"Null":{"aws:PrincipalTag/none":"true"},"Bool":{"aws:SecureTransport":"false"}}`,
			}).Draw(t, "condition")
		}
		statements = append(statements, "{"+members+"}")
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// TestSimulationsAgreeWithCalls: what SimulatePrincipalPolicy answers for a user is how its
// calls are decided, with random policies of its own, of its group, of the organization and
// as its boundary. The user of the management account is not bound by the organization's.
func TestSimulationsAgreeWithCalls(t *testing.T) {
	require.Full(t)
	f := open(t, apptest.Config(t))
	t.Cleanup(f.close)
	f.controlled(`"ec2:*"`)
	scps := map[string]string{}
	for _, target := range []string{f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string), bob} {
		made := f.must(alice, "CreatePolicy", fmt.Sprintf(`{"Name": "At %s", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": %q}`, target, allowing("*")))
		id := made["Policy"].(map[string]any)["PolicySummary"].(map[string]any)["Id"].(string)
		f.attach("AttachPolicy", id, target)
		f.attach("DetachPolicy", "p-FullAWSAccess", target)
		scps[target] = id
	}
	users := map[string]credentials{}
	for _, account := range []string{alice, bob} {
		root := credentials{AccessKeyId: account, SecretAccessKey: "x"}
		f.manage(root, "CreateUser", "UserName", "ann", "Path", "/team/", "Tags.member.1.Key", "team", "Tags.member.1.Value", "red")
		f.manage(root, "CreateGroup", "GroupName", "staff")
		f.manage(root, "AddUserToGroup", "GroupName", "staff", "UserName", "ann")
		f.role(root, "ops", trusting(`{"AWS":"`+account+`"}`, ""))
		f.manage(root, "CreatePolicy", "PolicyName", "limit", "PolicyDocument", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:Simulate*","organizations:*"],"Resource":"*"},{"Effect":"Deny","Action":"iam:GetRole","Resource":"*"}]}`)
		users[account] = f.key(f.manage(root, "CreateAccessKey", "UserName", "ann"))
	}
	met := map[string]int{}
	round := func(rt *rapid.T) {
		for _, id := range scps {
			f.must(alice, "UpdatePolicy", fmt.Sprintf(`{"PolicyId": %q, "Content": %q}`, id, drawPolicy(rt)))
		}
		account := rapid.SampledFrom([]string{bob, bob, bob, alice}).Draw(rt, "account")
		root := credentials{AccessKeyId: account, SecretAccessKey: "x"}
		f.manage(root, "PutUserPolicy", "UserName", "ann", "PolicyName", "own", "PolicyDocument", drawPolicy(rt))
		f.manage(root, "PutGroupPolicy", "GroupName", "staff", "PolicyName", "shared", "PolicyDocument", drawPolicy(rt))
		if rapid.IntRange(0, 3).Draw(rt, "boundary") == 0 {
			f.manage(root, "PutUserPermissionsBoundary", "UserName", "ann", "PermissionsBoundary", "arn:aws:iam::"+account+":policy/limit")
			defer f.manage(root, "DeleteUserPermissionsBoundary", "UserName", "ann")
		}
		for _, c := range simulated {
			resource := strings.ReplaceAll(c.resource, "ACCOUNT", account)
			got, stopped := f.simulation(root, account, c.service+":"+c.operation, resource)
			var denial string
			if c.service == "iam" {
				_, _, denial = f.query(users[account], "iam", c.operation, c.parameters...)
			} else {
				_, denial = f.failure(users[account], c.operation)
			}
			want := "allowed"
			switch {
			case strings.Contains(denial, "with an explicit deny"):
				want = "explicitDeny"
			case strings.Contains(denial, "because no "):
				want = "implicitDeny"
			}
			// Where SCPs deny, a simulation looks no further. [AWS: EvaluationResult]
			if met[want]++; got != want && !(stopped && got == "implicitDeny" && want == "explicitDeny") {
				rt.Fatalf("%s:%s is simulated as %s, and called as %s (%s)", c.service, c.operation, got, want, denial)
			}
		}
	}
	for range require.Amount(0, 1, 5) {
		rapid.Check(t, func(rt *rapid.T) { round(rt) })
	}
	for _, decision := range []string{"allowed", "explicitDeny", "implicitDeny"} {
		if met[decision] < 20 {
			t.Errorf("%d calls are %s", met[decision], decision)
		}
	}
}

// simulation is the decision of SimulatePrincipalPolicy for the user ann, with the condition
// keys that its calls have, and whether SCPs ended it.
func (f fixture) simulation(root credentials, account, action, resource string) (decision string, stopped bool) {
	f.t.Helper()
	parameters := []string{"PolicySourceArn", "arn:aws:iam::" + account + ":user/team/ann", "ActionNames.member.1", action}
	for i, entry := range [][2]string{
		{"aws:username", "ann"}, {"aws:PrincipalTag/team", "red"}, {"aws:RequestedRegion", "us-east-1"}, {"aws:PrincipalArn", "arn:aws:iam::" + account + ":user/team/ann"}, {"aws:SecureTransport", "false"},
	} {
		prefix := fmt.Sprintf("ContextEntries.member.%d.", i+1)
		parameters = append(parameters, prefix+"ContextKeyName", entry[0], prefix+"ContextKeyType", "string", prefix+"ContextKeyValues.member.1", entry[1])
	}
	if resource != "" {
		parameters = append(parameters, "ResourceArns.member.1", resource)
	}
	out := f.manage(root, "SimulatePrincipalPolicy", parameters...)
	_, after, _ := strings.Cut(out, "<EvalDecision>")
	decision, _, _ = strings.Cut(after, "<")
	return decision, strings.Contains(out, "<AllowedByOrganizations>false<")
}
