package organizations_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/organizations"
	"accord/internal/service/provider"
)

type service = organizations.Service

// amend changes an account as the admin API does.
func (w *fixture) amend(id string, change provider.AccountUpdate) {
	w.t.Helper()
	if _, err := w.provider.UpdateAccount(context.Background(), ident.AccountID(id), change); err != nil {
		w.t.Fatal(err)
	}
}

// begin sends a CreateAccount request and returns its id.
func (a actor) begin(email string) string {
	a.w.t.Helper()
	return *must(a, (*service).CreateAccount, creation(email)).CreateAccountStatus.Id
}

func creation(email string) orgapi.CreateAccountRequest {
	return orgapi.CreateAccountRequest{AccountName: new("Made"), Email: &email}
}

func TestANewOrganization(t *testing.T) {
	for set, types := range map[orgapi.OrganizationFeatureSet]int{all: 1, billing: 0} {
		w := newFixture(t)
		a := w.registered(alice, "alice@example.com")
		o := a.organization(set)
		if *o.FeatureSet != set || *o.MasterAccountId != alice || *o.MasterAccountEmail != "alice@example.com" {
			t.Errorf("%s: %s of %s, %s", set, *o.FeatureSet, *o.MasterAccountId, *o.MasterAccountEmail)
		}
		if len(o.AvailablePolicyTypes) != types || o.AvailablePolicyTypes == nil {
			t.Errorf("%s: available policy types %v", set, o.AvailablePolicyTypes)
		}
		if want := "arn:aws:organizations::111111111111:account/" + *o.Id + "/111111111111"; *o.MasterAccountArn != want {
			t.Errorf("%s: ARN of the management account %s", set, *o.MasterAccountArn)
		}
		accounts := must(a, (*service).ListAccounts, orgapi.ListAccountsRequest{}).Accounts
		if len(accounts) != 1 || *accounts[0].JoinedMethod != orgapi.AccountJoinedMethodInvited ||
			!accounts[0].JoinedTimestamp.Equal(start) {
			t.Errorf("%s: the accounts are %v", set, accounts)
		}
		fails(a, "AlreadyInOrganizationException", (*service).CreateOrganization, orgapi.CreateOrganizationRequest{})
	}
}

func TestWhoMayCallWhat(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	m, outsider := a.member(bob), w.as(dave)
	type call = func(actor, string)
	calls := map[string]call{
		"DeleteOrganization": func(c actor, want string) {
			fails(c, want, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
		},
		"EnableAllFeatures": func(c actor, want string) {
			fails(c, want, (*service).EnableAllFeatures, orgapi.EnableAllFeaturesRequest{})
		},
		"InviteAccountToOrganization": func(c actor, want string) {
			fails(c, want, (*service).InviteAccountToOrganization, invitation(carol))
		},
		"RemoveAccountFromOrganization": func(c actor, want string) {
			fails(c, want, (*service).RemoveAccountFromOrganization, orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(bob)})
		},
		"CreateAccount": func(c actor, want string) { fails(c, want, (*service).CreateAccount, creation("x@example.com")) },
		"CloseAccount": func(c actor, want string) {
			fails(c, want, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(bob)})
		},
		"DescribeAccount": func(c actor, want string) {
			fails(c, want, (*service).DescribeAccount, orgapi.DescribeAccountRequest{AccountId: &c.id})
		},
		"ListAccounts": func(c actor, want string) { fails(c, want, (*service).ListAccounts, orgapi.ListAccountsRequest{}) },
		"ListRoots":    func(c actor, want string) { fails(c, want, (*service).ListRoots, orgapi.ListRootsRequest{}) },
		"ListHandshakesForOrganization": func(c actor, want string) {
			fails(c, want, (*service).ListHandshakesForOrganization, orgapi.ListHandshakesForOrganizationRequest{})
		},
		"ListCreateAccountStatus": func(c actor, want string) {
			fails(c, want, (*service).ListCreateAccountStatus, orgapi.ListCreateAccountStatusRequest{})
		},
	}
	for name, try := range calls {
		t.Run(name, func(t *testing.T) {
			try(m, "AccessDeniedException")
			try(outsider, "AWSOrganizationsNotInUseException")
		})
	}
	fails(outsider, "AWSOrganizationsNotInUseException", (*service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
	fails(outsider, "AWSOrganizationsNotInUseException", (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{})
	fails(a, "MasterCannotLeaveOrganizationException", (*service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
	fails(a, "MasterCannotLeaveOrganizationException", (*service).RemoveAccountFromOrganization,
		orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(alice)})
}

func TestAnOrganizationIsDeletedOnlyWhenItIsEmpty(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	m := a.member(bob)
	fails(a, "OrganizationNotEmptyException", (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	m.leave()
	id := a.begin("new@example.com")
	fails(a, "OrganizationNotEmptyException", (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	w.pass(0)
	a.remove(*a.creation(id).AccountId)
	h := a.invite(carol)
	must(a, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	wantState(t, "the invitation", w.as(carol).state(h), orgapi.HandshakeStateCanceled)
	wantState(t, "the invitation for its sender", a.state(h), orgapi.HandshakeStateCanceled)
	a.organization(billing)
	w.pass(30 * day)
	a.failsToDescribe(h, "HandshakeNotFoundException")
}

func TestAnAccountIsCreated(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	begun := must(a, (*service).CreateAccount, creation("Made@example.com")).CreateAccountStatus
	if *begun.State != orgapi.CreateAccountStateInProgress || begun.AccountId != nil || begun.CompletedTimestamp != nil {
		t.Errorf("the answer is %+v", begun)
	}
	w.pass(0)
	done := a.creation(*begun.Id)
	if *done.State != orgapi.CreateAccountStateSucceeded || done.AccountId == nil || done.CompletedTimestamp == nil || done.FailureReason != nil {
		t.Errorf("the end is %+v", done)
	}
	made := a.account(*done.AccountId)
	if *made.JoinedMethod != orgapi.AccountJoinedMethodCreated || *made.Email != "Made@example.com" || *made.Name != "Made" ||
		*made.State != orgapi.AccountStateActive || *made.Status != orgapi.AccountStatusActive {
		t.Errorf("the account is %+v", made)
	}
	stored := w.accountRow(*done.AccountId)
	if stored.AccessRole != "OrganizationAccountAccessRole" || stored.BillingAccess != "ALLOW" || !stored.ServiceLinkedRole {
		t.Errorf("the account has the roles %+v", stored)
	}
	w.pass(90 * day)
	fails(a, "CreateAccountStatusNotFoundException", (*service).DescribeCreateAccountStatus,
		orgapi.DescribeCreateAccountStatusRequest{CreateAccountRequestId: begun.Id})
}

func (w *fixture) accountRow(id string) org.Account {
	w.t.Helper()
	accounts, err := w.provider.Accounts(context.Background(), "", 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range accounts {
		if string(a.ID) == id {
			return a
		}
	}
	w.t.Fatalf("there is no account %s", id)
	return org.Account{}
}

func TestSynchronousCreation(t *testing.T) {
	w := newFixture(t, "create-account synchronous", "account-creations-in-progress 1")
	a := w.as(alice)
	a.organization(all)
	for i := range 3 {
		status := must(a, (*service).CreateAccount, creation(fmt.Sprintf("a%d@example.com", i))).CreateAccountStatus
		if *status.State != orgapi.CreateAccountStateSucceeded || status.AccountId == nil {
			t.Errorf("the answer is %+v", status)
		}
	}
	failed := must(a, (*service).CreateAccount, creation("A1@example.com")).CreateAccountStatus
	if *failed.State != orgapi.CreateAccountStateFailed || *failed.FailureReason != orgapi.CreateAccountFailureReasonEmailAlreadyExists {
		t.Errorf("the answer is %+v", failed)
	}
}

func TestWhyACreationFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		begins func(w *fixture, a actor) (id string)
		want   orgapi.CreateAccountFailureReason
	}{
		{"the address is in use", func(w *fixture, a actor) string {
			w.registered(dave, "Taken@example.com")
			return a.begin("taken@Example.com")
		}, orgapi.CreateAccountFailureReasonEmailAlreadyExists},
		{"another organization was first", func(w *fixture, a actor) string {
			w.clock.Set(w.clock.Now().Add(time.Second))
			b := w.as(bob)
			b.organization(all)
			b.begin("both@example.com")
			w.clock.Set(w.clock.Now().Add(time.Second))
			return a.begin("both@example.com")
		}, orgapi.CreateAccountFailureReasonConcurrentAccountModification},
		{"the quota was lowered", func(w *fixture, a actor) string {
			id := a.begin("late@example.com")
			w.quota(a, "accounts-per-organization", 1)
			return id
		}, orgapi.CreateAccountFailureReasonAccountLimitExceeded},
		{"a fault", func(w *fixture, a actor) string {
			w.failCreation = "INTERNAL_FAILURE"
			return a.begin("unlucky@example.com")
		}, orgapi.CreateAccountFailureReasonInternalFailure},
	} {
		t.Run(c.name, func(t *testing.T) {
			// The second request's work ends while the first goes on.
			w := newFixture(t)
			a := w.as(alice)
			a.organization(all)
			id := c.begins(w, a)
			if c.want == orgapi.CreateAccountFailureReasonConcurrentAccountModification {
				a.runPendingJobs()
			} else {
				w.pass(0)
			}
			status := a.creation(id)
			if *status.State != orgapi.CreateAccountStateFailed || *status.FailureReason != c.want ||
				status.CompletedTimestamp == nil || status.AccountId != nil {
				t.Errorf("the request ended as %+v", status)
			}
			// A failed request holds no place.
			w.quota(a, "accounts-per-organization", 2)
			w.pass(0)
			a.begin("next@example.com")
		})
	}
}

// runPendingJobs runs the pending jobs of the actor's organization and of no other: any
// change does.
func (a actor) runPendingJobs() {
	a.w.t.Helper()
	a.cancel(a.invite(carol))
}

// quota gives the actor's organization a quota of its own.
func (w *fixture) quota(a actor, name string, number int64) {
	w.t.Helper()
	o := must(a, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization
	if err := w.provider.SetQuotas(context.Background(), ident.OrganizationID(*o.Id), quotas(name, number)); err != nil {
		w.t.Fatal(err)
	}
}

func TestLimitsOfCreation(t *testing.T) {
	t.Run("in progress", func(t *testing.T) {
		w := newFixture(t)
		a := w.as(alice)
		a.organization(all)
		for i := range 5 {
			a.begin(fmt.Sprintf("a%d@example.com", i))
		}
		// Running the pending jobs ends those that are due.
		a.begin("a6@example.com")
	})
	t.Run("in progress, with a delay", func(t *testing.T) {
		w := newFixture(t, "account-creation-delay 1m")
		a := w.as(alice)
		a.organization(all)
		for i := range 5 {
			a.begin(fmt.Sprintf("a%d@example.com", i))
		}
		fails(a, "TooManyRequestsException", (*service).CreateAccount, creation("sixth@example.com"))
		fails(a, "ConcurrentModificationException", (*service).CreateAccount, creation("A0@example.com"))
		w.pass(time.Minute)
		a.begin("sixth@example.com")
	})
	t.Run("places", func(t *testing.T) {
		w := newFixture(t, "accounts-per-organization 2")
		a := w.as(alice)
		a.organization(all)
		a.create("Made", "one@example.com")
		fails(a, "ConstraintViolationException ACCOUNT_NUMBER_LIMIT_EXCEEDED", (*service).CreateAccount, creation("two@example.com"))
	})
	t.Run("a day", func(t *testing.T) {
		w := newFixture(t, "account-creations-per-day 1")
		a := w.as(alice)
		a.organization(all)
		a.create("Made", "one@example.com")
		fails(a, "ConstraintViolationException ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", (*service).CreateAccount, creation("two@example.com"))
		w.pass(day)
		a.create("Made", "two@example.com")
	})
	t.Run("tags", func(t *testing.T) {
		w := newFixture(t, "tags-per-resource 1")
		a := w.as(alice)
		a.organization(all)
		in := creation("one@example.com")
		in.Tags = []orgapi.Tag{{Key: new("a"), Value: new("1")}, {Key: new("b"), Value: new("2")}}
		fails(a, "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED", (*service).CreateAccount, in)
	})
	t.Run("while the organization is set up", func(t *testing.T) {
		w := newFixture(t, "finalizing-time 1h")
		a := w.as(alice)
		a.organization(all)
		fails(a, "FinalizingOrganizationException", (*service).CreateAccount, creation("one@example.com"))
		fails(a, "FinalizingOrganizationException", (*service).InviteAccountToOrganization, invitation(bob))
		w.pass(time.Hour)
		a.invite(bob)
	})
}

func TestACreatedTwin(t *testing.T) {
	w := newFixture(t, "govcloud-pairing marked")
	a := w.as(alice)
	a.organization(all)
	in := orgapi.CreateGovCloudAccountRequest{AccountName: new("Made"), Email: new("made@example.com")}
	fails(a, "ConstraintViolationException MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED", (*service).CreateGovCloudAccount, in)
	w.amend(alice, provider.AccountUpdate{Paired: new(true)})
	status := must(a, (*service).CreateGovCloudAccount, in).CreateAccountStatus
	w.pass(0)
	done := a.creation(*status.Id)
	if done.GovCloudAccountId == nil || *done.GovCloudAccountId == *done.AccountId {
		t.Errorf("the request ended as %+v", done)
	}
	fails(a, "AccountNotFoundException", (*service).DescribeAccount, orgapi.DescribeAccountRequest{AccountId: done.GovCloudAccountId})
}

func TestRequestsAreListedNewestFirst(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	var ids []string
	for i := range 5 {
		ids = append([]string{a.begin(fmt.Sprintf("a%d@example.com", i))}, ids...)
		w.pass(time.Second)
	}
	w.failCreation = "INVALID_EMAIL"
	failed := a.begin("bad@example.com")
	w.pass(0)
	var got []string
	in := orgapi.ListCreateAccountStatusRequest{
		MaxResults: new(int32(2)),
		States:     []orgapi.CreateAccountState{orgapi.CreateAccountStateSucceeded, orgapi.CreateAccountStateSucceeded},
	}
	for {
		out := must(a, (*service).ListCreateAccountStatus, in)
		for _, s := range out.CreateAccountStatuses {
			got = append(got, *s.Id)
		}
		if out.NextToken == nil {
			break
		}
		in.NextToken = out.NextToken
	}
	if fmt.Sprint(got) != fmt.Sprint(ids) {
		t.Errorf("the list is %v, want %v", got, ids)
	}
	in = orgapi.ListCreateAccountStatusRequest{States: []orgapi.CreateAccountState{orgapi.CreateAccountStateFailed}}
	if out := must(a, (*service).ListCreateAccountStatus, in); len(out.CreateAccountStatuses) != 1 || *out.CreateAccountStatuses[0].Id != failed {
		t.Errorf("the failed ones are %v", out.CreateAccountStatuses)
	}
	if out := must(a, (*service).ListCreateAccountStatus, orgapi.ListCreateAccountStatusRequest{States: []orgapi.CreateAccountState{}}); len(out.CreateAccountStatuses) != 6 {
		t.Errorf("an empty list of states selects %d", len(out.CreateAccountStatuses))
	}
}

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

func TestAnUninitializedAccountMakesNoOrganization(t *testing.T) {
	w := newFixture(t, "created-account-state pending-activation")
	a := w.as(alice)
	a.organization(all)
	made := w.as(a.create("Made", "made@example.com"))
	made.leave()
	fails(made, "ConstraintViolationException ACCOUNT_CREATION_NOT_COMPLETE", (*service).CreateOrganization, orgapi.CreateOrganizationRequest{})
}

func TestAccountsArePagedInTheOrderOfJoining(t *testing.T) {
	w := newFixture(t, "accounts-per-organization 100", "invitations-per-day 100")
	a := w.as(alice)
	a.organization(all)
	want := []string{alice}
	// All join at the same instant: the order falls back to the id.
	for i := range 44 {
		want = append(want, a.member(fmt.Sprintf("2%011d", i)).id)
	}
	for _, size := range []int32{1, 7, 20} {
		var got []string
		in := orgapi.ListAccountsRequest{MaxResults: &size}
		for {
			out := must(a, (*service).ListAccounts, in)
			for _, account := range out.Accounts {
				got = append(got, *account.Id)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("pages of %d give %v", size, got)
		}
	}
	token := must(a, (*service).ListAccounts, orgapi.ListAccountsRequest{}).NextToken
	for name, in := range map[string]orgapi.ListAccountsRequest{
		"altered": {NextToken: new((*token)[:len(*token)-1] + "_")},
		"empty":   {NextToken: new("")},
	} {
		t.Run(name, func(t *testing.T) {
			fails(a, "InvalidInputException INVALID_NEXT_TOKEN", (*service).ListAccounts, in)
		})
	}
	fails(a, "InvalidInputException INVALID_NEXT_TOKEN", (*service).ListRoots, orgapi.ListRootsRequest{NextToken: token})
}
