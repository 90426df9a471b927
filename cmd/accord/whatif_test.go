package main

import (
	"encoding/json"
	"errors"
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
	"accord/test/require"
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

// leaving is a record of an account that leaves.
const leaving = `{"eventSource":"organizations.amazonaws.com","eventName":"LeaveOrganization","userIdentity":{"type":"Root","accountId":"222222222222","arn":"arn:aws:iam::222222222222:root"}}` + "\n"

// write writes files into the folder of a test, which becomes the working directory.
func write(t *testing.T, files map[string]string) {
	t.Helper()
	folder := t.TempDir()
	t.Chdir(folder)
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhatIf: its exit statuses and its forms.
func TestWhatIf(t *testing.T) {
	require.Full(t)
	s, root := tried(t)
	name := "Sandbox"
	made, err := s.Client("111111111111").CreateOrganizationalUnit(t.Context(), &organizations.CreateOrganizationalUnitInput{ParentId: &root, Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	unit := *made.OrganizationalUnit.Id
	write(t, map[string]string{
		"guard.json": guard, "changes.yaml": "changes:\n  - attach: guard.json\n    target: root\n",
		"events.ndjson": leaving, "trail/2026/a.json": `{"Records":[` + leaving + `]}`, "trail/2026/b.jsonl": leaving + leaving, "trail/CloudTrail-Digest/c.json": "{}", "trail/readme.txt": "x",
		"plan.json":   `{"format_version":"1.2","resource_changes":[{"address":"aws_organizations_policy.p","type":"aws_organizations_policy","name":"p","change":{"actions":["create"],"after":{"name":"stay","content":` + quotedJSON(guard) + `}}},{"address":"aws_organizations_policy_attachment.a","type":"aws_organizations_policy_attachment","name":"a","change":{"actions":["create"],"after":{"target_id":"` + root + `"}}},{"address":"aws_organizations_delegated_administrator.d","type":"aws_organizations_delegated_administrator","name":"d","change":{"actions":["create"],"after":{}}}],"configuration":{"root_module":{"resources":[{"address":"aws_organizations_policy_attachment.a","expressions":{"policy_id":{"references":["aws_organizations_policy.p.id","aws_organizations_policy.p"]}}}]}}}`,
		"actions.txt": "organizations:LeaveOrganization # leaving\nec2:RunInstances\n",
	})
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"--attach guard.json --target " + root, 3, "222222222222 account-222222222222  denied   administrator (root)  organizations:LeaveOrganization  guard.json: Stay, line 4 on " + root + " (Root)\n1 would be denied"},
		{"--attach guard.json --target " + root + " --fail-on none", 0, "1 would be denied, 0 would be allowed"},
		{"--attach guard.json --target " + root + " --fail-on allowed", 0, "1 would be denied"},
		{"--attach guard.json --target 222222222222 --accounts 111111111111", 0, "nothing changes: 1 accounts"},
		{"--attach guard.json --target root --actions ec2:RunInstances --fail-on any", 0, "nothing changes: 2 accounts, 2 principals, 2 questions"},
		{"--attach guard.json --target root --actions actions.txt", 3, "2 principals, 4 questions"},
		{"--changes changes.yaml", 3, "1 would be denied"},
		{"--terraform plan.json", 3, "not tried: aws_organizations_delegated_administrator.d: changes of this resource are not tried\n1 would be denied"},
		{"--attach guard.json --target root --events events.ndjson", 3, "denied (1 call)"},
		{"--attach guard.json --target root --events events.ndjson --output json", 3, `"asked": 1`},
		{"--attach guard.json --target root --journal --fail-on any", 0, "records: "},
		{"--attach guard.json --target root --output markdown", 3, "| 222222222222 account-222222222222 | denied | administrator (root) | organizations:LeaveOrganization |"},
		{"--attach guard.json --target root --output sarif", 3, `"startLine": 4`},
		{"--disable SERVICE_CONTROL_POLICY", 0, "nothing changes"},
		{"--attach guard.json --target " + unit, 0, "nothing changes"},
		{"--attach guard.json --target " + unit + " --move 222222222222 " + unit, 3, "guard.json: Stay, line 4 on " + unit + " (Sandbox)\n1 would be denied"},
		// Words that a shell makes of a pattern belong to --events, and those of other changes to them.
		{"--attach guard.json --target root --events events.ndjson trail/2026/a.json trail/2026/b.jsonl", 3, "denied (4 calls)"},
		{"--events events.ndjson trail/2026/a.json --move 222222222222 " + unit + " --attach guard.json --target " + unit, 3, "denied (2 calls)"},
		{"--move 222222222222 " + unit + " --events events.ndjson trail/2026/a.json --attach guard.json --target " + unit, 3, "denied (2 calls)"},
		{"--events events.ndjson trail/2026/a.json --move 222222222222 --attach guard.json --target " + unit + " --events trail/2026/b.jsonl " + unit, 3, "denied (4 calls)"},
		{"--attach guard.json --target root --events trail", 3, "denied (3 calls)"},
		{"--attach guard.json --target root --events trail/2026/*.json*", 3, "denied (3 calls)"},
	} {
		got := execute(t, append(append([]string{"whatif"}, strings.Fields(c.args)...), "--admin", s.AdminURL)...)
		if got.status != c.status || got.stderr != "" || !strings.Contains(got.stdout, c.want) {
			t.Errorf("%s: status %d, want %d\n%s%swant: %s", c.args, got.status, c.status, got.stdout, got.stderr, c.want)
		}
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
	require.Full(t)
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
	require.Full(t)
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
		`{` + attach + `,"resources":["arn:aws:s3:::b"` + strings.Repeat(`,"arn:aws:s3:::b"`, 5000) + `]}`:    {400, "these are more than 2000000 questions"},
		`{` + attach + `,"mostPrincipals":1,"mostRows":1}`:                                                    {200, `"accounts":1,`},
		`{` + attach + `,"mostRows":-1}`:                                                                      {400, "are numbers from 1 on"},
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
