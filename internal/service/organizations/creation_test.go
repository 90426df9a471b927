package organizations_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/provider"
)

// begin sends a CreateAccount request and returns its id.
func (a actor) begin(email string) string {
	a.w.t.Helper()
	return *must(a, (*service).CreateAccount, creation(email)).CreateAccountStatus.Id
}

func creation(email string) orgapi.CreateAccountRequest {
	return orgapi.CreateAccountRequest{AccountName: new("Made"), Email: &email}
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
		States:     []*orgapi.CreateAccountState{new(orgapi.CreateAccountStateSucceeded), new(orgapi.CreateAccountStateSucceeded)},
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
	in = orgapi.ListCreateAccountStatusRequest{States: []*orgapi.CreateAccountState{new(orgapi.CreateAccountStateFailed)}}
	if out := must(a, (*service).ListCreateAccountStatus, in); len(out.CreateAccountStatuses) != 1 || *out.CreateAccountStatuses[0].Id != failed {
		t.Errorf("the failed ones are %v", out.CreateAccountStatuses)
	}
	if out := must(a, (*service).ListCreateAccountStatus, orgapi.ListCreateAccountStatusRequest{States: []*orgapi.CreateAccountState{}}); len(out.CreateAccountStatuses) != 6 {
		t.Errorf("an empty list of states selects %d", len(out.CreateAccountStatuses))
	}
}
