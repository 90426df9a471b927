package app_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accord/internal/app/apptest"
)

// versions are the interfaces of the query protocol.
var versions = map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}

// query calls an operation of IAM or STS with parameters given as name, value, name, value.
// It returns the body of the answer, and the code and the message of an error.
func (f fixture) query(signer credentials, service, operation string, parameters ...string) (body, code, message string) {
	f.t.Helper()
	form := url.Values{}
	for n := 0; n < len(parameters); n += 2 {
		form.Add(parameters[n], parameters[n+1])
	}
	w, failure := f.post(signer, service, operation, form)
	return w.Body.String(), failure.Code, failure.Message
}

// queryFailure is an error in an answer of the query protocol; empty if there is none.
type queryFailure struct {
	Code    string `xml:"Error>Code"`
	Message string `xml:"Error>Message"`
}

// post calls an operation of a service of the query protocol.
func (f fixture) post(signer credentials, service, operation string, parameters url.Values) (*httptest.ResponseRecorder, queryFailure) {
	f.t.Helper()
	text := "Action=" + operation + "&Version=" + versions[service] + "&" + parameters.Encode()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(text))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	apptest.SignWith(f.t, r, text, "us-east-1", service, signer.aws())
	w := httptest.NewRecorder()
	f.API().ServeHTTP(w, r)
	var failure queryFailure
	if err := xml.Unmarshal(w.Body.Bytes(), &failure); err != nil {
		f.t.Fatalf("%s: %v: %s", operation, err, w.Body)
	}
	return w, failure
}

// answerTo is post, and reads the answer; it returns the HTTP status and the code of the error.
func (f fixture) answerTo(signer credentials, service, operation string, parameters url.Values, into any) (int, string) {
	f.t.Helper()
	w, failure := f.post(signer, service, operation, parameters)
	if into != nil {
		if err := xml.Unmarshal(w.Body.Bytes(), into); err != nil {
			f.t.Fatalf("%s: %v: %s", operation, err, w.Body)
		}
	}
	return w.Code, failure.Code
}

// manage calls an operation of IAM that has to succeed.
func (f fixture) manage(signer credentials, operation string, parameters ...string) string {
	f.t.Helper()
	body, code, message := f.query(signer, "iam", operation, parameters...)
	if code != "" {
		f.t.Fatalf("%s: %s: %s", operation, code, message)
	}
	return body
}

// user makes a user with an inline policy, none if it is empty, and returns its access key.
func (f fixture) user(root credentials, name, policy string) credentials {
	f.t.Helper()
	f.manage(root, "CreateUser", "UserName", name)
	if policy != "" {
		f.manage(root, "PutUserPolicy", "UserName", name, "PolicyName", "inline", "PolicyDocument", policy)
	}
	return f.key(f.manage(root, "CreateAccessKey", "UserName", name))
}

// key is what an answer has of credentials.
func (f fixture) key(body string) credentials {
	f.t.Helper()
	var found struct {
		Key   credentials `xml:"CreateAccessKeyResult>AccessKey"`
		Roles credentials `xml:"AssumeRoleResult>Credentials"`
		User  credentials `xml:"GetSessionTokenResult>Credentials"`
		Other credentials `xml:"GetFederationTokenResult>Credentials"`
		Root  credentials `xml:"AssumeRootResult>Credentials"`
	}
	if err := xml.Unmarshal([]byte(body), &found); err != nil {
		f.t.Fatal(err)
	}
	for _, c := range []credentials{found.Key, found.Roles, found.User, found.Other, found.Root} {
		if c.AccessKeyId != "" {
			return c
		}
	}
	f.t.Fatalf("no credentials in %s", body)
	return credentials{}
}

// role makes a role with a trust policy and AdministratorAccess.
func (f fixture) role(root credentials, name, trust string, parameters ...string) {
	f.t.Helper()
	f.manage(root, "CreateRole", append([]string{"RoleName", name, "AssumeRolePolicyDocument", trust}, parameters...)...)
	f.manage(root, "AttachRolePolicy", "RoleName", name, "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")
}

// trusting is a trust policy with one statement that allows actions.
func trusting(principal, more string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":` + principal + `,"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]` + more + `}}`
}

// allowing is an identity-based policy that allows actions.
func allowing(actions string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["` + actions + `"],"Resource":"*"}}`
}

// enter assumes a role, and returns its credentials or the code and the message of the
// error.
func (f fixture) enter(signer credentials, account, role string, parameters ...string) (c credentials, failure string) {
	f.t.Helper()
	arn := "arn:aws:iam::" + account + ":role/" + role
	body, code, message := f.query(signer, "sts", "AssumeRole", append([]string{"RoleArn", arn, "RoleSessionName", "test"}, parameters...)...)
	if code != "" {
		return c, code + ": " + message
	}
	return f.key(body), ""
}

// strictly is a server in strict mode with the root keys of two accounts.
func strictly(t *testing.T, settings ...string) (f fixture, a, b string, rootA, rootB credentials) {
	t.Helper()
	f = open(t, apptest.Config(t, strictSettings(settings...)...))
	t.Cleanup(f.close)
	a, rootA = f.rootKey()
	b, rootB = f.rootKey()
	return f, a, b, rootA, rootB
}

// Whom a role trusts, and whether its own account has to allow it as well. [AWS: policy
// evaluation logic, identities within one account and across accounts; AssumeRole]
func TestARoleIsAssumedByWhomItTrusts(t *testing.T) {
	f, a, b, rootA, rootB := strictly(t)
	may, mayNot := f.user(rootA, "may", allowing("sts:*")), f.user(rootA, "may-not", "")
	other := f.user(rootB, "other", allowing("sts:*"))
	aws := func(name string) string { return fmt.Sprintf(`{"AWS":%q}`, name) }
	user := "arn:aws:iam::" + a + ":user/may-not"
	const org = `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-0123456789"}}`
	for n, test := range []struct {
		what, trust        string
		may, mayNot, other bool
	}{
		{"its account", trusting(aws("arn:aws:iam::"+a+":root"), ""), true, false, false},
		{"its account by the ID", trusting(aws(a), ""), true, false, false},
		{"a user of its account", trusting(aws(user), ""), false, true, false},
		{"another account", trusting(aws(b), ""), false, false, true},
		{"everybody", trusting(`"*"`, ""), true, true, true},
		{"a service", trusting(`{"Service":"ec2.amazonaws.com"}`, ""), false, false, false},
		{"an organization", trusting(`"*"`, org), false, false, false},
		{"a name of the session", trusting(`"*"`, `,"Condition":{"StringLike":{"sts:RoleSessionName":"te*"}}`), true, true, true},
		{"a name of another session", trusting(`"*"`, `,"Condition":{"StringLike":{"sts:RoleSessionName":"x*"}}`), false, false, false},
		{"the ARN of a user", trusting(`"*"`, fmt.Sprintf(`,"Condition":{"ArnEquals":{"aws:PrincipalArn":%q}}`, user)), false, true, false},
	} {
		name := fmt.Sprintf("Role%d", n)
		f.role(rootA, name, test.trust)
		for who, c := range map[string]struct {
			key   credentials
			allow bool
		}{"may": {may, test.may}, "may-not": {mayNot, test.mayNot}, "other": {other, test.other}} {
			_, failure := f.enter(c.key, a, name)
			if allowed := failure == ""; allowed != c.allow {
				t.Errorf("%s, by %s: %s", test.what, who, failure)
			}
		}
	}
	// Root users assume no roles. [AWS: AssumeRole; seen widely: the text]
	if _, failure := f.enter(rootA, a, "Role0"); failure != "AccessDenied: Roles may not be assumed by root accounts." {
		t.Errorf("a root user: %s", failure)
	}
	// Whoever may not assume a role does not learn whether it exists. [seen widely]
	for _, role := range []string{"Role0", "rOLE0", "None", "path/Role0"} {
		want := "AccessDenied: User: arn:aws:iam::" + b + ":user/other is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::" + a + ":role/" + role
		if _, failure := f.enter(other, a, role); failure != want {
			t.Errorf("%s: %s", role, failure)
		}
	}
}

// TestWhoeverComesAfterATrustedPrincipalIsNotTrusted: a user or a role that is made under
// the name of one that was deleted, in the account of the role and in another one, until the
// trust policy is saved again. Conditions name principals by their ARNs. [AWS: IAM JSON
// policy elements: Principal]
func TestWhoeverComesAfterATrustedPrincipalIsNotTrusted(t *testing.T) {
	f, a, b, rootA, rootB := strictly(t)
	for account, root := range map[string]credentials{a: rootA, b: rootB} {
		user, role := "arn:aws:iam::"+account+":user/jane", "arn:aws:iam::"+account+":role/Helper"
		session := "arn:aws:sts::" + account + ":assumed-role/Helper/test"
		in := "Of" + account
		open := f.user(root, "opener", allowing("sts:*"))
		make := func() (jane, helper credentials) {
			jane = f.user(root, "jane", allowing("sts:*"))
			f.role(root, "Helper", trusting(`{"AWS":"`+account+`"}`, ""))
			helper, failure := f.enter(open, account, "Helper")
			if failure != "" {
				t.Fatal(failure)
			}
			return jane, helper
		}
		jane, helper := make()
		trusts := map[string]string{
			in + "User": trusting(`{"AWS":"`+user+`"}`, ""), in + "Role": trusting(`{"AWS":["`+role+`"]}`, ""), in + "Session": trusting(`{"AWS":"`+session+`"}`, ""),
			in + "Condition": trusting(`{"AWS":"`+account+`"}`, `,"Condition":{"ArnEquals":{"aws:PrincipalArn":["`+user+`","`+role+`"]}}`),
		}
		for name, trust := range trusts {
			f.role(rootA, name, trust)
		}
		check := func(when string, jane, helper credentials, byUser, byRole bool) {
			t.Helper()
			for _, test := range []struct {
				name string
				by   credentials
				want bool
			}{
				{in + "User", jane, byUser}, {in + "User", helper, false}, {in + "Role", helper, byRole}, {in + "Role", jane, false},
				{in + "Session", helper, byRole}, {in + "Condition", jane, true}, {in + "Condition", helper, true},
			} {
				if _, failure := f.enter(test.by, a, test.name); (failure == "") != test.want {
					t.Errorf("%s, %s: %q", when, test.name, failure)
				}
			}
		}
		check("as they were trusted", jane, helper, true, true)
		f.manage(root, "DetachRolePolicy", "RoleName", "Helper", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")
		f.manage(root, "DeleteRole", "RoleName", "Helper")
		f.manage(root, "DeleteUserPolicy", "UserName", "jane", "PolicyName", "inline")
		f.manage(root, "DeleteAccessKey", "UserName", "jane", "AccessKeyId", jane.AccessKeyId)
		f.manage(root, "DeleteUser", "UserName", "jane")
		jane, helper = make()
		check("others of their names", jane, helper, false, false)
		for name, trust := range trusts {
			f.manage(rootA, "UpdateAssumeRolePolicy", "RoleName", name, "PolicyDocument", trust)
		}
		check("saved again", jane, helper, true, true)
	}
}

// A behavior takes no role from the account that owns it. [assumed]
func TestATrustPolicyHoldsWithoutEnforcement(t *testing.T) {
	f, a, _, rootA, rootB := strictly(t, "behavior", "enforce-policies=off")
	own, other := f.user(rootA, "own", ""), f.user(rootB, "other", "")
	f.role(rootA, "Role", trusting(`{"AWS":"`+a+`"}`, ""))
	if _, failure := f.enter(own, a, "Role"); failure != "" {
		t.Errorf("control: %s", failure)
	}
	if _, failure := f.enter(other, a, "Role"); !strings.HasPrefix(failure, "AccessDenied") {
		t.Errorf("a stranger: %s", failure)
	}
	if _, failure := f.enter(rootA, a, "Role"); !strings.HasPrefix(failure, "AccessDenied") {
		t.Errorf("a root user: %s", failure)
	}
}

// [AWS: AssumeRole; seen widely: the text]
func TestASessionLastsNoLongerThanItsRoleAllows(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	user := f.user(root, "user", allowing("sts:*"))
	f.role(root, "Short", trusting(`"*"`, ""))
	f.role(root, "Long", trusting(`"*"`, ""), "MaxSessionDuration", "7200")
	const text = "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
	for _, test := range []struct{ role, seconds, want string }{
		{"Short", "3600", ""}, {"Short", "3601", text}, {"Long", "7200", ""}, {"Long", "7201", text},
	} {
		if _, failure := f.enter(user, a, test.role, "DurationSeconds", test.seconds); failure != test.want {
			t.Errorf("%v: %s", test, failure)
		}
	}
}

// A session may do what its role and all kinds of its session policies allow. [AWS: session
// policies]
func TestSessionPoliciesLimitASession(t *testing.T) {
	f, a, _, root, _ := strictly(t)
	user := f.user(root, "user", allowing("sts:*"))
	f.role(root, "Role", trusting(`"*"`, ""))
	f.manage(root, "CreatePolicy", "PolicyName", "Own", "PolicyDocument", allowing("iam:ListUsers"))
	own, readOnly := "arn:aws:iam::"+a+":policy/Own", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
	for what, test := range map[string]struct {
		given              []string
		list, roles, write bool
	}{
		"none":        {nil, true, true, true},
		"inline":      {[]string{"Policy", allowing("iam:ListRoles")}, false, true, false},
		"of AWS":      {[]string{"PolicyArns.member.1.arn", readOnly}, true, true, false},
		"its own":     {[]string{"PolicyArns.member.1.arn", own}, true, false, false},
		"their union": {[]string{"PolicyArns.member.1.arn", own, "Policy", allowing("iam:ListRoles")}, true, true, false},
	} {
		c, failure := f.enter(user, a, "Role", test.given...)
		if failure != "" {
			t.Fatalf("%s: %s", what, failure)
		}
		for operation, want := range map[string]bool{"ListUsers": test.list, "ListRoles": test.roles, "DeleteAccountAlias": test.write} {
			_, code, message := f.query(c, "iam", operation, "AccountAlias", "none")
			if allowed := code != "AccessDenied"; allowed != want {
				t.Errorf("%s, %s: %s: %s", what, operation, code, message)
			}
		}
	}
	if _, failure := f.enter(user, a, "Role", "PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/None"); !strings.HasPrefix(failure, "MalformedPolicyDocument") {
		t.Errorf("a policy that does not exist: %s", failure)
	}
}

// A role of another account is assumed on the record of both. [AWS: logging IAM and AWS STS
// API calls with CloudTrail]
func TestAssumeRoleIsRecordedInBothAccounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	f := open(t, apptest.Config(t, "journal", path, "behavior", "create-account=synchronous"))
	account, role := f.vend()
	f.assume(credentials{AccessKeyId: alice}, role)
	within := "arn:aws:iam::" + account + ":role/Own"
	f.role(credentials{AccessKeyId: account}, "Own", trusting(`{"AWS":"`+account+`"}`, ""))
	f.assume(credentials{AccessKeyId: account}, within)
	if status, code := f.sts(credentials{AccessKeyId: alice}, "AssumeRole", url.Values{"RoleArn": {role}, "RoleSessionName": {"x"}}, nil); code != "ValidationError" {
		t.Fatalf("%d %s", status, code)
	}
	f.close()
	found := recorded(t, path, "AssumeRole")
	if len(found) != 4 {
		t.Fatalf("%d records", len(found))
	}
	// Calls that fail are written past the queue of the others.
	slices.SortStableFunc(found, func(a, b map[string]any) int {
		return strings.Compare(fmt.Sprint(a["errorCode"]), fmt.Sprint(b["errorCode"]))
	})
	callers, owners, own, failed := found[0], found[1], found[2], found[3]
	for n, arn := range []string{role, role, within} {
		want := fmt.Sprint([]any{map[string]any{"ARN": arn, "accountId": account, "type": "AWS::IAM::Role"}})
		if got := fmt.Sprint(found[n]["resources"]); got != want {
			t.Errorf("record %d names %s", n+1, got)
		}
	}
	if callers["sharedEventID"] == nil || callers["sharedEventID"] != owners["sharedEventID"] || callers["eventID"] == owners["eventID"] || callers["requestID"] != owners["requestID"] {
		t.Errorf("the two records are not of one event:\n%v\n%v", callers, owners)
	}
	if callers["recipientAccountId"] != alice || owners["recipientAccountId"] != account || own["recipientAccountId"] != account {
		t.Errorf("they are for %v, %v and %v", callers["recipientAccountId"], owners["recipientAccountId"], own["recipientAccountId"])
	}
	if got := fmt.Sprint(owners["userIdentity"]); got != "map[accountId:"+alice+" principalId:"+alice+" type:AWSAccount]" {
		t.Errorf("the caller is %s for the owner of the role", got)
	}
	if own["sharedEventID"] != nil || failed["sharedEventID"] != nil || failed["resources"] != nil {
		t.Errorf("within an account, and of a call that failed:\n%v\n%v", own, failed)
	}
}
