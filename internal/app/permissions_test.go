package app_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/internal/app/apptest"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/test/postgres"
)

// controlled makes bob a member of alice's organization with service control policies, and
// returns the ID of one that denies actions and is attached to nothing.
func (f fixture) controlled(actions string) (policy string) {
	f.t.Helper()
	f.must(bob, "AcceptHandshake", fmt.Sprintf(`{"HandshakeId": %q}`, f.invite()))
	root := f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	f.must(alice, "EnablePolicyType", fmt.Sprintf(`{"RootId": %q, "PolicyType": "SERVICE_CONTROL_POLICY"}`, root))
	content := `{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":` + strings.ReplaceAll(actions, `"`, `\"`) + `,\"Resource\":\"*\"}}`
	made := f.must(alice, "CreatePolicy", `{"Name": "Deny", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": "`+content+`"}`)
	return made["Policy"].(map[string]any)["PolicySummary"].(map[string]any)["Id"].(string)
}

func (f fixture) attach(operation, policy, target string) {
	f.t.Helper()
	f.must(alice, operation, fmt.Sprintf(`{"PolicyId": %q, "TargetId": %q}`, policy, target))
}

// Whoever is denied an operation does not learn what is wrong with the input. [assumed: the
// order]
func TestPermissionComesBeforeInput(t *testing.T) {
	f := open(t, apptest.Config(t))
	defer f.close()
	policy := f.controlled(`["organizations:DescribeHandshake","organizations:ListHandshakesForAccount","organizations:CreatePolicy"]`)
	for _, c := range []struct{ operation, body, without string }{
		{"DescribeHandshake", `{"HandshakeId": "x"}`, "InvalidInputException"},
		{"DescribeHandshake", `{}`, "InvalidInputException"},
		{"ListHandshakesForAccount", `{"NextToken": "x"}`, "InvalidInputException"},
		{"CreatePolicy", `{"Name": "<script>", "Description": "<script>alert(1)</script>", "Type": "TAG_POLICY", "Content": "{}"}`, "InvalidInputException"},
	} {
		if _, exception := f.try(bob, c.operation, c.body); exception != c.without {
			t.Errorf("%s %s, nothing attached: %q", c.operation, c.body, exception)
		}
		f.attach("AttachPolicy", policy, bob)
		if _, exception := f.try(bob, c.operation, c.body); exception != "AccessDeniedException" {
			t.Errorf("%s %s: %q", c.operation, c.body, exception)
		}
		f.attach("DetachPolicy", policy, bob)
	}
}

// The record of a denied call says who was denied what, and why. [AWS: CloudTrail record
// contents; seen: errorCode of a denial by policies; assumed: of one by standing]
func TestADeniedCallIsRecorded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	f := open(t, apptest.Config(t, "journal", path))
	f.attach("AttachPolicy", f.controlled(`"organizations:LeaveOrganization"`), bob)
	for _, operation := range []string{"LeaveOrganization", "ListAccounts"} {
		if _, exception := f.try(bob, operation, `{}`); exception != "AccessDeniedException" {
			t.Errorf("%s: %q", operation, exception)
		}
	}
	f.close()
	for operation, code := range map[string]string{"LeaveOrganization": "AccessDenied", "ListAccounts": "AccessDeniedException"} {
		found := recorded(t, path, operation)
		if len(found) != 1 {
			t.Fatalf("%s has %d records", operation, len(found))
		}
		identity := found[0]["userIdentity"].(map[string]any)
		if found[0]["errorCode"] != code || identity["arn"] != "arn:aws:iam::"+bob+":root" || found[0]["responseElements"] != nil {
			t.Errorf("%s: %v", operation, found[0])
		}
		if text, _ := found[0]["errorMessage"].(string); code == "AccessDenied" != strings.Contains(text, "with an explicit deny in a service control policy: arn:aws:organizations::") {
			t.Errorf("%s: %q", operation, text)
		}
	}
}

// TestADelegationPolicyKeepsWhomItNamed: a role that exists, and nobody who is made under its
// name after it was deleted. The policy is shown with the ARN, and then with the ID. [AWS: IAM
// JSON policy elements: Principal; recorded: a role that probably did not exist is refused]
func TestADelegationPolicyKeepsWhomItNamed(t *testing.T) {
	f := open(t, apptest.Config(t))
	defer f.close()
	f.controlled(`"s3:*"`)
	root := credentials{AccessKeyId: bob, SecretAccessKey: "x"}
	const role = "arn:aws:iam::" + bob + ":role/Delegate"
	content := func(principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["` + principal + `"]},"Action":"organizations:ListAccounts","Resource":"*"}]}`
	}
	put := fmt.Sprintf(`{"Content": %q}`, content(role))
	if _, exception := f.try(alice, "PutResourcePolicy", put); exception != "InvalidInputException" {
		t.Errorf("a role that does not exist: %q", exception)
	}
	check := func(when, called, shown string) {
		t.Helper()
		session, failure := f.enter(root, bob, "Delegate")
		if failure != "" {
			t.Fatal(failure)
		}
		if got := f.call(session, "ListAccounts"); got != called {
			t.Errorf("%s, the role gets %q", when, got)
		}
		if _, got := f.try(bob, "ListAccounts", `{}`); got != "AccessDeniedException" {
			t.Errorf("%s, its root user gets %q", when, got)
		}
		got := f.must(alice, "DescribeResourcePolicy", `{}`)["ResourcePolicy"].(map[string]any)["Content"]
		if got != content(shown) {
			t.Errorf("%s, it is shown as %s", when, got)
		}
	}
	f.role(root, "Delegate", trusting(`{"AWS":"`+bob+`"}`, ""))
	id := regexp.MustCompile("AROA[A-Z0-9]+").FindString(f.manage(root, "GetRole", "RoleName", "Delegate"))
	f.must(alice, "PutResourcePolicy", put)
	check("as it was named", "", role)
	f.manage(root, "DetachRolePolicy", "RoleName", "Delegate", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")
	f.manage(root, "DeleteRole", "RoleName", "Delegate")
	f.role(root, "Delegate", trusting(`{"AWS":"`+bob+`"}`, ""))
	check("another one of its name", "AccessDeniedException", id)
	f.must(alice, "PutResourcePolicy", put)
	check("put again", "", role)
}

// Each server of a database decides the next call by what another server has changed.
func TestAPolicyHoldsOnEveryServerAtOnce(t *testing.T) {
	url := postgres.URL(t)
	c := apptest.Config(t, "store", url)
	first, second := open(t, c), open(t, c)
	defer first.close()
	defer second.close()
	policy := first.controlled(`"organizations:DescribeOrganization"`)
	denied := func(server fixture, what string, want bool) {
		t.Helper()
		_, exception := server.try(bob, "DescribeOrganization", `{}`)
		if is := exception == "AccessDeniedException"; is != want {
			t.Errorf("%s: %q", what, exception)
		}
	}
	for n := range 5 {
		denied(second, "before", false)
		first.attach("AttachPolicy", policy, bob)
		denied(second, "attached by the first", true)
		denied(first, "attached by itself", true)
		if n%2 == 0 {
			first, second = second, first
		}
		first.attach("DetachPolicy", policy, bob)
		denied(second, "detached by the first", false)
		denied(first, "detached by itself", false)
	}
	// The control: a change that leaves the version of the policies is not seen.
	first.attach("AttachPolicy", policy, bob)
	denied(second, "attached", true)
	db, err := store.Open(t.Context(), url, store.Options{Clock: clock.NewVirtual(start), Source: ident.NewSource()})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(t.Context(), func(tx *store.Tx) error { return tx.Exec(`DELETE FROM attachments`) }), db.Close()); err != nil {
		t.Fatal(err)
	}
	denied(second, "control: detached without another version", true)
	t.Log("evidence: 20 decisions of two servers, each by the last change of either; the control, a change without another version of the policies: the old decision")
}

// A session of the role that an account is created with is bound by the policies of the
// organization; no resource control policy lets it be assumed by anybody whom it denies.
// GetCallerIdentity is never denied. [AWS: SCP evaluation; RCPs, services that support them;
// GetCallerIdentity]
func TestPoliciesBindSessionsAndTheirRoles(t *testing.T) {
	f := open(t, apptest.Config(t, "behavior", "create-account=synchronous"))
	defer f.close()
	account, role := f.vend()
	root := f.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	deny := func(kind, principal, actions string) {
		t.Helper()
		f.must(alice, "EnablePolicyType", fmt.Sprintf(`{"RootId": %q, "PolicyType": %q}`, root, kind))
		content := `{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",` + principal + `\"Action\":[` + actions + `],\"Resource\":\"*\"}}`
		made := f.must(alice, "CreatePolicy", fmt.Sprintf(`{"Name": "Deny", "Description": "", "Type": %q, "Content": "%s"}`, kind, content))
		f.attach("AttachPolicy", made["Policy"].(map[string]any)["PolicySummary"].(map[string]any)["Id"].(string), account)
	}
	session := f.assume(credentials{AccessKeyId: alice}, role)
	if got := f.describe(session); got != alice {
		t.Errorf("before: %s", got)
	}
	deny("SERVICE_CONTROL_POLICY", "", `\"organizations:*\",\"sts:*\"`)
	if got := f.describe(session); got != "AccessDeniedException" {
		t.Errorf("under a service control policy: %s", got)
	}
	if got, want := f.identity(session), "arn:aws:sts::"+account+":assumed-role/OrganizationAccountAccessRole/vending"; got != want {
		t.Errorf("it is %s, want %s", got, want)
	}
	// That of the account of the role is another one than that of the caller.
	f.assume(credentials{AccessKeyId: alice}, role)
	deny("RESOURCE_CONTROL_POLICY", `\"Principal\":\"*\",`, `\"sts:AssumeRole\"`)
	parameters := url.Values{"RoleArn": {role}, "RoleSessionName": {"vending"}}
	if status, code := f.sts(credentials{AccessKeyId: alice}, "AssumeRole", parameters, nil); status != http.StatusForbidden || code != "AccessDenied" {
		t.Errorf("under a resource control policy: %d %s", status, code)
	}
}
