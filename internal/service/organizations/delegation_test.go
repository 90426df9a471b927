package organizations_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
	"accord/internal/org"
	"accord/internal/service/provider"
)

// Some service principals: one that takes one administrator, two that take
// several, one that takes none, and one that no table lists.
const (
	guardduty = "guardduty.amazonaws.com"
	config    = "config.amazonaws.com"
	sso       = "sso.amazonaws.com"
	ram       = "ram.amazonaws.com"
	unlisted  = "something-new.amazonaws.com"
)

func dated(what string, at *api.Time) string { return fmt.Sprintf("%s@%v", what, at.Sub(start)) }

func delegating(account, principal string) orgapi.RegisterDelegatedAdministratorRequest {
	return orgapi.RegisterDelegatedAdministratorRequest{AccountId: &account, ServicePrincipal: &principal}
}

func (a actor) delegate(account, principal string) {
	a.w.t.Helper()
	must(a, (*service).RegisterDelegatedAdministrator, delegating(account, principal))
}

func (a actor) undelegate(account, principal string) {
	a.w.t.Helper()
	must(a, (*service).DeregisterDelegatedAdministrator,
		orgapi.DeregisterDelegatedAdministratorRequest{AccountId: &account, ServicePrincipal: &principal})
}

// administrators lists the delegated administrators of a service, or of all.
func (a actor) administrators(principal string) []string {
	a.w.t.Helper()
	in := orgapi.ListDelegatedAdministratorsRequest{}
	if principal != "" {
		in.ServicePrincipal = &principal
	}
	list := []string{}
	for _, d := range must(a, (*service).ListDelegatedAdministrators, in).DelegatedAdministrators {
		list = append(list, dated(*d.Id, d.DelegationEnabledDate))
	}
	return list
}

// services lists what an account is registered for.
func (a actor) services(account string) []string {
	a.w.t.Helper()
	list := []string{}
	for _, d := range must(a, (*service).ListDelegatedServicesForAccount, orgapi.ListDelegatedServicesForAccountRequest{AccountId: &account}).DelegatedServices {
		list = append(list, dated(*d.ServicePrincipal, d.DelegationEnabledDate))
	}
	return list
}

func TestDelegatedAdministratorsAreListed(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.member(bob)
	w.registered(carol, "carol@example.com")
	a.member(carol)
	a.trust(config, sso, guardduty)
	w.pass(time.Second)
	a.delegate(carol, config)
	w.pass(time.Second)
	a.delegate(bob, config)
	a.delegate(carol, sso)
	w.pass(time.Second)
	a.delegate(bob, guardduty)
	wantList(t, "all", a.administrators(""), carol+"@1s", bob+"@2s")
	wantList(t, "of the first service", a.administrators(config), carol+"@1s", bob+"@2s")
	wantList(t, "of the second service", a.administrators(sso), carol+"@2s")
	wantList(t, "of a service without", a.administrators(ram))
	wantList(t, "services of one", a.services(carol), config+"@1s", sso+"@2s")
	wantList(t, "services of the other", a.services(bob), config+"@2s", guardduty+"@3s")

	member := a.account(carol)
	got := must(a.actor, (*service).ListDelegatedAdministrators, orgapi.ListDelegatedAdministratorsRequest{}).DelegatedAdministrators[0]
	want := orgapi.DelegatedAdministrator{
		Id: new(carol), Arn: member.Arn, Email: new("carol@example.com"), Name: new("Name of " + carol),
		Status: new(orgapi.AccountStatusActive), State: new(orgapi.AccountStateActive),
		JoinedMethod: new(orgapi.AccountJoinedMethodInvited), JoinedTimestamp: api.At(start),
		DelegationEnabledDate: api.At(start.Add(time.Second)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("an administrator (-want +got):\n%s", diff)
	}

	// The date is that of the first registration still in force.
	a.undelegate(carol, config)
	wantList(t, "all without a first registration", a.administrators(""), bob+"@2s", carol+"@2s")
	wantList(t, "of the first service without it", a.administrators(config), bob+"@2s")
	wantList(t, "services without it", a.services(carol), sso+"@2s")
	w.pass(time.Second)
	a.delegate(carol, config)
	wantList(t, "services with it again", a.services(carol), sso+"@2s", config+"@4s")

	// Disabled access leaves the registrations.
	a.distrust(config)
	wantList(t, "of a service without access", a.administrators(config), bob+"@2s", carol+"@4s")
	a.undelegate(carol, config)
	a.undelegate(carol, sso)
	fails(a.actor, "AccountNotRegisteredException", (*service).ListDelegatedServicesForAccount,
		orgapi.ListDelegatedServicesForAccountRequest{AccountId: new(carol)})
}

func TestTheStatusOfAnAdministratorCanBeOmitted(t *testing.T) {
	w := newFixture(t, "account-status omitted")
	a := w.as(alice).plant()
	a.member(bob)
	a.trust(config)
	a.delegate(bob, config)
	got := must(a.actor, (*service).ListDelegatedAdministrators, orgapi.ListDelegatedAdministratorsRequest{}).DelegatedAdministrators[0]
	if got.Status != nil || *got.State != orgapi.AccountStateActive {
		t.Errorf("the administrator is %v, %v", got.Status, *got.State)
	}
}

func TestDelegationIsPaged(t *testing.T) {
	w := newFixture(t, "delegated-administrators-per-service 10")
	a := w.as(alice).plant()
	principals := []string{sso, config, guardduty, "macie.amazonaws.com", "backup.amazonaws.com"}
	a.trust(principals...)
	var ids []string
	for i := range 5 {
		ids = append(ids, fmt.Sprintf("9%011d", 5-i))
		a.member(ids[i])
		w.pass(time.Second)
		for _, p := range principals[:1+i%2] {
			a.delegate(ids[i], p)
		}
	}
	w.pass(time.Second)
	for _, p := range principals[1:] {
		w.pass(time.Second)
		a.delegate(ids[0], p)
	}
	for size := int32(1); size <= 6; size++ {
		for principal, want := range map[string][]string{"": ids, sso: ids, config: {ids[1], ids[3], ids[0]}} {
			wantList(t, "administrators of "+principal, pages(t, int(size), func(token *string) ([]string, *string) {
				in := orgapi.ListDelegatedAdministratorsRequest{MaxResults: &size, NextToken: token}
				if principal != "" {
					in.ServicePrincipal = &principal
				}
				out := must(a.actor, (*service).ListDelegatedAdministrators, in)
				list := []string{}
				for _, d := range out.DelegatedAdministrators {
					list = append(list, *d.Id)
				}
				return list, out.NextToken
			}), want...)
		}
		wantList(t, "services", pages(t, int(size), func(token *string) ([]string, *string) {
			out := must(a.actor, (*service).ListDelegatedServicesForAccount,
				orgapi.ListDelegatedServicesForAccountRequest{AccountId: &ids[0], MaxResults: &size, NextToken: token})
			list := []string{}
			for _, d := range out.DelegatedServices {
				list = append(list, *d.ServicePrincipal)
			}
			return list, out.NextToken
		}), principals...)
	}
	// A token belongs to its filter.
	token := must(a.actor, (*service).ListDelegatedAdministrators, orgapi.ListDelegatedAdministratorsRequest{MaxResults: new(int32(1))}).NextToken
	fails(a.actor, badToken, (*service).ListDelegatedAdministrators,
		orgapi.ListDelegatedAdministratorsRequest{ServicePrincipal: new(sso), NextToken: token})
}

func TestHowManyAdministratorsAServiceTakes(t *testing.T) {
	exists := "ConstraintViolationException DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE"
	exceeded := "ConstraintViolationException MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED"
	for _, c := range []struct {
		quota, principal string
		limit            int
		want             string
	}{
		{"", guardduty, 1, exists},
		{"", "fms.amazonaws.com", 1, exists},
		{"", config, 5, exceeded},
		{"1", config, 1, exists},
		{"2", guardduty, 2, exceeded},
		{"0", config, 0, exceeded},
	} {
		t.Run(c.quota+" "+c.principal, func(t *testing.T) {
			var settings []string
			if c.quota != "" {
				settings = []string{"delegated-administrators-per-service " + c.quota}
			}
			w := newFixture(t, settings...)
			a := w.as(alice).plant()
			a.trust(c.principal, sso)
			var ids []string
			for i := range c.limit + 1 {
				ids = append(ids, fmt.Sprintf("9%011d", i))
				a.member(ids[i])
			}
			for _, id := range ids[:c.limit] {
				a.delegate(id, c.principal)
				fails(a.actor, "AccountAlreadyRegisteredException", (*service).RegisterDelegatedAdministrator, delegating(id, c.principal))
			}
			fails(a.actor, c.want, (*service).RegisterDelegatedAdministrator, delegating(ids[c.limit], c.principal))
			if c.limit > 0 {
				// Each service counts for itself, and what ends is free again.
				a.delegate(ids[c.limit], sso)
				a.undelegate(ids[0], c.principal)
				a.delegate(ids[c.limit], c.principal)
			}
		})
	}
}

func TestWhatPreventsRegistering(t *testing.T) {
	inBothStyles(t, nil, func(w *fixture) (actor, []refusal) {
		a, other := w.as(alice).plant(), w.as(dave).plant()
		a.member(bob)
		other.member("555555555555")
		a.trust(config, guardduty)
		a.delegate(bob, guardduty)
		suspended, closing := a.create("Suspended", "suspended@example.com"), a.create("Closed", "closed@example.com")
		w.amend(suspended, provider.AccountUpdate{State: new(org.Suspended)})
		must(a.actor, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: &closing})
		register := func(account, principal string) *orgapi.RegisterDelegatedAdministratorRequest {
			return new(delegating(account, principal))
		}
		deregister := func(account, principal string) *orgapi.DeregisterDelegatedAdministratorRequest {
			return &orgapi.DeregisterDelegatedAdministratorRequest{AccountId: &account, ServicePrincipal: &principal}
		}
		services := func(account string) *orgapi.ListDelegatedServicesForAccountRequest {
			return &orgapi.ListDelegatedServicesForAccountRequest{AccountId: &account}
		}
		unrecognized := "InvalidInputException UNRECOGNIZED_SERVICE_PRINCIPAL"
		refused := func(reason string) string { return "ConstraintViolationException " + reason }
		return a.actor, []refusal{
			{"RegisterDelegatedAdministrator", &orgapi.RegisterDelegatedAdministratorRequest{}, absent, ":ACCOUNT_ID"},
			{"RegisterDelegatedAdministrator", &orgapi.RegisterDelegatedAdministratorRequest{AccountId: new(bob)}, absent, ":SERVICE_PRINCIPAL"},
			{"RegisterDelegatedAdministrator", register("1", config), malformed, ":ACCOUNT_ID"},
			{"RegisterDelegatedAdministrator", register(bob, "a b"), malformed, ":SERVICE_PRINCIPAL"},
			// The order of the checks.
			{"RegisterDelegatedAdministrator", register(carol, ram), unrecognized, ""},
			{"RegisterDelegatedAdministrator", register(carol, sso), "AccountNotFoundException", ""},
			{"RegisterDelegatedAdministrator", register("555555555555", sso), "AccountNotFoundException", ""},
			{"RegisterDelegatedAdministrator", register(alice, sso), refused("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR"), ""},
			{"RegisterDelegatedAdministrator", register(suspended, sso), refused("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR"), ""},
			{"RegisterDelegatedAdministrator", register(closing, sso), refused("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR"), ""},
			{"RegisterDelegatedAdministrator", register(bob, sso), refused("SERVICE_ACCESS_NOT_ENABLED"), ""},
			{"RegisterDelegatedAdministrator", register(bob, guardduty), "AccountAlreadyRegisteredException", ""},

			{"DeregisterDelegatedAdministrator", &orgapi.DeregisterDelegatedAdministratorRequest{}, absent, ":ACCOUNT_ID"},
			{"DeregisterDelegatedAdministrator", deregister(carol, unlisted), unrecognized, ""},
			{"DeregisterDelegatedAdministrator", deregister(carol, config), "AccountNotFoundException", ""},
			{"DeregisterDelegatedAdministrator", deregister(bob, config), "AccountNotRegisteredException", ""},
			{"DeregisterDelegatedAdministrator", deregister(alice, config), "AccountNotRegisteredException", ""},
			{"DeregisterDelegatedAdministrator", deregister(bob, ram), "AccountNotRegisteredException", ""},

			{"ListDelegatedServicesForAccount", &orgapi.ListDelegatedServicesForAccountRequest{}, absent, ":ACCOUNT_ID"},
			{"ListDelegatedServicesForAccount", services("x"), malformed, ":ACCOUNT_ID"},
			{"ListDelegatedServicesForAccount", services(carol), "AccountNotFoundException", ""},
			{"ListDelegatedServicesForAccount", services(alice), "AccountNotRegisteredException", ""},
			{"ListDelegatedServicesForAccount", services(suspended), "AccountNotRegisteredException", ""},
			{"ListDelegatedServicesForAccount", &orgapi.ListDelegatedServicesForAccountRequest{AccountId: new(bob), NextToken: new("x")}, badToken, ""},
			{"ListDelegatedAdministrators", &orgapi.ListDelegatedAdministratorsRequest{ServicePrincipal: new("")}, tooShort, ":SERVICE_PRINCIPAL"},
			{"ListDelegatedAdministrators", &orgapi.ListDelegatedAdministratorsRequest{ServicePrincipal: new(unlisted)}, unrecognized, ""},
			{"ListDelegatedAdministrators", &orgapi.ListDelegatedAdministratorsRequest{MaxResults: new(int32(21))}, tooMuch, ":MAX_RESULTS"},
			{"ListDelegatedAdministrators", &orgapi.ListDelegatedAdministratorsRequest{NextToken: new("")}, badToken, ""},
			{"EnableAWSServiceAccess", &orgapi.EnableAWSServiceAccessRequest{}, absent, ":SERVICE_PRINCIPAL"},
			{"EnableAWSServiceAccess", &orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: new("a/b")}, malformed, ":SERVICE_PRINCIPAL"},
			{"DisableAWSServiceAccess", &orgapi.DisableAWSServiceAccessRequest{}, absent, ":SERVICE_PRINCIPAL"},
			{"ListAWSServiceAccessForOrganization", &orgapi.ListAWSServiceAccessForOrganizationRequest{MaxResults: new(int32(0))}, tooLittle, ":MAX_RESULTS"},
			{"ListAWSServiceAccessForOrganization", &orgapi.ListAWSServiceAccessForOrganizationRequest{NextToken: new("x")}, badToken, ""},
		}
	})
}

func TestDelegationNeedsAllFeatures(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(billing)
	a.member(bob)
	for operation, in := range map[string]api.Request{
		"EnableAWSServiceAccess":              &orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: new(unlisted)},
		"DisableAWSServiceAccess":             &orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: new(config)},
		"ListAWSServiceAccessForOrganization": &orgapi.ListAWSServiceAccessForOrganizationRequest{},
		"RegisterDelegatedAdministrator":      new(delegating(carol, config)),
		"DeregisterDelegatedAdministrator":    &orgapi.DeregisterDelegatedAdministratorRequest{AccountId: new(bob), ServicePrincipal: new(config)},
		"ListDelegatedAdministrators":         &orgapi.ListDelegatedAdministratorsRequest{},
		"ListDelegatedServicesForAccount":     &orgapi.ListDelegatedServicesForAccountRequest{AccountId: new(carol)},
	} {
		if got := a.told(operation, in); got != "ConstraintViolationException ORGANIZATION_NOT_IN_ALL_FEATURES_MODE" {
			t.Errorf("%s: %q", operation, got)
		}
	}
}

func TestADelegatedAdministratorStays(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	b := a.member(bob)
	a.trust(config)
	a.delegate(bob, config)
	stays := "ConstraintViolationException CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG"
	fails(b, stays, (*service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
	fails(a.actor, stays, (*service).RemoveAccountFromOrganization, orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(bob)})
	fails(a.actor, stays, (*service).CloseAccount, orgapi.CloseAccountRequest{AccountId: new(bob)})
	a.undelegate(bob, config)
	b.leave()
	a.member(bob)
	wantList(t, "administrators", a.administrators(""))
}

// Leaving and registering at the same time: one of the two comes first, and the
// other sees it.
func TestNoDelegatedAdministratorLeaves(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.trust(config)
	for round := range 6 {
		b := a.member(bob)
		told := race(t,
			func() error {
				_, err := try(b, (*service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
				return err
			},
			func() error {
				_, err := try(a.actor, (*service).RegisterDelegatedAdministrator, delegating(bob, config))
				return err
			})
		left, registered := told[0], told[1]
		switch {
		case left == "" && registered == "AccountNotFoundException":
		case left == "ConstraintViolationException CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG" && registered == "":
			a.undelegate(bob, config)
			b.leave()
		default:
			t.Errorf("round %d: leaving %q, registering %q", round, left, registered)
		}
	}
	wantList(t, "administrators", a.administrators(""))
}

func TestARaceForTheOneAdministrator(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.trust(guardduty)
	var calls []func() error
	for i := range 4 {
		id := fmt.Sprintf("9%011d", i)
		a.member(id)
		calls = append(calls, func() error {
			_, err := try(a.actor, (*service).RegisterDelegatedAdministrator, delegating(id, guardduty))
			return err
		})
	}
	told := race(t, calls...)
	if count(told, "") != 1 || count(told, "ConstraintViolationException DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE") != 3 {
		t.Errorf("the racers were told %q", told)
	}
	if got := a.administrators(guardduty); len(got) != 1 || slices.Index(told, "") < 0 ||
		got[0] != fmt.Sprintf("9%011d@0s", slices.Index(told, "")) {
		t.Errorf("%q are administrators, the racers were told %q", got, told)
	}
}
