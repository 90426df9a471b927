package app_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/app/apptest"
)

// Attacks with sessions, each with a control that shows what is attacked.

// A session dies with its role, and does not live again with a role of the same name.
// [assumed: as the keys of a deleted user]
func TestAttackSessionOfADeletedRole(t *testing.T) {
	for _, auth := range []string{"open", "strict"} {
		f, a, _, root, _ := strictly(t, "auth", auth)
		user := f.user(root, "user", allowing("sts:*"))
		create := func() {
			f.manage(root, "CreateRole", "RoleName", "Role", "AssumeRolePolicyDocument", trusting(`"*"`, ""))
		}
		create()
		session, failure := f.enter(user, a, "Role")
		check := func(when, want string) {
			t.Helper()
			// Twice: the second answer may be kept.
			for range 2 {
				if got := f.identity(session); got != want {
					t.Errorf("%s, %s: %s", auth, when, got)
				}
			}
		}
		check("control "+failure, "arn:aws:sts::"+a+":assumed-role/Role/test")
		f.manage(root, "DeleteRole", "RoleName", "Role")
		check("deleted", "Forbidden InvalidClientTokenId")
		if got := f.describe(session); got != "UnrecognizedClientException" {
			t.Errorf("%s: Organizations answers %s", auth, got)
		}
		if _, code, _ := f.query(session, "iam", "ListUsers"); code != "InvalidClientTokenId" {
			t.Errorf("%s: IAM answers %s", auth, code)
		}
		create()
		check("made again", "Forbidden InvalidClientTokenId")
	}
	t.Log("evidence: a session of a deleted role is refused by three services, in both modes, also once the role is made again")
}

// The sessions of a user die with the user. [assumed: as the keys of a deleted user]
func TestAttackSessionOfADeletedUser(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	user := f.user(root, "user", "")
	f.manage(root, "PutUserPolicy", "UserName", "user", "PolicyName", "inline", "PolicyDocument", allowing("*"))
	sessions := map[string]credentials{}
	for operation, want := range map[string]string{
		"GetSessionToken": "arn:aws:iam::" + a + ":user/user", "GetFederationToken": "arn:aws:sts::" + a + ":federated-user/Bob",
	} {
		body, code, message := f.query(user, "sts", operation, "Name", "Bob")
		if code != "" {
			t.Fatal(code, message)
		}
		sessions[operation] = f.key(body)
		if got := f.identity(sessions[operation]); got != want {
			t.Errorf("control, %s: %s", operation, got)
		}
	}
	f.manage(root, "DeleteAccessKey", "UserName", "user", "AccessKeyId", user.AccessKeyId)
	f.manage(root, "DeleteUserPolicy", "UserName", "user", "PolicyName", "inline")
	f.manage(root, "DeleteUser", "UserName", "user")
	for operation, session := range sessions {
		if got := f.identity(session); got != "Forbidden InvalidClientTokenId" {
			t.Errorf("%s: %s", operation, got)
		}
	}
	t.Log("evidence: both kinds of sessions of a deleted user are refused")
}

func TestAttackTokenOfOneSessionWithTheKeyOfAnother(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	user := f.user(root, "user", allowing("sts:*"))
	f.role(root, "Admin", trusting(`"*"`, ""))
	f.manage(root, "CreateRole", "RoleName", "Nothing", "AssumeRolePolicyDocument", trusting(`"*"`, ""))
	admin, _ := f.enter(user, a, "Admin")
	nothing, _ := f.enter(user, a, "Nothing")
	for what, c := range map[string]credentials{
		"key and secret of the other": {nothing.AccessKeyId, nothing.SecretAccessKey, admin.SessionToken},
		"its secret of the other":     {admin.AccessKeyId, nothing.SecretAccessKey, admin.SessionToken},
		"a long-lived key":            {user.AccessKeyId, user.SecretAccessKey, admin.SessionToken},
	} {
		if got := f.identity(c); got != "Forbidden InvalidClientTokenId" && got != "Forbidden SignatureDoesNotMatch" {
			t.Errorf("%s: %s", what, got)
		}
	}
	if got := f.identity(admin); !strings.HasSuffix(got, "/Admin/test") {
		t.Errorf("control: %s", got)
	}
	t.Log("evidence: 3 mixtures of the credentials of two sessions and a user are refused")
}

// A service of one account that enters roles of its customers must not be led into the role
// of another customer. [AWS: the confused deputy problem]
func TestAttackConfusedDeputyWithoutExternalID(t *testing.T) {
	f, a, _, root, rootB := strictly(t)
	deputy := f.user(rootB, "deputy", allowing("sts:AssumeRole"))
	f.role(root, "Customer", trusting(`"*"`, `,"Condition":{"StringEquals":{"sts:ExternalId":"secret-7"}}`))
	for id, want := range map[string]bool{"": false, "secret-8": false, "secret-7*": false, "secret-7": true} {
		var given []string
		if id != "" {
			given = []string{"ExternalId", strings.ReplaceAll(id, "*", "-")}
		}
		if _, failure := f.enter(deputy, a, "Customer", given...); (failure == "") != want {
			t.Errorf("%q: %s", id, failure)
		}
	}
	t.Log("evidence: 3 wrong external IDs are refused, the right one is not")
}

// Whoever may edit a trust policy may become its role: that needs
// iam:UpdateAssumeRolePolicy, and no other right to change roles is enough. [AWS: IAM,
// actions]
func TestAttackPrivilegeEscalationByTheTrustPolicy(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	f.role(root, "Admin", trusting(`{"AWS":"`+a+`"}`, `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`))
	open := trusting(`{"AWS":"`+a+`"}`, "")
	for n, test := range []struct {
		actions string
		edits   bool
	}{
		{`iam:PassRole","iam:UpdateRole","iam:UpdateRoleDescription","iam:TagRole","iam:GetRole","sts:*`, false},
		{`iam:UpdateAssumeRolePolicy","sts:*`, true},
	} {
		user := f.user(root, fmt.Sprint("user", n), allowing(test.actions))
		if _, failure := f.enter(user, a, "Admin"); !strings.HasPrefix(failure, "AccessDenied") {
			t.Errorf("%s: before: %s", test.actions, failure)
		}
		_, code, message := f.query(user, "iam", "UpdateAssumeRolePolicy", "RoleName", "Admin", "PolicyDocument", open)
		if (code == "") != test.edits {
			t.Errorf("%s: the edit is answered %s: %s", test.actions, code, message)
		}
		if _, failure := f.enter(user, a, "Admin"); (failure == "") != test.edits {
			t.Errorf("%s: after: %s", test.actions, failure)
		}
	}
	t.Log("evidence: 6 actions on roles do not let a user edit a trust policy; iam:UpdateAssumeRolePolicy does")
}

func TestAttackSessionPastItsExpiry(t *testing.T) {
	f, a, _, root, _ := strictly(t, "clock", "virtual")
	user := f.user(root, "user", allowing("sts:*"))
	f.role(root, "Role", trusting(`"*"`, ""))
	session, _ := f.enter(user, a, "Role", "DurationSeconds", "900")
	if err := f.Clock.Advance(t.Context(), 15*time.Minute-time.Second); err != nil {
		t.Fatal(err)
	}
	if got := f.identity(session); !strings.HasSuffix(got, "/Role/test") {
		t.Errorf("control: %s", got)
	}
	// A session that is issued in the last second of another one lasts its own time.
	chained, failure := f.enter(session, a, "Role")
	if err := f.Clock.Advance(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	if got := f.identity(session); got != "Forbidden ExpiredToken" {
		t.Errorf("after its end: %s", got)
	}
	if got := f.identity(chained); !strings.HasSuffix(got, "/Role/test") {
		t.Errorf("the next one: %s %s", got, failure)
	}
	t.Log("evidence: a session is refused in the second in which it ends")
}

// Transitive tags stay as they are along a chain, and tags need sts:TagSession. [AWS: pass
// session tags in AWS STS, chaining roles with session tags]
func TestAttackSessionTagsThatOverwriteTransitiveOnes(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	user := f.user(root, "user", allowing("sts:*"))
	f.role(root, "First", trusting(`"*"`, ""))
	f.role(root, "Second", trusting(`"*"`, `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}`))
	f.role(root, "Third", trusting(`"*"`, `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}`))
	f.role(root, "Untagged", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}`)
	tag := func(key, value string) []string {
		return []string{"Tags.member.1.Key", key, "Tags.member.1.Value", value}
	}
	transitive := append(tag("team", "red"), "TransitiveTagKeys.member.1", "team")
	red, failure := f.enter(user, a, "First", transitive...)
	if failure != "" {
		t.Fatal(failure)
	}
	blue, _ := f.enter(user, a, "First", tag("team", "blue")...)
	second, failure := f.enter(red, a, "Second")
	if failure != "" {
		t.Errorf("control: %s", failure)
	}
	// The tag goes on although nobody names it again.
	if _, failure := f.enter(second, a, "Third"); failure != "" {
		t.Errorf("the end of the chain: %s", failure)
	}
	if _, failure := f.enter(red, a, "Second", tag("TEAM", "blue")...); !strings.HasPrefix(failure, "InvalidParameterValue: One of the specified transitive tag keys") {
		t.Errorf("another value: %s", failure)
	}
	if _, failure := f.enter(blue, a, "Second"); !strings.HasPrefix(failure, "AccessDenied") {
		t.Errorf("another tag: %s", failure)
	}
	for what, c := range map[string]credentials{"given": user, "inherited": red} {
		given := tag("x", "y")
		if what == "inherited" {
			given = nil
		}
		if _, failure := f.enter(c, a, "Untagged", given...); !strings.Contains(failure, "sts:TagSession") {
			t.Errorf("tags that are %s, without sts:TagSession: %s", what, failure)
		}
	}
	if _, failure := f.enter(user, a, "Untagged", "SourceIdentity", "jane"); !strings.Contains(failure, "sts:SetSourceIdentity") {
		t.Errorf("a source identity: %s", failure)
	}
	if _, failure := f.enter(user, a, "Untagged"); failure != "" {
		t.Errorf("neither: %s", failure)
	}
	t.Log("evidence: a transitive tag stays along three roles, and no role takes tags or a source identity that its trust policy does not allow")
}

// [AWS: AssumeRole, role chaining; seen widely: the text]
func TestAttackChainLongerThanAnHour(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	user := f.user(root, "user", allowing("sts:*"))
	f.role(root, "Role", trusting(`"*"`, ""), "MaxSessionDuration", "43200")
	first, failure := f.enter(user, a, "Role", "DurationSeconds", "43200", "SourceIdentity", "jane")
	if failure != "" {
		t.Fatal(failure)
	}
	if _, failure := f.enter(first, a, "Role", "DurationSeconds", "3601"); failure != "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining" {
		t.Error(failure)
	}
	if _, failure := f.enter(first, a, "Role", "DurationSeconds", "3600"); failure != "" {
		t.Errorf("control: %s", failure)
	}
	if _, failure := f.enter(first, a, "Role", "SourceIdentity", "john"); !strings.HasPrefix(failure, "AccessDenied") {
		t.Errorf("another source identity: %s", failure)
	}
	t.Log("evidence: a chain of 3,601 seconds and another source identity are refused")
}

// [AWS: closing an account]
func TestAttackRoleOfAClosedAccount(t *testing.T) {
	f, a, b, rootA, rootB := strictly(t)
	user := f.user(rootA, "user", allowing("sts:*"))
	f.role(rootB, "Role", trusting(`{"AWS":"`+a+`"}`, ""))
	session, failure := f.enter(user, b, "Role")
	if failure != "" {
		t.Fatal(failure)
	}
	f.suspend(b)
	if _, failure := f.enter(user, b, "Role"); !strings.HasPrefix(failure, "AccessDenied") {
		t.Errorf("a new session: %s", failure)
	}
	if got := f.identity(session); got != "Forbidden InvalidClientTokenId" {
		t.Errorf("the session: %s", got)
	}
	t.Log("evidence: a role of a suspended account and its session are refused")
}

// What sessions cannot call, whatever their policies allow. [AWS: compare AWS STS API
// operations; seen widely: the texts]
func TestAttackSessionThatExtendsItself(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	user := f.user(root, "user", allowing("*"))
	f.role(root, "Role", trusting(`"*"`, ""))
	get := func(operation string, parameters ...string) credentials {
		body, code, message := f.query(user, "sts", operation, parameters...)
		if code != "" {
			t.Fatal(code, message)
		}
		return f.key(body)
	}
	role, _ := f.enter(user, a, "Role")
	sessions := map[string]credentials{"role": role, "user": get("GetSessionToken"), "federated": get("GetFederationToken", "Name", "Bob", "Policy", allowing("*"))}
	const token, session = "InvalidClientTokenId", "AccessDenied"
	for _, test := range []struct{ who, service, operation, want string }{
		{"role", "sts", "GetSessionToken", session}, {"role", "sts", "GetFederationToken", session}, {"role", "iam", "ListUsers", ""},
		{"user", "sts", "GetSessionToken", session}, {"user", "sts", "GetFederationToken", session}, {"user", "iam", "ListUsers", token},
		{"user", "sts", "AssumeRole", ""}, {"user", "sts", "GetCallerIdentity", ""},
		{"federated", "sts", "AssumeRole", session}, {"federated", "sts", "GetSessionToken", session}, {"federated", "iam", "ListUsers", token},
		{"federated", "sts", "GetCallerIdentity", ""},
	} {
		_, code, message := f.query(sessions[test.who], test.service, test.operation,
			"RoleArn", "arn:aws:iam::"+a+":role/Role", "RoleSessionName", "again", "Name", "Bob")
		if code != test.want {
			t.Errorf("%v: %s: %s", test, code, message)
		}
	}
	t.Log("evidence: 8 calls of three kinds of sessions are refused, whatever their policies allow")
}

// A federated user may do what its user and the session policies allow, and nothing without
// these. [AWS: GetFederationToken]
func TestAFederatedUserIsLimitedByItsPolicies(t *testing.T) {
	f, _, _, root, _ := strictly(t)
	user := f.user(root, "user", allowing(`sts:*","organizations:DescribeOrganization","organizations:ListRoots`))
	for policy, want := range map[string][2]string{
		"": {"AccessDeniedException", "AccessDeniedException"},
		allowing("organizations:DescribeOrganization"): {"AWSOrganizationsNotInUseException", "AccessDeniedException"},
		allowing("*"): {"AWSOrganizationsNotInUseException", "AWSOrganizationsNotInUseException"},
	} {
		given := []string{"Name", "Bob"}
		if policy != "" {
			given = append(given, "Policy", policy)
		}
		body, code, message := f.query(user, "sts", "GetFederationToken", given...)
		if code != "" {
			t.Fatal(code, message)
		}
		for n, operation := range []string{"DescribeOrganization", "ListRoots"} {
			if got := f.call(f.key(body), operation); got != want[n] {
				t.Errorf("%s, %s: %s, want %s", policy, operation, got, want[n])
			}
		}
	}
}

// In the open sandbox a root user is an administrator of its account, a role that exists
// trusts whom it says, and another one everybody, unless the behavior says otherwise. [assumed]
func TestRolesOfTheOpenSandbox(t *testing.T) {
	for _, anyRole := range []string{"on", "off"} {
		f := open(t, apptest.Config(t, "behavior", "any-role="+anyRole))
		root := credentials{AccessKeyId: alice, SecretAccessKey: "any"}
		f.role(root, "Own", trusting(`{"AWS":"`+alice+`"}`, ""))
		f.role(root, "Foreign", trusting(`{"AWS":"`+bob+`"}`, ""))
		for role, want := range map[string]bool{"Own": true, "Foreign": false, "None": anyRole == "on"} {
			if _, failure := f.enter(root, alice, role); (failure == "") != want {
				t.Errorf("any-role=%s, %s: %s", anyRole, role, failure)
			}
		}
		f.close()
	}
}

// call calls an operation of Organizations without input, and returns the exception.
func (f fixture) call(c credentials, operation string) string {
	f.t.Helper()
	exception, _ := f.failure(c, operation)
	return exception
}

// failure is call with the text of the exception.
func (f fixture) failure(c credentials, operation string) (exception, message string) {
	f.t.Helper()
	r := request(c.AccessKeyId, operation, `{}`)
	apptest.SignWith(f.t, r, `{}`, "us-east-1", "organizations", c.aws())
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, r)
	var answer struct {
		Type    string `json:"__type"`
		Message string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		f.t.Fatalf("%s: %v: %s", operation, err, w.Body)
	}
	return answer.Type, answer.Message
}
