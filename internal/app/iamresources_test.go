package app_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/iamapi"
	"accord/internal/api/stsapi"
)

var update = flag.Bool("update", false, "write the table of the resources of IAM and STS")

// TestWhatCallsOfIAMAndSTSAreDecidedOn: the resource of each operation, as a denial names it.
// The types are those of the Service Authorization Reference. [AWS: Actions, resources, and
// condition keys for IAM and for STS, March 2026]
func TestWhatCallsOfIAMAndSTSAreDecidedOn(t *testing.T) {
	f, a, b, root, rootB := strictly(t)
	f.manage(root, "CreateUser", "UserName", "ann", "Path", "/team/")
	f.manage(root, "CreateGroup", "GroupName", "staff")
	f.role(root, "Deploy", trusting(`{"AWS":"`+a+`"}`, ""), "Path", "/ci/")
	f.manage(root, "CreateInstanceProfile", "InstanceProfileName", "box")
	f.manage(root, "CreatePolicy", "PolicyName", "P", "PolicyDocument", allowing("s3:*"))
	key := f.key(f.manage(root, "CreateAccessKey", "UserName", "ann"))
	nobody := f.user(root, "nobody", "")
	parameters := []string{
		"UserName", "ann", "GroupName", "staff", "RoleName", "Deploy", "InstanceProfileName", "box", "PolicyName", "Q", "Path", "/new/",
		"PolicyArn", "arn:aws:iam::" + a + ":policy/P", "AWSServiceName", "autoscaling.amazonaws.com", "CustomSuffix", "x",
		"DeletionTaskId", "task/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig/0", "AccessKeyId", key.AccessKeyId,
		"RoleArn", "arn:aws:iam::" + a + ":role/ci/Deploy", "RoleSessionName", "test", "TargetPrincipal", b,
		"TaskPolicyArn.arn", "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy", "Name", "fed", "PolicySourceArn", "arn:aws:iam::" + a + ":user/team/ann",
	}
	var table strings.Builder
	for _, service := range []struct {
		name       string
		operations map[string]*api.Operation
	}{{"iam", iamapi.Operations}, {"sts", stsapi.Operations}} {
		for _, name := range slices.Sorted(maps.Keys(service.operations)) {
			_, code, message := f.query(nobody, service.name, name, parameters...)
			on := "never denied"
			if code == "AccessDenied" {
				_, on, _ = strings.Cut(message, " on resource: ")
				on, _, _ = strings.Cut(on, " because ")
			} else if code != "" && code != "InvalidAction" {
				t.Errorf("%s: %s: %s", name, code, message)
			}
			fmt.Fprintf(&table, "%s:%s %s\n", service.name, name, strings.ReplaceAll(strings.ReplaceAll(on, a, "ACCOUNT"), b, "TARGET"))
		}
	}
	golden := filepath.Join("testdata", "resources.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if diff := cmp.Diff(string(want), table.String()); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}

	// Nobody is named: the caller, or the root user.
	for _, test := range []struct {
		caller          credentials
		operation, want string
	}{
		{nobody, "ListAccessKeys", "arn:aws:iam::" + a + ":user/nobody"},
		{nobody, "ListMFADevices", "arn:aws:iam::" + a + ":user/nobody"},
		{nobody, "GetUser", "arn:aws:iam::" + a + ":user/nobody"},
	} {
		if _, _, message := f.query(test.caller, "iam", test.operation); !strings.Contains(message, " on resource: "+test.want+" ") {
			t.Errorf("%s: %s", test.operation, message)
		}
	}
	if _, _, message := f.query(nobody, "iam", "GetAccessKeyLastUsed", "AccessKeyId", root.AccessKeyId); !strings.Contains(message, " on resource: arn:aws:iam::"+a+":root ") {
		t.Errorf("a key of the root user: %s", message)
	}
	if _, _, message := f.query(nobody, "iam", "GetAccessKeyLastUsed", "AccessKeyId", rootB.AccessKeyId); !strings.Contains(message, " on resource: * ") {
		t.Errorf("a key of another account: %s", message)
	}
}

// allow is a policy with one statement.
func allow(action, on, condition string) string {
	if condition != "" {
		condition = `,"Condition":{` + condition + `}`
	}
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + action + `","Resource":"` + on + `"` + condition + `}}`
}

// TestPoliciesOfIAMNameResourcesAndKeys: each row is a policy that allows a call, and one
// that is a little narrower and does not.
func TestPoliciesOfIAMNameResourcesAndKeys(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	arn := func(rest string) string { return "arn:aws:iam::" + a + ":" + rest }
	f.manage(root, "CreatePolicy", "PolicyName", "Limit", "PolicyDocument", allowing("s3:*"))
	f.manage(root, "TagPolicy", "PolicyArn", arn("policy/Limit"), "Tags.member.1.Key", "team", "Tags.member.1.Value", "blue")
	f.manage(root, "CreateUser", "UserName", "ann", "PermissionsBoundary", arn("policy/Limit"), "Tags.member.1.Key", "team", "Tags.member.1.Value", "blue")
	f.manage(root, "CreateGroup", "GroupName", "staff")
	f.manage(root, "CreateInstanceProfile", "InstanceProfileName", "box")
	f.role(root, "Deploy", trusting(`{"AWS":"`+a+`"}`, ""))
	slr := arn("role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
	for n, test := range []struct {
		operation  string
		parameters []string
		may        []string
		mayNot     []string
	}{
		{
			"CreateServiceLinkedRole",
			[]string{"AWSServiceName", "autoscaling.amazonaws.com"},
			[]string{allow("iam:CreateServiceLinkedRole", slr, `"StringLike":{"iam:AWSServiceName":"autoscaling.amazonaws.com"}`)},
			[]string{allow("iam:CreateServiceLinkedRole", arn("role/aws-service-role/config.amazonaws.com/*"), "")},
		},
		{
			"PutUserPolicy",
			[]string{"UserName", "ann", "PolicyName", "p", "PolicyDocument", allowing("s3:*")},
			[]string{allow("iam:PutUserPolicy", arn("user/*"), `"ArnEquals":{"iam:PermissionsBoundary":"`+arn("policy/Limit")+`"}`)},
			[]string{allow("iam:PutUserPolicy", arn("user/*"), `"ArnEquals":{"iam:PermissionsBoundary":"`+arn("policy/Other")+`"}`)},
		},
		{
			"PutUserPermissionsBoundary",
			[]string{"UserName", "ann", "PermissionsBoundary", arn("policy/Limit")},
			[]string{allow("iam:PutUserPermissionsBoundary", arn("user/ann"), `"ArnEquals":{"iam:PermissionsBoundary":"`+arn("policy/Limit")+`"}`)},
			[]string{allow("iam:PutUserPermissionsBoundary", arn("user/ann"), `"ArnEquals":{"iam:PermissionsBoundary":"`+arn("policy/L")+`"}`)},
		},
		{
			"GetUser",
			[]string{"UserName", "ann"},
			[]string{allow("iam:GetUser", "*", `"StringEquals":{"iam:ResourceTag/team":"blue","aws:ResourceTag/team":"blue"}`)},
			[]string{allow("iam:GetUser", "*", `"StringEquals":{"iam:ResourceTag/team":"red"}`)},
		},
		{
			"GetPolicy",
			[]string{"PolicyArn", arn("policy/Limit")},
			[]string{allow("iam:GetPolicy", "*", `"StringEquals":{"aws:ResourceTag/team":"blue"}`)},
			[]string{allow("iam:GetPolicy", "*", `"StringEquals":{"iam:ResourceTag/team":"blue"}`)},
		},
		{
			"AddRoleToInstanceProfile",
			[]string{"InstanceProfileName", "box", "RoleName", "Deploy"},
			[]string{
				allow("iam:AddRoleToInstanceProfile", arn("instance-profile/box"), ""),
				allow("iam:PassRole", arn("role/Deploy"), `"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}`),
			},
			[]string{allow("iam:AddRoleToInstanceProfile", arn("instance-profile/box"), ""), allow("iam:PassRole", arn("role/Other"), "")},
		},
		{
			"UpdateGroup",
			[]string{"GroupName", "staff", "NewGroupName", "crew", "NewPath", "/sea/"},
			[]string{allow("iam:UpdateGroup", arn("group/staff"), ""), allow("iam:UpdateGroup", arn("group/sea/crew"), "")},
			[]string{allow("iam:UpdateGroup", arn("group/staff"), ""), allow("iam:UpdateGroup", arn("group/crew"), "")},
		},
		{
			"UpdateUser",
			[]string{"UserName", "ann", "NewPath", "/sea/"},
			[]string{allow("iam:UpdateUser", arn("user/ann"), ""), allow("iam:UpdateUser", arn("user/sea/ann"), "")},
			[]string{allow("iam:UpdateUser", arn("user/ann"), "")},
		},
		{
			"GetAccountSummary",
			nil,
			[]string{allow("iam:GetAccountSummary", "*", `"StringEquals":{"aws:ResourceAccount":"`+a+`"},"Null":{"aws:ResourceOrgID":"true","aws:referer":"true","aws:CalledVia":"true"},"Bool":{"aws:ViaAWSService":"false"}`)},
			[]string{allow("iam:GetAccountSummary", "*", `"Null":{"aws:ResourceOrgID":"false"}`)},
		},
	} {
		call := func(name string, policies []string) (code, message string) {
			caller := f.user(root, fmt.Sprint(name, n), "")
			for i, p := range policies {
				f.manage(root, "PutUserPolicy", "UserName", fmt.Sprint(name, n), "PolicyName", fmt.Sprint("p", i), "PolicyDocument", p)
			}
			_, code, message = f.query(caller, "iam", test.operation, test.parameters...)
			return code, message
		}
		if code, message := call("narrow", test.mayNot); code != "AccessDenied" {
			t.Errorf("%s is not denied: %s %s", test.operation, code, message)
		}
		if code, message := call("wide", test.may); code != "" {
			t.Errorf("%s: %s: %s", test.operation, code, message)
		}
	}
}
