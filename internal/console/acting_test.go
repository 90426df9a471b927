package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/app/apptest"
)

// iam calls an operation of IAM as the root user of an account.
func (b browser) iam(account, action string, parameters ...string) {
	b.t.Helper()
	form := url.Values{"Action": {action}, "Version": {"2010-05-08"}}
	for n := 0; n < len(parameters); n += 2 {
		form.Set(parameters[n], parameters[n+1])
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	apptest.Sign(r, account, action)
	r.Header.Del("X-Amz-Target")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("Authorization", strings.ReplaceAll(r.Header.Get("Authorization"), "/organizations/", "/iam/"))
	w := httptest.NewRecorder()
	b.API().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.t.Fatalf("%s: %d %s", action, w.Code, w.Body)
	}
}

const (
	readOrganizations = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["organizations:Describe*","organizations:List*"],"Resource":"*"}]}`
	trustsRoot        = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111111111111:root"}}]}`
	trustsService     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}`
)

// TestOneActsAsAUserOrARole: what it may not, the page shows as the API refuses it, and its calls
// are recorded as its own. A role is assumed once, as its trust policy allows; of a member, also
// by the management account.
func TestOneActsAsAUserOrARole(t *testing.T) {
	b := open(t, app.Options{}, "journal", filepath.Join(t.TempDir(), "journal"))
	b.must(alice, "CreateOrganization", `{}`)
	b.iam(alice, "CreateUser", "UserName", "ada", "Path", "/team/")
	b.iam(alice, "PutUserPolicy", "UserName", "ada", "PolicyName", "read", "PolicyDocument", readOrganizations)
	b.iam(alice, "CreateUser", "UserName", "eve")
	b.iam(alice, "CreateRole", "RoleName", "Reader", "AssumeRolePolicyDocument", trustsRoot)
	b.iam(alice, "PutRolePolicy", "RoleName", "Reader", "PolicyName", "read", "PolicyDocument", readOrganizations)
	b.iam(alice, "CreateRole", "RoleName", "Machine", "AssumeRolePolicyDocument", trustsService)
	as := func(by string) string { return "?as=" + alice + "&by=" + url.QueryEscape(by) }
	root := b.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)

	page := b.page("/console/organization" + as("user/team/ada"))
	contains(t, page, `<option selected>user/team/ada</option>`, `<option>role/Reader</option>`, "by=user%2Fteam%2Fada", root)
	refused := b.submit("/console/organization/"+root+as("user/team/ada"), "do", "create-unit", "name", "Research")
	contains(t, refused.body, "AccessDeniedException", "user/team/ada is not authorized to perform: organizations:CreateOrganizationalUnit", "as <code>"+alice+" user/team/ada")
	denied := b.get("/console/organization" + as("user/eve"))
	if denied.status != http.StatusBadRequest {
		t.Errorf("who may nothing: %d", denied.status)
	}
	contains(t, denied.body, "user/eve is not authorized", `<option selected>user/eve</option>`)

	contains(t, b.page("/console/organization"+as("role/Reader")), root)
	b.page("/console/organization" + as("role/Reader"))
	contains(t, b.submit("/console/organization/"+root+as("role/Reader"), "do", "create-unit", "name", "Research").body, "assumed-role/Reader/console is not authorized")
	contains(t, b.get("/console/organization"+as("role/Machine")).body, "AccessDenied", "The answer to <code>AssumeRole</code>")

	for _, by := range []string{"user/nobody", "role/", "group/x", "user/ada", markup} {
		a := b.get("/console/organization" + as(by))
		if a.status != http.StatusOK || strings.Contains(a.body, markup) {
			t.Errorf("%s: %d", by, a.status)
		}
		contains(t, a.body, "has no")
	}
	for _, want := range []string{`arn:aws:iam::111111111111:user/team/ada`, `assumed-role/Reader/console`} {
		for !strings.Contains(b.page("/console/calls?outcome=failed"), want) {
			if t.Context().Err() != nil {
				t.Fatalf("the journal has no call of %s", want)
			}
		}
	}
	// Changes reach the journal on another way than refused calls.
	assumed := func() int {
		return strings.Count(b.page("/console/calls?operation=AssumeRole&outcome=succeeded"), "<strong>AssumeRole</strong>")
	}
	for assumed() == 0 && t.Context().Err() == nil {
	}
	if n := assumed(); n != 1 {
		t.Errorf("the role is assumed %d times", n)
	}
	if bounds := b.page("/console/organization?as=" + alice); !strings.Contains(bounds, "root user") || strings.Contains(bounds, "by=user") {
		t.Error("the root user is not the one of an address without another")
	}
}

// TestTheManagementAccountAssumesRolesOfItsMembers, which trust it and not their own account.
func TestTheManagementAccountAssumesRolesOfItsMembers(t *testing.T) {
	b := open(t, app.Options{}, "behavior", "create-account=synchronous")
	b.must(alice, "CreateOrganization", `{}`)
	made := b.must(alice, "CreateAccount", `{"AccountName": "Member", "Email": "member@example.com"}`)
	id, _ := made["CreateAccountStatus"].(map[string]any)["AccountId"].(string)
	contains(t, b.page("/console/organization/accounts/"+id+"?as="+id+"&by=role/OrganizationAccountAccessRole"), "OrganizationAccountAccessRole</option>", "member@example.com")
}
