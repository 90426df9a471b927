package organizations_test

import (
	"testing"
	"time"

	"accord/internal/api/orgapi"
)

// trust gives services access.
func (a actor) trust(principals ...string) {
	a.w.t.Helper()
	for _, principal := range principals {
		must(a, (*service).EnableAWSServiceAccess, orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: &principal})
	}
}

func (a actor) distrust(principal string) {
	a.w.t.Helper()
	must(a, (*service).DisableAWSServiceAccess, orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: &principal})
}

// trusted lists the services with access as "service@seconds since the start".
func (a actor) trusted() []string {
	a.w.t.Helper()
	list := []string{}
	for _, s := range must(a, (*service).ListAWSServiceAccessForOrganization, orgapi.ListAWSServiceAccessForOrganizationRequest{}).EnabledServicePrincipals {
		list = append(list, dated(*s.ServicePrincipal, s.DateEnabled))
	}
	return list
}

func TestTrustedAccess(t *testing.T) {
	w := newFixture(t)
	a, other := w.as(alice).plant(), w.as(dave).plant()
	wantList(t, "at first", a.trusted())
	a.trust(sso)
	w.pass(time.Second)
	a.trust(config, ram)
	w.pass(time.Second)
	// Who has access keeps its date.
	a.trust(sso)
	wantList(t, "in the order of enabling", a.trusted(), sso+"@0s", config+"@1s", ram+"@1s")
	wantList(t, "of the other organization", other.trusted())
	a.distrust(config)
	a.distrust(config)
	a.distrust(guardduty)
	wantList(t, "without one", a.trusted(), sso+"@0s", ram+"@1s")
	a.trust(config)
	wantList(t, "with it again", a.trusted(), sso+"@0s", ram+"@1s", config+"@2s")

	for size := int32(1); size <= 4; size++ {
		wantList(t, "in pages", pages(t, int(size), func(token *string) ([]string, *string) {
			out := must(a.actor, (*service).ListAWSServiceAccessForOrganization,
				orgapi.ListAWSServiceAccessForOrganizationRequest{MaxResults: &size, NextToken: token})
			list := []string{}
			for _, s := range out.EnabledServicePrincipals {
				list = append(list, *s.ServicePrincipal)
			}
			return list, out.NextToken
		}), sso, ram, config)
	}
}

func TestTrustedAccessGoesWithTheOrganization(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	a.trust(sso)
	must(a.actor, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	wantList(t, "of the next organization", a.plant().trusted())
}

func TestAnEnabledPolicyTypeKeepsTheAccessOfItsService(t *testing.T) {
	const inspector, inspectors = "inspector2.amazonaws.com", orgapi.PolicyTypeInspectorPolicy
	enabled := "ConstraintViolationException POLICY_TYPE_ENABLED_FOR_THIS_SERVICE"
	for rule, want := range map[string]string{"on": enabled, "off": ""} {
		t.Run(rule, func(t *testing.T) {
			w := newFixture(t, "policy-type-service-access "+rule)
			a := w.as(alice).plant()
			a.trust(inspector, config)
			enabling := orgapi.EnablePolicyTypeRequest{RootId: &a.root, PolicyType: new(inspectors)}
			must(a.actor, (*service).EnablePolicyType, enabling)
			disabling := &orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: new(inspector)}
			if got := a.told("DisableAWSServiceAccess", disabling); got != want {
				t.Errorf("%q, want %q", got, want)
			}
			a.distrust(config)
			must(a.actor, (*service).DisablePolicyType, orgapi.DisablePolicyTypeRequest(enabling))
			a.distrust(inspector)
			wantList(t, "services with access", a.trusted())
		})
	}
}

func TestWhichServicesAreKnown(t *testing.T) {
	unrecognized := "InvalidInputException UNRECOGNIZED_SERVICE_PRINCIPAL"
	for _, c := range []struct {
		rule, principal string
		access, admin   string
	}{
		{"listed", config, "", ""},
		{"listed", ram, "", unrecognized},
		{"listed", unlisted, unrecognized, unrecognized},
		{"listed", "Config.amazonaws.com", unrecognized, unrecognized},
		{"listed", "config", unrecognized, unrecognized},
		{"listed", ".amazonaws.com", unrecognized, unrecognized},
		{"listed", "config.amazonaws.com.cn", unrecognized, unrecognized},
		{"any", config, "", ""},
		{"any", ram, "", unrecognized},
		{"any", unlisted, "", ""},
		{"any", "config", unrecognized, unrecognized},
		{"any", ".amazonaws.com", unrecognized, unrecognized},
		{"any", "config.example.com", unrecognized, unrecognized},
	} {
		t.Run(c.rule+" "+c.principal, func(t *testing.T) {
			w := newFixture(t, "service-principals "+c.rule)
			a := w.as(alice).plant()
			a.member(bob)
			p := &c.principal
			for _, row := range []refusal{
				{"EnableAWSServiceAccess", &orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: p}, c.access, ""},
				{"RegisterDelegatedAdministrator", new(delegating(bob, c.principal)), c.admin, ""},
				{"ListDelegatedAdministrators", &orgapi.ListDelegatedAdministratorsRequest{ServicePrincipal: p}, c.access, ""},
				{"DeregisterDelegatedAdministrator", &orgapi.DeregisterDelegatedAdministratorRequest{AccountId: new(carol), ServicePrincipal: p},
					map[bool]string{true: "AccountNotFoundException", false: c.access}[c.access == ""], ""},
				{"DisableAWSServiceAccess", &orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: p}, c.access, ""},
			} {
				if got := a.told(row.operation, row.in); got != row.want {
					t.Errorf("%s: %q, want %q", row.operation, got, row.want)
				}
			}
		})
	}
}
