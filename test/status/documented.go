package main

import (
	"maps"
	"slices"
	"strings"

	"accord/test/facts"
)

// model/ has the exceptions that an operation may return. These tables say which of
// them this version returns, and with which reasons. [AWS: API reference, text of
// each reason; recorded answers]

// raised are the reasons that depend on a state, a quota or the content of a
// document, with their operations, and the exceptions without reasons of which unraised
// has the other operations. Reasons of form follow from model/, see
// formReasons.
var raised = []struct {
	exception, reason string
	by                []string
}{
	{"InvalidInputException", "IMMUTABLE_POLICY", of("UpdatePolicy", "DeletePolicy")},
	{"InvalidInputException", "NON_DETACHABLE_POLICY", of("DetachPolicy")},
	{"InvalidInputException", "TARGET_NOT_SUPPORTED", of("InviteAccountToOrganization")},
	{"InvalidInputException", "UNRECOGNIZED_SERVICE_PRINCIPAL", of("EnableAWSServiceAccess", "DisableAWSServiceAccess",
		"RegisterDelegatedAdministrator", "DeregisterDelegatedAdministrator", "ListDelegatedAdministrators")},
	{"InvalidInputException", "INVALID_RESOURCE_POLICY_JSON", of("PutResourcePolicy")},
	{"InvalidInputException", "INVALID_PRINCIPAL", of("PutResourcePolicy")},
	{"InvalidInputException", "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", of("PutResourcePolicy")},
	{"InvalidInputException", "UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY", of("PutResourcePolicy")},
	{"InvalidInputException", "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY", of("PutResourcePolicy")},
	{"InvalidInputException", "UNSUPPORTED_ACTION_IN_RESPONSIBILITY_TRANSFER", of("InviteOrganizationToTransferResponsibility")},
	{"InvalidInputException", "START_DATE_TOO_EARLY", of("InviteOrganizationToTransferResponsibility")},
	{"InvalidInputException", "START_DATE_TOO_LATE", of("InviteOrganizationToTransferResponsibility")},
	{"InvalidInputException", "END_DATE_TOO_EARLY", of("TerminateResponsibilityTransfer")},
	{"InvalidInputException", "END_DATE_TOO_LATE", of("TerminateResponsibilityTransfer")},

	{"ConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED", of("CreateAccount", "CreateGovCloudAccount")},
	{"ConstraintViolationException", "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", of("CreateAccount", "CreateGovCloudAccount")},
	{"ConstraintViolationException", "MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED", of("CreateGovCloudAccount")},
	{"ConstraintViolationException", "OU_NUMBER_LIMIT_EXCEEDED", of("CreateOrganizationalUnit")},
	{"ConstraintViolationException", "OU_DEPTH_LIMIT_EXCEEDED", of("CreateOrganizationalUnit")},
	{"ConstraintViolationException", "POLICY_NUMBER_LIMIT_EXCEEDED", of("CreatePolicy")},
	{"ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED", of("CreatePolicy", "UpdatePolicy")},
	{"ConstraintViolationException", "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", of("AttachPolicy")},
	{"ConstraintViolationException", "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", of("DetachPolicy")},
	{"ConstraintViolationException", "MAX_TAG_LIMIT_EXCEEDED", of("CreateAccount", "CreateGovCloudAccount", "CreateOrganizationalUnit", "CreatePolicy",
		"InviteAccountToOrganization", "InviteOrganizationToTransferResponsibility", "PutResourcePolicy", "TagResource")},
	{"ConstraintViolationException", "TAG_POLICY_VIOLATION", of("CreateAccount", "CreateGovCloudAccount", "CreateOrganizationalUnit", "CreatePolicy",
		"InviteAccountToOrganization", "InviteOrganizationToTransferResponsibility", "TagResource")},
	{"ConstraintViolationException", "ACCOUNT_CANNOT_LEAVE_ORGANIZATION", of("LeaveOrganization", "RemoveAccountFromOrganization")},
	{"ConstraintViolationException", "ACCOUNT_CANNOT_LEAVE_WITHOUT_EULA", of("LeaveOrganization", "RemoveAccountFromOrganization")},
	{"ConstraintViolationException", "ACCOUNT_CANNOT_LEAVE_WITHOUT_PHONE_VERIFICATION", of("LeaveOrganization", "RemoveAccountFromOrganization")},
	{"ConstraintViolationException", "MEMBER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED", of("LeaveOrganization", "RemoveAccountFromOrganization")},
	{"ConstraintViolationException", "WAIT_PERIOD_ACTIVE", of("LeaveOrganization", "RemoveAccountFromOrganization", "AcceptHandshake")},
	{"ConstraintViolationException", "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", of("LeaveOrganization", "RemoveAccountFromOrganization", "CloseAccount", "AcceptHandshake")},
	{"ConstraintViolationException", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT", of("CloseAccount")},
	{"ConstraintViolationException", "CLOSE_ACCOUNT_QUOTA_EXCEEDED", of("CloseAccount")},
	{"ConstraintViolationException", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED", of("CloseAccount")},
	{"ConstraintViolationException", "ACCOUNT_CREATION_NOT_COMPLETE", of("CreateOrganization")},
	{"ConstraintViolationException", "ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED", of("EnableAllFeatures")},
	{"ConstraintViolationException", "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE", of("AcceptHandshake", "CloseAccount",
		"AttachPolicy", "DetachPolicy", "UpdatePolicy", "DisablePolicyType",
		"DescribeEffectivePolicy", "ListAccountsWithInvalidEffectivePolicy", "ListEffectivePolicyValidationErrors",
		"EnableAWSServiceAccess", "DisableAWSServiceAccess", "ListAWSServiceAccessForOrganization",
		"RegisterDelegatedAdministrator", "DeregisterDelegatedAdministrator", "ListDelegatedAdministrators", "ListDelegatedServicesForAccount",
		"PutResourcePolicy", "DescribeResourcePolicy", "DeleteResourcePolicy",
		"InviteOrganizationToTransferResponsibility", "ListInboundResponsibilityTransfers", "ListOutboundResponsibilityTransfers",
		"UpdateResponsibilityTransfer", "TerminateResponsibilityTransfer")},
	{"ConstraintViolationException", "SERVICE_ACCESS_NOT_ENABLED", of("RegisterDelegatedAdministrator", "EnablePolicyType")},
	{"ConstraintViolationException", "POLICY_TYPE_ENABLED_FOR_THIS_SERVICE", of("DisableAWSServiceAccess")},
	{"ConstraintViolationException", "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED", of("RegisterDelegatedAdministrator")},
	{"ConstraintViolationException", "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE", of("RegisterDelegatedAdministrator")},
	{"ConstraintViolationException", "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", of("RegisterDelegatedAdministrator")},
	{"ConstraintViolationException", "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR", of("RegisterDelegatedAdministrator")},
	{"ConstraintViolationException", "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED", of("PutResourcePolicy")},
	{"ConstraintViolationException", "ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS", of("DeleteOrganization")},
	{"ConstraintViolationException", "RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION", of("InviteOrganizationToTransferResponsibility", "AcceptHandshake")},
	{"ConstraintViolationException", "RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION", of("AcceptHandshake")},
	{"ConstraintViolationException", "RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION", of("AcceptHandshake")},
	{"ConstraintViolationException", "RESPONSIBILITY_TRANSFER_MAX_TRANSFERS_QUOTA_VIOLATION", of("InviteOrganizationToTransferResponsibility", "AcceptHandshake")},
	{"ConstraintViolationException", "TRANSFER_RESPONSIBILITY_UPDATE_NOT_ALLOWED", of("UpdateResponsibilityTransfer")},

	// With the behavior xss-check, where no member has a pattern.
	{"InvalidInputException", "INVALID_PATTERN", of("UpdatePolicy")},

	// With the behavior partition-features.
	{"UnsupportedAPIEndpointException", "", of("CreateAccount", "CreateGovCloudAccount")},
	{"ConstraintViolationException", "CREATE_ORGANIZATION_IN_BILLING_MODE_UNSUPPORTED_REGION", of("CreateOrganization")},
	{"HandshakeConstraintViolationException", "ORGANIZATION_FROM_DIFFERENT_SELLER_OF_RECORD", of("InviteAccountToOrganization", "AcceptHandshake")},

	{"HandshakeConstraintViolationException", "ACCOUNT_NUMBER_LIMIT_EXCEEDED", of("InviteAccountToOrganization", "AcceptHandshake")},
	{"HandshakeConstraintViolationException", "HANDSHAKE_RATE_LIMIT_EXCEEDED", of("InviteAccountToOrganization")},
	{"HandshakeConstraintViolationException", "ALREADY_IN_AN_ORGANIZATION", of("InviteAccountToOrganization", "AcceptHandshake")},
	{"HandshakeConstraintViolationException", "INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES", of("InviteAccountToOrganization")},
	{"HandshakeConstraintViolationException", "ORGANIZATION_ALREADY_HAS_ALL_FEATURES", of("EnableAllFeatures")},
	{"HandshakeConstraintViolationException", "ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION", of("EnableAllFeatures")},
	{"HandshakeConstraintViolationException", "ORGANIZATION_MEMBERSHIP_CHANGE_RATE_LIMIT_EXCEEDED", of("AcceptHandshake")},
	{"HandshakeConstraintViolationException", "MANAGEMENT_ACCOUNT_EMAIL_NOT_VERIFIED", of("AcceptHandshake")},
	{"HandshakeConstraintViolationException", "RESPONSIBILITY_TRANSFER_ALREADY_EXISTS", of("InviteOrganizationToTransferResponsibility", "AcceptHandshake")},
	{"HandshakeConstraintViolationException", "SOURCE_AND_TARGET_CANNOT_MATCH", of("InviteOrganizationToTransferResponsibility", "AcceptHandshake")},
}

// unraised are exceptions, and reasons, that this version never returns; operations is
// nil if that holds for all of them.
var unraised = []struct {
	exception, reason string
	operations        []string
	why               string
}{
	{"ServiceException", "", nil, "an internal error"},
	{"UnsupportedAPIEndpointException", "", nil, "no partition lacks it"},
	{"PolicyChangesInProgressException", "", nil, "changes of policies are there at once"},
	{"AccessDeniedForDependencyException", "ACCESS_DENIED_DURING_CREATE_SERVICE_LINKED_ROLE", nil, "permissions of callers are not checked yet"},
	{"AccessDeniedException", "", of("CreateOrganization", "DescribeOrganization", "LeaveOrganization", "ListHandshakesForAccount"),
		"every standing may call; permissions of callers are not checked yet"},
	{"AccountNotFoundException", "", of("LeaveOrganization"), "no trigger is published"},

	{"InvalidInputException", "MOVING_ACCOUNT_BETWEEN_DIFFERENT_ROOTS", nil, "there is one root"},
	{"InvalidInputException", "INVALID_SYNTAX_ORGANIZATION_ARN", nil, "no member is the ARN of an organization"},
	{"InvalidInputException", "INVALID_FULL_NAME_TARGET", nil, "names of accounts give INVALID_PATTERN"},
	{"InvalidInputException", "INVALID_LIST_MEMBER", nil, "an element of a list has the reason of its own constraint"},
	{"InvalidInputException", "CALLER_REQUIRED_FIELD_MISSING", nil, "no trigger is published"},
	{"InvalidInputException", "INVALID_START_DATE", nil, "no trigger is published"},
	{"InvalidInputException", "INVALID_END_DATE", nil, "no trigger is published"},

	{"ConstraintViolationException", "HANDSHAKE_RATE_LIMIT_EXCEEDED", nil, "invitations give it as a HandshakeConstraintViolationException"},
	{"ConstraintViolationException", "INVALID_PAYMENT_INSTRUMENT", nil, payment},
	{"ConstraintViolationException", "MASTER_ACCOUNT_PAYMENT_INSTRUMENT_REQUIRED", nil, payment},
	{"ConstraintViolationException", "MASTER_ACCOUNT_ADDRESS_DOES_NOT_MATCH_MARKETPLACE", nil, payment},
	{"ConstraintViolationException", "MASTER_ACCOUNT_MISSING_CONTACT_INFO", nil, payment},
	{"ConstraintViolationException", "MASTER_ACCOUNT_MISSING_BUSINESS_LICENSE", nil, payment},
	{"ConstraintViolationException", "UNSUPPORTED_PRICING", nil, payment},
	{"ConstraintViolationException", "UNMET_BILLING_PREREQUISITE", nil, payment},
	{"ConstraintViolationException", "EMAIL_VERIFICATION_CODE_EXPIRED", nil, "only the console sends codes"},
	{"ConstraintViolationException", "TRANSFER_RESPONSIBILITY_TARGET_DELETION_IN_PROGRESS", nil, "an organization is deleted in one step"},
	{"ConstraintViolationException", "TRANSFER_RESPONSIBILITY_SOURCE_DELETION_IN_PROGRESS", nil, "an organization is deleted in one step"},
	{"ConstraintViolationException", "ACCOUNT_NOT_ACTIVE_FOR_TRANSFER_RESPONSIBILITY", nil, "no trigger is published"},

	{"HandshakeConstraintViolationException", "PAYMENT_INSTRUMENT_REQUIRED", nil, payment},
	{"HandshakeConstraintViolationException", "UNUSED_PREPAYMENT_BALANCE", nil, payment},
	{"HandshakeConstraintViolationException", "PAST_DUE_INVOICE", nil, payment},
	{"HandshakeConstraintViolationException", "LEGACY_PERMISSIONS_STILL_IN_USE", nil, "there is no such state here"},
	{"HandshakeConstraintViolationException", "TARGET_ACCOUNT_VALIDATION_FAILURE", nil, "no trigger is published"},
}

const payment = "payment, sellers and business data are not modeled"

// reasonsOfChecks are the reasons of the checks between members in model/.
var reasonsOfChecks = map[string][]string{
	"tags":          {"DUPLICATE_TAG_KEY", "INVALID_SYSTEM_TAGS_PARAMETER"},
	"tagKeys":       {"DUPLICATE_TAG_KEY", "INVALID_SYSTEM_TAGS_PARAMETER"},
	"roleName":      {"INVALID_ROLE_NAME"},
	"oneFilter":     {"MAX_LIMIT_EXCEEDED_FILTER"},
	"accountTarget": {"TARGET_NOT_SUPPORTED"},
	"startOfMonth":  {"START_DATE_NOT_BEGINNING_OF_DAY", "START_DATE_NOT_BEGINNING_OF_MONTH"},
	"endOfMonth":    {"END_DATE_NOT_END_OF_MONTH"},
	"party":         {"INVALID_PATTERN", "INVALID_EMAIL_ADDRESS_TARGET", "INVALID_PARTY_TYPE_TARGET"},
}

// of names operations.
func of(operations ...string) []string { return operations }

// formReasons are the reasons of an operation for the form of a request, in the
// documented wire style and, where that differs, the native one.
func formReasons(f *facts.Service, operation string) map[string]bool {
	found := map[string]bool{}
	give := func(c facts.Constraint, m facts.Member) {
		documented, native := f.Answer(c, m, nil)
		found[documented] = true
		if reason, general := cutSuffix(native); !general {
			found[reason] = true
		}
	}
	var visit func(m facts.Member, ruled bool)
	visit = func(m facts.Member, ruled bool) {
		shape := f.Shapes[m.Shape]
		if m.Required {
			give(facts.Required, m)
		}
		for _, reason := range m.Values {
			found[reason] = true
		}
		if shape.Check != "" {
			add(found, reasonsOfChecks[shape.Check])
		}
		switch {
		case shape.Type == "structure":
			for _, below := range shape.Members {
				visit(below, shape.Check != "")
			}
		case shape.Type == "list":
			if f.Shapes[shape.Member].Type != "structure" {
				// A null is an absent element.
				give(facts.Required, m)
			}
			visit(facts.Member{Shape: shape.Member, Reasons: m.Reasons}, ruled)
		case ruled:
		case shape.Enum != nil:
			give(facts.Enum, m)
		default:
			if shape.Min != nil {
				give(facts.Min, m)
			}
			if shape.Max != nil {
				give(facts.Max, m)
			}
			if shape.Pattern != "" && shape.Pattern != `[\s\S]*` {
				give(facts.Pattern, m)
			}
		}
	}
	for _, m := range f.Fields(f.Operations[operation].Input) {
		visit(m, false)
	}
	for _, r := range f.ChecksOf(f.Operations[operation].Input) {
		add(found, reasonsOfChecks[r.Check])
	}
	return found
}

func add(set map[string]bool, more []string) {
	for _, m := range more {
		set[m] = true
	}
}

// errorsOf are the errors of an operation that this version returns, and the others
// with the reason why not. Reasons of other operations alone are in neither.
func errorsOf(f *facts.Service, operation string) (given map[string]bool, others map[string]string) {
	given, others = map[string]bool{}, map[string]string{}
	for _, exception := range f.Operations[operation].Errors {
		if why, not := withheld(f, operation, exception, ""); not {
			others[exception] = why
			continue
		}
		reasons := f.ReasonsOf(exception)
		if reasons == nil {
			given[exception] = true
		}
		before := len(given)
		for _, reason := range reasons {
			if gives(f, operation, exception, reason) {
				given[exception+" "+reason] = true
			}
		}
		if reasons != nil && len(given) == before {
			others[exception] = withoutReason(f, operation, exception)
		}
	}
	return given, others
}

// gives reports whether the operation returns the error.
func gives(f *facts.Service, operation, exception, reason string) bool {
	if exception == "InvalidInputException" && formReasons(f, operation)[reason] {
		return true
	}
	for _, r := range raised {
		if r.exception == exception && r.reason == reason && slices.Contains(r.by, operation) {
			return true
		}
	}
	return false
}

// withheld says why an exception, or a reason of it, is never returned.
func withheld(f *facts.Service, operation, exception, reason string) (why string, is bool) {
	if gives(f, operation, exception, reason) {
		return "", false
	}
	for _, u := range unraised {
		if u.exception == exception && u.reason == reason && (u.operations == nil || slices.Contains(u.operations, operation)) {
			return u.why, true
		}
	}
	switch {
	case exception == "TooManyRequestsException" && !slices.Contains(of("CreateAccount", "CreateGovCloudAccount"), operation):
		return "the rate of calls is limited only with the behavior throttling, for operations with a published limit", true
	case exception == "ConcurrentModificationException" && f.Access[operation].Level != "Write":
		return "a read has no conflicts", true
	}
	return "", false
}

// withoutReason says why an exception with reasons is never returned.
func withoutReason(f *facts.Service, operation, exception string) string {
	if exception == "InvalidInputException" && len(f.Fields(f.Operations[operation].Input)) == 0 {
		return "there is no input"
	}
	for _, reason := range f.ReasonsOf(exception) {
		if why, not := withheld(f, operation, exception, reason); not && exception == "AccessDeniedForDependencyException" {
			return why
		}
	}
	return "none of its reasons has a trigger here"
}

// reasonsGiven are all pairs of exception and reason that some operation returns.
func reasonsGiven(f *facts.Service) map[string]bool {
	all := map[string]bool{}
	for _, name := range f.Names() {
		given, _ := errorsOf(f, name)
		maps.Copy(all, given)
	}
	return all
}

// cutSuffix cuts the member off a native reason, and reports whether there was one.
func cutSuffix(reason string) (string, bool) {
	reason, _, general := strings.Cut(reason, ":")
	return reason, general
}

// sorted are the members of a set, in order.
func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
