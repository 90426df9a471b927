package organizations_test

import (
	"testing"

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
