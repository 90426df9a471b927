package organizations_test

import (
	"context"
	"fmt"
	"testing"

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
	// All join at the same instant, and their ids sort in the other direction.
	for i := range 44 {
		want = append(want, a.member(fmt.Sprintf("2%011d", 100-i)).id)
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

func TestAFirstCallThatFailsRegistersTheAccount(t *testing.T) {
	w := newFixture(t)
	for id, call := range map[string]func(actor) error{
		bob: func(a actor) error {
			_, err := try(a, (*service).LeaveOrganization, orgapi.LeaveOrganizationRequest{})
			return err
		},
		carol: func(a actor) error {
			_, err := try(a, (*service).ListAccounts, orgapi.ListAccountsRequest{})
			return err
		},
	} {
		if got := exception(t, call(actor{w, id}), ""); got.Type != "AWSOrganizationsNotInUseException" {
			t.Errorf("%s: %v", id, got)
		}
		if a, err := w.provider.Account(context.Background(), ident.AccountID(id)); err != nil || a.State != org.Active {
			t.Errorf("%s is %v, %v", id, a.State, err)
		}
	}
}

// A quota limits what is added to an organization. [assumed]
func TestAnOrganizationIsCreatedUnderAQuotaOfNoAccounts(t *testing.T) {
	w := newFixture(t, "accounts-per-organization 0")
	a := w.as(alice)
	a.organization(all)
	fails(a, "HandshakeConstraintViolationException ACCOUNT_NUMBER_LIMIT_EXCEEDED", (*service).InviteAccountToOrganization, invitation(bob))
}
