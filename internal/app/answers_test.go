package app_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"accord/internal/app"
	"accord/internal/app/apptest"
)

// TestAnswersAreNeverStale: a server that keeps answers sends the right ones after a
// change, after an instant that changes a state, and to each caller its own.
func TestAnswersAreNeverStale(t *testing.T) {
	f := fixture{apptest.Open(t, apptest.Config(t, "clock", "virtual"), app.Options{Start: start}), t}
	defer f.close()
	invitation := f.invite()
	describe := func(account string) string {
		t.Helper()
		w := httptest.NewRecorder()
		f.API().ServeHTTP(w, request(account, "DescribeHandshake", `{"HandshakeId": "`+invitation+`"}`))
		return w.Body.String()
	}
	state := func(want string) {
		t.Helper()
		for range 3 {
			if got := describe(alice); !strings.Contains(got, `"State":"`+want+`"`) {
				t.Errorf("the invitation is %s, want %s", got, want)
			}
		}
	}
	state("OPEN")
	if open := describe(alice); open != describe(alice) || open != describe(bob) {
		t.Error("the same request has another answer")
	}
	const stranger = "333333333333"
	f.must(stranger, "ListHandshakesForAccount", `{}`)
	if _, exception := f.try(stranger, "DescribeHandshake", `{"HandshakeId": "`+invitation+`"}`); exception != "AccessDeniedException" {
		t.Errorf("a stranger gets %q", exception)
	}
	accounts := func(want int) {
		t.Helper()
		for range 3 {
			if list, _ := f.must(alice, "ListAccounts", `{}`)["Accounts"].([]any); len(list) != want {
				t.Errorf("%d accounts, want %d", len(list), want)
			}
		}
	}
	accounts(1)
	if _, exception := f.try(bob, "ListAccounts", `{}`); exception != "AWSOrganizationsNotInUseException" {
		t.Errorf("an account without organization gets %q", exception)
	}
	f.must(bob, "AcceptHandshake", `{"HandshakeId": "`+invitation+`"}`)
	state("ACCEPTED")
	accounts(2)
	answer := f.must(alice, "InviteAccountToOrganization", `{"Target": {"Id": "`+stranger+`", "Type": "ACCOUNT"}}`)
	invitation = answer["Handshake"].(map[string]any)["Id"].(string)
	state("OPEN")
	for _, step := range []struct {
		days int
		want string
	}{{14, "OPEN"}, {2, "EXPIRED"}} {
		if err := f.Clock.Advance(t.Context(), time.Duration(step.days)*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		state(step.want)
	}
	if err := f.Clock.Advance(t.Context(), 365*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, exception := f.try(alice, "DescribeHandshake", `{"HandshakeId": "`+invitation+`"}`); exception != "HandshakeNotFoundException" {
		t.Errorf("after its retention: %q", exception)
	}
}
