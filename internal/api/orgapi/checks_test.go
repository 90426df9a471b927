package orgapi_test

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"accord/internal/api"
	"accord/internal/api/orgapi"
)

func TestListsAreLimitedTo20AndTheirTokensChecked(t *testing.T) {
	var paged []string
	for name, make := range valid {
		v := reflect.ValueOf(make()).Elem()
		if !v.FieldByName("NextToken").IsValid() {
			continue
		}
		paged = append(paged, name)
		refused(t, with(t, name, `{"NextToken": ""}`), "INVALID_NEXT_TOKEN", "INVALID_NEXT_TOKEN")
		refused(t, with(t, name, `{"NextToken": "`+strings.Repeat("t", 100_001)+`"}`), "INVALID_NEXT_TOKEN", "INVALID_NEXT_TOKEN")
		refused(t, with(t, name, `{"NextToken": "`+strings.Repeat("t", 100_000)+`"}`), "", "")
		if !v.FieldByName("MaxResults").IsValid() {
			if name != "ListTagsForResource" {
				t.Errorf("%s has a token and no MaxResults", name)
			}
			continue
		}
		generic(t, with(t, name, `{"MaxResults": 0}`), "MIN_VALUE_EXCEEDED:MAX_RESULTS")
		generic(t, with(t, name, `{"MaxResults": -1}`), "MIN_VALUE_EXCEEDED:MAX_RESULTS")
		generic(t, with(t, name, `{"MaxResults": 21}`), "MAX_VALUE_EXCEEDED:MAX_RESULTS")
		generic(t, with(t, name, `{"MaxResults": 1}`), "")
		generic(t, with(t, name, `{"MaxResults": 20}`), "")
	}
	slices.Sort(paged)
	if len(paged) != 20 {
		t.Errorf("%d paged operations, want 20: %v", len(paged), paged)
	}
}

func TestHandshakeListsTakeOneFilter(t *testing.T) {
	for _, name := range []string{"ListHandshakesForAccount", "ListHandshakesForOrganization"} {
		generic(t, with(t, name, `{"Filter": {"ActionType": "NONE"}}`), "INVALID_ENUM:FILTER_ACTION_TYPE")
		generic(t, with(t, name, `{"Filter": {"ParentHandshakeId": "x"}}`), "INVALID_PATTERN:FILTER_PARENT_HANDSHAKE_ID")
		generic(t, with(t, name, `{"Filter": {"ActionType": "INVITE"}}`), "")
		generic(t, with(t, name, `{"Filter": {"ParentHandshakeId": "`+handshake+`"}}`), "")
		generic(t, with(t, name, `{"Filter": {}}`), "")
		refused(t, with(t, name, `{"Filter": {"ActionType": "INVITE", "ParentHandshakeId": "`+handshake+`"}}`),
			"MAX_LIMIT_EXCEEDED_FILTER", "MAX_LIMIT_EXCEEDED_FILTER")
		// Each member first, then the rule between them.
		generic(t, with(t, name, `{"Filter": {"ActionType": "NONE", "ParentHandshakeId": "`+handshake+`"}}`), "INVALID_ENUM:FILTER_ACTION_TYPE")
	}
}

func TestListElementsAreCountedFromOne(t *testing.T) {
	generic(t, with(t, "ListCreateAccountStatus", `{"States": ["SUCCEEDED", "DONE"]}`), "INVALID_ENUM:STATES_2_MEMBER")
	generic(t, with(t, "ListCreateAccountStatus", `{"States": ["FAILED", "IN_PROGRESS"]}`), "")
	generic(t, with(t, "ListCreateAccountStatus", `{"States": []}`), "")
}

func TestATargetHasReasonsOfItsOwn(t *testing.T) {
	for _, name := range []string{"InviteAccountToOrganization", "InviteOrganizationToTransferResponsibility"} {
		for _, r := range []struct{ target, documented, native string }{
			{`null`, "INPUT_REQUIRED", "INVALID_PATTERN"},
			{`{}`, "INPUT_REQUIRED", "INVALID_PARTY_TYPE_TARGET"},
			{`{"Id": "111122223333"}`, "INPUT_REQUIRED", "INVALID_PARTY_TYPE_TARGET"},
			{`{"Type": "ACCOUNT"}`, "INPUT_REQUIRED", "INVALID_PATTERN"},
			{`{"Type": "EMAIL"}`, "INPUT_REQUIRED", "INVALID_PATTERN"},
			{`{"Type": "ORGANIZATION", "Id": "o-a1b2c3d4e5"}`, "INVALID_PARTY_TYPE_TARGET", "INVALID_PARTY_TYPE_TARGET"},
			{`{"Type": "PERSON", "Id": "111122223333"}`, "INVALID_PARTY_TYPE_TARGET", "INVALID_PARTY_TYPE_TARGET"},
			{`{"Type": "", "Id": ""}`, "INVALID_PARTY_TYPE_TARGET", "INVALID_PARTY_TYPE_TARGET"},
			{`{"Type": "ACCOUNT", "Id": "11112222333"}`, "INVALID_PATTERN", "INVALID_PATTERN"},
			{`{"Type": "ACCOUNT", "Id": "1111222233334"}`, "INVALID_PATTERN", "INVALID_PATTERN"},
			{`{"Type": "ACCOUNT", "Id": ""}`, "INVALID_PATTERN", "INVALID_PATTERN"},
			{`{"Type": "ACCOUNT", "Id": "dev@example.com"}`, "INVALID_PATTERN", "INVALID_PATTERN"},
			{`{"Type": "EMAIL", "Id": "111122223333"}`, "INVALID_EMAIL_ADDRESS_TARGET", "INVALID_EMAIL_ADDRESS_TARGET"},
			{`{"Type": "EMAIL", "Id": ""}`, "INVALID_EMAIL_ADDRESS_TARGET", "INVALID_EMAIL_ADDRESS_TARGET"},
			{`{"Type": "EMAIL", "Id": "dev@example.com"}`, "", ""},
			{`{"Type": "ACCOUNT", "Id": "000000000000"}`, "", ""},
		} {
			t.Run(name+r.target, func(t *testing.T) {
				refused(t, with(t, name, `{"Target": `+r.target+`}`), r.documented, r.native)
			})
		}
	}
}

func TestTagsAreChecked(t *testing.T) {
	operations := []string{
		"CreateAccount", "CreateGovCloudAccount", "CreateOrganizationalUnit", "CreatePolicy", "PutResourcePolicy",
		"InviteAccountToOrganization", "InviteOrganizationToTransferResponsibility", "TagResource",
	}
	key129, value257 := strings.Repeat("k", 129), strings.Repeat("v", 257)
	for _, name := range operations {
		for _, r := range []struct{ tags, documented, native string }{
			{`[]`, "", ""},
			{`[{"Key": "` + key129[1:] + `", "Value": "` + value257[1:] + `"}, {"Key": "k", "Value": ""}]`, "", ""},
			{`[{"Key": "k", "Value": ""}, {"Key": "K", "Value": ""}]`, "", ""},
			{`[{"Key": "k", "Value": "aws:x"}]`, "", ""},
			{`[{"Key": "Büro (no)", "Value": ""}]`, "INVALID_PATTERN", "INVALID_PATTERN:TAGS_1_MEMBER_KEY"},
			{`[{"Key": "Büro 1_.:/=+-@", "Value": "ü ß"}]`, "", ""},
			{`[{}]`, "INPUT_REQUIRED", "INPUT_REQUIRED:TAGS_1_MEMBER_KEY"},
			{`[{"Key": "k", "Value": null}]`, "INPUT_REQUIRED", "INPUT_REQUIRED:TAGS_1_MEMBER_VALUE"},
			{`[{"Key": "", "Value": ""}]`, "MIN_LENGTH_EXCEEDED", "MIN_LENGTH_EXCEEDED:TAGS_1_MEMBER_KEY"},
			{`[{"Key": "k", "Value": ""}, {"Key": "` + key129 + `", "Value": ""}]`, "MAX_LENGTH_EXCEEDED", "MAX_LENGTH_EXCEEDED:TAGS_2_MEMBER_KEY"},
			{`[{"Key": "k", "Value": "` + value257 + `"}]`, "MAX_LENGTH_EXCEEDED", "MAX_LENGTH_EXCEEDED:TAGS_1_MEMBER_VALUE"},
			{`[{"Key": "k", "Value": "{}"}]`, "INVALID_PATTERN", "INVALID_PATTERN:TAGS_1_MEMBER_VALUE"},
			{`[{"Key": "k", "Value": "1"}, {"Key": "l", "Value": ""}, {"Key": "k", "Value": "2"}]`, "DUPLICATE_TAG_KEY", "DUPLICATE_TAG_KEY"},
			{`[{"Key": "aws:k", "Value": ""}]`, "INVALID_SYSTEM_TAGS_PARAMETER", "INVALID_SYSTEM_TAGS_PARAMETER"},
			{`[{"Key": "AwS:k", "Value": ""}]`, "INVALID_SYSTEM_TAGS_PARAMETER", "INVALID_SYSTEM_TAGS_PARAMETER"},
			{`[{"Key": "aws", "Value": ""}]`, "", ""},
		} {
			t.Run(name, func(t *testing.T) {
				refused(t, with(t, name, `{"Tags": `+r.tags+`}`), r.documented, r.native)
			})
		}
	}
	generic(t, with(t, "UntagResource", `{"TagKeys": ["k", "`+key129+`"]}`), "MAX_LENGTH_EXCEEDED:TAG_KEYS_2_MEMBER")
	generic(t, with(t, "UntagResource", `{"TagKeys": ["{}"]}`), "INVALID_PATTERN:TAG_KEYS_1_MEMBER")
	generic(t, with(t, "UntagResource", `{"TagKeys": [""]}`), "MIN_LENGTH_EXCEEDED:TAG_KEYS_1_MEMBER")
	refused(t, with(t, "UntagResource", `{"TagKeys": ["k", "k"]}`), "DUPLICATE_TAG_KEY", "DUPLICATE_TAG_KEY")
	refused(t, with(t, "UntagResource", `{"TagKeys": ["AWS:x"]}`), "INVALID_SYSTEM_TAGS_PARAMETER", "INVALID_SYSTEM_TAGS_PARAMETER")
}

// [AWS: API reference, Tag; seen: aws-ia/terraform-aws-control_tower_account_factory#149]
func TestTagValuesHaveFewSigns(t *testing.T) {
	for sign, native := range map[string]string{
		"%": "INVALID_PATTERN:TAGS_1_MEMBER_VALUE", "?": "INVALID_PATTERN:TAGS_1_MEMBER_VALUE", "&": "INVALID_PATTERN:TAGS_1_MEMBER_VALUE",
		"_.:/=+-@": "", "ü 7": "",
	} {
		in := with(t, "TagResource", `{"Tags": [{"Key": "k", "Value": "v`+sign+`"}]}`)
		if native == "" {
			refused(t, in, "", "")
			continue
		}
		generic(t, in, native)
	}
}

// A null in a list is a required element that is absent. [assumed]
func TestNullsInListsAreAbsentElements(t *testing.T) {
	generic(t, with(t, "UntagResource", `{"TagKeys": [null]}`), "INPUT_REQUIRED:TAG_KEYS_1_MEMBER")
	// Absent members come before invalid ones.
	generic(t, with(t, "UntagResource", `{"ResourceId": "x", "TagKeys": ["k", "{}", null]}`), "INPUT_REQUIRED:TAG_KEYS_3_MEMBER")
	generic(t, with(t, "ListCreateAccountStatus", `{"States": ["FAILED", null, "x"]}`), "INPUT_REQUIRED:STATES_2_MEMBER")
	for _, operation := range []string{
		"TagResource", "CreateAccount", "CreateGovCloudAccount", "CreateOrganizationalUnit", "CreatePolicy", "PutResourcePolicy",
		"InviteAccountToOrganization", "InviteOrganizationToTransferResponsibility",
	} {
		generic(t, with(t, operation, `{"Tags": [null]}`), "INPUT_REQUIRED:TAGS_1_MEMBER_KEY")
	}
}

// The tag operations do not know the policies that AWS provides. [seen:
// ListTagsForResource, cloud-custodian/cloud-custodian#8194,
// hashicorp/terraform-provider-aws#15397; assumed: the other two]
func TestPoliciesOfAWSHaveNoTags(t *testing.T) {
	for _, operation := range []string{"TagResource", "UntagResource", "ListTagsForResource"} {
		for _, id := range []string{"p-FullAWSAccess", "p-RCPFullAWSAccess"} {
			generic(t, with(t, operation, `{"ResourceId": "`+id+`"}`), "INVALID_PATTERN:RESOURCE_ID")
			refused(t, with(t, operation, `{"ResourceId": "`+id+`x"}`), "", "")
		}
	}
}

func TestDuplicatesAreFoundAmongManyTags(t *testing.T) {
	in := &orgapi.UntagResourceRequest{ResourceId: new(account)}
	for i := range 50_000 {
		in.TagKeys = append(in.TagKeys, new("k"+strconv.Itoa(i)))
	}
	refused(t, in, "", "")
	in.TagKeys = append(in.TagKeys, in.TagKeys[0])
	refused(t, in, "DUPLICATE_TAG_KEY", "DUPLICATE_TAG_KEY")
}

func TestRoleNamesOfServicesAreReserved(t *testing.T) {
	for _, name := range []string{"CreateAccount", "CreateGovCloudAccount"} {
		for value, reason := range map[string]string{
			"":                            "INVALID_ROLE_NAME",
			"a b":                         "INVALID_ROLE_NAME",
			"AWSServiceRoleForThings":     "INVALID_ROLE_NAME",
			"awsservicerolefor":           "INVALID_ROLE_NAME",
			"AWSServiceRole":              "",
			"OrganizationAccountAccess_+": "",
		} {
			refused(t, with(t, name, `{"RoleName": "`+value+`"}`), reason, reason)
		}
	}
}

func TestPolicyOperationsNameThePolicyAndTheTarget(t *testing.T) {
	for _, name := range []string{"AttachPolicy", "DetachPolicy", "UpdatePolicy", "DeletePolicy", "DescribePolicy", "ListTargetsForPolicy"} {
		for _, id := range []string{"", "FullAWSAccess", "p-1234567", "p-12345678-"} {
			refused(t, with(t, name, `{"PolicyId": "`+id+`"}`), "INVALID_SYNTAX_POLICY_ID", "INVALID_SYNTAX_POLICY_ID")
		}
	}
	for _, name := range []string{"AttachPolicy", "DetachPolicy", "ListPoliciesForTarget", "DescribeEffectivePolicy"} {
		for _, id := range []string{"", "o-a1b2c3d4e5", account + "4", "x" + unit} {
			refused(t, with(t, name, `{"TargetId": "`+id+`"}`), "INVALID_PATTERN_TARGET_ID", "INVALID_PATTERN_TARGET_ID")
		}
	}
}

func TestEffectivePoliciesAreThoseOfAccountsAndSomeTypes(t *testing.T) {
	const op, list, report = "DescribeEffectivePolicy", "ListAccountsWithInvalidEffectivePolicy", "ListEffectivePolicyValidationErrors"
	for _, id := range []string{root, unit} {
		refused(t, with(t, op, `{"TargetId": "`+id+`"}`), "TARGET_NOT_SUPPORTED", "TARGET_NOT_SUPPORTED")
		refused(t, with(t, report, `{"AccountId": "`+id+`"}`), "TARGET_NOT_SUPPORTED", "TARGET_NOT_SUPPORTED")
	}
	// The account comes first, whatever is wrong with it. [assumed]
	for _, members := range []string{`"AccountId": "12"`, `"AccountId": ""`, `"AccountId": null`, `"AccountId": null, "PolicyType": null`} {
		refused(t, with(t, report, "{"+members+"}"), "TARGET_NOT_SUPPORTED", "TARGET_NOT_SUPPORTED")
	}
	refused(t, with(t, op, `{"TargetId": "`+account+`"}`), "", "")
	refused(t, with(t, op, `{"PolicyType": "SERVICE_CONTROL_POLICY"}`), "INVALID_ENUM_POLICY_TYPE", "INVALID_ENUM_POLICY_TYPE")
	for _, kind := range []string{"RESOURCE_CONTROL_POLICY", "X", ""} {
		generic(t, with(t, op, `{"PolicyType": "`+kind+`"}`), "INVALID_ENUM:POLICY_TYPE")
	}
	for _, name := range []string{list, report} {
		for _, kind := range []string{"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "X"} {
			refused(t, with(t, name, `{"PolicyType": "`+kind+`"}`), "INVALID_ENUM_POLICY_TYPE", "INVALID_ENUM_POLICY_TYPE")
		}
	}
}

func TestTransfersStartAndEndWithAMonth(t *testing.T) {
	for at, reason := range map[string]string{
		"2026-10-01T00:00:00Z":      "",
		"2026-10-01T00:00:00.001Z":  "START_DATE_NOT_BEGINNING_OF_DAY",
		"2026-10-02T12:00:00Z":      "START_DATE_NOT_BEGINNING_OF_DAY",
		"2026-10-02T00:00:00Z":      "START_DATE_NOT_BEGINNING_OF_MONTH",
		"2026-10-01T02:00:00+02:00": "",
	} {
		in := transferInvitation()
		in.StartTimestamp = api.At(instant(t, at))
		refused(t, in, reason, reason)
	}
	for at, reason := range map[string]string{
		"2026-12-31T23:59:59.999Z": "",
		"2026-12-31T23:59:59Z":     "",
		"2028-02-29T23:59:59Z":     "",
		"2026-12-31T23:59:58Z":     "END_DATE_NOT_END_OF_MONTH",
		"2026-12-31T23:59:59.5Z":   "END_DATE_NOT_END_OF_MONTH",
		"2027-01-01T00:00:00Z":     "END_DATE_NOT_END_OF_MONTH",
		"2028-02-28T23:59:59Z":     "END_DATE_NOT_END_OF_MONTH",
	} {
		refused(t, &orgapi.TerminateResponsibilityTransferRequest{Id: new(transfer), EndTimestamp: api.At(instant(t, at))}, reason, reason)
	}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestValidEmail(t *testing.T) {
	for address, want := range map[string]bool{
		"dev@example.com":                        true,
		"Dev.Ops+aws=1@Example.co.UK":            true,
		"a@b.co":                                 true,
		"a@b.c":                                  false, // shorter than 6
		strings.Repeat("a", 52) + "@example.com": true,
		strings.Repeat("a", 53) + "@example.com": false,
		"":                                       false,
		"dev":                                    false,
		"dev@example":                            false,
		"@example.com":                           false,
		".dev@example.com":                       false,
		"dev.@example.com":                       true,
		"de v@example.com":                       false,
		"d\tv@example.com":                       false,
		"dév@example.com":                        false,
		"dev@exämple.com":                        false,
		"dev@ops@example.com":                    false,
		"dev@-example.com":                       false,
		"dev@example.com-":                       false,
		"dev@.example.com":                       false,
		"dev@example.com.":                       false,
		"dev@exa_mple.com":                       false,
		"dev@example.com\n":                      false,
		"dev@exa-mple.com":                       true,
		"!#$*+-/=?^_`{}~@example.com":            true,
	} {
		if got := orgapi.ValidEmail(address); got != want {
			t.Errorf("ValidEmail(%q) = %v", address, got)
		}
	}
	for _, c := range `"'()<>[]:;,\|%&` {
		if address := "d" + string(c) + "v@example.com"; orgapi.ValidEmail(address) {
			t.Errorf("ValidEmail(%q) = true", address)
		}
	}
}
