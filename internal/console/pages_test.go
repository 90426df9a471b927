package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"accord/internal/app"
	"accord/internal/console/pages"
	"accord/internal/console/visit"
)

// TestEveryPageAnswersInEveryState: with no data, with little, and for an account that does
// not exist. No page changes anything by being looked at, and registers no account.
func TestEveryPageAnswersInEveryState(t *testing.T) {
	b := open(t, app.Options{})
	walk := func(handshake, as string) {
		t.Helper()
		for _, p := range pages.Table {
			path := address(p, handshake) + as
			a := b.get(path)
			missing := handshake == unknown && a.status == http.StatusBadRequest || (strings.Contains(p.Path, "{node}") || strings.Contains(p.Path, "{policy}") || strings.Contains(p.Path, "{name}")) && a.status == http.StatusNotFound || p.Part != "" && a.status < http.StatusInternalServerError
			if a.status != http.StatusOK && !missing {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
			if p.Part == "" {
				contains(t, a.body, "<!doctype html>", "<h1>", "</html>", "console.css")
			}
		}
	}
	before := b.page("/console/")
	walk(unknown, "")
	walk(unknown, "?as="+alice)
	walk(unknown, "?as=nonsense")
	if b.page("/console/") != before {
		t.Error("a look has changed something")
	}
	b.must(alice, "CreateOrganization", `{}`)
	sent := b.must(alice, "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+bob+`"}, "Notes": "Join us"}`)
	id, _ := sent["Handshake"].(map[string]any)["Id"].(string)
	walk(id, "?as="+alice)
	walk(id, "?as="+bob)
}

// address is that of a page, for a handshake, the root of an organization and a policy of AWS.
func address(p visit.Page, handshake string) string {
	return strings.NewReplacer("{$}", "", "{handshake}", handshake, "{node}", "r-0000", "{account}", alice, "{policy}", "p-FullAWSAccess", "{name}", "base").Replace(visit.Base + p.Path)
}

const unknown = "h-00000000000000000000000000000000"

func TestTheRootLeadsPeopleToTheConsoleAndProgramsToTheAdminAPI(t *testing.T) {
	b := open(t, app.Options{})
	if a := b.get("/"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/console/" {
		t.Errorf("a person: %d %v", a.status, a.header)
	}
	if a := b.get("/console"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/console/" {
		t.Errorf("without a slash: %d %v", a.status, a.header)
	}
	for _, accept := range []string{"", "*/*", "application/json"} {
		a := b.send(request("GET", "/", "", "Accept", accept, "User-Agent", "curl/8.5", "Sec-Fetch-Site", "none"))
		if a.status != http.StatusOK || !strings.HasPrefix(a.body, `{"about":`) {
			t.Errorf("a program with Accept %q: %d %s", accept, a.status, a.body)
		}
	}
}

// TestTheStoryOfAnInvitation is told by forms alone: an organization is made, an address is
// invited, its owner reads the mail and accepts. What the API refuses stands at the form,
// which stays filled in.
func TestTheStoryOfAnInvitation(t *testing.T) {
	b := open(t, app.Options{})
	list := b.follow("/console/", "do", "organization", "account", alice, "features", "ALL")
	if list != "/console/handshakes?as="+alice {
		t.Fatalf("the form leads to %s", list)
	}
	contains(t, b.page(list), "Management account of")

	refused := b.submit(list, "do", "invite", "target", "not an address", "notes", "Join us, <b>Bob</b>")
	if refused.status != http.StatusBadRequest {
		t.Errorf("the API refuses with %d", refused.status)
	}
	contains(t, refused.body, "InvalidInputException", `value="not an address"`, "Join us, &lt;b&gt;Bob&lt;/b&gt;", `aria-invalid="true"`)

	story := b.follow(list, "do", "invite", "target", "bob@example.com", "notes", "Join us")
	contains(t, b.page(story), "OPEN", "bob@example.com", "No account has the address bob@example.com yet", "Join us", "Invite account to organization")
	contains(t, b.page("/console/inbox?to=bob@example.com"), "Your AWS account has been invited to join an organization", "No account has this address", strings.TrimSuffix(story, "?as="+alice))
	b.follow(list, "do", "invite", "target", carol)

	of := strings.TrimSuffix(story, "?as="+alice)
	mine := b.follow(story, "do", "register", "email", "bob@example.com", "name", "Bob")
	u, err := url.Parse(mine)
	if err != nil || u.Path != of {
		t.Fatalf("registering leads to %s", mine)
	}
	owner := u.Query().Get("as")

	wrong := b.submit(mine, "do", "answer", "answer", "accept", "account", alice)
	if wrong.status != http.StatusBadRequest {
		t.Errorf("the sender accepts with %d", wrong.status)
	}
	contains(t, wrong.body, "AccessDeniedException", "The answer to <code>AcceptHandshake</code> as <code>"+alice+"</code>")

	after := b.follow(mine, "do", "answer", "answer", "accept", "account", owner)
	contains(t, b.page(after), "ACCEPTED", "Accept handshake", "has joined your organization")
	again := b.submit(after, "do", "answer", "answer", "accept", "account", owner)
	contains(t, again.body, "HandshakeAlreadyInStateException")
	members := b.must(alice, "ListAccounts", `{}`)["Accounts"].([]any)
	if len(members) != 2 {
		t.Errorf("the organization has %d accounts", len(members))
	}
}

// TestAllFeaturesShowWhoHasAnswered.
func TestAllFeaturesShowWhoHasAnswered(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{"FeatureSet": "CONSOLIDATED_BILLING"}`)
	for _, member := range []string{bob, carol} {
		sent := b.must(alice, "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+member+`"}}`)
		id, _ := sent["Handshake"].(map[string]any)["Id"].(string)
		b.must(member, "AcceptHandshake", `{"HandshakeId": "`+id+`"}`)
	}
	story := b.follow("/console/handshakes?as="+alice, "do", "enable")
	page := b.page(story)
	contains(t, page, "REQUESTED", "Who has answered", "0 of 2", bob, carol)
	received := b.must(bob, "ListHandshakesForAccount", `{"Filter": {"ActionType": "APPROVE_ALL_FEATURES"}}`)
	child, _ := received["Handshakes"].([]any)[0].(map[string]any)["Id"].(string)
	b.follow("/console/handshakes/"+child+"?as="+bob, "do", "answer", "answer", "accept", "account", bob)
	contains(t, b.page(story), "1 of 2")
}

// TestTheTimePageMovesTheClock, and shows what happened on the way. What is no duration stands
// at its field.
func TestTheTimePageMovesTheClock(t *testing.T) {
	b := open(t, app.Options{})
	b.must(alice, "CreateOrganization", `{}`)
	b.must(alice, "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+bob+`"}}`)
	contains(t, b.page("/console/time"), "handshake expires", "in 15 d")
	refused := b.submit("/console/time", "do", "advance", "advance", "soon")
	if refused.status != http.StatusBadRequest {
		t.Errorf("%d", refused.status)
	}
	contains(t, refused.body, "not a duration", `value="soon"`)
	way := b.follow("/console/time", "do", "advance", "advance", "15d")
	if !strings.HasPrefix(way, "/console/time?since=") {
		t.Errorf("the form leads to %s", way)
	}
	contains(t, b.page(way), "What happened on the way", "Move clock", "2026-11-17 08:00:00")
	contains(t, b.page("/console/handshakes?as="+alice), "EXPIRED")
}
