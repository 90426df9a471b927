package console_test

import (
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/console/visit"
)

// TestCallsAreShownWithWhatRepeatsThem: without a journal changes, with one reads and refused
// calls too. A fault that is added from a call fails the next one like it.
func TestCallsAreShownWithWhatRepeatsThem(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{"FeatureSet": "ALL"}`)
	b.must(alice, "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+bob+`"}, "Notes": "It's you"}`)
	page := html.UnescapeString(b.page("/console/calls"))
	contains(t, page, "--journal FILE",
		`aws organizations create-organization --cli-input-json '{"FeatureSet":"ALL"}'`,
		`aws organizations invite-account-to-organization --cli-input-json '{"Notes":"It'\''s you","Target":{"Id":"222222222222","Type":"ACCOUNT"}}'`,
		`boto3.client("organizations").create_organization(**json.loads('''{"FeatureSet":"ALL"}'''))`)
	if took := regexp.MustCompile(`<dt>Took</dt><dd>[0-9.]+(µs|ms|s)</dd>`).FindAllString(page, -1); len(took) != 2 {
		t.Errorf("the durations are %q", took)
	}
	if filtered := b.page("/console/calls?operation=CreateOrganization"); strings.Contains(filtered, "<strong>InviteAccountToOrganization</strong>") || !strings.Contains(filtered, "<strong>CreateOrganization</strong>") {
		t.Error("the filter by operation does not filter")
	}
	if filtered := b.page("/console/calls?account=" + bob); strings.Contains(filtered, "<strong>CreateOrganization</strong>") {
		t.Error("the filter by account does not filter")
	}

	for field, fields := range map[string][]string{
		"exception": {"exception", "NoSuchException"}, "delay": {"exception", "", "delay", "soon"}, "next": {"next", "many"},
		"operation": {"operation", "NoSuchOperation"}, "account": {"account", "12"},
	} {
		refused := b.submit("/console/calls", append([]string{"do", "fault"}, fields...)...)
		if refused.status != http.StatusBadRequest {
			t.Errorf("%s: %d", field, refused.status)
		}
		contains(t, refused.body, `value="`+fields[len(fields)-1]+`"`, `aria-invalid="true"`)
		if !regexp.MustCompile(`name="` + field + `"[^>]*aria-invalid`).MatchString(refused.body) {
			t.Errorf("the refusal is not at %s", field)
		}
	}
	b.follow("/console/calls", "do", "fault", "service", "organizations", "operation", "DescribeOrganization", "account", alice, "exception", "TooManyRequestsException")
	contains(t, b.page("/console/calls"), "Injected faults", "the next 1")
	contains(t, b.get("/console/handshakes?as="+alice).body, "TooManyRequestsException")
	contains(t, b.page("/console/calls"), "used up, made 1 fail")
	b.page("/console/handshakes?as=" + alice)
	if to := b.follow("/console/calls?operation=Reset", "do", "remove", "fault", "fault-1"); to != "/console/calls?operation=Reset" {
		t.Errorf("the filter is lost: %s", to)
	}
	b.follow("/console/calls", "do", "fault", "operation", "DescribeOrganization", "cut", "before", "delay", "1ms", "exception", "", "next", "3")
	contains(t, b.page("/console/calls"), "waits 1ms, connection cut before the work", "the next 3")
	b.follow("/console/calls", "do", "fault", "operation", "DescribeOrganization", "exception", "TooManyRequestsException")
	b.follow("/console/calls", "do", "remove-all")
	if strings.Contains(b.page("/console/calls"), "Injected faults") {
		t.Error("the faults are not removed")
	}
}

// TestACallSaysWhatPoliciesDecided, and leads to the question about exactly this call.
func TestACallSaysWhatPoliciesDecided(t *testing.T) {
	b := open(t, app.Options{}, "journal", filepath.Join(t.TempDir(), "journal"))
	b.must(alice, "CreateOrganization", `{}`)
	b.iam(alice, "CreateUser", "UserName", "eve")
	root := b.must(alice, "ListRoots", `{}`)["Roots"].([]any)[0].(map[string]any)["Id"].(string)
	b.submit("/console/organization/"+root+"?as="+alice, "do", "create-unit", "name", "Research")
	b.get("/console/handshakes?as=" + alice + "&by=user/eve")
	denied := ""
	for denied == "" && t.Context().Err() == nil {
		if page := b.page("/console/calls?outcome=failed&operation=DescribeOrganization"); strings.Contains(page, "<strong>DescribeOrganization</strong>") {
			denied = page
		}
	}
	contains(t, denied, `<span class="badge denied">denied</span>`, "arn:aws:iam::"+alice+":user/eve", visit.Agent)
	why := html.UnescapeString(regexp.MustCompile(`href="(/console/organization/accounts/[^"]*)#may"`).FindStringSubmatch(denied)[1])
	q, err := url.Parse(why)
	if err != nil || q.Query().Get("action") != "organizations:DescribeOrganization" || q.Query().Get("principal") != "arn:aws:iam::"+alice+":user/eve" {
		t.Errorf("the question is %s", why)
	}
	contains(t, b.page(why), `class="verdict denied"`)
	contains(t, b.page("/console/calls?operation=CreateOrganizationalUnit"), `<span class="badge allowed">allowed</span>`)
}

func TestTheJournalShowsReadsAndRefusedCalls(t *testing.T) {
	b := open(t, app.Options{}, "journal", filepath.Join(t.TempDir(), "journal"))
	b.must(alice, "CreateOrganization", `{}`)
	b.must(alice, "ListRoots", `{}`)
	b.submit("/console/handshakes?as="+alice, "do", "invite", "target", "x")
	// The journal writes reads and refused calls together, a moment later.
	for !strings.Contains(b.page("/console/calls?outcome=failed"), "<strong>InviteAccountToOrganization</strong>") {
		if t.Context().Err() != nil {
			return
		}
	}
	page := b.page("/console/calls")
	contains(t, page, "<strong>ListRoots</strong>", "reads of the console too")
	if strings.Contains(page, "<strong>ListHandshakesForAccount</strong>") {
		t.Error("the reads of the console are shown")
	}
	contains(t, b.page("/console/calls?own=yes"), "<strong>ListHandshakesForAccount</strong>")
}

// TestACutConnectionIsAnError of the page, and no end of the server.
func TestACutConnectionIsAnError(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	r := request("POST", "/faults", `{"operation": "DescribeOrganization", "cut": "before", "next": 1}`, "Accept", "*/*", "Content-Type", "application/json")
	if a := b.send(r); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := b.get("/console/handshakes?as=" + alice); a.status != http.StatusBadGateway {
		t.Errorf("%d", a.status)
	}
	b.page("/console/handshakes?as=" + alice)
}
