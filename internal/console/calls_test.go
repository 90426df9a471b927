package console_test

import (
	"html"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"accord/internal/app"
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
	if filtered := b.page("/console/calls?operation=CreateOrganization"); strings.Contains(filtered, "<strong>InviteAccountToOrganization</strong>") || !strings.Contains(filtered, "<strong>CreateOrganization</strong>") {
		t.Error("the filter by operation does not filter")
	}
	if filtered := b.page("/console/calls?account=" + bob); strings.Contains(filtered, "<strong>CreateOrganization</strong>") {
		t.Error("the filter by account does not filter")
	}

	refused := b.submit("/console/calls", "do", "fault", "operation", "DescribeOrganization", "exception", "NoSuchException")
	if refused.status != http.StatusBadRequest {
		t.Errorf("%d", refused.status)
	}
	contains(t, refused.body, `value="NoSuchException"`, `aria-invalid="true"`)
	b.follow("/console/calls", "do", "fault", "service", "organizations", "operation", "DescribeOrganization", "account", alice, "exception", "TooManyRequestsException")
	contains(t, b.page("/console/calls"), "Injected faults", "the next 1")
	contains(t, b.get("/console/handshakes?as="+alice).body, "TooManyRequestsException")
	contains(t, b.page("/console/calls"), "used up, made 1 fail")
	b.page("/console/handshakes?as=" + alice)
	b.follow("/console/calls", "do", "remove", "fault", "fault-1")
	b.follow("/console/calls", "do", "fault", "operation", "DescribeOrganization", "exception", "TooManyRequestsException")
	b.follow("/console/calls", "do", "remove", "fault", "fault-2")
	if strings.Contains(b.page("/console/calls"), "Injected faults") {
		t.Error("the fault is not removed")
	}
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
