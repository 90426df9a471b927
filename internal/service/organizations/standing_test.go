package organizations_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// ofOrganization is one well-formed request for each operation on an
// organization. What the requests name need not exist: standing is judged first.
func ofOrganization() map[string]api.Request {
	handshake, request := "h-00000000000000000000000000000000", "car-00000000"
	policy, transfer, unit := "p-00000000", "rt-00000000", noUnit
	tagPolicy, effective := orgapi.PolicyTypeTagPolicy, orgapi.EffectivePolicyTypeTagPolicy
	month := api.At(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC))
	return map[string]api.Request{
		"AttachPolicy":                               &orgapi.AttachPolicyRequest{PolicyId: &policy, TargetId: &unit},
		"CloseAccount":                               &orgapi.CloseAccountRequest{AccountId: new(carol)},
		"CreateAccount":                              new(creation("new@example.com")),
		"CreateGovCloudAccount":                      &orgapi.CreateGovCloudAccountRequest{AccountName: new("New"), Email: new("new@example.com")},
		"CreateOrganizationalUnit":                   &orgapi.CreateOrganizationalUnitRequest{ParentId: &unit, Name: new("New")},
		"CreatePolicy":                               &orgapi.CreatePolicyRequest{Content: new("{}"), Description: new(""), Name: new("New"), Type: &tagPolicy},
		"DeleteOrganization":                         &orgapi.DeleteOrganizationRequest{},
		"DeleteOrganizationalUnit":                   &orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: &unit},
		"DeletePolicy":                               &orgapi.DeletePolicyRequest{PolicyId: &policy},
		"DeleteResourcePolicy":                       &orgapi.DeleteResourcePolicyRequest{},
		"DeregisterDelegatedAdministrator":           &orgapi.DeregisterDelegatedAdministratorRequest{AccountId: new(carol), ServicePrincipal: new(config)},
		"DescribeAccount":                            &orgapi.DescribeAccountRequest{AccountId: new(bob)},
		"DescribeCreateAccountStatus":                &orgapi.DescribeCreateAccountStatusRequest{CreateAccountRequestId: &request},
		"DescribeEffectivePolicy":                    &orgapi.DescribeEffectivePolicyRequest{PolicyType: &effective, TargetId: new(alice)},
		"DescribeHandshake":                          &orgapi.DescribeHandshakeRequest{HandshakeId: &handshake},
		"DescribeOrganization":                       &orgapi.DescribeOrganizationRequest{},
		"DescribeOrganizationalUnit":                 &orgapi.DescribeOrganizationalUnitRequest{OrganizationalUnitId: &unit},
		"DescribePolicy":                             &orgapi.DescribePolicyRequest{PolicyId: &policy},
		"DescribeResourcePolicy":                     &orgapi.DescribeResourcePolicyRequest{},
		"DescribeResponsibilityTransfer":             &orgapi.DescribeResponsibilityTransferRequest{Id: &transfer},
		"DetachPolicy":                               &orgapi.DetachPolicyRequest{PolicyId: &policy, TargetId: &unit},
		"DisableAWSServiceAccess":                    &orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: new(unlisted)},
		"DisablePolicyType":                          &orgapi.DisablePolicyTypeRequest{RootId: new("r-none"), PolicyType: &tagPolicy},
		"EnableAWSServiceAccess":                     &orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: new(unlisted)},
		"EnableAllFeatures":                          &orgapi.EnableAllFeaturesRequest{},
		"EnablePolicyType":                           &orgapi.EnablePolicyTypeRequest{RootId: new("r-none"), PolicyType: &tagPolicy},
		"InviteAccountToOrganization":                new(invitation(alice)),
		"InviteOrganizationToTransferResponsibility": &orgapi.InviteOrganizationToTransferResponsibilityRequest{Type: new(orgapi.ResponsibilityTransferTypeBilling), Target: invitation(alice).Target, StartTimestamp: month, SourceName: new("Source")},
		"LeaveOrganization":                          &orgapi.LeaveOrganizationRequest{},
		"ListAWSServiceAccessForOrganization":        &orgapi.ListAWSServiceAccessForOrganizationRequest{},
		"ListAccounts":                               &orgapi.ListAccountsRequest{},
		"ListAccountsForParent":                      &orgapi.ListAccountsForParentRequest{ParentId: &unit},
		"ListAccountsWithInvalidEffectivePolicy":     &orgapi.ListAccountsWithInvalidEffectivePolicyRequest{PolicyType: &effective},
		"ListChildren":                               &orgapi.ListChildrenRequest{ParentId: &unit, ChildType: new(orgapi.ChildTypeAccount)},
		"ListCreateAccountStatus":                    &orgapi.ListCreateAccountStatusRequest{},
		"ListDelegatedAdministrators":                &orgapi.ListDelegatedAdministratorsRequest{},
		"ListDelegatedServicesForAccount":            &orgapi.ListDelegatedServicesForAccountRequest{AccountId: new(bob)},
		"ListEffectivePolicyValidationErrors":        &orgapi.ListEffectivePolicyValidationErrorsRequest{AccountId: new(bob), PolicyType: &effective},
		"ListHandshakesForAccount":                   &orgapi.ListHandshakesForAccountRequest{},
		"ListHandshakesForOrganization":              &orgapi.ListHandshakesForOrganizationRequest{},
		"ListInboundResponsibilityTransfers":         &orgapi.ListInboundResponsibilityTransfersRequest{Type: new(orgapi.ResponsibilityTransferTypeBilling)},
		"ListOrganizationalUnitsForParent":           &orgapi.ListOrganizationalUnitsForParentRequest{ParentId: &unit},
		"ListOutboundResponsibilityTransfers":        &orgapi.ListOutboundResponsibilityTransfersRequest{Type: new(orgapi.ResponsibilityTransferTypeBilling)},
		"ListParents":                                &orgapi.ListParentsRequest{ChildId: &unit},
		"ListPolicies":                               &orgapi.ListPoliciesRequest{Filter: &tagPolicy},
		"ListPoliciesForTarget":                      &orgapi.ListPoliciesForTargetRequest{TargetId: &unit, Filter: &tagPolicy},
		"ListRoots":                                  &orgapi.ListRootsRequest{},
		"ListTagsForResource":                        &orgapi.ListTagsForResourceRequest{ResourceId: &unit},
		"ListTargetsForPolicy":                       &orgapi.ListTargetsForPolicyRequest{PolicyId: &policy},
		"MoveAccount":                                new(moving(carol, noUnit, noUnit)),
		"PutResourcePolicy":                          &orgapi.PutResourcePolicyRequest{Content: new("{}")},
		"RegisterDelegatedAdministrator":             new(delegating(carol, config)),
		"RemoveAccountFromOrganization":              &orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(carol)},
		"TagResource":                                &orgapi.TagResourceRequest{ResourceId: &unit, Tags: []orgapi.Tag{tag("k", "v")}},
		"TerminateResponsibilityTransfer":            &orgapi.TerminateResponsibilityTransferRequest{Id: &transfer},
		"UntagResource":                              &orgapi.UntagResourceRequest{ResourceId: &unit, TagKeys: []*string{new("k")}},
		"UpdateOrganizationalUnit":                   &orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: &unit},
		"UpdatePolicy":                               &orgapi.UpdatePolicyRequest{PolicyId: &policy},
		"UpdateResponsibilityTransfer":               &orgapi.UpdateResponsibilityTransferRequest{Id: &transfer, Name: new("Name")},
	}
}

// ofDelegates are the reads of the organization that a delegated administrator
// has, whatever the service is that it administers. [AWS: guide; recorded for
// some]
var ofDelegates = []string{
	"DescribeAccount", "DescribeCreateAccountStatus", "DescribeEffectivePolicy", "DescribeHandshake", "DescribeOrganization",
	"DescribeOrganizationalUnit", "DescribePolicy", "DescribeResourcePolicy", "ListAccounts", "ListAccountsForParent",
	"ListAWSServiceAccessForOrganization", "ListAccountsWithInvalidEffectivePolicy", "ListChildren", "ListCreateAccountStatus",
	"ListDelegatedAdministrators", "ListDelegatedServicesForAccount", "ListEffectivePolicyValidationErrors",
	"ListHandshakesForAccount", "ListHandshakesForOrganization", "ListOrganizationalUnitsForParent", "ListParents", "ListPolicies",
	"ListPoliciesForTarget", "ListRoots", "ListTagsForResource", "ListTargetsForPolicy",
}

// ofMembers are the operations of every account of an organization.
var ofMembers = []string{"DescribeHandshake", "DescribeOrganization", "LeaveOrganization", "ListHandshakesForAccount"}

// ofEverybody are those that an account outside of every organization has too.
var ofEverybody = []string{"DescribeHandshake", "ListHandshakesForAccount"}

func TestEveryOperationHasARequestHere(t *testing.T) {
	requests := ofOrganization()
	for name := range orgapi.Operations {
		switch name {
		case "CreateOrganization", "AcceptHandshake", "CancelHandshake", "DeclineHandshake":
			// Their standing is the thing itself.
		default:
			if requests[name] == nil {
				t.Errorf("%s has none", name)
			}
		}
	}
	for name, in := range requests {
		if fault := in.Validate(); fault != nil {
			t.Errorf("%s: %v", name, fault)
		}
	}
}

// A delegated administrator reads what the management account reads, and changes
// nothing but its own membership; another member sees its organization and its
// handshakes. Nobody learns from an answer what exists.
func TestWhoReadsTheOrganization(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	delegate, member, outsider := a.member(bob), a.member(carol), w.as(dave)
	a.trust(config)
	a.delegate(bob, config)
	requests := ofOrganization()
	const denied, outside = "AccessDeniedException", "AWSOrganizationsNotInUseException"
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				who    string
				caller actor
				passes []string
				want   string
			}{
				{"a delegated administrator", delegate, append(slices.Clone(ofDelegates), "LeaveOrganization"), denied},
				{"a member", member, ofMembers, denied},
				{"an outsider", outsider, ofEverybody, outside},
			} {
				if name == "LeaveOrganization" && c.who == "a member" {
					continue
				}
				got := c.caller.told(name, requests[name])
				if slices.Contains(c.passes, name) {
					if got == denied || got == outside {
						t.Errorf("%s is told %q", c.who, got)
					}
				} else if got != c.want {
					t.Errorf("%s is told %q, want %q", c.who, got, c.want)
				}
			}
		})
	}
	a.undelegate(bob, config)
	for _, name := range ofDelegates {
		if slices.Contains(ofMembers, name) {
			continue
		}
		if got := delegate.told(name, requests[name]); got != denied {
			t.Errorf("%s: a former delegated administrator is told %q", name, got)
		}
	}
}

// The answers that a delegated administrator gets are those of the management
// account.
func TestADelegatedAdministratorSeesTheOrganization(t *testing.T) {
	w := newFixture(t)
	a := w.as(alice).plant()
	d := a.member(bob)
	a.trust(guardduty, config)
	a.delegate(bob, guardduty)
	dev := a.unit(a.root, "Dev")
	team := a.unit(dev, "Team")
	a.put(team, tag("k", "v"))
	a.move(bob, a.root, team)
	wantList(t, "accounts", d.accountsIn(a.root), alice)
	wantList(t, "accounts of a unit", d.accountsIn(team), bob)
	wantList(t, "units", d.unitsIn(a.root), "Dev")
	wantList(t, "children", d.childrenOf(dev, orgapi.ChildTypeOrganizationalUnit), team)
	wantParent(t, "its own account", d.parentOf(bob), team, orgapi.ParentTypeOrganizationalUnit)
	wantList(t, "tags", d.tagged(team), "k=v")
	wantList(t, "services", d.services(bob), guardduty+"@0s")
	wantList(t, "trusted services", d.trusted(), guardduty+"@0s", config+"@0s")
	wantList(t, "administrators", d.administrators(""), bob+"@0s")
	if got, want := *d.account(bob).Arn, *a.account(bob).Arn; got != want {
		t.Errorf("its account is %s, want %s", got, want)
	}
	if got := d.describeUnit(team); *got.Path != *a.describeUnit(team).Path {
		t.Errorf("the unit is in %s", *got.Path)
	}
}
