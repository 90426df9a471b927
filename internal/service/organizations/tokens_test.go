package organizations_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// paged has one valid request without a token for each paged operation. target is a
// unit or a root, account a member that administers a service.
func paged(root, account, policy string) map[string]func(token *string) api.Request {
	tags := new(orgapi.PolicyTypeTagPolicy)
	effective := new(orgapi.EffectivePolicyTypeTagPolicy)
	bills := new(orgapi.ResponsibilityTransferTypeBilling)
	return map[string]func(token *string) api.Request{
		"ListAWSServiceAccessForOrganization": func(t *string) api.Request { return &orgapi.ListAWSServiceAccessForOrganizationRequest{NextToken: t} },
		"ListAccounts":                        func(t *string) api.Request { return &orgapi.ListAccountsRequest{NextToken: t} },
		"ListAccountsForParent": func(t *string) api.Request {
			return &orgapi.ListAccountsForParentRequest{ParentId: &root, NextToken: t}
		},
		"ListAccountsWithInvalidEffectivePolicy": func(t *string) api.Request {
			return &orgapi.ListAccountsWithInvalidEffectivePolicyRequest{PolicyType: effective, NextToken: t}
		},
		"ListChildren": func(t *string) api.Request {
			return &orgapi.ListChildrenRequest{ParentId: &root, ChildType: new(orgapi.ChildTypeAccount), NextToken: t}
		},
		"ListCreateAccountStatus":     func(t *string) api.Request { return &orgapi.ListCreateAccountStatusRequest{NextToken: t} },
		"ListDelegatedAdministrators": func(t *string) api.Request { return &orgapi.ListDelegatedAdministratorsRequest{NextToken: t} },
		"ListDelegatedServicesForAccount": func(t *string) api.Request {
			return &orgapi.ListDelegatedServicesForAccountRequest{AccountId: &account, NextToken: t}
		},
		"ListEffectivePolicyValidationErrors": func(t *string) api.Request {
			return &orgapi.ListEffectivePolicyValidationErrorsRequest{AccountId: &account, PolicyType: effective, NextToken: t}
		},
		"ListHandshakesForAccount":      func(t *string) api.Request { return &orgapi.ListHandshakesForAccountRequest{NextToken: t} },
		"ListHandshakesForOrganization": func(t *string) api.Request { return &orgapi.ListHandshakesForOrganizationRequest{NextToken: t} },
		"ListInboundResponsibilityTransfers": func(t *string) api.Request {
			return &orgapi.ListInboundResponsibilityTransfersRequest{Type: bills, NextToken: t}
		},
		"ListOrganizationalUnitsForParent": func(t *string) api.Request {
			return &orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &root, NextToken: t}
		},
		"ListOutboundResponsibilityTransfers": func(t *string) api.Request {
			return &orgapi.ListOutboundResponsibilityTransfersRequest{Type: bills, NextToken: t}
		},
		"ListParents":  func(t *string) api.Request { return &orgapi.ListParentsRequest{ChildId: &account, NextToken: t} },
		"ListPolicies": func(t *string) api.Request { return &orgapi.ListPoliciesRequest{Filter: tags, NextToken: t} },
		"ListPoliciesForTarget": func(t *string) api.Request {
			return &orgapi.ListPoliciesForTargetRequest{TargetId: &root, Filter: tags, NextToken: t}
		},
		"ListRoots": func(t *string) api.Request { return &orgapi.ListRootsRequest{NextToken: t} },
		"ListTagsForResource": func(t *string) api.Request {
			return &orgapi.ListTagsForResourceRequest{ResourceId: &account, NextToken: t}
		},
		"ListTargetsForPolicy": func(t *string) api.Request {
			return &orgapi.ListTargetsForPolicyRequest{PolicyId: &policy, NextToken: t}
		},
	}
}

// A token is part of the input: whoever calls learns that it is invalid before its
// standing counts. [assumed]
func TestAnInvalidTokenComesBeforeTheStanding(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	member := a.member(bob)
	standalone := w.as(carol)
	requests := paged(a.root, bob, "p-12345678")
	var listed []string
	for name, operation := range orgapi.Operations {
		if _, ok := operation.NewRequest().(api.Paged); ok {
			listed = append(listed, name)
		}
	}
	slices.Sort(listed)
	wantList(t, "paged operations", slices.Sorted(maps.Keys(requests)), listed...)
	for name, request := range requests {
		for what, caller := range map[string]actor{"a standalone account": standalone, "a member": member, "the management account": a.actor} {
			for _, token := range []string{"x", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
				if got := caller.told(name, request(&token)); got != badToken {
					t.Errorf("%s by %s with %q: %q", name, what, token, got)
				}
			}
		}
	}
	// Those of others, and of other lists.
	must(a.actor, (*service).CreateOrganizationalUnit, orgapi.CreateOrganizationalUnitRequest{ParentId: &a.root, Name: new("n")})
	token := must(a.actor, (*service).ListAccounts, orgapi.ListAccountsRequest{MaxResults: new(int32(1))}).NextToken
	for what, caller := range map[string]actor{"a standalone account": standalone, "a member": member} {
		if got := caller.told("ListAccounts", &orgapi.ListAccountsRequest{NextToken: token}); got != badToken {
			t.Errorf("the token of another account, by %s: %q", what, got)
		}
	}
	if got := a.told("ListRoots", &orgapi.ListRootsRequest{NextToken: token}); got != badToken {
		t.Errorf("the token of another operation: %q", got)
	}
	if got := a.told("ListAccounts", &orgapi.ListAccountsRequest{NextToken: token, MaxResults: new(int32(3))}); got != "" {
		t.Errorf("with another size of the page: %q", got)
	}
}

// A token belongs to one organization, although its account makes another one. [assumed]
func TestATokenEndsWithItsOrganization(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice)
	a.organization(all)
	invited := a.invite("one@example.com")
	w.pass(time.Second)
	a.invite("two@example.com")
	one := new(int32(1))
	token := must(a, (*service).ListHandshakesForOrganization, orgapi.ListHandshakesForOrganizationRequest{MaxResults: one}).NextToken
	next := &orgapi.ListHandshakesForOrganizationRequest{MaxResults: one, NextToken: token}
	if list := must(a, (*service).ListHandshakesForOrganization, *next).Handshakes; len(list) != 1 || *list[0].Id != *invited.Id {
		t.Fatalf("the next page holds %v", list)
	}
	must(a, (*service).DeleteOrganization, orgapi.DeleteOrganizationRequest{})
	if got := a.told("ListHandshakesForOrganization", next); got != "AWSOrganizationsNotInUseException" {
		t.Errorf("while it is in none: %q", got)
	}
	b := w.as(bob)
	b.organization(all)
	a.accept(b.invite(alice))
	if got := a.told("ListHandshakesForOrganization", next); got != "AccessDeniedException" {
		t.Errorf("as a member: %q", got)
	}
	a.leave()
	a.organization(all)
	if got := a.told("ListHandshakesForOrganization", next); got != badToken {
		t.Errorf("in the next organization: %q", got)
	}
}

// What an account lists of itself, it goes on listing wherever it goes. [assumed]
func TestATokenOfAnAccountsOwnListStays(t *testing.T) {
	w := newFixture(t)
	a, b := w.as(alice), w.as(bob)
	a.organization(all)
	d := w.as(dave)
	d.organization(all)
	d.invite(bob)
	h := a.invite(bob)
	token := must(b, (*service).ListHandshakesForAccount, orgapi.ListHandshakesForAccountRequest{MaxResults: new(int32(1))}).NextToken
	b.accept(h)
	must(b, (*service).ListHandshakesForAccount, orgapi.ListHandshakesForAccountRequest{NextToken: token})
}
