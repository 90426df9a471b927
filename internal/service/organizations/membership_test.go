package organizations_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/provider"
)

func TestWhatPreventsLeaving(t *testing.T) {
	leave := func(a actor, want string) {
		fails(a, want, (*service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
	}
	remove := func(a actor, id, want string) {
		fails(a, want, (*service).RemoveAccountFromOrganization, orgapi.RemoveAccountFromOrganizationRequest{AccountId: &id})
	}
	t.Run("nothing, by default", func(t *testing.T) {
		w := newFixture(t)
		a := w.as(alice)
		a.organization(all)
		w.as(a.create("Made", "made@example.com")).leave()
		a.remove(a.create("Made", "again@example.com"))
	})
	t.Run("the age of a created account", func(t *testing.T) {
		w := newFixture(t, "created-account-wait 96h")
		a := w.as(alice)
		a.organization(all)
		id := a.create("Made", "made@example.com")
		leave(w.as(id), "ConstraintViolationException WAIT_PERIOD_ACTIVE")
		remove(a, id, "ConstraintViolationException WAIT_PERIOD_ACTIVE")
		w.pass(96 * time.Hour)
		w.as(id).leave()
		a.member(bob).leave()
	})
	t.Run("readiness, one thing after the other", func(t *testing.T) {
		w := newFixture(t, "standalone-readiness strict")
		a := w.as(alice)
		a.organization(all)
		id := a.create("Made", "made@example.com")
		for _, step := range []struct {
			ready org.Readiness
			want  string
		}{
			{org.Readiness{}, "ACCOUNT_CANNOT_LEAVE_WITHOUT_EULA"},
			{org.Readiness{Agreement: true}, "ACCOUNT_CANNOT_LEAVE_WITHOUT_PHONE_VERIFICATION"},
			{org.Readiness{Agreement: true, Phone: true}, "MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED"},
			{org.Readiness{Agreement: true, Phone: true, Payment: true}, "ACCOUNT_CANNOT_LEAVE_WITHOUT_EULA"},
		} {
			w.amend(id, provider.AccountUpdate{Readiness: &step.ready})
			leave(w.as(id), "ConstraintViolationException "+step.want)
			remove(a, id, "ConstraintViolationException "+step.want)
		}
		w.amend(id, provider.AccountUpdate{Readiness: &org.Ready})
		w.as(id).leave()
	})
	t.Run("its state", func(t *testing.T) {
		w := newFixture(t, "account-closure-delay 1h")
		a := w.as(alice)
		a.organization(all)
		m := a.member(bob)
		w.amend(bob, provider.AccountUpdate{State: new(org.Suspended)})
		remove(a, bob, "ConstraintViolationException ACCOUNT_CANNOT_LEAVE_ORGANIZATION")
		leave(m, "UnrecognizedClientException")
		w.amend(bob, provider.AccountUpdate{State: new(org.Active)})
		must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(bob)})
		leave(m, "ConstraintViolationException ACCOUNT_CANNOT_LEAVE_ORGANIZATION")
		w.pass(time.Hour)
		remove(a, bob, "ConstraintViolationException ACCOUNT_CANNOT_LEAVE_ORGANIZATION")
	})
	t.Run("not being there", func(t *testing.T) {
		w := newFixture(t)
		a := w.as(alice)
		a.organization(all)
		w.as(bob)
		remove(a, bob, "AccountNotFoundException")
		remove(a, "999999999999", "AccountNotFoundException")
	})
}

func TestAnAccountThatComesBackIsInvited(t *testing.T) {
	w := newFixture(t, "created-account-wait 96h")
	a := w.as(alice)
	a.organization(all)
	id := a.create("Made", "made@example.com")
	w.pass(96 * time.Hour)
	back := w.as(id)
	back.leave()
	back.accept(a.invite(id))
	if got := *a.account(id).JoinedMethod; got != orgapi.AccountJoinedMethodInvited {
		t.Errorf("it joined as %s", got)
	}
	back.leave()
}

func TestAnAccountIsClosed(t *testing.T) {
	w := newFixture(t, "account-closure-delay 1h", "accounts-per-organization 2")
	a := w.as(alice)
	a.organization(all)
	id := a.create("Made", "made@example.com")
	closing := (*service).CloseAccount
	in := orgapi.CloseAccountRequest{AccountId: &id}
	must(a, closing, in)
	if got := a.account(id); *got.State != orgapi.AccountStatePendingClosure || *got.Status != orgapi.AccountStatusPendingClosure {
		t.Errorf("after the call it is %s, %s", *got.State, *got.Status)
	}
	fails(a, "ConflictException", closing, in)
	w.pass(time.Hour)
	if got := a.account(id); *got.State != orgapi.AccountStateClosed || *got.Status != orgapi.AccountStatusSuspended {
		t.Errorf("after the work it is %s, %s", *got.State, *got.Status)
	}
	fails(a, "AccountAlreadyClosedException", closing, in)
	fails(w.as(id), "UnrecognizedClientException", (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{})
	fails(a, "OrganizationNotEmptyException", (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	fails(a, "HandshakeConstraintViolationException ACCOUNT_NUMBER_LIMIT_EXCEEDED", (*service).InviteAccountToOrganization, invitation(bob))
	if _, err := w.provider.Register(context.Background(), bob, "made@example.com", ""); !errors.Is(err, provider.ErrTaken) {
		t.Errorf("the address of a closed account: %v", err)
	}
	w.pass(90*day - time.Microsecond)
	a.account(id)
	w.pass(time.Microsecond)
	fails(a, "AccountNotFoundException", (*service).DescribeAccount, orgapi.DescribeAccountRequest{AccountId: &id})
	w.registered(bob, "made@example.com")
	if _, err := w.provider.Register(context.Background(), ident.AccountID(id), "", ""); !errors.Is(err, provider.ErrTaken) {
		t.Errorf("the id of an account that is gone: %v", err)
	}
	fails(a, "InvalidInputException TARGET_NOT_SUPPORTED", (*service).InviteAccountToOrganization, invitation(id))
	must(a, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
}

func TestAClosedAccountIsOpenedAgain(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	m := a.member(bob)
	must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(bob)})
	w.pass(30 * day)
	w.amend(bob, provider.AccountUpdate{State: new(org.Active)})
	w.pass(90 * day)
	if got := *a.account(bob).State; got != orgapi.AccountStateActive {
		t.Errorf("it is %s", got)
	}
	m.leave()
}

func TestWhatPreventsClosing(t *testing.T) {
	closing := func(a actor, id, want string) {
		a.w.t.Helper()
		fails(a, want, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &id})
	}
	t.Run("the feature set", func(t *testing.T) {
		w := newFixture(t)
		a := w.as(alice)
		a.organization(billing)
		closing(a, "999999999999", "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")
	})
	t.Run("what is closed", func(t *testing.T) {
		w := newFixture(t, "created-account-state pending-activation")
		a := w.as(alice)
		a.organization(all)
		closing(a, alice, "ConstraintViolationException CANNOT_CLOSE_MANAGEMENT_ACCOUNT")
		closing(a, "999999999999", "AccountNotFoundException")
		a.member(bob)
		w.amend(bob, provider.AccountUpdate{State: new(org.Suspended)})
		closing(a, bob, "ConflictException")
		made := a.create("Made", "made@example.com")
		closing(a, made, "ConflictException")
		w.amend(made, provider.AccountUpdate{State: new(org.Active)})
		must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &made})
	})
	t.Run("quotas", func(t *testing.T) {
		w := newFixture(t, "account-closure-delay 1h", "account-closures-in-progress 1", "account-closures-per-30-days 2")
		a := w.as(alice)
		a.organization(all)
		for _, id := range []string{bob, carol, dave} {
			a.member(id)
		}
		must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(bob)})
		closing(a, carol, "ConstraintViolationException CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED")
		w.pass(time.Hour)
		must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(carol)})
		w.pass(time.Hour)
		closing(a, dave, "ConstraintViolationException CLOSE_ACCOUNT_QUOTA_EXCEEDED")
		w.pass(30*day - 2*time.Hour)
		must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(dave)})
	})
}

// Addresses compare without case. [seen: aws-ia/terraform-aws-control_tower_account_factory#90,
// #172]
func TestAddressesCompareWithoutCase(t *testing.T) {
	w := newFixture(t)
	a, b := w.as(alice), w.registered(bob, "bob@example.com")
	a.organization(all)
	h := a.invite("BOB@Example.COM")
	if got := b.received(); len(got) != 1 || *got[0].Id != *h.Id {
		t.Errorf("the account received %v", got)
	}
	status := must(a, (*service).CreateAccount,
		orgapi.CreateAccountRequest{Email: new("Bob@EXAMPLE.com"), AccountName: new("Bob")}).CreateAccountStatus
	w.pass(0)
	status = must(a, (*service).DescribeCreateAccountStatus,
		orgapi.DescribeCreateAccountStatusRequest{CreateAccountRequestId: status.Id}).CreateAccountStatus
	if status.FailureReason == nil || *status.FailureReason != orgapi.CreateAccountFailureReasonEmailAlreadyExists {
		t.Errorf("the creation is %s, %v", *status.State, status.FailureReason)
	}
	fails(a, "DuplicateHandshakeException", (*service).InviteAccountToOrganization, invitation("bob@example.com"))
}

func TestInvitationsOfADay(t *testing.T) {
	w := newFixture(t, "invitations-per-day 2")
	a := w.as(alice)
	a.organization(all)
	a.cancel(a.invite(bob))
	w.as(carol).accept(a.invite(carol))
	a.invite(dave)
	// Canceled ones count, the accepted one does not.
	fails(a, "HandshakeConstraintViolationException HANDSHAKE_RATE_LIMIT_EXCEEDED", (*service).InviteAccountToOrganization, invitation(bob))
	w.pass(day - time.Microsecond)
	fails(a, "HandshakeConstraintViolationException HANDSHAKE_RATE_LIMIT_EXCEEDED", (*service).InviteAccountToOrganization, invitation(bob))
	w.pass(time.Microsecond)
	a.invite(bob)
}

func TestAnUnverifiedAddress(t *testing.T) {
	w := newFixture(t, "email-verification on")
	a := w.as(alice)
	a.organization(all)
	fails(a, "AccountOwnerNotVerifiedException", (*service).InviteAccountToOrganization, invitation(bob))
	a.create("Made", "made@example.com")
	w.amend(alice, provider.AccountUpdate{EmailVerified: new(true)})
	h := a.invite(bob)
	w.registered(alice, "new@example.com")
	w.as(bob).failsToAccept(h, "HandshakeConstraintViolationException MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED")
	w.amend(alice, provider.AccountUpdate{EmailVerified: new(true)})
	// The handshake keeps the address of the moment of sending.
	if got := *w.as(bob).accept(h).Resources[0].Resources[0].Value; got == "new@example.com" {
		t.Errorf("the invitation shows %s", got)
	}
}

func TestWaitsBeforeAccepting(t *testing.T) {
	w := newFixture(t, "membership-change-wait 1h", "direct-transfer on", "destination-organization-wait 168h", "created-account-wait 96h")
	const tooSoon = "HandshakeConstraintViolationException ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED"
	a := w.as(alice)
	a.organization(all)
	b := a.member(bob)
	b.leave()
	h := a.invite(bob)
	b.failsToAccept(h, tooSoon)
	w.pass(time.Hour)
	b.accept(h)

	other := w.as(carol)
	other.organization(all)
	move := other.invite(bob)
	b.failsToAccept(move, tooSoon)
	made := w.as(a.create("Made", "made@example.com"))
	made.failsToAccept(other.invite(made.id), "ConstraintViolationException WAIT_PERIOD_ACTIVE")
	w.pass(168 * time.Hour)
	b.accept(move)
}

func TestALoweredQuotaRejectsTheAcceptance(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	h := a.invite(bob)
	w.quota(a, "accounts-per-organization", 1)
	w.as(bob).failsToAccept(h, "HandshakeConstraintViolationException ACCOUNT_NUMBER_LIMIT_EXCEEDED")
	w.quota(a, "accounts-per-organization", 2)
	w.as(bob).accept(h)
}
