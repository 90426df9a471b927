package console_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/ident"
	"accord/internal/quota"
)

// TestStrictModeActsAsTheKeyThatSignedIn: with its secret one acts as the user of a key, and
// as nobody else; the powers of the admin API need its token beside it.
func TestStrictModeActsAsTheKeyThatSignedIn(t *testing.T) {
	folder := t.TempDir()
	b := guarded(t, app.Options{}, "auth", "strict", "secret-key-file", filepath.Join(folder, "keys"), "root-key-file", filepath.Join(folder, "root"), "clock", "system")
	text, err := os.ReadFile(filepath.Join(folder, "root"))
	if err != nil {
		t.Fatal(err)
	}
	var key, secret string
	if _, err := fmt.Sscanf(string(text), "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", &key, &secret); err != nil {
		t.Fatal(err)
	}
	for name, fields := range map[string][]string{
		"a wrong secret": {"key", key, "secret", secret[1:]}, "no secret": {"key", key}, "an account": {"key", alice, "secret", "anything"},
		"a wrong token": {"key", key, "secret", secret, "token", token[1:]},
	} {
		a := b.signIn(fields...)
		if a.status != http.StatusUnauthorized || a.header.Get("Set-Cookie") != "" || strings.Contains(a.body, secret) {
			t.Errorf("%s: %d %v", name, a.status, a.header)
		}
	}
	if a := b.signIn("key", key, "secret", secret); a.status != http.StatusSeeOther || strings.Contains(a.header.Get("Set-Cookie"), secret) {
		t.Fatalf("the key: %d %s", a.status, a.body)
	}
	contains(t, b.page("/console/handshakes"), "In no organization", ":root")
	if a := b.get("/console/time"); a.status != http.StatusSeeOther {
		t.Errorf("the time, without the token: %d", a.status)
	}
	b.Provider.Register(t.Context(), alice, "", "Alice")
	other := b.page("/console/handshakes?as=" + alice)
	contains(t, other, "In no organization", ":root")
	if a := b.submit("/console/handshakes?as="+alice, "do", "enable"); !strings.Contains(a.body, "AWSOrganizationsNotInUseException") || strings.Contains(a.body, "as <code>"+alice) {
		t.Errorf("acting as another account: %s", a.body)
	}
	contains(t, b.page("/console/handshakes?as="+alice+"&by=user/eve"), "In no organization", ":root")
	b.signIn("key", key, "secret", secret, "token", token)
	b.page("/console/time")
	b.page("/console/")

	// Without the powers of the admin API an organization is what the API shows of it.
	_, account, _ := strings.Cut(other, "arn:aws:iam::")
	account, _, _ = strings.Cut(account, ":")
	b.follow("/console/", "do", "organization", "account", account, "features", "ALL")
	own, err := b.Provider.Account(t.Context(), ident.AccountID(account))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Provider.SetQuotas(t.Context(), own.Membership.Organization, map[quota.Name]int64{quota.PolicySize("TAG_POLICY"): 77}); err != nil {
		t.Fatal(err)
	}
	b.signIn("key", key, "secret", secret)
	contains(t, b.page("/console/organization"), "data-tree", account, "This needs the token of the admin API")
	contains(t, b.page("/console/organization?find="+account[:6]), "data-tree", account)
	contains(t, b.page("/console/organization/accounts"), "<td class=\"mono\">"+account)
	contains(t, b.page("/console/organization/accounts/"+account+"?action=s3:GetObject"), "management account", "This needs the token of the admin API")
	policies := "/console/policies?type=SERVICE_CONTROL_POLICY"
	contains(t, b.page(policies), "FullAWSAccess", "Enable the type")
	contains(t, b.page(b.follow(policies, "do", "enable", "type", "SERVICE_CONTROL_POLICY", "try", "yes")), "sign in with it", "Enable now")
	contains(t, b.page(b.follow(policies, "do", "enable", "type", "SERVICE_CONTROL_POLICY")), "Disable the type", "FullAWSAccess")
	made := b.follow("/console/policies/new", "do", "create", "type", "SERVICE_CONTROL_POLICY", "name", "guard", "content", denyBuckets)
	contains(t, b.page(b.follow(made, "do", "attach", "target", account)), "Attached to")
	contains(t, b.submit(made, "do", "content", "content", denyBuckets, "try", "yes").body, "sign in with it")
	// A key is enough to check a policy, for its own account.
	status, checked := b.check(checkOf+alice, tokenOf(t, b.page("/console/organization")), "TAG_POLICY", `{"tags": {}}`)
	if status != http.StatusOK || !checked.Valid || checked.Limit != 77 {
		t.Errorf("a check without the token: %d %+v", status, checked)
	}
	if a := b.get("/console/organization/export?format=json"); a.status != http.StatusForbidden {
		t.Errorf("an export without the token: %d", a.status)
	}
	if a := b.get("/console/organization/accounts/" + alice); a.status != http.StatusNotFound {
		t.Errorf("an account of nobody's: %d", a.status)
	}
}

// TestWhoHasNotSignedInSeesNothing of the server: neither its time nor its pages.
func TestWhoHasNotSignedInSeesNothing(t *testing.T) {
	closed := guarded(t, app.Options{})
	for _, path := range []string{"/console/sign-in", "/console/nowhere"} {
		a := closed.get(path)
		if strings.Contains(a.body, "Service time") || strings.Contains(a.body, "<nav") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	if a := open(t, app.Options{}).get("/console/sign-in"); a.status != http.StatusSeeOther {
		t.Errorf("where nobody signs in: %d", a.status)
	}
}
