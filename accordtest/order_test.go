package accordtest_test

import (
	"fmt"
	"slices"
	"testing"

	"accord/accordtest"
)

// TestListsKeepTheOrderOfTheTest, although the clock stands.
func TestListsKeepTheOrderOfTheTest(t *testing.T) {
	t.Parallel()
	s := accordtest.Start(t, accordtest.Quota("accounts-per-organization", "unlimited"), accordtest.Quota("invitations-per-day", "unlimited"))
	management := s.As(alice)
	management.CreateOrganization("ALL")
	accounts, sent, received := []string{alice}, []string{}, []string{}
	for n := range 50 {
		member := management.CreateAccount("New", fmt.Sprintf("new-%d@example.com", n))
		accounts = append(accounts, member.ID())
		h := management.Invite(bob)
		management.Cancel(h)
		sent, received = append(sent, h.ID), append(received, h.ID)
	}
	slices.Reverse(sent)
	slices.Reverse(received)
	ids := func(list []accordtest.Handshake) (ids []string) {
		for _, h := range list {
			ids = append(ids, h.ID)
		}
		return ids
	}
	if got := ids(management.Sent()); !slices.Equal(got, sent) {
		t.Errorf("Sent returns %v, want %v", got, sent)
	}
	if got := ids(s.As(bob).Received()); !slices.Equal(got, received) {
		t.Errorf("Received returns %v, want %v", got, received)
	}
	var got []string
	for _, a := range management.Accounts() {
		got = append(got, a.ID)
	}
	if !slices.Equal(got, accounts) {
		t.Errorf("Accounts returns %v, want %v", got, accounts)
	}
	var to []string
	for _, m := range s.Mails("") {
		if n := len(to); n == 0 || to[n-1] != m.To {
			to = append(to, m.To)
		}
	}
	// A creation mails its account, and an invitation with its cancellation Bob.
	for n := range 50 {
		if want := fmt.Sprintf("new-%d@example.com", n); len(to) != 100 || to[2*n] != want {
			t.Fatalf("Mails returns mail to %v", to)
		}
	}
}
