package console_test

import (
	"testing"

	"accord/internal/app"
)

// TestTheAgendaIsInWords, and what becomes due together is one line.
func TestTheAgendaIsInWords(t *testing.T) {
	b := open(t, app.Options{}, "behavior", "account-creation-delay=1h")
	b.must(alice, "CreateOrganization", `{}`)
	for _, name := range []string{"a", "b", "c"} {
		b.must(alice, "CreateAccount", `{"Email": "`+name+`@example.com", "AccountName": "`+name+`"}`)
	}
	b.must(alice, "InviteAccountToOrganization", `{"Target": {"Type": "ACCOUNT", "Id": "`+bob+`"}}`)
	contains(t, b.page("/console/time"), "3 accounts are made", "in 1 h", "a handshake expires", "in 15 d",
		"an invitation no longer counts toward the quota of a day", "3 new accounts no longer count toward the quota of a day")
}
