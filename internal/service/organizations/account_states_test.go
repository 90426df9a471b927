package organizations_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"accord/internal/api/orgapi"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/service/operation"
	"accord/internal/service/provider"
	"accord/internal/store"
	"accord/test/require"
)

// states is a fixture with a member of Alice's organization in one state, and with
// Dave's organization that may take it over.
type states struct {
	*fixture
	a, member, other actor
	// invitation is that of Dave's organization.
	invitation *orgapi.Handshake
}

// accountStates bring a created member that is PENDING_ACTIVATION to each state.
var accountStates = []struct {
	state org.AccountState
	enter func(s *states)
}{
	{org.PendingActivation, func(*states) {}},
	{org.Active, func(s *states) { s.activate() }},
	{org.Suspended, func(s *states) {
		s.activate()
		s.amend(s.member.id, provider.AccountUpdate{State: new(org.Suspended)})
	}},
	{org.PendingClosure, func(s *states) { s.close() }},
	{org.Closed, func(s *states) {
		s.close()
		s.pass(time.Hour)
	}},
}

func (s *states) activate() {
	s.t.Helper()
	s.amend(s.member.id, provider.AccountUpdate{State: new(org.Active)})
}

func (s *states) close() {
	s.t.Helper()
	s.activate()
	must(s.a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &s.member.id})
}

// inState is a fixture whose member is in a state.
func inState(t *testing.T, enter func(*states)) *states {
	t.Helper()
	w := newFixture(t, "direct-transfer on", "created-account-state pending-activation", "account-closure-delay 1h")
	s := &states{fixture: w, a: w.as(alice), other: w.as(dave)}
	s.a.organization(all)
	s.other.organization(all)
	s.member = actor{w, s.a.create("Made", "made@example.com")}
	s.invitation = s.other.invite(s.member.id)
	enter(s)
	return s
}

// The operations on a member, or by it, whose answer depends on its state; "" is
// success. [AWS: account states, CloseAccount, LeaveOrganization,
// RemoveAccountFromOrganization, RegisterDelegatedAdministrator, "Migrate an account";
// PENDING_ACTIVATION and most reasons are assumed]
var operationsByState = []struct {
	name string
	call func(s *states) error
	// want is in the order of accountStates.
	want [5]string
}{
	{"DescribeOrganization", func(s *states) error {
		_, err := try(s.member, (*service).DescribeOrganization, orgapi.DescribeOrganizationRequest{})
		return err
	}, [5]string{"", "", cannotSign, "", cannotSign}},
	{"CreateOrganization", func(s *states) error {
		_, err := try(s.member, (*service).CreateOrganization, orgapi.CreateOrganizationRequest{})
		return err
	}, [5]string{alreadyIn, alreadyIn, cannotSign, alreadyIn, cannotSign}},
	{"AcceptHandshake", func(s *states) error {
		_, err := try(s.member, (*service).AcceptHandshake, orgapi.AcceptHandshakeRequest{HandshakeId: s.invitation.Id})
		return err
	}, [5]string{cannotMove, "", cannotSign, cannotMove, cannotSign}},
	{"DeclineHandshake", func(s *states) error {
		_, err := try(s.member, (*service).DeclineHandshake, orgapi.DeclineHandshakeRequest{HandshakeId: s.invitation.Id})
		return err
	}, [5]string{"", "", cannotSign, "", cannotSign}},
	{"LeaveOrganization", func(s *states) error {
		_, err := try(s.member, (*service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
		return err
	}, [5]string{"", "", cannotSign, cannotLeave, cannotSign}},
	{"RemoveAccountFromOrganization", func(s *states) error {
		_, err := try(s.a, (*service).RemoveAccountFromOrganization, orgapi.RemoveAccountFromOrganizationRequest{AccountId: &s.member.id})
		return err
	}, [5]string{"", "", cannotLeave, cannotLeave, cannotLeave}},
	{"CloseAccount", func(s *states) error {
		_, err := try(s.a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &s.member.id})
		return err
	}, [5]string{"ConflictException", "", "ConflictException", "ConflictException", "AccountAlreadyClosedException"}},
	{"RegisterDelegatedAdministrator", func(s *states) error {
		must(s.a, (*service).EnableAWSServiceAccess, orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: new("config.amazonaws.com")})
		_, err := try(s.a, (*service).RegisterDelegatedAdministrator,
			orgapi.RegisterDelegatedAdministratorRequest{AccountId: &s.member.id, ServicePrincipal: new("config.amazonaws.com")})
		return err
	}, [5]string{"", "", cannotAdminister, cannotAdminister, cannotAdminister}},
	{"MoveAccount", func(s *states) error {
		root := must(s.a, (*service).ListRoots, orgapi.ListRootsRequest{}).Roots[0].Id
		unit := must(s.a, (*service).CreateOrganizationalUnit, orgapi.CreateOrganizationalUnitRequest{ParentId: root, Name: new("Unit")})
		_, err := try(s.a, (*service).MoveAccount, moving(s.member.id, *root, *unit.OrganizationalUnit.Id))
		return err
	}, [5]string{}},
	{"TagResource", func(s *states) error {
		_, err := try(s.a, (*service).TagResource, orgapi.TagResourceRequest{
			ResourceId: &s.member.id, Tags: []orgapi.Tag{{Key: new("k"), Value: new("v")}},
		})
		return err
	}, [5]string{}},
	{"InviteAccountToOrganization by another organization", func(s *states) error {
		s.other.cancel(s.invitation)
		_, err := try(s.other, (*service).InviteAccountToOrganization, invitation(s.member.id))
		return err
	}, [5]string{}},
	{"DeleteOrganization", func(s *states) error {
		_, err := try(s.a, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
		return err
	}, [5]string{notEmpty, notEmpty, notEmpty, notEmpty, notEmpty}},
}

const (
	cannotSign       = "UnrecognizedClientException"
	alreadyIn        = "AlreadyInOrganizationException"
	cannotMove       = "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION"
	cannotLeave      = "ConstraintViolationException ACCOUNT_CANNOT_LEAVE_ORGANIZATION"
	cannotAdminister = "ConstraintViolationException CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR"
	notEmpty         = "OrganizationNotEmptyException"
)

// TestWhatEachStateOfAnAccountAllows: and what is begun is finished, with every counter
// given back, whatever was called meanwhile.
func TestWhatEachStateOfAnAccountAllows(t *testing.T) {
	// Among each fourth case are those of every state, and of every operation.
	n, each := 0, eachNth()
	for _, operation := range operationsByState {
		for i, state := range accountStates {
			if n++; n%each != 0 {
				continue
			}
			t.Run(operation.name+" in "+string(state.state), func(t *testing.T) {
				s := inState(t, state.enter)
				if got := s.accountRow(s.member.id).State; got != state.state {
					t.Fatalf("the account is %s", got)
				}
				got := ""
				if err := operation.call(s); err != nil {
					e := exception(t, err, "")
					if got = e.Type; e.Reason != "" {
						got += " " + e.Reason
					}
				}
				if got != operation.want[i] {
					t.Errorf("%q, want %q", got, operation.want[i])
				}
				if got != "" && operation.name == "AcceptHandshake" {
					wantState(t, "the invitation", s.other.state(s.invitation), orgapi.HandshakeStateOpen)
				}
				s.wantCountersAsCounted(alice, dave)
				s.pass(time.Hour)
				s.wantCountersAsCounted(alice, dave)
				if got := s.accountRow(s.member.id).State; got == org.PendingClosure {
					t.Errorf("the account is still %s", got)
				}
				s.pass(120 * day)
				s.wantCountersAsCounted(alice, dave)
			})
		}
	}
}

// wantCountersAsCounted compares the counters of organizations with their rows.
func (w *fixture) wantCountersAsCounted(managements ...ident.AccountID) {
	w.t.Helper()
	if err := w.store.View(w.t.Context(), func(v *store.View) error {
		all, err := v.AllAccounts("", 1000)
		if err != nil {
			return err
		}
		for _, management := range managements {
			found, err := v.AccountWithOrganization(management)
			if err != nil {
				return err
			}
			o := found.Organization
			if o == nil {
				continue
			}
			want := map[store.CounterName]int64{operation.Accounts: 0, operation.Inactive: 0, store.CounterName("closures-in-progress"): 0}
			for _, a := range all {
				if !a.In(o.ID) {
					continue
				}
				want[operation.Accounts]++
				if a.State != org.Active {
					want[operation.Inactive]++
				}
				if a.State == org.PendingClosure {
					want[store.CounterName("closures-in-progress")]++
				}
			}
			for name, n := range want {
				if got, err := v.Counter(o.ID, name); err != nil || got != n {
					w.t.Errorf("the counter %s of %s is %d, want %d, %v", name, o.ID, got, n, err)
				}
			}
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

// A closure that has begun ends in the organization that began it. [AWS:
// orgs_account_migration, closed and suspended accounts cannot be migrated; the reason is
// assumed]
func TestAClosureEndsWhereItBegan(t *testing.T) {
	w := newFixture(t, "direct-transfer on", "account-closure-delay 1h", "account-closures-in-progress 1")
	a, n := w.as(alice), w.as(dave)
	a.organization(all)
	n.organization(all)
	b := a.member(bob)
	a.member(carol)
	h := n.invite(bob)
	must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(bob)})
	b.failsToAccept(h, "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION")
	wantState(t, "the invitation", b.state(h), orgapi.HandshakeStateOpen)
	w.pass(time.Hour)
	if got := *a.account(bob).State; got != orgapi.AccountStateClosed {
		t.Errorf("the account is %s", got)
	}
	if records := strings.Join(w.records(), "\n"); strings.Count(records, "CloseAccountResult") != 1 {
		t.Errorf("the records are\n%s", records)
	}
	// The closure in progress is given back.
	must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(carol)})
}

// [AWS: account states; that such an account may accept is assumed]
func TestAPendingAccountThatAcceptsStaysPending(t *testing.T) {
	w := newFixture(t, "created-account-state pending-activation")
	a := w.as(alice)
	a.organization(all)
	made := actor{w, a.create("Made", "made@example.com")}
	for range 2 {
		made.leave()
		made.accept(a.invite(made.id))
		if got := *a.account(made.id).State; got != orgapi.AccountStatePendingActivation {
			t.Errorf("the account is %s", got)
		}
	}
	a.remove(made.id)
	made.accept(a.invite(made.id))
	w.amend(made.id, provider.AccountUpdate{State: new(org.Active)})
	if got := *a.account(made.id).State; got != orgapi.AccountStateActive {
		t.Errorf("the account is %s", got)
	}
	w.wantCountersAsCounted(alice)
}

// [assumed]
func TestInvitationsOfTheAddressOfADeletedAccountWaitForTheNextOwner(t *testing.T) {
	w := newFixture(t, "invitation-lifetime 9000h")
	a, n := w.as(alice), w.as(dave)
	a.organization(all)
	n.organization(all)
	b := w.registered(bob, "bob@example.com")
	byID, byAddress := n.invite(bob), n.invite("bob@example.com")
	b.accept(a.invite(bob))
	must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(bob)})
	w.pass(0)
	w.pass(90 * day)
	wantState(t, "the invitation of its id", n.state(byID), orgapi.HandshakeStateCanceled)
	wantState(t, "the invitation of its address", n.state(byAddress), orgapi.HandshakeStateOpen)
	next := w.registered(carol, "bob@example.com")
	if list := next.received(); len(list) != 1 || *list[0].Id != *byAddress.Id {
		t.Errorf("the next owner of the address received %v", list)
	}
	next.accept(byAddress)
}

// [AWS: quotas of 2022 to 2025, 10 % of the active members at the call; rounding
// assumed]
func TestTheClosuresOf2024CountActiveMembers(t *testing.T) {
	require.Full(t)
	w := newFixture(t, "quota-profile 2024", "accounts-per-organization unlimited", "invitations-per-day unlimited", "account-closures-in-progress unlimited")
	a := w.as(alice)
	a.organization(all)
	id := func(n int) string { return fmt.Sprint(200000000000 + n) }
	for n := range 150 {
		a.member(id(n))
	}
	for n := range 13 {
		must(a, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(id(n))})
	}
	// 137 of them are ACTIVE.
	fails(a, "ConstraintViolationException CLOSE_ACCOUNT_QUOTA_EXCEEDED", (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(id(13))})
	w.wantCountersAsCounted(alice)
}
