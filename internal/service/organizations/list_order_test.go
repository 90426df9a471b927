package organizations_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// entries is how many there are of everything at one instant.
const entries = 50

// listed reads a list in pages of seven entries; member is its name in the response, id
// that of the member that tells the entries apart.
func listed[I, O any, P interface {
	*I
	api.Request
}](a actor, call func(*service, context.Context, P) (*O, error), in I, member, id string) []string {
	a.w.t.Helper()
	ids := []string{}
	request := reflect.ValueOf(&in).Elem()
	request.FieldByName("MaxResults").Set(reflect.ValueOf(new(int32(7))))
	for {
		out := reflect.ValueOf(must(a, call, in)).Elem()
		entries, next := out.FieldByName(member), out.FieldByName("NextToken")
		for i := range entries.Len() {
			ids = append(ids, entries.Index(i).FieldByName(id).Elem().String())
		}
		if next.IsNil() {
			return ids
		}
		request.FieldByName("NextToken").Set(next)
	}
}

// newestFirst is the order of lists that begin with what was made last.
func newestFirst(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Reverse(ids)
	return ids
}

// TestListsKeepTheOrderOfWhatHappenedAtOneInstant: not that of ids, which are random or
// sort in the other direction here. [assumed: AWS promises no order]
func TestListsKeepTheOrderOfWhatHappenedAtOneInstant(t *testing.T) {
	w := newFixture(t, "accounts-per-organization unlimited", "invitations-per-day unlimited", "account-creations-in-progress unlimited",
		"delegated-administrators-per-service unlimited", "service-principals any", "transfers-inbound unlimited")
	a := w.registered(alice, "alice@example.com").plant()
	wantOrder := func(what string, want, got []string) {
		t.Helper()
		if len(want) < entries {
			t.Errorf("%s: there are only %d", what, len(want))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}

	accounts, sent := []string{alice}, []string{}
	for n := range entries {
		m := w.as(fmt.Sprint(900000000000 - n))
		h := a.invite(m.id)
		m.accept(h)
		accounts, sent = append(accounts, m.id), append(sent, *h.Id)
	}
	wantOrder("ListAccounts", accounts, listed(a.actor, (*service).ListAccounts, orgapi.ListAccountsRequest{}, "Accounts", "Id"))
	wantOrder("ListAccountsForParent", accounts, listed(a.actor, (*service).ListAccountsForParent,
		orgapi.ListAccountsForParentRequest{ParentId: &a.root}, "Accounts", "Id"))
	wantOrder("ListChildren of accounts", accounts, listed(a.actor, (*service).ListChildren,
		orgapi.ListChildrenRequest{ParentId: &a.root, ChildType: new(orgapi.ChildTypeAccount)}, "Children", "Id"))
	wantOrder("ListHandshakesForOrganization", newestFirst(sent), listed(a.actor, (*service).ListHandshakesForOrganization,
		orgapi.ListHandshakesForOrganizationRequest{}, "Handshakes", "Id"))

	units := []string{}
	for n := range entries {
		units = append(units, a.unit(a.root, fmt.Sprint("Unit ", n)))
	}
	wantOrder("ListOrganizationalUnitsForParent", units, listed(a.actor, (*service).ListOrganizationalUnitsForParent,
		orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &a.root}, "OrganizationalUnits", "Id"))
	wantOrder("ListChildren of units", units, listed(a.actor, (*service).ListChildren,
		orgapi.ListChildrenRequest{ParentId: &a.root, ChildType: new(orgapi.ChildTypeOrganizationalUnit)}, "Children", "Id"))

	services := []string{}
	for n := range entries {
		services = append(services, fmt.Sprintf("s%d.amazonaws.com", 99-n))
	}
	a.trust(services...)
	wantOrder("ListAWSServiceAccessForOrganization", services, listed(a.actor, (*service).ListAWSServiceAccessForOrganization,
		orgapi.ListAWSServiceAccessForOrganizationRequest{}, "EnabledServicePrincipals", "ServicePrincipal"))
	for _, service := range services {
		a.delegate(accounts[1], service)
	}
	wantOrder("ListDelegatedServicesForAccount", services, listed(a.actor, (*service).ListDelegatedServicesForAccount,
		orgapi.ListDelegatedServicesForAccountRequest{AccountId: &accounts[1]}, "DelegatedServices", "ServicePrincipal"))
	for _, id := range accounts[2:] {
		a.delegate(id, services[0])
	}
	a.delegate(a.member(bob).id, services[0])
	administrators := append(slices.Clone(accounts[1:]), bob)
	for _, of := range []*string{nil, &services[0]} {
		wantOrder("ListDelegatedAdministrators", administrators, listed(a.actor, (*service).ListDelegatedAdministrators,
			orgapi.ListDelegatedAdministratorsRequest{ServicePrincipal: of}, "DelegatedAdministrators", "Id"))
	}

	creations := []string{}
	for n := range entries {
		creations = append(creations, a.begin(fmt.Sprintf("made-%d@example.com", n)))
	}
	wantOrder("ListCreateAccountStatus", newestFirst(creations), listed(a.actor, (*service).ListCreateAccountStatus,
		orgapi.ListCreateAccountStatusRequest{}, "CreateAccountStatuses", "Id"))
	// The work is done in the order of the calls.
	w.pass(0)
	made := []string{}
	for _, id := range creations {
		made = append(made, *a.creation(id).AccountId)
	}
	wantOrder("ListAccounts of created accounts", append(append(accounts, bob), made...),
		listed(a.actor, (*service).ListAccounts, orgapi.ListAccountsRequest{}, "Accounts", "Id"))

	received := []string{}
	c := w.registered(carol, "carol@example.com")
	for n := range entries {
		h := a.invite([]string{carol, "carol@example.com"}[n%2])
		a.cancel(h)
		received = append(received, *h.Id)
	}
	wantOrder("ListHandshakesForAccount", newestFirst(received), listed(c, (*service).ListHandshakesForAccount,
		orgapi.ListHandshakesForAccountRequest{}, "Handshakes", "Id"))

	transfers := []string{}
	c.organization(all)
	for n := range entries {
		h, id := a.propose([]string{carol, "carol@example.com"}[n%2])
		a.cancel(h)
		transfers = append(transfers, id)
	}
	wantOrder("ListInboundResponsibilityTransfers", newestFirst(transfers), listed(a.actor, (*service).ListInboundResponsibilityTransfers,
		orgapi.ListInboundResponsibilityTransfersRequest{Type: new(billingTransfer)}, "ResponsibilityTransfers", "Id"))
	wantOrder("ListOutboundResponsibilityTransfers", newestFirst(transfers), listed(c, (*service).ListOutboundResponsibilityTransfers,
		orgapi.ListOutboundResponsibilityTransfersRequest{Type: new(billingTransfer)}, "ResponsibilityTransfers", "Id"))

	if !w.clock.Now().Equal(start) {
		t.Errorf("the clock was moved to %v", w.clock.Now())
	}
}

// An account that leaves and joins again, and a service that is enabled again, are last.
func TestWhatIsMadeAgainIsTheLastOfItsInstant(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	for _, id := range []string{bob, carol, dave} {
		a.member(id)
	}
	w.as(bob).leave()
	a.member(bob)
	wantList(t, "accounts", a.accountsIn(a.root), alice, carol, dave, bob)
	a.trust(guardduty, config)
	must(a.actor, (*service).DisableAWSServiceAccess, orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: new(guardduty)})
	a.trust(guardduty)
	wantList(t, "services", a.trusted(), config+"@0s", guardduty+"@0s")
}

// TestTheEarlierCallGetsTheAccount, by whatever organization and with whatever ids the two
// calls at one instant are made. [assumed]
func TestTheEarlierCallGetsTheAccount(t *testing.T) {
	w := newFixture(t)
	a, b := w.as(alice), w.as(bob)
	a.organization(all)
	b.organization(all)
	for n := range 20 {
		first, second := a, b
		if n%3 == 0 {
			first, second = b, a
		}
		address := fmt.Sprintf("wanted-%d@example.com", n)
		earlier, later := first.begin(address), second.begin(address)
		w.pass(0)
		won, lost := first.creation(earlier), second.creation(later)
		if *won.State != orgapi.CreateAccountStateSucceeded || *lost.State != orgapi.CreateAccountStateFailed {
			t.Fatalf("%d: the earlier call is %s, the later one %s", n, *won.State, *lost.State)
		}
		if reason := *lost.FailureReason; reason != orgapi.CreateAccountFailureReasonEmailAlreadyExists {
			t.Errorf("%d: the later call failed for %s", n, reason)
		}
		first.remove(*won.AccountId)
	}
}
