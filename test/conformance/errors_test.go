package conformance

import (
	"fmt"
	"strings"
	"time"
)

// errorCase is a well-formed request that fails because of the state.
type errorCase struct {
	request
	exception, reason string
	// settings, when there are any, are those that it needs.
	settings []string
}

func (s errorCase) with(settings ...string) errorCase {
	s.settings = settings
	return s
}

// fails is a request with its error: an exception, or an exception and its reason.
func fails(r request, exception string) errorCase {
	exception, reason, _ := strings.Cut(exception, " ")
	return errorCase{request: r, exception: exception, reason: reason}
}

// errorsOf are the cases of state of one operation.
func (w *fixture) errorsOf(m *maker) []testCase {
	var testCases []testCase
	for i, s := range append(w.errorCases()[m.name], w.features(m)...) {
		wanted := exactly(s.exception)
		if s.reason != "" {
			wanted = exactly(s.exception, s.reason)
		}
		testCases = append(testCases, testCase{
			kind: state, name: fmt.Sprintf("%d: %s", i, s.reason), caller: s.caller, raw: s.body.bytes(), want: wanted, settings: s.settings,
		})
	}
	return testCases
}

const constraint, invalid = "ConstraintViolationException ", "InvalidInputException "

// needAllFeatures are the operations that an organization with consolidated billing
// alone cannot call; that is checked before the objects. [AWS: API reference]
var needAllFeatures = []string{
	"CloseAccount", "AttachPolicy", "DetachPolicy", "UpdatePolicy", "DisablePolicyType",
	"DescribeEffectivePolicy", "ListAccountsWithInvalidEffectivePolicy", "ListEffectivePolicyValidationErrors",
	"EnableAWSServiceAccess", "DisableAWSServiceAccess", "ListAWSServiceAccessForOrganization",
	"RegisterDelegatedAdministrator", "DeregisterDelegatedAdministrator", "ListDelegatedAdministrators", "ListDelegatedServicesForAccount",
	"PutResourcePolicy", "DescribeResourcePolicy", "DeleteResourcePolicy",
	"InviteOrganizationToTransferResponsibility", "ListInboundResponsibilityTransfers", "ListOutboundResponsibilityTransfers",
	"UpdateResponsibilityTransfer", "TerminateResponsibilityTransfer",
}

func (w *fixture) features(m *maker) []errorCase {
	for _, name := range needAllFeatures {
		if name == m.name {
			return []errorCase{fails(by(billing, m.requests[0].body), constraint+"ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")}
		}
	}
	return nil
}

// errorCases are, by operation, requests that the state of the fixture refuses.
func (w *fixture) errorCases() map[string][]errorCase {
	const service = "ServicePrincipal"
	valid := w.valid()
	// changed is the first valid request of an operation with other members.
	changed := func(operation string, members body) request {
		r := valid[operation][0]
		for name, value := range members {
			r.body = r.body.with([]any{name}, value)
		}
		return r
	}
	var tooMany []any
	for i := range mostTags + 1 {
		tooMany = append(tooMany, tag(fmt.Sprint(i), ""))
	}
	tagged := func(operation string) []errorCase {
		return []errorCase{fails(changed(operation, body{"Tags": tooMany}), constraint+"MAX_TAG_LIMIT_EXCEEDED")}
	}
	judged := func(operation string) []errorCase {
		misspelt := []any{tag("costcenter", "1")}
		return append(tagged(operation),
			fails(changed(operation, body{"Tags": misspelt}), constraint+"TAG_POLICY_VIOLATION").with("behavior", "tag-policy-enforcement=on"))
	}
	creation := func(operation string) []errorCase {
		return append(judged(operation),
			fails(valid[operation][0], constraint+"ACCOUNT_NUMBER_LIMIT_EXCEEDED").with("quota", "accounts-per-organization=1"),
			fails(valid[operation][0], constraint+"ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED").with("quota", "account-creations-per-day=0"),
			fails(valid[operation][0], "TooManyRequestsException").with("quota", "account-creations-in-progress=0"),
			fails(valid[operation][0], "FinalizingOrganizationException").with("behavior", "finalizing-time=1h"))
	}
	invite := func(members body) request { return changed("InviteOrganizationToTransferResponsibility", members) }
	instant := func(year int, month time.Month) int {
		return int(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Unix())
	}
	put := func(statement string) request {
		return from(body{"Content": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + statement + `}]}`})
	}
	register := func(account, principal string) request {
		return from(body{"AccountId": account, service: principal + ".amazonaws.com"})
	}
	return map[string][]errorCase{
		"AcceptHandshake": {
			fails(by(delegate, body{"HandshakeId": w.late}), "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION"),
			fails(by(delegate, body{"HandshakeId": w.late}), constraint+"CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG").with("behavior", "direct-transfer=on"),
		},
		"AttachPolicy": {
			fails(from(body{"PolicyId": w.resourceControl, "TargetId": w.unit}), "PolicyTypeNotEnabledException"),
			fails(from(body{"PolicyId": w.tagging, "TargetId": w.unit}), "DuplicatePolicyAttachmentException"),
		},
		"CancelHandshake":          {fails(from(body{"HandshakeId": w.canceled}), "HandshakeAlreadyInStateException")},
		"CreateAccount":            creation("CreateAccount"),
		"CreateGovCloudAccount":    creation("CreateGovCloudAccount"),
		"CreateOrganizationalUnit": judged("CreateOrganizationalUnit"),
		"CreatePolicy": append(judged("CreatePolicy"),
			fails(changed("CreatePolicy", body{"Content": tagPolicy + strings.Repeat(" ", 10_000)}), constraint+"POLICY_CONTENT_LIMIT_EXCEEDED"),
			fails(changed("CreatePolicy", body{"Name": "Spare"}), "DuplicatePolicyException"),
			fails(by(billing, valid["CreatePolicy"][0].body), "PolicyTypeNotAvailableForOrganizationException")),
		"DeletePolicy": {
			fails(from(body{"PolicyId": "p-FullAWSAccess"}), invalid+"IMMUTABLE_POLICY"),
			fails(from(body{"PolicyId": w.tagging}), "PolicyInUseException"),
		},
		"DeleteResourcePolicy":             {fails(by(founder, body{}), "ResourcePolicyNotFoundException")},
		"DeregisterDelegatedAdministrator": {fails(register(member, "config"), "AccountNotRegisteredException")},
		"DescribeEffectivePolicy": {
			fails(by(member, body{"PolicyType": "TAG_POLICY", "TargetId": delegate}), "AccessDeniedException"),
			fails(from(body{"PolicyType": "S3_POLICY", "TargetId": member}), "EffectivePolicyNotFoundException"),
		},
		"DescribeResourcePolicy": {fails(by(founder, body{}), "ResourcePolicyNotFoundException")},
		"DetachPolicy": {
			fails(from(body{"PolicyId": "p-RCPFullAWSAccess", "TargetId": w.unit}), invalid+"NON_DETACHABLE_POLICY"),
			fails(from(body{"PolicyId": w.spare, "TargetId": w.unit}), "PolicyNotAttachedException"),
			fails(from(body{"PolicyId": "p-FullAWSAccess", "TargetId": w.root}), constraint+"MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"),
		},
		"DisableAWSServiceAccess": {
			fails(from(body{service: "securityhub.amazonaws.com"}), constraint+"POLICY_TYPE_ENABLED_FOR_THIS_SERVICE"),
		},
		"EnableAllFeatures": {
			fails(from(body{}), "HandshakeConstraintViolationException ORGANIZATION_ALREADY_HAS_ALL_FEATURES"),
			fails(by(billing, body{}), constraint+"ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED").with("quota", "feature-migration-accounts=0"),
		},
		"EnablePolicyType": {
			fails(from(body{"RootId": w.root, "PolicyType": "INSPECTOR_POLICY"}), constraint+"SERVICE_ACCESS_NOT_ENABLED"),
			fails(by(billing, valid["EnablePolicyType"][0].body), "PolicyTypeNotAvailableForOrganizationException"),
		},
		"InviteAccountToOrganization": judged("InviteAccountToOrganization"),
		"InviteOrganizationToTransferResponsibility": append(tagged("InviteOrganizationToTransferResponsibility"),
			fails(invite(body{"StartTimestamp": instant(2026, time.November)}), invalid+"START_DATE_TOO_EARLY"),
			fails(invite(body{"StartTimestamp": instant(2027, time.March)}), invalid+"START_DATE_TOO_LATE"),
			fails(invite(body{"Target": accountTarget(stranger)}), invalid+"UNSUPPORTED_ACTION_IN_RESPONSIBILITY_TRANSFER"),
			fails(invite(body{"Target": accountTarget(management)}), "HandshakeConstraintViolationException SOURCE_AND_TARGET_CANNOT_MATCH")),
		"MoveAccount": {
			fails(from(body{"AccountId": member, "SourceParentId": w.unit, "DestinationParentId": w.unit}), "DuplicateAccountException"),
			fails(from(body{"AccountId": member, "SourceParentId": w.root, "DestinationParentId": w.emptyUnit}), "AccountNotFoundException"),
		},
		"PutResourcePolicy": append(tagged("PutResourcePolicy"),
			fails(put(`"Principal":{"AWS":"nobody"},"Action":"organizations:DescribeOrganization","Resource":"*"`), invalid+"INVALID_PRINCIPAL"),
			fails(put(`"Principal":"*","Action":"organizations:DescribePolicy","Resource":"arn:aws:s3:::bucket"`), invalid+"UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY"),
			fails(put(`"Principal":"*","Action":"organizations:DescribePolicy","Resource":"*","Condition":{"StringEquals":{"organizations:PolicyType":"NO_POLICY"}}`),
				invalid+"UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY"),
			fails(put(`"Principal":"*","Action":"s3:GetObject","Resource":"*"`), invalid+"UNSUPPORTED_ACTION_IN_RESOURCE_POLICY")),
		"RegisterDelegatedAdministrator": {
			fails(register(management, "config"), constraint+"CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR"),
			fails(register(w.suspended, "config"), constraint+"CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR"),
			fails(register(member, "macie"), constraint+"SERVICE_ACCESS_NOT_ENABLED"),
			fails(register(delegate, "config"), "AccountAlreadyRegisteredException"),
		},
		"UpdatePolicy": {
			fails(from(body{"PolicyId": "p-FullAWSAccess"}), invalid+"IMMUTABLE_POLICY"),
			fails(from(body{"PolicyId": w.spare, "Name": "CostCenters"}), "DuplicatePolicyException"),
		},
	}
}
