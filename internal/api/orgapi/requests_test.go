package orgapi_test

import (
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

// valid has a request for each operation that breaks nothing, with the members
// that are required and no others.
var valid = map[string]func() api.Request{
	"AcceptHandshake": func() api.Request { return &orgapi.AcceptHandshakeRequest{HandshakeId: new(handshake)} },
	"AttachPolicy":    func() api.Request { return &orgapi.AttachPolicyRequest{PolicyId: new(policy), TargetId: new(root)} },
	"CancelHandshake": func() api.Request { return &orgapi.CancelHandshakeRequest{HandshakeId: new(handshake)} },
	"CloseAccount":    func() api.Request { return &orgapi.CloseAccountRequest{AccountId: new(account)} },
	"CreateAccount":   func() api.Request { return &orgapi.CreateAccountRequest{Email: new(email), AccountName: new("Dev")} },
	"CreateGovCloudAccount": func() api.Request {
		return &orgapi.CreateGovCloudAccountRequest{Email: new(email), AccountName: new("Dev")}
	},
	"CreateOrganization": func() api.Request { return &orgapi.CreateOrganizationRequest{} },
	"CreateOrganizationalUnit": func() api.Request {
		return &orgapi.CreateOrganizationalUnitRequest{ParentId: new(root), Name: new("U")}
	},
	"CreatePolicy":                   func() api.Request { return createPolicy() },
	"DeclineHandshake":               func() api.Request { return &orgapi.DeclineHandshakeRequest{HandshakeId: new(handshake)} },
	"DeleteOrganization":             func() api.Request { return &orgapi.DeleteOrganizationRequest{} },
	"DeleteOrganizationalUnit":       func() api.Request { return &orgapi.DeleteOrganizationalUnitRequest{OrganizationalUnitId: new(unit)} },
	"DeletePolicy":                   func() api.Request { return &orgapi.DeletePolicyRequest{PolicyId: new(policy)} },
	"DeleteResourcePolicy":           func() api.Request { return &orgapi.DeleteResourcePolicyRequest{} },
	"DescribeAccount":                func() api.Request { return &orgapi.DescribeAccountRequest{AccountId: new(account)} },
	"DescribeHandshake":              func() api.Request { return &orgapi.DescribeHandshakeRequest{HandshakeId: new(handshake)} },
	"DescribeOrganization":           func() api.Request { return &orgapi.DescribeOrganizationRequest{} },
	"DescribeOrganizationalUnit":     func() api.Request { return &orgapi.DescribeOrganizationalUnitRequest{OrganizationalUnitId: new(unit)} },
	"DescribePolicy":                 func() api.Request { return &orgapi.DescribePolicyRequest{PolicyId: new(policy)} },
	"DescribeResourcePolicy":         func() api.Request { return &orgapi.DescribeResourcePolicyRequest{} },
	"DescribeResponsibilityTransfer": func() api.Request { return &orgapi.DescribeResponsibilityTransferRequest{Id: new(transfer)} },
	"DetachPolicy":                   func() api.Request { return &orgapi.DetachPolicyRequest{PolicyId: new(policy), TargetId: new(unit)} },
	"DisableAWSServiceAccess":        func() api.Request { return &orgapi.DisableAWSServiceAccessRequest{ServicePrincipal: new(principal)} },
	"EnableAWSServiceAccess":         func() api.Request { return &orgapi.EnableAWSServiceAccessRequest{ServicePrincipal: new(principal)} },
	"EnableAllFeatures":              func() api.Request { return &orgapi.EnableAllFeaturesRequest{} },
	"InviteAccountToOrganization": func() api.Request {
		return &orgapi.InviteAccountToOrganizationRequest{Target: party("ACCOUNT", account)}
	},
	"InviteOrganizationToTransferResponsibility": func() api.Request { return transferInvitation() },
	"LeaveOrganization":                          func() api.Request { return &orgapi.LeaveOrganizationRequest{} },
	"ListAWSServiceAccessForOrganization":        func() api.Request { return &orgapi.ListAWSServiceAccessForOrganizationRequest{} },
	"ListAccounts":                               func() api.Request { return &orgapi.ListAccountsRequest{} },
	"ListAccountsForParent":                      func() api.Request { return &orgapi.ListAccountsForParentRequest{ParentId: new(root)} },
	"ListCreateAccountStatus":                    func() api.Request { return &orgapi.ListCreateAccountStatusRequest{} },
	"ListDelegatedAdministrators":                func() api.Request { return &orgapi.ListDelegatedAdministratorsRequest{} },
	"ListDelegatedServicesForAccount":            func() api.Request { return &orgapi.ListDelegatedServicesForAccountRequest{AccountId: new(account)} },
	"ListHandshakesForAccount":                   func() api.Request { return &orgapi.ListHandshakesForAccountRequest{} },
	"ListHandshakesForOrganization":              func() api.Request { return &orgapi.ListHandshakesForOrganizationRequest{} },
	"ListOrganizationalUnitsForParent":           func() api.Request { return &orgapi.ListOrganizationalUnitsForParentRequest{ParentId: new(unit)} },
	"ListParents":                                func() api.Request { return &orgapi.ListParentsRequest{ChildId: new(account)} },
	"ListRoots":                                  func() api.Request { return &orgapi.ListRootsRequest{} },
	"ListTagsForResource":                        func() api.Request { return &orgapi.ListTagsForResourceRequest{ResourceId: new("rp-abcd")} },
	"ListTargetsForPolicy":                       func() api.Request { return &orgapi.ListTargetsForPolicyRequest{PolicyId: new(policy)} },
	"RemoveAccountFromOrganization":              func() api.Request { return &orgapi.RemoveAccountFromOrganizationRequest{AccountId: new(account)} },
	"TagResource":                                func() api.Request { return &orgapi.TagResourceRequest{ResourceId: new(account), Tags: []orgapi.Tag{}} },
	"UntagResource": func() api.Request {
		return &orgapi.UntagResourceRequest{ResourceId: new(account), TagKeys: []*string{}}
	},
	"UpdateOrganizationalUnit":        func() api.Request { return &orgapi.UpdateOrganizationalUnitRequest{OrganizationalUnitId: new(unit)} },
	"UpdatePolicy":                    func() api.Request { return &orgapi.UpdatePolicyRequest{PolicyId: new(policy)} },
	"PutResourcePolicy":               func() api.Request { return &orgapi.PutResourcePolicyRequest{Content: new("{}")} },
	"TerminateResponsibilityTransfer": func() api.Request { return &orgapi.TerminateResponsibilityTransferRequest{Id: new(transfer)} },
	"DescribeCreateAccountStatus": func() api.Request {
		return &orgapi.DescribeCreateAccountStatusRequest{CreateAccountRequestId: new("car-e5cafbe0badf11ea")}
	},
	"DescribeEffectivePolicy": func() api.Request {
		return &orgapi.DescribeEffectivePolicyRequest{PolicyType: new(orgapi.EffectivePolicyTypeTagPolicy)}
	},
	"DisablePolicyType": func() api.Request {
		return &orgapi.DisablePolicyTypeRequest{RootId: new(root), PolicyType: new(orgapi.PolicyTypeS3Policy)}
	},
	"EnablePolicyType": func() api.Request {
		return &orgapi.EnablePolicyTypeRequest{RootId: new(root), PolicyType: new(orgapi.PolicyTypeTagPolicy)}
	},
	"ListAccountsWithInvalidEffectivePolicy": func() api.Request {
		return &orgapi.ListAccountsWithInvalidEffectivePolicyRequest{PolicyType: new(orgapi.EffectivePolicyTypeTagPolicy)}
	},
	"ListChildren": func() api.Request {
		return &orgapi.ListChildrenRequest{ParentId: new(root), ChildType: new(orgapi.ChildTypeAccount)}
	},
	"ListEffectivePolicyValidationErrors": func() api.Request {
		return &orgapi.ListEffectivePolicyValidationErrorsRequest{AccountId: new(account), PolicyType: new(orgapi.EffectivePolicyTypeTagPolicy)}
	},
	"ListInboundResponsibilityTransfers": func() api.Request {
		return &orgapi.ListInboundResponsibilityTransfersRequest{Type: new(orgapi.ResponsibilityTransferTypeBilling)}
	},
	"ListOutboundResponsibilityTransfers": func() api.Request {
		return &orgapi.ListOutboundResponsibilityTransfersRequest{Type: new(orgapi.ResponsibilityTransferTypeBilling)}
	},
	"ListPolicies": func() api.Request {
		return &orgapi.ListPoliciesRequest{Filter: new(orgapi.PolicyTypeServiceControlPolicy)}
	},
	"ListPoliciesForTarget": func() api.Request {
		return &orgapi.ListPoliciesForTargetRequest{TargetId: new(root), Filter: new(orgapi.PolicyTypeServiceControlPolicy)}
	},
	"MoveAccount": func() api.Request {
		return &orgapi.MoveAccountRequest{AccountId: new(account), SourceParentId: new(root), DestinationParentId: new(unit)}
	},
	"DeregisterDelegatedAdministrator": func() api.Request {
		return &orgapi.DeregisterDelegatedAdministratorRequest{AccountId: new(account), ServicePrincipal: new(principal)}
	},
	"RegisterDelegatedAdministrator": func() api.Request {
		return &orgapi.RegisterDelegatedAdministratorRequest{AccountId: new(account), ServicePrincipal: new(principal)}
	},
	"UpdateResponsibilityTransfer": func() api.Request {
		return &orgapi.UpdateResponsibilityTransferRequest{Id: new(transfer), Name: new("bill")}
	},
}

const (
	account   = "111122223333"
	root      = "r-ab12"
	unit      = "ou-ab12-3cd4efgh"
	policy    = "p-FullAWSAccess"
	handshake = "h-79d8f6f114ee4304a5e55397e0a1b2c3"
	transfer  = "rt-0123abcd"
	principal = "ram.amazonaws.com"
	email     = "dev@example.com"
)

func createPolicy() *orgapi.CreatePolicyRequest {
	return &orgapi.CreatePolicyRequest{
		Content: new("{}"), Description: new(""), Name: new("N"), Type: new(orgapi.PolicyTypeTagPolicy),
	}
}

func party(kind orgapi.HandshakePartyType, id string) *orgapi.HandshakeParty {
	return &orgapi.HandshakeParty{Type: &kind, Id: &id}
}

func transferInvitation() *orgapi.InviteOrganizationToTransferResponsibilityRequest {
	return &orgapi.InviteOrganizationToTransferResponsibilityRequest{
		Type:           new(orgapi.ResponsibilityTransferTypeBilling),
		Target:         party("EMAIL", email),
		StartTimestamp: api.At(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)),
		SourceName:     new("bill"),
	}
}
