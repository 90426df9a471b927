package console_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"accord/test/npm"
	"accord/test/process"
	"accord/test/require"
)

// TestTheStoryOfAGuardrailInABrowser: an SCP is written with an error and mended, what would change
// is looked at, it is attached, a call that it denies is explained, 15 days pass, and the state is
// saved and gone back to; by mouse, by keyboard alone, and with JavaScript off. The call is one of
// the AWS CLI, as a member.
func TestTheStoryOfAGuardrailInABrowser(t *testing.T) {
	require.Long(t)
	require.Chromium(t)
	require.Tool(t, "aws")
	folder := npm.Install(t, "scenarios")
	for _, way := range []string{"mouse", "keyboard", "without JavaScript"} {
		t.Run(way, func(t *testing.T) {
			s := process.Start(t, "--clock", "virtual", "--behavior", "create-account=synchronous", "--journal", filepath.Join(t.TempDir(), "journal"))
			run(t, s, folder, "guardrail.mjs", way)
		})
	}
}

// erin manages an organization with policies.
const erin = "666666666666"

// furnishPolicies makes an organization with policies, and returns the addresses of what their
// pages show, by name.
func furnishPolicies(t *testing.T, s *process.Server) map[string]string {
	t.Helper()
	as := "as=" + erin
	get := func(answer map[string]any, names ...string) string {
		for _, name := range names[:len(names)-1] {
			answer = answer[name].(map[string]any)
		}
		return answer[names[len(names)-1]].(string)
	}
	policy := func(kind, name, description, content string, targets ...string) string {
		in, err := json.Marshal(map[string]string{"Type": kind, "Name": name, "Description": description, "Content": content})
		if err != nil {
			t.Fatal(err)
		}
		id := get(call(t, s, erin, "CreatePolicy", string(in)), "Policy", "PolicySummary", "Id")
		for _, target := range targets {
			call(t, s, erin, "AttachPolicy", `{"PolicyId": "`+id+`", "TargetId": "`+target+`"}`)
		}
		return id
	}
	call(t, s, erin, "CreateOrganization", `{"FeatureSet": "ALL"}`)
	root := call(t, s, erin, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	for _, kind := range []string{"SERVICE_CONTROL_POLICY", "TAG_POLICY"} {
		call(t, s, erin, "EnablePolicyType", `{"RootId": "`+root+`", "PolicyType": "`+kind+`"}`)
	}
	unit := get(call(t, s, erin, "CreateOrganizationalUnit", `{"ParentId": "`+root+`", "Name": "Security and everything that has to do with it in all regions"}`), "OrganizationalUnit", "Id")
	for _, name := range []string{"Payments", "Ledger"} {
		call(t, s, erin, "CreateAccount", `{"AccountName": "`+name+`", "Email": "`+name+`@example.com"}`)
	}
	send(t, "POST", s.AdminURL+"/clock", `{"advance": "1m"}`)
	guard := policy("SERVICE_CONTROL_POLICY", "Guardrails", "What no account may do: the trail stays, and work is in Ireland", `{"Version":"2012-10-17","Statement":[{"Sid":"Trail","Effect":"Deny","Action":["cloudtrail:StopLogging","cloudtrail:DeleteTrail"],"Resource":"*"},{"Sid":"Regions","Effect":"Deny","NotAction":["iam:*","organizations:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}`, unit)
	policy("SERVICE_CONTROL_POLICY", "DenyEverythingInTheSandboxThatCostsMoneyOrIsVisibleFromTheOutsideWorld", "", `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`)
	tag := policy("TAG_POLICY", "Costs", "", `{"tags":{"cost":{"tag_key":{"@@assign":"Cost"},"tag_value":{"@@assign":["100","200"]}}}}`, root)
	return map[string]string{
		"policies-much": "/console/policies?" + as, "policies-none": "/console/policies?type=S3_POLICY&" + as, "policies-disable": "/console/policies?type=TAG_POLICY&try=disable&" + as,
		"policy-new-much": "/console/policies/new?" + as, "policy-much": "/console/policies/" + guard + "?" + as, "policy-indented": "/console/policies/" + guard + "?format=1&" + as,
		"policy-try": "/console/policies/" + guard + "?try=attach&target=" + root + "&" + as, "policy-try-refused": "/console/policies/" + guard + "?try=attach&target=r-none&" + as,
		"policy-try-tag": "/console/policies/" + tag + "?try=detach&target=" + root + "&" + as, "policy-attached": "/console/policies/" + tag + "?attached=" + root + "&" + as,
		"policy-aws": "/console/policies/p-FullAWSAccess?" + as, "organization-policies": "/console/organization/" + unit + "?" + as,
	}
}
