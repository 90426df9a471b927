package app_test

import (
	"strings"
	"testing"

	"accord/internal/app/apptest"
)

const rootTask = "arn:aws:iam::aws:policy/root-task/"

// member is an account that alice creates.
func (f fixture) member(name string) string {
	f.t.Helper()
	status := f.must(alice, "CreateAccount", `{"Email": "`+name+`@example.com", "AccountName": "`+name+`"}`)["CreateAccountStatus"].(map[string]any)
	return status["AccountId"].(string)
}

// assumeRoot asks for a session of a root user, and returns it or the error.
func (f fixture) assumeRoot(signer credentials, target, task string, more ...string) (c credentials, failure string) {
	f.t.Helper()
	body, code, message := f.query(signer, "sts", "AssumeRoot", append([]string{"TargetPrincipal", target, "TaskPolicyArn.arn", rootTask + task}, more...)...)
	if code != "" {
		return c, code + ": " + message
	}
	return f.key(body), ""
}

// answers wants the code of an error, or a part of the answer.
func (f fixture) answers(signer credentials, operation, want string, parameters ...string) {
	f.t.Helper()
	body, code, message := f.query(signer, "iam", operation, parameters...)
	if got := code + ": " + message; code == "" && !strings.Contains(body, want) || code != "" && !strings.HasPrefix(got, want) {
		f.t.Errorf("%s %v: %s, want %s: %s", operation, parameters, got, want, body)
	}
}

// The features of central root access, and who may change them. [AWS: the operations and
// their errors; recorded: the answer without trusted access; assumed: the order of the
// checks, and that what is enabled or disabled already is no error]
func TestRootAccessIsForTheManagementAccountAndItsAdministrator(t *testing.T) {
	f := open(t, apptest.Config(t, "behavior", "create-account=synchronous"))
	defer f.close()
	root, other := credentials{AccessKeyId: alice}, credentials{AccessKeyId: bob}
	changes := []string{
		"EnableOrganizationsRootSessions", "EnableOrganizationsRootCredentialsManagement",
		"DisableOrganizationsRootSessions", "DisableOrganizationsRootCredentialsManagement",
	}
	all := func(signer credentials, want string, operations ...string) {
		t.Helper()
		for _, operation := range operations {
			f.answers(signer, operation, want)
		}
	}
	every := append([]string{"ListOrganizationsFeatures"}, changes...)
	all(root, "OrganizationNotFoundException: The request was rejected because no organization is associated with your account.", every...)
	f.must(bob, "CreateOrganization", `{"FeatureSet": "CONSOLIDATED_BILLING"}`)
	all(other, "OrganizationNotInAllFeaturesModeException: ", every...)
	f.must(alice, "CreateOrganization", `{}`)
	all(root, "ServiceAccessNotEnabledException: Trusted Access for IAM not enabled by organization of input account "+alice+".", every...)
	f.must(alice, "EnableAWSServiceAccess", `{"ServicePrincipal": "iam.amazonaws.com"}`)
	plain, administrator := credentials{AccessKeyId: f.member("plain")}, credentials{AccessKeyId: f.member("security")}
	f.must(alice, "RegisterDelegatedAdministrator", `{"ServicePrincipal": "iam.amazonaws.com", "AccountId": "`+administrator.AccessKeyId+`"}`)
	all(plain, "AccountNotManagementOrDelegatedAdministratorException: ", every...)
	all(administrator, "CallerIsNotManagementAccountException: ", changes[:2]...)

	const none, sessions = "<EnabledFeatures></EnabledFeatures>", "<EnabledFeatures><member>RootSessions</member></EnabledFeatures>"
	const both = "<EnabledFeatures><member>RootCredentialsManagement</member><member>RootSessions</member></EnabledFeatures>"
	f.answers(root, "ListOrganizationsFeatures", none)
	f.answers(root, changes[0], sessions)
	f.answers(root, changes[0], sessions)
	f.answers(root, changes[1], both)
	f.answers(administrator, "ListOrganizationsFeatures", both)
	f.answers(administrator, changes[3], sessions)
	f.answers(root, changes[2], none)
	f.answers(root, changes[2], none)
	organization := f.must(alice, "DescribeOrganization", `{}`)["Organization"].(map[string]any)["Id"].(string)
	f.answers(root, "ListOrganizationsFeatures", "<OrganizationId>"+organization+"</OrganizationId>")
	f.answers(root, changes[0], sessions)
	f.must(alice, "DisableAWSServiceAccess", `{"ServicePrincipal": "iam.amazonaws.com"}`)
	all(root, "ServiceAccessNotEnabledException: ", every...)
	if _, failure := f.assumeRoot(root, plain.AccessKeyId, "S3UnlockBucketPolicy"); !strings.HasPrefix(failure, "AccessDenied: ") {
		t.Errorf("without trusted access: %s", failure)
	}
	user := f.user(root, "user", "")
	f.answers(user, "ListOrganizationsFeatures", "AccessDenied: User: arn:aws:iam::"+alice+":user/user is not authorized to perform: iam:ListOrganizationsFeatures on resource: * because no identity-based policy allows")
}

// A session of a root user is refused without a reason. [AWS: AssumeRoot; recorded: the
// texts, and the refusal for the management account]
func TestASessionOfARootUserIsForMembers(t *testing.T) {
	f := open(t, apptest.Config(t, "behavior", "create-account=synchronous"))
	defer f.close()
	root := credentials{AccessKeyId: alice}
	f.must(alice, "CreateOrganization", `{}`)
	f.must(alice, "EnableAWSServiceAccess", `{"ServicePrincipal": "iam.amazonaws.com"}`)
	member, administrator := f.member("plain"), f.member("security")
	f.must(alice, "RegisterDelegatedAdministrator", `{"ServicePrincipal": "iam.amazonaws.com", "AccountId": "`+administrator+`"}`)
	audit := f.user(root, "audit", allow("sts:AssumeRoot", "arn:aws:iam::"+member+":root", `"StringEquals":{"sts:TaskPolicyArn":"`+rootTask+`IAMAuditRootUserCredentials"}`))
	denied := func(caller, target string) string {
		return "AccessDenied: User: arn:aws:iam::" + caller + " is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::" + target + ":root"
	}
	const task = "IAMAuditRootUserCredentials"
	refuse := func(what string, signer credentials, target, task, want string, more ...string) {
		t.Helper()
		if _, failure := f.assumeRoot(signer, target, task, more...); failure != want {
			t.Errorf("%s: %q, want %q", what, failure, want)
		}
	}
	refuse("before it is permitted", root, member, task, denied(alice+":root", member))
	f.manage(root, "EnableOrganizationsRootSessions")
	refuse("the management account", root, alice, task, denied(alice+":root", alice))
	refuse("an account that there is not", root, "999999999999", task, denied(alice+":root", "999999999999"))
	refuse("an account of another organization", root, bob, task, denied(alice+":root", bob))
	refuse("a member asks", credentials{AccessKeyId: member}, administrator, task, denied(member+":root", administrator))
	refuse("the administrator asks for the management account", credentials{AccessKeyId: administrator}, alice, task, denied(administrator+":root", alice))
	refuse("another task than the policy has", audit, member, "S3UnlockBucketPolicy", denied(alice+":user/audit", member))
	refuse("another target than the policy has", audit, administrator, task, denied(alice+":user/audit", administrator))
	refuse("no root user", root, "arn:aws:iam::"+member+":user/ann", task, "ValidationError: Request must contain a valid target principal")
	refuse("another partition", root, "arn:aws-cn:iam::"+member+":root", task, "ValidationError: Request must contain a valid target principal")
	refuse("no task", root, member, "../ReadOnlyAccess", "ValidationError: Request must contain valid AWS managed task policy ARN")
	refuse("too long", root, member, task, "ValidationError: 1 validation error detected: Value '901' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 900", "DurationSeconds", "901")
	if _, code, message := f.query(root, "sts", "AssumeRoot", "TargetPrincipal", member); code != "ValidationError" || !strings.Contains(message, "Value null at 'taskPolicyArn'") {
		t.Errorf("no policy: %s: %s", code, message)
	}
	for what, signer := range map[string]credentials{"the management account": root, "a user": audit, "the administrator": {AccessKeyId: administrator}} {
		c, failure := f.assumeRoot(signer, "arn:aws:iam::"+member+":root", task, "DurationSeconds", "900")
		if got := f.identity(c); failure != "" || got != "arn:aws:iam::"+member+":root" {
			t.Errorf("%s: %s, %s", what, failure, got)
		}
		if _, failure := f.assumeRoot(c, administrator, task); failure != "AccessDenied: Cannot call AssumeRoot with session credentials" {
			t.Errorf("%s: from one session into another: %s", what, failure)
		}
	}
	f.must(alice, "CloseAccount", `{"AccountId": "`+member+`"}`)
	refuse("a suspended account", root, member, task, denied(alice+":root", member))

	strict, a, b, rootA, _ := strictly(t)
	if _, failure := strict.assumeRoot(rootA, b, task); failure != denied(a+":root", b) {
		t.Errorf("a root user in strict mode: %s", failure)
	}
}

// What a session may do: its task, as far as SCPs let it. [AWS: the documents of the policies
// of the tasks; perform a privileged task on a member account; aws:AssumedRoot]
func TestASessionOfARootUserDoesItsTask(t *testing.T) {
	f := open(t, apptest.Config(t, "behavior", "create-account=synchronous"))
	defer f.close()
	root := credentials{AccessKeyId: alice}
	f.must(alice, "CreateOrganization", `{}`)
	f.must(alice, "EnableAWSServiceAccess", `{"ServicePrincipal": "iam.amazonaws.com"}`)
	f.manage(root, "EnableOrganizationsRootSessions")
	before := f.member("before")
	f.manage(root, "EnableOrganizationsRootCredentialsManagement")
	after := f.member("after")
	into := func(account, task string) credentials {
		t.Helper()
		c, failure := f.assumeRoot(root, account, task)
		if failure != "" {
			t.Fatal(failure)
		}
		return c
	}
	owner := credentials{AccessKeyId: before}
	f.manage(owner, "CreateUser", "UserName", "ann")
	key := f.key(f.manage(owner, "CreateAccessKey"))

	audit := into(before, "IAMAuditRootUserCredentials")
	f.answers(audit, "GetLoginProfile", "<UserName>before</UserName>")
	f.answers(audit, "ListAccessKeys", key.AccessKeyId)
	f.answers(audit, "GetAccessKeyLastUsed", "N/A", "AccessKeyId", key.AccessKeyId)
	f.answers(audit, "ListMFADevices", "<MFADevices></MFADevices>")
	f.answers(audit, "ListSigningCertificates", "<Certificates></Certificates>")
	f.answers(audit, "GetUser", ":root</Arn>")
	f.answers(audit, "GetAccountSummary", "<key>AccountPasswordPresent</key><value>1</value>")
	const beyond = "AccessDenied: User: arn:aws:iam::"
	f.answers(audit, "DeleteLoginProfile", beyond+before+":root is not authorized to perform: iam:DeleteLoginProfile on resource: arn:aws:iam::"+before+":root with an explicit deny in a session policy")
	f.answers(audit, "ListAccessKeys", beyond, "UserName", "ann")
	f.answers(audit, "ListUsers", beyond)
	f.answers(audit, "CreateLoginProfile", beyond)
	f.answers(into(before, "S3UnlockBucketPolicy"), "GetAccountSummary", beyond)
	f.answers(into(before, "SQSUnlockQueuePolicy"), "GetAccountSummary", beyond)

	remove := into(before, "IAMDeleteRootUserCredentials")
	f.answers(remove, "DeleteAccessKey", "<DeleteAccessKeyResponse", "AccessKeyId", key.AccessKeyId)
	f.answers(remove, "ListAccessKeys", "<AccessKeyMetadata></AccessKeyMetadata>")
	f.answers(remove, "DeleteLoginProfile", "<DeleteLoginProfileResponse")
	f.answers(remove, "DeleteLoginProfile", "NoSuchEntity: Login Profile for User before cannot be found.")
	f.answers(remove, "DeactivateMFADevice", "NoSuchEntity: ", "SerialNumber", "arn:aws:iam::"+before+":mfa/root")
	f.answers(remove, "DeleteSigningCertificate", "NoSuchEntity: ", "CertificateId", strings.Repeat("A", 24))
	f.answers(remove, "DeleteAccessKey", beyond, "UserName", "ann", "AccessKeyId", key.AccessKeyId)
	f.answers(audit, "GetLoginProfile", "NoSuchEntity: ")
	f.answers(audit, "GetAccountSummary", "<key>AccountPasswordPresent</key><value>0</value>")

	create := into(before, "IAMCreateRootUserPassword")
	f.answers(create, "CreateLoginProfile", "ValidationError: ", "Password", "secret")
	f.answers(create, "CreateLoginProfile", "<UserName>before</UserName>")
	f.answers(create, "CreateLoginProfile", "EntityAlreadyExists: ")
	f.answers(audit, "GetLoginProfile", "<UserName>before</UserName>")
	f.answers(owner, "GetLoginProfile", "ValidationError: ")

	f.answers(into(after, "IAMAuditRootUserCredentials"), "GetLoginProfile", "NoSuchEntity: ")

	scp := func(name, statement string) {
		t.Helper()
		made := f.must(alice, "CreatePolicy", `{"Name": "`+name+`", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": "`+
			strings.ReplaceAll(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Resource":"*",`+statement+`}}`, `"`, `\"`)+`"}`)
		id := made["Policy"].(map[string]any)["PolicySummary"].(map[string]any)["Id"].(string)
		f.must(alice, "AttachPolicy", `{"PolicyId": "`+id+`", "TargetId": "`+before+`"}`)
	}
	rootID := f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	f.must(alice, "EnablePolicyType", `{"RootId": "`+rootID+`", "PolicyType": "SERVICE_CONTROL_POLICY"}`)
	scp("but sessions", `"Action":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"},"Null":{"aws:AssumedRoot":"true"}}`)
	f.answers(owner, "GetAccountSummary", beyond)
	f.answers(audit, "GetLoginProfile", "<UserName>before</UserName>")
	scp("nobody", `"Action":"iam:GetLoginProfile"`)
	f.answers(audit, "GetLoginProfile", beyond+before+":root is not authorized to perform: iam:GetLoginProfile on resource: arn:aws:iam::"+before+":root with an explicit deny in a service control policy")
}
