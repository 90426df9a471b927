package conformance

import (
	"fmt"
	"strings"
	"time"
)

// stand is a request of good form that something stands in the way of.
type stand struct {
	request
	exception, reason string
	// settings, when there are any, are those that it needs.
	settings []string
}

func (s stand) with(settings ...string) stand {
	s.settings = settings
	return s
}

// against is what a request is refused with: an exception, or an exception and its
// reason.
func against(r request, refusal string) stand {
	exception, reason, _ := strings.Cut(refusal, " ")
	return stand{request: r, exception: exception, reason: reason}
}

// refused are the cases of state of one operation.
func (w *world) refused(m *maker) []sample {
	var samples []sample
	for i, s := range append(w.stands()[m.name], w.features(m)...) {
		wanted := exactly(s.exception)
		if s.reason != "" {
			wanted = exactly(s.exception, s.reason)
		}
		samples = append(samples, sample{
			kind: state, name: fmt.Sprintf("%d: %s", i, s.reason), caller: s.caller, raw: s.body.bytes(), want: wanted, settings: s.settings,
		})
	}
	return samples
}

const constraint, invalid = "ConstraintViolationException ", "InvalidInputException "

// needAllFeatures are the operations that an organization which shares its bill
// only is refused, before anything is looked for. [AWS: API reference]
var needAllFeatures = []string{
	"CloseAccount", "AttachPolicy", "DetachPolicy", "UpdatePolicy", "DisablePolicyType",
	"DescribeEffectivePolicy", "ListAccountsWithInvalidEffectivePolicy", "ListEffectivePolicyValidationErrors",
	"EnableAWSServiceAccess", "DisableAWSServiceAccess", "ListAWSServiceAccessForOrganization",
	"RegisterDelegatedAdministrator", "DeregisterDelegatedAdministrator", "ListDelegatedAdministrators", "ListDelegatedServicesForAccount",
	"PutResourcePolicy", "DescribeResourcePolicy", "DeleteResourcePolicy",
	"InviteOrganizationToTransferResponsibility", "ListInboundResponsibilityTransfers", "ListOutboundResponsibilityTransfers",
	"UpdateResponsibilityTransfer", "TerminateResponsibilityTransfer",
}

func (w *world) features(m *maker) []stand {
	for _, name := range needAllFeatures {
		if name == m.name {
			return []stand{against(by(billing, m.requests[0].body), constraint+"ORGANIZATION_NOT_IN_ALL_FEATURES_MODE")}
		}
	}
	return nil
}

// stands are, by operation, requests that meet a state of the world.
func (w *world) stands() map[string][]stand {
	const service, enforced = "ServicePrincipal", "rule tag-policy-enforcement=on"
	lawful := w.lawful()
	// changed is the first lawful request of an operation with other members.
	changed := func(operation string, members body) request {
		r := lawful[operation][0]
		for name, value := range members {
			r.body = r.body.with([]any{name}, value)
		}
		return r
	}
	var tooMany []any
	for i := range mostTags + 1 {
		tooMany = append(tooMany, tag(fmt.Sprint(i), ""))
	}
	tagged := func(operation string) []stand {
		return []stand{against(changed(operation, body{"Tags": tooMany}), constraint+"MAX_TAG_LIMIT_EXCEEDED")}
	}
	judged := func(operation string) []stand {
		misspelt := []any{tag("costcenter", "1")}
		return append(tagged(operation),
			against(changed(operation, body{"Tags": misspelt}), constraint+"TAG_POLICY_VIOLATION").with(enforced))
	}
	creation := func(operation string) []stand {
		return append(judged(operation),
			against(lawful[operation][0], constraint+"ACCOUNT_NUMBER_LIMIT_EXCEEDED").with("quota accounts-per-organization=1"),
			against(lawful[operation][0], constraint+"ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED").with("quota account-creations-per-day=0"),
			against(lawful[operation][0], "TooManyRequestsException").with("quota account-creations-in-progress=0"),
			against(lawful[operation][0], "FinalizingOrganizationException").with("rule finalizing-time=1h"))
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
	return map[string][]stand{
		"AcceptHandshake": {
			against(by(delegate, body{"HandshakeId": w.late}), "HandshakeConstraintViolationException ALREADY_IN_AN_ORGANIZATION"),
			against(by(delegate, body{"HandshakeId": w.late}), constraint+"CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG").with("rule direct-transfer=on"),
		},
		"AttachPolicy": {
			against(from(body{"PolicyId": w.resourceControl, "TargetId": w.unit}), "PolicyTypeNotEnabledException"),
			against(from(body{"PolicyId": w.tagging, "TargetId": w.unit}), "DuplicatePolicyAttachmentException"),
		},
		"CancelHandshake":          {against(from(body{"HandshakeId": w.cancelled}), "HandshakeAlreadyInStateException")},
		"CreateAccount":            creation("CreateAccount"),
		"CreateGovCloudAccount":    creation("CreateGovCloudAccount"),
		"CreateOrganizationalUnit": judged("CreateOrganizationalUnit"),
		"CreatePolicy": append(judged("CreatePolicy"),
			against(changed("CreatePolicy", body{"Content": tagPolicy + strings.Repeat(" ", 10_000)}), constraint+"POLICY_CONTENT_LIMIT_EXCEEDED"),
			against(changed("CreatePolicy", body{"Name": "Spare"}), "DuplicatePolicyException"),
			against(by(billing, lawful["CreatePolicy"][0].body), "PolicyTypeNotAvailableForOrganizationException")),
		"DeletePolicy": {
			against(from(body{"PolicyId": "p-FullAWSAccess"}), invalid+"IMMUTABLE_POLICY"),
			against(from(body{"PolicyId": w.tagging}), "PolicyInUseException"),
		},
		"DeleteResourcePolicy":             {against(by(founder, body{}), "ResourcePolicyNotFoundException")},
		"DeregisterDelegatedAdministrator": {against(register(member, "config"), "AccountNotRegisteredException")},
		"DescribeEffectivePolicy": {
			against(by(member, body{"PolicyType": "TAG_POLICY", "TargetId": delegate}), "AccessDeniedException"),
			against(from(body{"PolicyType": "S3_POLICY", "TargetId": member}), "EffectivePolicyNotFoundException"),
		},
		"DescribeResourcePolicy": {against(by(founder, body{}), "ResourcePolicyNotFoundException")},
		"DetachPolicy": {
			against(from(body{"PolicyId": "p-RCPFullAWSAccess", "TargetId": w.unit}), invalid+"NON_DETACHABLE_POLICY"),
			against(from(body{"PolicyId": w.spare, "TargetId": w.unit}), "PolicyNotAttachedException"),
			against(from(body{"PolicyId": "p-FullAWSAccess", "TargetId": w.root}), constraint+"MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"),
		},
		"DisableAWSServiceAccess": {
			against(from(body{service: "securityhub.amazonaws.com"}), constraint+"POLICY_TYPE_ENABLED_FOR_THIS_SERVICE"),
		},
		"EnableAllFeatures": {
			against(from(body{}), "HandshakeConstraintViolationException ORGANIZATION_ALREADY_HAS_ALL_FEATURES"),
			against(by(billing, body{}), constraint+"ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED").with("quota feature-migration-accounts=0"),
		},
		"EnablePolicyType": {
			against(from(body{"RootId": w.root, "PolicyType": "INSPECTOR_POLICY"}), constraint+"SERVICE_ACCESS_NOT_ENABLED"),
			against(by(billing, lawful["EnablePolicyType"][0].body), "PolicyTypeNotAvailableForOrganizationException"),
		},
		"InviteAccountToOrganization": judged("InviteAccountToOrganization"),
		"InviteOrganizationToTransferResponsibility": append(tagged("InviteOrganizationToTransferResponsibility"),
			against(invite(body{"StartTimestamp": instant(2026, time.November)}), invalid+"START_DATE_TOO_EARLY"),
			against(invite(body{"StartTimestamp": instant(2027, time.March)}), invalid+"START_DATE_TOO_LATE"),
			against(invite(body{"Target": accountTarget(stranger)}), invalid+"UNSUPPORTED_ACTION_IN_RESPONSIBILITY_TRANSFER"),
			against(invite(body{"Target": accountTarget(management)}), "HandshakeConstraintViolationException SOURCE_AND_TARGET_CANNOT_MATCH")),
		"MoveAccount": {
			against(from(body{"AccountId": member, "SourceParentId": w.unit, "DestinationParentId": w.unit}), "DuplicateAccountException"),
			against(from(body{"AccountId": member, "SourceParentId": w.root, "DestinationParentId": w.emptyUnit}), "AccountNotFoundException"),
		},
		"PutResourcePolicy": append(tagged("PutResourcePolicy"),
			against(put(`"Principal":{"AWS":"nobody"},"Action":"organizations:DescribeOrganization","Resource":"*"`), invalid+"INVALID_PRINCIPAL"),
			against(put(`"Principal":"*","Action":"organizations:DescribePolicy","Resource":"arn:aws:s3:::bucket"`), invalid+"UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY"),
			against(put(`"Principal":"*","Action":"organizations:DescribePolicy","Resource":"*","Condition":{"StringEquals":{"organizations:PolicyType":"NO_POLICY"}}`),
				invalid+"UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY"),
			against(put(`"Principal":"*","Action":"s3:GetObject","Resource":"*"`), invalid+"UNSUPPORTED_ACTION_IN_RESOURCE_POLICY")),
		"RegisterDelegatedAdministrator": {
			against(register(management, "config"), constraint+"CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR"),
			against(register(w.suspended, "config"), constraint+"CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR"),
			against(register(member, "macie"), constraint+"SERVICE_ACCESS_NOT_ENABLED"),
			against(register(delegate, "config"), "AccountAlreadyRegisteredException"),
		},
		"UpdatePolicy": {
			against(from(body{"PolicyId": "p-FullAWSAccess"}), invalid+"IMMUTABLE_POLICY"),
			against(from(body{"PolicyId": w.spare, "Name": "CostCenters"}), "DuplicatePolicyException"),
		},
	}
}
