package organizations_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"accord/internal/api/orgapi"
	"accord/internal/event"
	"accord/internal/mail"
	"accord/internal/store"
)

// messages lists what was written to the outbox since the last call, in the form
// that read gives each.
func (w *fixture) messages(kind string, read func(store.Message) string) []string {
	w.t.Helper()
	var texts []string
	err := w.store.View(context.Background(), func(v *store.View) error {
		messages, err := v.Messages(kind, w.seen[kind], 1000)
		for _, l := range messages {
			texts = append(texts, read(l))
			w.seen[kind] = l.Sequence
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return texts
}

// records lists the audit records as "event in account".
func (w *fixture) records() []string {
	return w.messages(event.MessageKind, func(l store.Message) string {
		var r struct {
			EventName, RecipientAccountID string
		}
		if err := json.Unmarshal([]byte(l.Body), &r); err != nil {
			w.t.Fatalf("record %s: %v", l.Body, err)
		}
		return r.EventName + " in " + r.RecipientAccountID
	})
}

// mails lists the mails by their addressees.
func (w *fixture) mails() []string {
	return w.messages(mail.MessageKind, func(l store.Message) string {
		m, err := mail.Parse(l.Body)
		if err != nil {
			w.t.Fatalf("mail %s: %v", l.Body, err)
		}
		return m.To
	})
}

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// The call comes first, then what it caused. [seen for CreateOrganization in published
// records; the rest is assumed]
func TestRecordsOfAnInvitation(t *testing.T) {
	w := newFixture(t)
	a, b := w.as(alice), w.as(bob)
	a.organization(all)
	wantLines(t, "a new organization", w.records(),
		"CreateOrganization in 111111111111", "CreateServiceLinkedRole in 111111111111", "AccountJoinedOrganization in 111111111111")
	h := a.invite(bob)
	wantLines(t, "an invitation", w.records(), "InviteAccountToOrganization in 111111111111")
	b.accept(h)
	// The acceptance is recorded in the account that accepted; only the joining
	// tells the management account.
	wantLines(t, "its acceptance", w.records(), "AcceptHandshake in 222222222222",
		"CreateServiceLinkedRole in 222222222222", "AccountJoinedOrganization in 111111111111")
	b.leave()
	wantLines(t, "leaving", w.records(), "LeaveOrganization in 222222222222", "AccountDepartedOrganization in 111111111111")
	a.failsToAccept(h, "AccessDeniedException")
	wantLines(t, "a refused call", w.records())
}

// departures lists the methods of departed events as "account METHOD in account".
func (w *fixture) departures() []string {
	lines := w.messages(event.MessageKind, func(l store.Message) string {
		var r struct {
			RecipientAccountID  string
			ServiceEventDetails struct {
				AccountDepartedOrganization struct{ AccountID, DepartureMethod string }
			}
		}
		if err := json.Unmarshal([]byte(l.Body), &r); err != nil {
			w.t.Fatalf("record %s: %v", l.Body, err)
		}
		d := r.ServiceEventDetails.AccountDepartedOrganization
		if d.AccountID == "" {
			return ""
		}
		return d.AccountID + " " + d.DepartureMethod + " in " + r.RecipientAccountID
	})
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

// [AWS: API reference since 28 May 2026; assumed: a direct transfer]
func TestHowAccountsDepart(t *testing.T) {
	w := newFixture(t, "direct-transfer on")
	a, b := w.as(alice), w.as(bob)
	a.organization(all)
	a.member(bob)
	b.leave()
	a.member(bob)
	must(a, (*service).RemoveAccountFromOrganization, orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(bob)})
	a.member(bob)
	d := w.as(dave)
	d.organization(all)
	h := d.invite(bob)
	w.records()
	b.accept(h)
	w.seen = map[string]int64{}
	wantLines(t, "departures", w.departures(), bob+" LEFT in "+alice, bob+" REMOVED in "+alice, bob+" LEFT in "+alice)
	must(d, (*service).RemoveAccountFromOrganization, orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(bob)})
	w.records()
	must(a, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	w.seen = map[string]int64{}
	got := w.departures()
	if last := got[len(got)-1]; last != alice+" LEFT in "+alice {
		t.Errorf("deleting the organization: %s", last)
	}
	lines := w.seen
	w.seen = map[string]int64{}
	all := w.records()
	wantLines(t, "deleting", all[len(all)-2:], "DeleteOrganization in "+alice, "AccountDepartedOrganization in "+alice)
	w.seen = lines
	at := slices.Index(all, "AcceptHandshake in "+bob)
	for range 3 {
		at += 1 + slices.Index(all[at+1:], "AcceptHandshake in "+bob)
	}
	wantLines(t, "a direct transfer", all[at:at+3], "AcceptHandshake in "+bob,
		"AccountDepartedOrganization in "+alice, "AccountJoinedOrganization in "+dave)
}

func TestRecordsOfAnAccountsLife(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	w.records()
	id := a.create("Made", "made@example.com")
	wantLines(t, "a creation", w.records(), "CreateAccount in 111111111111", "CreateAccountResult in 111111111111",
		"CreateServiceLinkedRole in "+id, "AccountJoinedOrganization in 111111111111")
	must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &id})
	w.pass(0)
	wantLines(t, "a closure", w.records(), "CloseAccount in 111111111111", "CloseAccountResult in 111111111111")
	w.pass(90 * day)
	wantLines(t, "its end", w.records(), "AccountDepartedOrganization in 111111111111")
	a.begin("made@example.com")
	w.failCreation = "INVALID_ADDRESS"
	a.begin("bad@example.com")
	w.pass(0)
	got := w.records()
	results := 0
	for _, line := range got {
		if line == "CreateAccountResult in 111111111111" {
			results++
		}
	}
	if results != 2 {
		t.Errorf("two requests gave %d results: %q", results, got)
	}
}

func TestWhoGetsMail(t *testing.T) {
	w := newFixture(t)
	a, b := w.registered(alice, "alice@example.com"), w.registered(bob, "bob@example.com")
	a.organization(billing)
	a.invite("nobody@example.com")
	wantLines(t, "an invitation of an address", w.mails(), "nobody@example.com")
	a.cancel(a.invite(bob))
	wantLines(t, "an invitation of an account, taken back", w.mails(), "bob@example.com", "bob@example.com")
	b.decline(a.invite(bob))
	wantLines(t, "a declined invitation", w.mails(), "bob@example.com", "alice@example.com")
	b.accept(a.invite(bob))
	wantLines(t, "an accepted invitation", w.mails(), "bob@example.com", "alice@example.com", "bob@example.com")
	id := a.create("Made", "made@example.com")
	wantLines(t, "a creation", w.mails(), "made@example.com")
	parent := enableAllFeatures(a)
	wantLines(t, "a request for approval", w.mails(), "bob@example.com")
	b.accept(childFor(b, orgapi.ActionTypeApproveAllFeatures))
	a.accept(parent)
	wantLines(t, "all features", w.mails())
	must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &id})
	w.pass(0)
	wantLines(t, "a closure", w.mails(), "made@example.com", "alice@example.com")
	a.invite(carol)
	w.mails()
	w.pass(15 * day)
	wantLines(t, "an expiry", w.mails())
}
