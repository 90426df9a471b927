package orgapi_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// standings is who may call what [AWS: API reference, per operation; the gate of
// DescribeEffectivePolicy recorded].
const standings = `
anyone: AcceptHandshake CancelHandshake DeclineHandshake DescribeHandshake ListHandshakesForAccount
outsider: CreateOrganization
insider: DescribeEffectivePolicy DescribeOrganization
member: LeaveOrganization
reader: DescribeAccount DescribeCreateAccountStatus DescribeOrganizationalUnit DescribePolicy DescribeResourcePolicy
	ListAWSServiceAccessForOrganization ListAccounts ListAccountsForParent ListAccountsWithInvalidEffectivePolicy
	ListChildren ListCreateAccountStatus ListDelegatedAdministrators ListDelegatedServicesForAccount
	ListEffectivePolicyValidationErrors ListHandshakesForOrganization ListOrganizationalUnitsForParent ListParents
	ListPolicies ListPoliciesForTarget ListRoots ListTagsForResource ListTargetsForPolicy
management: AttachPolicy CloseAccount CreateAccount CreateGovCloudAccount CreateOrganizationalUnit CreatePolicy
	DeleteOrganization DeleteOrganizationalUnit DeletePolicy DeleteResourcePolicy DeregisterDelegatedAdministrator
	DescribeResponsibilityTransfer DetachPolicy DisableAWSServiceAccess DisablePolicyType EnableAWSServiceAccess
	EnableAllFeatures EnablePolicyType InviteAccountToOrganization InviteOrganizationToTransferResponsibility
	ListInboundResponsibilityTransfers ListOutboundResponsibilityTransfers MoveAccount PutResourcePolicy
	RegisterDelegatedAdministrator RemoveAccountFromOrganization TagResource TerminateResponsibilityTransfer
	UntagResource UpdateOrganizationalUnit UpdatePolicy UpdateResponsibilityTransfer`

func TestEveryOperationHasAStanding(t *testing.T) {
	want := make(map[string]api.Standing)
	var standing api.Standing
	for word := range strings.FieldsSeq(standings) {
		if name, ok := strings.CutSuffix(word, ":"); ok {
			standing = api.Standing(name)
			continue
		}
		want[word] = standing
	}
	got := make(map[string]api.Standing)
	for name, op := range orgapi.Operations {
		got[name] = op.Access.Standing
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReadsAreMarkedAsReads(t *testing.T) {
	for name, op := range orgapi.Operations {
		want := api.Write
		switch {
		case strings.HasPrefix(name, "List"):
			want = api.List
		case strings.HasPrefix(name, "Describe"):
			want = api.Read
		}
		if op.Access.Level != want {
			t.Errorf("%s: level %s, want %s", name, op.Access.Level, want)
		}
	}
}

// What the delegation policy can give: the policy work, tags and reads, never a
// write on accounts, units, handshakes or the organization [AWS: guide; the
// reads of transfers and reports recorded].
func TestDelegationGivesPolicyWorkTagsAndReads(t *testing.T) {
	work := strings.Fields("AttachPolicy CreatePolicy DeletePolicy DetachPolicy DisablePolicyType EnablePolicyType UpdatePolicy TagResource UntagResource")
	count := 0
	for name, op := range orgapi.Operations {
		want := op.Access.ReadOnly() || slices.Contains(work, name)
		if op.Access.Delegable != want {
			t.Errorf("%s: delegable is %v", name, op.Access.Delegable)
		}
		if want {
			count++
		}
	}
	if count != 38 {
		t.Errorf("%d actions can be delegated, want 38", count)
	}
}

func TestActionsNameTheirResources(t *testing.T) {
	always := func(types ...string) []api.Resource { return resources(true, types) }
	oneOf := func(types ...string) []api.Resource { return resources(false, types) }
	taggable := oneOf("account", "organizationalunit", "policy", "resourcepolicy", "responsibilitytransfer", "root")
	for name, want := range map[string][]api.Resource{
		"AcceptHandshake":             always("handshake"),
		"AttachPolicy":                append(always("policy"), oneOf("account", "organizationalunit", "root")...),
		"CreateAccount":               nil,
		"CreateOrganizationalUnit":    oneOf("organizationalunit", "root"),
		"DescribeEffectivePolicy":     always("account"),
		"EnablePolicyType":            always("root"),
		"InviteAccountToOrganization": oneOf("account"),
		"ListParents":                 oneOf("account", "organizationalunit"),
		"ListTargetsForPolicy":        always("policy"),
		"MoveAccount":                 always("account", "organizationalunit", "root"),
		"PutResourcePolicy":           always("resourcepolicy"),
		"TagResource":                 taggable,
		"UntagResource":               taggable,
		"ListTagsForResource":         taggable,
	} {
		if diff := cmp.Diff(want, orgapi.Operations[name].Access.Resources); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func resources(always bool, types []string) []api.Resource {
	var list []api.Resource
	for _, t := range types {
		list = append(list, api.Resource{Type: t, Always: always})
	}
	return list
}

func hasMember(op api.Operation, member string) bool {
	_, ok := reflect.TypeOf(op.NewRequest()).Elem().FieldByName(member)
	return ok
}

func TestTaggingInACallNeedsTheTagAction(t *testing.T) {
	for name, op := range orgapi.Operations {
		got := slices.Contains(op.Access.Dependent, "organizations:TagResource")
		want := name != "TagResource" && hasMember(op, "Tags")
		if got != want {
			t.Errorf("%s: needs TagResource is %v", name, got)
		}
	}
}

func TestConditionKeysFollowTheRequest(t *testing.T) {
	for name, op := range orgapi.Operations {
		keys := op.Access.Conditions
		for member, key := range map[string]string{"ServicePrincipal": "organizations:ServicePrincipal", "PolicyType": "organizations:PolicyType", "PolicyId": "organizations:PolicyType"} {
			if hasMember(op, member) && !slices.Contains(keys, key) {
				t.Errorf("%s has %s and lacks %s", name, member, key)
			}
		}
		ofTransfers := strings.Contains(name, "Responsibility") || hasMember(op, "ResourceId")
		if ofTransfers != slices.Contains(keys, "organizations:TransferType") {
			t.Errorf("%s: keys are %v", name, keys)
		}
	}
}
