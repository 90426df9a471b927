package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"accord/internal/app/apptest"
	"accord/internal/whatif"
	"accord/internal/whatif/change"
	"accord/internal/whatif/cloudtrail"
	"accord/test/require"
)

// TestRecordedCallsAgreeWithTheChange: what a what-if says of the calls that the journal has is
// what they get when they are made again after the change; what depends on something that a
// record does not say may be either.
func TestRecordedCallsAgreeWithTheChange(t *testing.T) {
	require.Full(t)
	folder := t.TempDir()
	path, settings := filepath.Join(folder, "journal.ndjson"), []string{"store", "sqlite:" + filepath.Join(folder, "accord.db")}
	f := open(t, apptest.Config(t, append(settings, "journal", path)...))
	f.controlled(`"ec2:*"`)
	root := f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	made := f.must(alice, "CreatePolicy", fmt.Sprintf(`{"Name": "Control", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": %q}`, allowing("*")))
	policy := made["Policy"].(map[string]any)["PolicySummary"].(map[string]any)["Id"].(string)
	f.attach("AttachPolicy", policy, root)
	f.attach("DetachPolicy", "p-FullAWSAccess", root)
	member := credentials{AccessKeyId: bob, SecretAccessKey: "x"}
	f.manage(member, "CreateUser", "UserName", "ann", "Path", "/team/", "Tags.member.1.Key", "team", "Tags.member.1.Value", "red")
	f.manage(member, "PutUserPolicy", "UserName", "ann", "PolicyName", "all", "PolicyDocument", allowing("*"))
	f.manage(member, "CreateGroup", "GroupName", "staff")
	f.role(member, "ops", trusting(`{"AWS":"`+bob+`"}`, ""))
	ann := f.key(f.manage(member, "CreateAccessKey", "UserName", "ann"))
	// callAll makes all calls, and returns those that the policies of the organization deny.
	callAll := func() (denied []string) {
		for _, c := range simulated {
			var denial string
			if c.service == "iam" {
				_, _, denial = f.query(ann, "iam", c.operation, c.parameters...)
			} else {
				_, denial = f.failure(ann, c.operation)
			}
			if strings.Contains(denial, "service control policy") {
				denied = append(denied, c.service+":"+c.operation)
			}
		}
		return denied
	}
	if denied := callAll(); len(denied) > 0 {
		t.Fatalf("%v is denied before the change", denied)
	}
	// What is left in the outbox goes to the journal.
	f.close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var records string
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, `"type":"IAMUser"`) {
			records += line
		}
	}
	f = open(t, apptest.Config(t, settings...))
	t.Cleanup(f.close)
	met := map[whatif.Verdict]int{}
	rapid.Check(t, func(rt *rapid.T) {
		f.must(alice, "UpdatePolicy", fmt.Sprintf(`{"PolicyId": %q, "Content": %q}`, policy, allowing("*")))
		document := drawPolicy(rt)
		report, err := f.Analyzer.WhatIf(t.Context(), "", whatif.Request{
			Changes: []change.Change{{Update: policy, Document: change.Document(document)}}, Records: cloudtrail.Read(strings.NewReader(records)),
		})
		if err != nil {
			rt.Fatal(err)
		}
		// A member may not list accounts, whatever policies say: a call that was denied is not asked.
		if c := report.Calls; c.Asked != len(simulated)-1 || c.Refused != 1 {
			rt.Fatalf("of %d calls: %+v", len(simulated), c)
		}
		said := map[string]whatif.Verdict{}
		for _, row := range report.Rows {
			for _, a := range row.Actions {
				said[a.Action] = row.After
				met[row.After]++
			}
		}
		f.must(alice, "UpdatePolicy", fmt.Sprintf(`{"PolicyId": %q, "Content": %q}`, policy, document))
		denied := callAll()
		for _, c := range simulated {
			action := c.service + ":" + c.operation
			verdict, changes := said[action]
			if action == "organizations:ListAccounts" {
				continue
			}
			if isDenied := slices.Contains(denied, action); verdict != whatif.Depends && isDenied != changes {
				rt.Fatalf("%s: denied: %t, the report says %q, by\n%s", action, isDenied, verdict, document)
			}
		}
	})
	if met[whatif.Denied] < 20 || met[whatif.Depends] < 20 {
		t.Errorf("answers that changed: %v", met)
	}
}
