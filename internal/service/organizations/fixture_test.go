package organizations_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/behavior"
	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/jobs"
	"accord/internal/quota"
	"accord/internal/service/operation"
	"accord/internal/service/organizations"
	"accord/internal/service/provider"
	"accord/internal/store"
)

// start is where the clock of every fixture stands at first.
var start = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// fixture is a service on a store of its own, with a clock that the test moves.
type fixture struct {
	t       *testing.T
	service *organizations.Service
	// provider makes the changes that the API does not offer.
	provider *provider.Provider
	store    *store.Store
	clock    *clock.Virtual
	due      *jobs.Loop
	// partition is that of the calls; aws if it is empty.
	partition ident.Partition
	// failCommits lets no change be committed.
	failCommits bool
	// failCreation, when set, is the FailureReason of the next creation.
	failCreation string
	// seen is the last message of each kind that the test has looked at.
	seen map[string]int64
}

// newFixture opens a fixture. Settings are the name of a behavior or a quota and its
// value: "direct-transfer on".
func newFixture(t *testing.T, settings ...string) *fixture {
	t.Helper()
	if onPostgres {
		return newFixtureOn(t, migrated.URL(t), settings...)
	}
	return newFixtureOn(t, "memory", settings...)
}

func newFixtureOn(t *testing.T, url string, settings ...string) *fixture {
	t.Helper()
	ctx := context.Background()
	named, quotas := map[string]string{}, map[string]string{}
	for _, s := range settings {
		var name, value string
		if _, err := fmt.Sscanf(s, "%s %s", &name, &value); err != nil {
			t.Fatalf("setting %q: %v", s, err)
		}
		if _, isQuota := quota.Find(quota.Name(name)); isQuota {
			quotas[name] = value
		} else {
			named[name] = value
		}
	}
	r, err := behavior.Parse(named)
	if err != nil {
		t.Fatal(err)
	}
	l, err := quota.New(r.QuotaProfile, quotas)
	if err != nil {
		t.Fatal(err)
	}
	w := &fixture{t: t, clock: clock.NewVirtual(start), seen: map[string]int64{}}
	source := ident.NewSeededSource(1)
	w.store, err = store.Open(ctx, url, store.Options{Clock: w.clock, Source: source, Rehearse: rehearsed(), BeforeCommit: func() error {
		if w.failCommits {
			return errors.New("no commit")
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
	})
	log := slog.New(slog.DiscardHandler)
	w.due = jobs.New(w.store, w.clock, log)
	runner, err := operation.New(ctx, operation.Options{
		Store: w.store, Jobs: w.due, IDs: w.store.Source(), Behavior: r, Quotas: l, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.service = organizations.New(runner, func(string, string) (string, bool) {
		reason := w.failCreation
		w.failCreation = ""
		return reason, reason != ""
	})
	w.provider = provider.New(runner)
	return w
}

// pass moves the clock and does what is due until then.
func (w *fixture) pass(d time.Duration) {
	w.t.Helper()
	if err := w.due.RunUntil(context.Background(), w.clock.Now().Add(d), w.clock.Set); err != nil {
		w.t.Fatal(err)
	}
}

// actor is an account that calls.
type actor struct {
	w  *fixture
	id string
}

// as returns the actor of an account, which exists from then on.
func (w *fixture) as(id string) actor {
	w.t.Helper()
	ctx := api.WithCaller(context.Background(), api.Caller{Account: id})
	// An account that may not sign is there as well.
	if err := w.service.RequireAccount(ctx); err != nil && exception(w.t, err, "").Type != api.UnrecognizedClient().Type {
		w.t.Fatal(err)
	}
	return actor{w, id}
}

// registered returns the actor of an account with an address of its own.
func (w *fixture) registered(id, email string) actor {
	w.t.Helper()
	if _, err := w.provider.Register(context.Background(), ident.AccountID(id), ident.Email(email), "Name of "+id); err != nil {
		w.t.Fatal(err)
	}
	return actor{w, id}
}

// context is that of a call by the actor.
func (a actor) context() context.Context {
	partition := cmp.Or(a.w.partition, ident.AWS)
	return api.WithCaller(context.Background(), api.Caller{
		Account: a.id, Principal: partition.RootUserARN(ident.AccountID(a.id)), Partition: string(partition), AccessKeyID: a.id,
	})
}

// try calls an operation as the pipeline does: constraints first.
func try[I, O any, P interface {
	*I
	api.Request
}](a actor, operation func(*organizations.Service, context.Context, P) (*O, error), in I) (_ *O, err error) {
	request := P(&in)
	defer func() { note(request.Operation().Name, err) }()
	if fault := request.Validate(); fault != nil {
		return nil, fault
	}
	return operation(a.w.service, a.context(), request)
}

// must calls an operation that has to succeed.
func must[I, O any, P interface {
	*I
	api.Request
}](a actor, operation func(*organizations.Service, context.Context, P) (*O, error), in I) *O {
	a.w.t.Helper()
	out, err := try(a, operation, in)
	if err != nil {
		a.w.t.Fatalf("%s: %v", a.id, err)
	}
	return out
}

// fails calls an operation that has to be refused with an exception, and with a
// reason where the exception has one: "HandshakeNotFoundException",
// "ConstraintViolationException ACCOUNT_NUMBER_LIMIT_EXCEEDED". The form is the
// one that the fixture's wire style sends.
func fails[I, O any, P interface {
	*I
	api.Request
}](a actor, want string, operation func(*organizations.Service, context.Context, P) (*O, error), in I) {
	a.w.t.Helper()
	_, err := try(a, operation, in)
	var told *api.Error
	if !errors.As(err, &told) {
		a.w.t.Fatalf("%s: %v, want %s", a.id, err, want)
	}
	told = told.In(a.w.service.Behavior.WireStyle)
	got := told.Type
	if told.Reason != "" {
		got += " " + told.Reason
	}
	if got != want {
		a.w.t.Fatalf("%s: %s (%s), want %s", a.id, got, told.Message, want)
	}
}

// organization makes the actor's account the management account of a new
// organization.
func (a actor) organization(set orgapi.OrganizationFeatureSet) *orgapi.Organization {
	a.w.t.Helper()
	return must(a, (*organizations.Service).CreateOrganization, orgapi.CreateOrganizationRequest{FeatureSet: &set}).Organization
}

// invite invites an account by its id or by its address.
func (a actor) invite(target string) *orgapi.Handshake {
	a.w.t.Helper()
	return must(a, (*organizations.Service).InviteAccountToOrganization, invitation(target)).Handshake
}

func invitation(target string) orgapi.InviteAccountToOrganizationRequest {
	kind := orgapi.HandshakePartyTypeEmail
	if ident.AccountID(target).Valid() {
		kind = orgapi.HandshakePartyTypeAccount
	}
	return orgapi.InviteAccountToOrganizationRequest{Target: &orgapi.HandshakeParty{Id: &target, Type: &kind}}
}

// member makes an account a member of the actor's organization by invitation.
func (a actor) member(id string) actor {
	a.w.t.Helper()
	m := a.w.as(id)
	m.accept(a.invite(id))
	return m
}

func (a actor) accept(h *orgapi.Handshake) *orgapi.Handshake {
	a.w.t.Helper()
	return must(a, (*organizations.Service).AcceptHandshake, orgapi.AcceptHandshakeRequest{HandshakeId: h.Id}).Handshake
}

func (a actor) failsToAccept(h *orgapi.Handshake, want string) {
	a.w.t.Helper()
	fails(a, want, (*organizations.Service).AcceptHandshake, orgapi.AcceptHandshakeRequest{HandshakeId: h.Id})
}

func (a actor) decline(h *orgapi.Handshake) *orgapi.Handshake {
	a.w.t.Helper()
	return must(a, (*organizations.Service).DeclineHandshake, orgapi.DeclineHandshakeRequest{HandshakeId: h.Id}).Handshake
}

func (a actor) failsToDecline(h *orgapi.Handshake, want string) {
	a.w.t.Helper()
	fails(a, want, (*organizations.Service).DeclineHandshake, orgapi.DeclineHandshakeRequest{HandshakeId: h.Id})
}

func (a actor) cancel(h *orgapi.Handshake) *orgapi.Handshake {
	a.w.t.Helper()
	return must(a, (*organizations.Service).CancelHandshake, orgapi.CancelHandshakeRequest{HandshakeId: h.Id}).Handshake
}

func (a actor) failsToCancel(h *orgapi.Handshake, want string) {
	a.w.t.Helper()
	fails(a, want, (*organizations.Service).CancelHandshake, orgapi.CancelHandshakeRequest{HandshakeId: h.Id})
}

func (a actor) describe(h *orgapi.Handshake) *orgapi.Handshake {
	a.w.t.Helper()
	return must(a, (*organizations.Service).DescribeHandshake, orgapi.DescribeHandshakeRequest{HandshakeId: h.Id}).Handshake
}

func (a actor) failsToDescribe(h *orgapi.Handshake, want string) {
	a.w.t.Helper()
	fails(a, want, (*organizations.Service).DescribeHandshake, orgapi.DescribeHandshakeRequest{HandshakeId: h.Id})
}

// state is the state of a handshake as the actor sees it.
func (a actor) state(h *orgapi.Handshake) orgapi.HandshakeState {
	a.w.t.Helper()
	return *a.describe(h).State
}

// received lists what the actor's account received.
func (a actor) received() []orgapi.Handshake {
	a.w.t.Helper()
	return must(a, (*organizations.Service).ListHandshakesForAccount, orgapi.ListHandshakesForAccountRequest{}).Handshakes
}

// sent lists what the actor's organization sent, of one kind or of all.
func (a actor) sent(kind orgapi.ActionType) []orgapi.Handshake {
	a.w.t.Helper()
	in := orgapi.ListHandshakesForOrganizationRequest{}
	if kind != "" {
		in.Filter = &orgapi.HandshakeFilter{ActionType: &kind}
	}
	return must(a, (*organizations.Service).ListHandshakesForOrganization, in).Handshakes
}

// account describes a member of the actor's organization.
func (a actor) account(id string) *orgapi.Account {
	a.w.t.Helper()
	return must(a, (*organizations.Service).DescribeAccount, orgapi.DescribeAccountRequest{AccountId: &id}).Account
}

func (a actor) leave() {
	a.w.t.Helper()
	must(a, (*organizations.Service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
}

func (a actor) remove(id string) {
	a.w.t.Helper()
	must(a, (*organizations.Service).RemoveAccountFromOrganization, orgapi.RemoveAccountFromOrganizationRequest{AccountId: &id})
}

// create makes a member account and returns its id.
func (a actor) create(name, email string) string {
	a.w.t.Helper()
	out := must(a, (*organizations.Service).CreateAccount, orgapi.CreateAccountRequest{AccountName: &name, Email: &email})
	a.w.pass(0)
	status := a.creation(*out.CreateAccountStatus.Id)
	if *status.State != orgapi.CreateAccountStateSucceeded {
		a.w.t.Fatalf("creating %s: %s", email, *status.FailureReason)
	}
	return *status.AccountId
}

// creation describes a request to create an account.
func (a actor) creation(id string) *orgapi.CreateAccountStatus {
	a.w.t.Helper()
	return must(a, (*organizations.Service).DescribeCreateAccountStatus,
		orgapi.DescribeCreateAccountStatusRequest{CreateAccountRequestId: &id}).CreateAccountStatus
}

func (a actor) featureSet() orgapi.OrganizationFeatureSet {
	a.w.t.Helper()
	return *must(a, (*organizations.Service).DescribeOrganization, orgapi.DescribeOrganizationRequest{}).Organization.FeatureSet
}

// quotas is one quota as SetQuotas takes it.
func quotas(name string, number int64) map[quota.Name]int64 {
	return map[quota.Name]int64{quota.Name(name): number}
}

// exception is what an error tells a caller in a wire style.
func exception(t *testing.T, err error, style string) *api.Error {
	t.Helper()
	var told *api.Error
	if !errors.As(err, &told) {
		t.Fatalf("%v is no exception", err)
	}
	if style == "native" {
		return told.In(api.Native)
	}
	return told.In(api.Documented)
}
