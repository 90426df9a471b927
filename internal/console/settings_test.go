package console_test

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/app"
)

// TestSettingsSayWhereEachWasSet: behaviors, quotas and the rest of the server, and those alone
// that differ.
func TestSettingsSayWhereEachWasSet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(file, []byte(`{"quota": {"unit-depth": 3}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, app.Options{}, "fidelity", "native", "config", file)
	page := b.page("/console/settings")
	contains(t, page, "flag <code>--fidelity</code>", "behavior <code>fidelity</code>", `id="create-account"`, "seconds to minutes")
	differing := b.page("/console/settings?only=differs")
	contains(t, differing, `id="wire-style"`)
	if strings.Contains(differing, `id="create-account"`) {
		t.Error("what has its default is shown")
	}
	contains(t, b.page("/console/settings/quotas"), "file <code>"+html.EscapeString(file), `id="unit-depth" class="differs"`)
	contains(t, b.page("/console/settings/server"), "flag <code>--clock</code>", "memory (lost on exit)", `id="journal"`)
	contains(t, b.page("/console/settings/server?only=differs"), `id="clock"`)
	contains(t, open(t, app.Options{}).page("/console/settings?only=differs"), "have their defaults")
}

// TestQuotasOfAnOrganizationAreChanged, and taken back. What is no number stands at its field, in
// the words of the admin API, and changes nothing.
func TestQuotasOfAnOrganizationAreChanged(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	id, _ := b.must(alice, "DescribeOrganization", `{}`)["Organization"].(map[string]any)["Id"].(string)
	path := "/console/settings/quotas?organization=" + id
	if to := b.follow(path, "do", "set", "quota", "unit-depth", "number", "2"); to != path+"#unit-depth" {
		t.Errorf("the form leads to %s", to)
	}
	contains(t, b.page(path), `value="2"`, "this organization, at run time", "Back to the server")
	contains(t, b.page(path+"&only=differs"), `id="unit-depth"`)
	for _, number := range []string{"-1", "1e9", "", "deep", markup, strings.Repeat("9", 30)} {
		refused := b.submit(path, "do", "set", "quota", "unit-depth", "number", number)
		if refused.status != http.StatusBadRequest {
			t.Errorf("%.40q: %d", number, refused.status)
		}
		contains(t, html.UnescapeString(refused.body), "a whole number of 0 or more, or unlimited", `aria-invalid="true"`, `value="`+number+`"`)
		if strings.Contains(refused.body, markup) {
			t.Error("markup is not escaped")
		}
	}
	for name, fields := range map[string][]string{
		"an unknown name":          {"do", "set", "quota", "unit-dept", "number", "1"},
		"markup as a name":         {"do", "set", "quota", markup, "number", "1"},
		"a quota of the server":    {"do", "set", "quota", "accounts-registered", "number", "1"},
		"an unknown name, default": {"do", "default", "quota", "unit-dept"},
		"no name":                  {"do", "set", "number", "1"},
		"a form that is not there": {"do", "reset", "quota", "unit-depth"},
		"of the server as default": {"do", "default", "quota", "accounts-registered"},
	} {
		a := b.submit(path, fields...)
		if a.status != http.StatusBadRequest || strings.Contains(a.body, markup) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	for _, unknown := range []string{"o-0000000000", "../..", markup} {
		at := "/console/settings/quotas?organization=" + url.QueryEscape(unknown)
		if page := b.page(at); !strings.Contains(page, "There is no organization") || strings.Contains(page, markup) {
			t.Errorf("%s: %s", unknown, page)
		}
		form := url.Values{"csrf": {tokenOf(t, b.page(path))}, "do": {"set"}, "quota": {"unit-depth"}, "number": {"1"}}
		if a := b.send(request(http.MethodPost, at, form.Encode())); a.status < 400 || a.status >= 500 {
			t.Errorf("%s is set: %d", unknown, a.status)
		}
	}
	contains(t, b.page(path), `aria-label="unit-depth" value="2"`)
	contains(t, b.page(path), `aria-label="invitations-per-day" value=""`, "20, or accounts-per-organization if that is more")
	b.follow(path, "do", "default", "quota", "unit-depth")
	if page := b.page(path); strings.Contains(page, "this organization, at run time") {
		t.Error("the organization keeps its number")
	}
}

// TestAttackForgedFormsChangeNoQuotaAndNoFault: without the token of the page, and from another
// origin. The control is the form of the page itself.
func TestAttackForgedFormsChangeNoQuotaAndNoFault(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	id, _ := b.must(alice, "DescribeOrganization", `{}`)["Organization"].(map[string]any)["Id"].(string)
	for path, form := range map[string]url.Values{
		"/console/settings/quotas?organization=" + id: {"do": {"set"}, "quota": {"unit-depth"}, "number": {"1"}},
		"/console/calls": {"do": {"fault"}, "exception": {"TooManyRequestsException"}},
	} {
		before, token := b.page(path), tokenOf(t, b.page(path))
		if a := b.send(request(http.MethodPost, path, form.Encode())); a.status != http.StatusForbidden {
			t.Errorf("%s without a token: %d", path, a.status)
		}
		form.Set("csrf", token)
		if a := b.send(request(http.MethodPost, path, form.Encode(), "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")); a.status != http.StatusForbidden {
			t.Errorf("%s of another origin: %d", path, a.status)
		}
		if b.page(path) != before {
			t.Errorf("%s: a forged form has changed something", path)
		}
		if a := b.send(request(http.MethodPost, path, form.Encode())); a.status != http.StatusSeeOther || b.page(path) == before {
			t.Errorf("%s, the control: %d", path, a.status)
		}
	}
}

// TestQuotasCannotBeChangedWhereTheAdminAPIIsReadOnly.
func TestQuotasCannotBeChangedWhereTheAdminAPIIsReadOnly(t *testing.T) {
	b := open(t, app.Options{}, "admin-writes", "off")
	b.must(alice, "CreateOrganization", `{}`)
	id, _ := b.must(alice, "DescribeOrganization", `{}`)["Organization"].(map[string]any)["Id"].(string)
	page := b.page("/console/settings/quotas?organization=" + id)
	contains(t, page, "read-only")
	if strings.Contains(page, `name="number"`) {
		t.Error("there is a form")
	}
}

// TestHomeLeadsToTheTreeAndTheAccounts: as the management account, and as the account itself.
func TestHomeLeadsToTheTreeAndTheAccounts(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	b.follow("/console/", "do", "account", "account", bob, "email", "bob@example.com", "name", "Bob")
	home := b.page("/console/")
	for _, to := range []string{"/console/organization?as=" + alice, "/console/organization/accounts/" + bob + "?as=" + bob} {
		contains(t, home, `href="`+to+`"`)
		b.page(to)
	}
}
