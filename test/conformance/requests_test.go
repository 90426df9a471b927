package conformance

// request is a valid request, and the account that may send it.
type request struct {
	caller string
	body   body
}

// by is a request of an account; from one of the management account.
func by(account string, b body) request { return request{account, b} }
func from(b body) request               { return request{management, b} }

// valid are requests that succeed in the fixture, at least one for each operation, so
// that all members of the request are sent in one of them. The cases of the request
// as a whole change the first one.
func (w *fixture) valid() map[string][]request {
	const service = "ServicePrincipal"
	two := []any{tag("team", "blue"), tag("stage", "")}
	account := body{
		"Email": "new.account@example.com", "AccountName": "New Account", "RoleName": "Admin",
		"IamUserAccessToBilling": "DENY", "Tags": two,
	}
	page := func(more body) body {
		b := body{"MaxResults": 20}
		for name, value := range more {
			b[name] = value
		}
		return b
	}
	return map[string][]request{
		"AcceptHandshake": {
			by(invited, body{"HandshakeId": w.invitation}),
			by(approver, body{"HandshakeId": w.approval}),
			by(source, body{"HandshakeId": w.asked}),
		},
		"AttachPolicy": {
			from(body{"PolicyId": w.spare, "TargetId": w.unit}),
			from(body{"PolicyId": w.spare, "TargetId": w.root}),
			from(body{"PolicyId": w.serviceControl, "TargetId": w.created}),
		},
		"CancelHandshake": {
			from(body{"HandshakeId": w.invitation}),
			from(body{"HandshakeId": w.asked}),
			by(switching, body{"HandshakeId": w.question}),
		},
		"CloseAccount":          {from(body{"AccountId": member})},
		"CreateAccount":         {from(account), from(body{"Email": "a@b.co", "AccountName": "A"})},
		"CreateGovCloudAccount": {from(account)},
		"CreateOrganization": {
			by(stranger, body{"FeatureSet": "ALL"}),
			by(stranger, body{"FeatureSet": "CONSOLIDATED_BILLING"}),
			by(invited, body{}),
		},
		"CreateOrganizationalUnit": {
			from(body{"ParentId": w.root, "Name": "New", "Tags": two}),
			from(body{"ParentId": w.unit, "Name": "Below"}),
		},
		"CreatePolicy": {
			from(body{"Type": "TAG_POLICY", "Name": "New", "Description": "A new one", "Content": tagPolicy, "Tags": two}),
			from(body{"Type": "SERVICE_CONTROL_POLICY", "Name": "New", "Description": "", "Content": serviceControlPolicy}),
			from(body{"Type": "RESOURCE_CONTROL_POLICY", "Name": "New", "Description": "", "Content": resourceControl}),
			from(body{"Type": "BACKUP_POLICY", "Name": "New", "Description": "", "Content": incompleteBackupPolicy}),
		},
		"DeclineHandshake": {
			by(invited, body{"HandshakeId": w.invitation}),
			by(approver, body{"HandshakeId": w.approval}),
			by(source, body{"HandshakeId": w.asked}),
		},
		"DeleteOrganization":       {by(founder, body{})},
		"DeleteOrganizationalUnit": {from(body{"OrganizationalUnitId": w.emptyUnit})},
		"DeletePolicy":             {from(body{"PolicyId": w.spare})},
		"DeleteResourcePolicy":     {from(body{})},
		"DeregisterDelegatedAdministrator": {
			from(body{"AccountId": delegate, service: "config.amazonaws.com"}),
		},
		"DescribeAccount": {
			from(body{"AccountId": member}),
			from(body{"AccountId": management}),
			by(delegate, body{"AccountId": w.created}),
		},
		"DescribeCreateAccountStatus": {from(body{"CreateAccountRequestId": w.creation})},
		"DescribeEffectivePolicy": {
			from(body{"PolicyType": "TAG_POLICY", "TargetId": member}),
			by(member, body{"PolicyType": "TAG_POLICY"}),
		},
		"DescribeHandshake": {
			from(body{"HandshakeId": w.invitation}),
			by(invited, body{"HandshakeId": w.invitation}),
			by(switching, body{"HandshakeId": w.question}),
			by(approver, body{"HandshakeId": w.approval}),
			by(source, body{"HandshakeId": w.asked}),
		},
		"DescribeOrganization":       {from(body{}), by(member, body{}), by(billing, body{})},
		"DescribeOrganizationalUnit": {from(body{"OrganizationalUnitId": w.unit})},
		"DescribePolicy": {
			from(body{"PolicyId": w.tagging}),
			from(body{"PolicyId": "p-FullAWSAccess"}),
			from(body{"PolicyId": "p-RCPFullAWSAccess"}),
		},
		"DescribeResourcePolicy": {from(body{}), by(delegate, body{})},
		"DescribeResponsibilityTransfer": {
			from(body{"Id": w.agreed}),
			by(partner, body{"Id": w.agreed}),
		},
		"DetachPolicy":            {from(body{"PolicyId": w.tagging, "TargetId": w.unit})},
		"DisableAWSServiceAccess": {from(body{service: "ram.amazonaws.com"}), from(body{service: "macie.amazonaws.com"})},
		"DisablePolicyType":       {from(body{"RootId": w.root, "PolicyType": "TAG_POLICY"})},
		"EnableAWSServiceAccess":  {from(body{service: "macie.amazonaws.com"}), from(body{service: "ram.amazonaws.com"})},
		"EnableAllFeatures":       {by(billing, body{})},
		"EnablePolicyType": {
			from(body{"RootId": w.root, "PolicyType": "CHATBOT_POLICY"}),
			from(body{"RootId": w.root, "PolicyType": "RESOURCE_CONTROL_POLICY"}),
		},
		"InviteAccountToOrganization": {
			from(body{"Target": accountTarget(stranger), "Notes": "Welcome", "Tags": two}),
			from(body{"Target": body{"Type": "EMAIL", "Id": "someone.else@example.com"}}),
		},
		"InviteOrganizationToTransferResponsibility": {
			from(body{"Type": "BILLING", "Target": accountTarget(founder), "StartTimestamp": w.firstOfMonth,
				"SourceName": "Their bill", "Notes": "Please", "Tags": two}),
		},
		"LeaveOrganization":                   {by(member, body{})},
		"ListAWSServiceAccessForOrganization": {from(page(nil))},
		"ListAccounts":                        {from(page(nil)), by(delegate, body{})},
		"ListAccountsForParent":               {from(page(body{"ParentId": w.root})), from(body{"ParentId": w.emptyUnit})},
		"ListAccountsWithInvalidEffectivePolicy": {
			from(page(body{"PolicyType": "BACKUP_POLICY"})),
			from(body{"PolicyType": "TAG_POLICY"}),
		},
		"ListChildren": {
			from(page(body{"ParentId": w.root, "ChildType": "ACCOUNT"})),
			from(body{"ParentId": w.root, "ChildType": "ORGANIZATIONAL_UNIT"}),
			from(body{"ParentId": w.emptyUnit, "ChildType": "ACCOUNT"}),
		},
		"ListCreateAccountStatus":         {from(page(body{"States": []any{"SUCCEEDED"}})), from(body{"States": []any{"FAILED", "IN_PROGRESS"}})},
		"ListDelegatedAdministrators":     {from(page(body{service: "config.amazonaws.com"})), from(body{}), from(body{service: "macie.amazonaws.com"})},
		"ListDelegatedServicesForAccount": {from(page(body{"AccountId": delegate}))},
		"ListEffectivePolicyValidationErrors": {
			from(page(body{"AccountId": member, "PolicyType": "BACKUP_POLICY"})),
			from(body{"AccountId": member, "PolicyType": "TAG_POLICY"}),
		},
		"ListHandshakesForAccount": {
			by(invited, page(body{"Filter": body{"ActionType": "INVITE"}})),
			by(approver, body{"Filter": body{"ParentHandshakeId": w.question}}),
			by(source, body{}),
		},
		"ListHandshakesForOrganization": {
			from(page(body{"Filter": body{"ActionType": "INVITE"}})),
			by(switching, body{"Filter": body{"ParentHandshakeId": w.question}}),
			from(body{}),
		},
		"ListInboundResponsibilityTransfers": {
			from(page(body{"Type": "BILLING"})),
			from(body{"Type": "BILLING", "Id": w.agreed}),
		},
		"ListOrganizationalUnitsForParent":    {from(page(body{"ParentId": w.root})), from(body{"ParentId": w.unit})},
		"ListOutboundResponsibilityTransfers": {by(partner, page(body{"Type": "BILLING"})), from(body{"Type": "BILLING"})},
		"ListParents":                         {from(page(body{"ChildId": member})), from(body{"ChildId": w.unit})},
		"ListPolicies": {
			from(page(body{"Filter": "TAG_POLICY"})),
			from(body{"Filter": "SERVICE_CONTROL_POLICY"}),
			from(body{"Filter": "S3_POLICY"}),
		},
		"ListPoliciesForTarget": {
			from(page(body{"TargetId": member, "Filter": "SERVICE_CONTROL_POLICY"})),
			from(body{"TargetId": w.unit, "Filter": "TAG_POLICY"}),
			from(body{"TargetId": w.root, "Filter": "S3_POLICY"}),
		},
		"ListRoots": {from(page(nil)), by(billing, body{})},
		"ListTagsForResource": {
			from(body{"ResourceId": w.emptyUnit}),
			from(body{"ResourceId": w.tagging}),
			from(body{"ResourceId": w.delegation}),
			from(body{"ResourceId": w.agreed}),
			from(body{"ResourceId": member}),
		},
		"ListTargetsForPolicy": {
			from(page(body{"PolicyId": w.tagging})),
			from(body{"PolicyId": "p-FullAWSAccess"}),
			from(body{"PolicyId": w.spare}),
		},
		"MoveAccount": {
			from(body{"AccountId": member, "SourceParentId": w.unit, "DestinationParentId": w.emptyUnit}),
			from(body{"AccountId": delegate, "SourceParentId": w.root, "DestinationParentId": w.unit}),
		},
		"PutResourcePolicy": {
			by(founder, body{"Content": delegationPolicy, "Tags": two}),
			from(body{"Content": delegationPolicy}),
		},
		"RegisterDelegatedAdministrator": {
			from(body{"AccountId": member, service: "config.amazonaws.com"}),
			from(body{"AccountId": delegate, service: "access-analyzer.amazonaws.com"}),
		},
		"RemoveAccountFromOrganization": {from(body{"AccountId": member})},
		"TagResource": {
			from(body{"ResourceId": w.unit, "Tags": two}),
			from(body{"ResourceId": w.root, "Tags": []any{}}),
			from(body{"ResourceId": w.tagging, "Tags": two}),
			from(body{"ResourceId": w.delegation, "Tags": two}),
			from(body{"ResourceId": w.agreed, "Tags": two}),
			from(body{"ResourceId": member, "Tags": two}),
		},
		"TerminateResponsibilityTransfer": {
			from(body{"Id": w.agreed, "EndTimestamp": w.lastOfMonth}),
			by(partner, body{"Id": w.agreed}),
		},
		"UntagResource": {
			from(body{"ResourceId": w.emptyUnit, "TagKeys": []any{"key-00", "nothing"}}),
			from(body{"ResourceId": w.root, "TagKeys": []any{}}),
		},
		"UpdateOrganizationalUnit": {
			from(body{"OrganizationalUnitId": w.unit, "Name": "Renamed"}),
			from(body{"OrganizationalUnitId": w.unit}),
		},
		"UpdatePolicy": {
			from(body{"PolicyId": w.spare, "Name": "Renamed", "Description": "Another", "Content": tagPolicy}),
			from(body{"PolicyId": w.spare}),
		},
		"UpdateResponsibilityTransfer": {from(body{"Id": w.agreed, "Name": "Another name"})},
	}
}
