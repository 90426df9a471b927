package policy

import (
	"slices"
	"strings"
)

// DelegableActions are the actions of the service that a delegation policy may
// give to members. [AWS: supported actions for delegation policies; recorded:
// the reads of responsibility transfers and of invalid effective policies]
var DelegableActions = []string{
	"AttachPolicy", "CreatePolicy", "DeletePolicy", "DescribeAccount", "DescribeCreateAccountStatus",
	"DescribeEffectivePolicy", "DescribeHandshake", "DescribeOrganization", "DescribeOrganizationalUnit",
	"DescribePolicy", "DescribeResourcePolicy", "DescribeResponsibilityTransfer", "DetachPolicy",
	"DisablePolicyType", "EnablePolicyType", "ListAWSServiceAccessForOrganization", "ListAccounts",
	"ListAccountsForParent", "ListAccountsWithInvalidEffectivePolicy", "ListChildren",
	"ListCreateAccountStatus", "ListDelegatedAdministrators", "ListDelegatedServicesForAccount",
	"ListEffectivePolicyValidationErrors", "ListHandshakesForAccount", "ListHandshakesForOrganization",
	"ListInboundResponsibilityTransfers", "ListOrganizationalUnitsForParent",
	"ListOutboundResponsibilityTransfers", "ListParents", "ListPolicies", "ListPoliciesForTarget", "ListRoots",
	"ListTagsForResource", "ListTargetsForPolicy", "TagResource", "UntagResource", "UpdatePolicy",
}

// ReservedActions are the actions that stay with the management account, or
// that every account has for itself. Together with the delegable ones they are
// all actions of the service.
var ReservedActions = []string{
	"AcceptHandshake", "CancelHandshake", "CloseAccount", "CreateAccount", "CreateGovCloudAccount",
	"CreateOrganization", "CreateOrganizationalUnit", "DeclineHandshake", "DeleteOrganization",
	"DeleteOrganizationalUnit", "DeleteResourcePolicy", "DeregisterDelegatedAdministrator",
	"DisableAWSServiceAccess", "EnableAWSServiceAccess", "EnableAllFeatures", "InviteAccountToOrganization",
	"InviteOrganizationToTransferResponsibility", "LeaveOrganization", "MoveAccount", "PutResourcePolicy",
	"RegisterDelegatedAdministrator", "RemoveAccountFromOrganization", "TerminateResponsibilityTransfer",
	"UpdateOrganizationalUnit", "UpdateResponsibilityTransfer",
}

// delegable reports whether a delegation policy may name an action. An action with
// wildcards is allowed if it matches at least one delegable action and no
// reserved one. [recorded: organizations:Describe* is accepted,
// organizations:* is not; assumed: the rule behind it]
func delegable(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	if !strings.EqualFold(service, "organizations") {
		return false
	}
	name = strings.ToLower(name)
	named := func(action string) bool { return matches(name, strings.ToLower(action)) }
	return slices.ContainsFunc(DelegableActions, named) && !slices.ContainsFunc(ReservedActions, named)
}
