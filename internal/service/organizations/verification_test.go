package organizations_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/service/organizations"
	"accord/internal/service/provider"
)

// The provider asks for a new verification mail. [AWS: a new one can be requested;
// assumed: the way]
func TestANewVerificationMailCanBeRequested(t *testing.T) {
	for behavior, want := range map[string][]string{"on": {"alice@example.com"}, "off": nil} {
		w := newFixture(t, "email-verification "+behavior)
		a := w.registered(alice, "alice@example.com")
		a.organization(all)
		w.mails()
		w.amend(alice, provider.AccountUpdate{EmailVerified: new(true)})
		wantLines(t, "verified", w.mails())
		w.amend(alice, provider.AccountUpdate{EmailVerified: new(false)})
		wantLines(t, "asked for again, behavior "+behavior, w.mails(), want...)
		w.registered(bob, "bob@example.com")
		w.amend(bob, provider.AccountUpdate{EmailVerified: new(false)})
		wantLines(t, "an account in no organization", w.mails())
	}
}

// An address cannot be confirmed once the lifetime of its last verification mail has
// ended. A new mail begins a new lifetime. [AWS: 24 hours; assumed: the answer]
func TestAVerificationMailHasALifetime(t *testing.T) {
	const lifetime = 24 * time.Hour
	again := func(w *fixture, _ actor) { w.amend(alice, provider.AccountUpdate{EmailVerified: new(false)}) }
	for name, c := range map[string]struct {
		behaviors string
		before    func(*fixture, actor)
		wait      time.Duration
		late      bool
	}{
		"just in time":          {behaviors: "on", wait: lifetime - time.Microsecond},
		"at its end":            {behaviors: "on", wait: lifetime, late: true},
		"after a new mail":      {behaviors: "on", before: again, wait: lifetime - time.Microsecond},
		"late after a new mail": {behaviors: "on", before: again, wait: lifetime, late: true},
		"after a change":        {behaviors: "on", before: func(w *fixture, _ actor) { w.registered(alice, "new@example.com") }, wait: lifetime - time.Microsecond},
		"another lifetime":      {behaviors: "on; email-link-lifetime 1h", wait: time.Hour, late: true},
		"no lifetime":           {behaviors: "off", wait: 2 * lifetime},
		"no organization any more": {behaviors: "on", before: func(_ *fixture, a actor) {
			must(a, (*organizations.Service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
		}, wait: lifetime},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t, strings.Split("email-verification "+c.behaviors, "; ")...)
			a := w.registered(alice, "alice@example.com")
			a.organization(all)
			if c.before != nil {
				w.pass(lifetime - time.Hour)
				c.before(w, a)
			}
			w.pass(c.wait)
			w.mails()
			_, err := w.provider.UpdateAccount(t.Context(), alice, provider.AccountUpdate{EmailVerified: new(true), Paired: new(true)})
			if !c.late && err != nil {
				t.Fatal(err)
			}
			if c.late && (!errors.Is(err, provider.ErrNotNow) || !strings.Contains(err.Error(), "emailVerified false")) {
				t.Fatalf("the answer is %v", err)
			}
			found, err := w.provider.Account(t.Context(), ident.AccountID(alice))
			if err != nil || found.EmailVerified == c.late && c.behaviors != "off" || found.Paired == c.late {
				t.Errorf("verified: %v, paired: %v, %v", found.EmailVerified, found.Paired, err)
			}
			wantLines(t, "mails of the confirmation", w.mails())
		})
	}
}

// An account that was verified, or never got a mail, has no lifetime. [assumed]
func TestAnAddressWithoutAMailHasNoLifetime(t *testing.T) {
	w := newFixture(t, "email-verification on")
	a := w.registered(alice, "alice@example.com")
	w.registered(bob, "bob@example.com")
	a.organization(all)
	w.amend(alice, provider.AccountUpdate{EmailVerified: new(true)})
	w.amend(bob, provider.AccountUpdate{EmailVerified: new(false)})
	w.pass(48 * time.Hour)
	for _, id := range []string{alice, bob} {
		w.amend(id, provider.AccountUpdate{EmailVerified: new(true)})
	}
}
