package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"accord/test/process"
)

const guard = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Stay", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
  ]
}`

// tried is a server with an organization of two accounts, without any identity.
func tried(t *testing.T, args ...string) (s *process.Server, root string) {
	s = process.Start(t, append(args, "--clock", "virtual", "--journal", filepath.Join(t.TempDir(), "journal"))...)
	management, member := s.Client("111111111111"), s.Client("222222222222")
	if _, err := management.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	roots, err := management.ListRoots(t.Context(), &organizations.ListRootsInput{})
	if err != nil {
		t.Fatal(err)
	}
	root = *roots.Roots[0].Id
	if _, err := management.EnablePolicyType(t.Context(), &organizations.EnablePolicyTypeInput{RootId: &root, PolicyType: types.PolicyTypeServiceControlPolicy}); err != nil {
		t.Fatal(err)
	}
	id := "222222222222"
	invited, err := management.InviteAccountToOrganization(t.Context(), &organizations.InviteAccountToOrganizationInput{Target: &types.HandshakeParty{Id: &id, Type: types.HandshakePartyTypeAccount}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := member.AcceptHandshake(t.Context(), &organizations.AcceptHandshakeInput{HandshakeId: invited.Handshake.Id}); err != nil {
		t.Fatal(err)
	}
	return s, root
}

// TestWhatIf: its exit statuses, its forms, and one clear line for what is not valid.
func TestWhatIf(t *testing.T) {
	s, root := tried(t)
	folder := t.TempDir()
	t.Chdir(folder)
	const member = "222222222222"
	for name, text := range map[string]string{
		"guard.json": guard, "broken.json": "{\n \"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"x\", \"Resource\": \"*\"}]}",
		"changes.yaml": "changes:\n  - attach: guard.json\n    target: root\n", "wrong.yaml": "changes:\n  - attach: guard.json\n    targets: root\n",
		"events.ndjson": `{"eventSource":"organizations.amazonaws.com","eventName":"LeaveOrganization","userIdentity":{"type":"Root","accountId":"222222222222","arn":"arn:aws:iam::222222222222:root"}}` + "\n",
		"broken.ndjson": `{"eventSource":"iam.amazonaws.com","eventName":"ListUsers"}` + "\n{\"eventName\":\"x\"}\n",
		"plan.json":     `{"format_version":"1.2","resource_changes":[{"address":"aws_organizations_policy.p","type":"aws_organizations_policy","name":"p","change":{"actions":["create"],"after":{"name":"stay","content":` + quotedJSON(guard) + `}}},{"address":"aws_organizations_policy_attachment.a","type":"aws_organizations_policy_attachment","name":"a","change":{"actions":["create"],"after":{"target_id":"` + root + `"}}},{"address":"aws_organizations_delegated_administrator.d","type":"aws_organizations_delegated_administrator","name":"d","change":{"actions":["create"],"after":{}}}],"configuration":{"root_module":{"resources":[{"address":"aws_organizations_policy_attachment.a","expressions":{"policy_id":{"references":["aws_organizations_policy.p.id","aws_organizations_policy.p"]}}}]}}}`,
		"actions.txt":   "organizations:LeaveOrganization # leaving\nec2:RunInstances\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args   string
		status int
		want   string // in the output, or the only line of the errors
	}{
		{"--attach guard.json --target " + root, 3, "222222222222 account-222222222222  denied   administrator (root)  organizations:LeaveOrganization  guard.json: Stay, line 4 on " + root + " (Root)\n1 would be denied"},
		{"--attach guard.json --target " + root + " --fail-on none", 0, "1 would be denied, 0 would be allowed"},
		{"--attach guard.json --target " + root + " --fail-on allowed", 0, "1 would be denied"},
		{"--attach guard.json --target 222222222222 --accounts 111111111111", 0, "nothing changes: 1 accounts"},
		{"--attach guard.json --target root --actions ec2:RunInstances --fail-on any", 0, "nothing changes: 2 accounts, 2 principals, 2 questions"},
		{"--attach guard.json --target root --actions actions.txt", 3, "2 principals, 4 questions"},
		{"--changes changes.yaml", 3, "1 would be denied"},
		{"--terraform plan.json", 3, "not tried: aws_organizations_delegated_administrator.d: changes of this resource are not tried\n1 would be denied"},
		{"--attach guard.json --target root --events events.ndjson", 3, "denied (1 calls)"},
		{"--attach guard.json --target root --events events.ndjson --output json", 3, `"asked": 1`},
		{"--attach guard.json --target root --journal --fail-on any", 0, "records: "},
		{"--attach guard.json --target root --output markdown", 3, "| 222222222222 account-222222222222 | denied | administrator (root) | organizations:LeaveOrganization |"},
		{"--attach guard.json --target root --output sarif", 3, `"startLine": 4`},
		{"--move 222222222222 " + root, 2, "accord: change 1, move 222222222222: it is in " + root + " already\n"},
		{"--disable SERVICE_CONTROL_POLICY", 0, "nothing changes"},
		{"--enable SERVICE_CONTROL_POLICY", 2, "accord: change 1, enable SERVICE_CONTROL_POLICY: it is enabled already\n"},
		{"--enable TAG_POLICI", 2, "accord: change 1, enable TAG_POLICI: \"TAG_POLICI\" is not a policy type; did you mean TAG_POLICY?\n"},
		{"--attach guard.json --target ou-ab12-cd34ef56", 2, "accord: change 1, attach guard.json: the target \"ou-ab12-cd34ef56\" is not in the organization "},
		{"--attach guard.json --target 333333333333", 2, "accord: change 1, attach guard.json: the target \"333333333333\" is not in the organization "},
		{"--attach broken.json --target root", 2, "accord: change 1, attach broken.json: broken.json:2:70: $.Statement[0].Action: "},
		{"--attach guard.json", 2, "accord: change 1, attach guard.json: it has no target\n"},
		{"--attach absent.json --target root", 2, "accord: open absent.json: no such file or directory\n"},
		{"--detach p-FullAWSAccess --target " + member, 2, "accord: 222222222222 would have 0 policies of the type SERVICE_CONTROL_POLICY, and needs 1\n"},
		{"--detach p-12345678 --target root", 2, "accord: change 1, detach p-12345678: the organization "},
		{"--changes wrong.yaml", 2, "accord: wrong.yaml: line 3: field targets not found"},
		{"--attach guard.json --target root --events broken.ndjson", 2, "accord: broken.ndjson: record 2, byte 77: it has no eventSource: it is not a record of CloudTrail\n"},
		{"--attach guard.json --target root --accounts 333333333333", 2, "accord: the account \"333333333333\" is not in the organization "},
		{"--attach guard.json --target root --actions Leave", 2, "accord: --actions: entry 1: \"Leave\" is not an action such as s3:PutBucketPolicy\n"},
		{"--attach guard.json --target root --output xml", 2, "accord: --output: \"xml\" is none of table, json, markdown and sarif\n"},
		{"--target root --attach guard.json", 2, "accord: invalid argument \"root\" for \"--target\" flag: it follows --attach or --detach (see accord whatif --help)\n"},
		{"--terraform guard.json", 2, "accord: guard.json: not the output of terraform show -json of a plan"},
		{"", 2, "accord: no change is given"},
	} {
		got := execute(t, append(append([]string{"whatif"}, strings.Fields(c.args)...), "--admin", s.AdminURL)...)
		text := got.stdout
		if c.status == 2 {
			text = got.stderr
			if strings.Count(text, "\n") != 1 || got.stdout != "" {
				t.Errorf("%s: not one line: %q, %q", c.args, text, got.stdout)
			}
		}
		if got.status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s: status %d, want %d\n%s%swant: %s", c.args, got.status, c.status, got.stdout, got.stderr, c.want)
		}
	}
	policies, err := s.Client("111111111111").ListPolicies(t.Context(), &organizations.ListPoliciesInput{Filter: types.PolicyTypeServiceControlPolicy})
	if err != nil || len(policies.Policies) != 1 {
		t.Errorf("something was changed: %v, %v", policies, err)
	}
}

func quotedJSON(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestExplain: of a call that is allowed, of one that is denied, and of the last denied one.
func TestExplain(t *testing.T) {
	s, root := tried(t)
	if got := on(t, s, "explain", "--account", "222222222222", "--action", "organizations:LeaveOrganization"); !strings.HasPrefix(got, "ALLOWED: organizations:LeaveOrganization by arn:aws:iam::222222222222:root on *\n") {
		t.Errorf("%s", got)
	}
	management := s.Client("111111111111")
	name, content, description := "stay", guard, ""
	made, err := management.CreatePolicy(t.Context(), &organizations.CreatePolicyInput{Name: &name, Content: &content, Description: &description, Type: types.PolicyTypeServiceControlPolicy})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := management.AttachPolicy(t.Context(), &organizations.AttachPolicyInput{PolicyId: made.Policy.PolicySummary.Id, TargetId: &root}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client("222222222222").LeaveOrganization(t.Context(), &organizations.LeaveOrganizationInput{}); err == nil {
		t.Fatal("the account has left")
	}
	// Records reach the file a moment after the answer.
	for range 3000 {
		if strings.Contains(on(t, s, "calls", "--errors"), "LeaveOrganization") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, args := range [][]string{{"--action", "organizations:LeaveOrganization"}, {"--last"}} {
		got := on(t, s, append([]string{"explain", "--account", "222222222222"}, args...)...)
		for _, want := range []string{
			"DENIED: organizations:LeaveOrganization by arn:aws:iam::222222222222:root on *\n",
			"  decided by Deny by Stay of " + *made.Policy.PolicySummary.Id + " (stay), line 4, attached to " + root + "\n",
			"\nThe smallest change that makes it allowed:\n",
			`add "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:root"}}`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%v: %s\nwant %s", args, got, want)
			}
		}
	}
	for args, want := range map[string]string{
		"--account 222222222222":                                    "accord: --action is required, or --last\n",
		"--account 333333333333 --action s3:GetObject":              "accord: there is no account \"333333333333\"\n",
		"--account 222222222222 --action GetObject":                 "accord: \"GetObject\" is not an action such as organizations:LeaveOrganization\n",
		"--account 222222222222 --action s3:GetObject --resource x": "accord: \"x\" is not an ARN, and not *\n",
		"--account 222222222222 --action s3:GetObject --context x":  "accord: context: \"x\" is not KEY=VALUE, such as aws:RequestedRegion=eu-west-1\n",
		"--account 111111111111 --last":                             "accord: no call of the account \"111111111111\" was denied among the last ",
	} {
		if got := execute(t, append(append([]string{"explain"}, strings.Fields(args)...), "--admin", s.AdminURL)...); got.status != misused || !strings.HasPrefix(got.stderr, want) {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

// TestTheAdminAPIAnswersQuestions: POST /whatif changes nothing, so that it is answered where
// the admin API is read-only, and is no record of the journal.
func TestTheAdminAPIAnswersQuestions(t *testing.T) {
	s, _ := tried(t, "--admin-writes", "off")
	post := func(body string) (int, string) {
		r, err := http.Post(s.AdminURL+"/whatif", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(text)
	}
	attach := `"changes":[{"attach":"stay","document":` + guard + `,"target":"root"}]`
	call := `{"eventSource":"organizations.amazonaws.com","eventName":"LeaveOrganization","userIdentity":{"type":"Root","accountId":"222222222222","arn":"arn:aws:iam::222222222222:root"}}`
	for body, want := range map[string]struct {
		status int
		text   string
	}{
		`{` + attach + `}`: {200, `"denied":1,"allowed":0,"depends":0`},
		`{` + attach + `,"actions":["ec2:RunInstances"],"regions":["eu-west-1"],"accounts":["222222222222"]}`: {200, `"questions":1,"denied":0`},
		`{` + attach + `,"events":[` + call + `]}`:                                                            {200, `"calls":{"records":1,"asked":1`},
		`{` + attach + `,"events":[{}]}`:                                                                      {400, "record 1, byte "},
		`{` + attach + `,"accounts":["333333333333"]}`:                                                        {400, "is not in the organization"},
		`{` + attach + `,"context":["x"]}`:                                                                    {400, "is not KEY=VALUE"},
		`{` + attach + `,"organization":"o-none"}`:                                                            {400, "there is no organization"},
		`{"changes":[{"attach":"x","document":{"Statement":[]},"target":"root"}],"x":1}`:                      {400, "unknown member"},
		`{"changes":[{"attach":"x","document":{"Statement":[{}]},"target":"root"}]}`:                          {400, "document:1:"},
		`{"changes":[{"move":"222222222222"}]}`:                                                               {400, "it has no root or unit to go to"},
		`{` + attach + `,"events":[` + strings.Repeat(call+",", 60_000) + call + `]}`:                         {413, "exceeds"},
	} {
		if status, text := post(body); status != want.status || !strings.Contains(text, want.text) {
			t.Errorf("%.200s: %d %.400s, want %d %s", body, status, text, want.status, want.text)
		}
	}
}
