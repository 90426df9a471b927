package organizations_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"accord/internal/api/orgapi"
	"accord/internal/iam"
	"accord/internal/iam/managed"
	"accord/internal/ident"
	"accord/internal/service/organizations"
	"accord/internal/store"
	"accord/internal/store/identities"
)

// rolesOf are the roles of an account with their trust policies and their managed policies,
// a line each.
func (w *fixture) rolesOf(account string) (lines []string) {
	w.t.Helper()
	err := w.store.View(context.Background(), func(v *store.View) error {
		roles, err := identities.List(v, ident.AccountID(account), iam.Role, "/", "", 9)
		for _, r := range roles {
			attached, err := identities.Attached(v, r.ID)
			if err != nil {
				return err
			}
			line := r.ARN("aws") + " " + r.TrustPolicy
			for _, id := range attached {
				line += " " + managed.ByID(id).ARN("aws")
			}
			lines = append(lines, line)
		}
		findings, checkErr := v.Contradictions()
		if checkErr != nil || len(findings) > 0 {
			w.t.Errorf("the rows contradict each other: %v, %v", findings, checkErr)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return lines
}

// same compares lines.
func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if !slices.Equal(want, got) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"%s":"%s"},"Action":"sts:AssumeRole"}]}`

// linkedRole is the line of AWSServiceRoleForOrganizations.
func linkedRole(account string) string {
	return "arn:aws:iam::" + account + ":role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations " +
		fmt.Sprintf(trust, "Service", "organizations.amazonaws.com") + " arn:aws:iam::aws:policy/aws-service-role/AWSOrganizationsServiceTrustPolicy"
}

// TestACreatedAccountHasTheAccessRole: the management account enters it by this role; an
// invited account has none. [AWS: CreateAccount; recorded]
func TestACreatedAccountHasTheAccessRole(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	same(t, "roles of the management account", []string{linkedRole(alice)}, w.rolesOf(alice))
	for _, name := range []string{"OrganizationAccountAccessRole", "Enter+Here"} {
		in := creation(fmt.Sprintf("%d@example.com", len(name)))
		if name != "OrganizationAccountAccessRole" {
			in.RoleName = new(name)
		}
		begun := must(a, (*organizations.Service).CreateAccount, in).CreateAccountStatus
		w.pass(0)
		made := *a.creation(*begun.Id).AccountId
		access := "arn:aws:iam::" + made + ":role/" + name + " " + fmt.Sprintf(trust, "AWS", "arn:aws:iam::"+alice+":root") + " arn:aws:iam::aws:policy/AdministratorAccess"
		same(t, "roles of "+made, []string{linkedRole(made), access}, w.rolesOf(made))
	}
	w.as(bob).accept(a.invite(bob))
	same(t, "roles of an invited account", []string{linkedRole(bob)}, w.rolesOf(bob))
}

// TestTheLinkedRoleCanBeDeleted: an owner can delete it while the organization has not
// all features. [AWS: service-linked roles]
func TestTheLinkedRoleCanBeDeleted(t *testing.T) {
	w := newFixture(t)
	w.as(alice).organization(orgapi.OrganizationFeatureSetConsolidatedBilling)
	for range 2 {
		if _, err := w.provider.RemoveServiceLinkedRole(t.Context(), alice); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "roles without it", nil, w.rolesOf(alice))
}
