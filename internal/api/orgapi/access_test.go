package orgapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// standings are the callers of each operation [AWS: API reference, per operation; the gate of
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
