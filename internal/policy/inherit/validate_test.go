package inherit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accord/internal/policy/inherit"
)

// plan is a valid backup plan named ledger whose rule daily has more members.
func plan(ruleMembers string) string {
	return `{"plans":{"Ledger":{"regions":{"@@assign":["us-east-1"]},"rules":{"Daily":{"target_backup_vault_name":{"@@assign":"V"}` + ruleMembers + `}},` +
		`"selections":{"tags":{"Cost":{"iam_role_arn":{"@@assign":"arn:aws:iam::$account:role/R"},"tag_key":{"@@assign":"k"},"tag_value":{"@@assign":["v"]}}}}}}}`
}

// guardDuty is a policy with a block: features and their statuses in turn.
func guardDuty(block string, statuses ...string) string {
	var features []string
	for i := 0; i < len(statuses); i += 2 {
		features = append(features, `"`+statuses[i]+`":{"status":{"@@assign":"`+statuses[i+1]+`"}}`)
	}
	return `{"guardduty":{"enablement":{"` + block + `":{` + strings.Join(features, ",") + `}}}}`
}

func TestReports(t *testing.T) {
	for _, c := range []struct {
		what       string
		policyType string
		levels     []testLevel
		want       []inherit.Error
	}{
		{"a plan that says nothing does not exist", "BACKUP_POLICY", []testLevel{at(`{"plans":{"p":{"rules":{}}}}`)}, nil},
		{"regions that were only removed are missing", "BACKUP_POLICY", []testLevel{
			at(strings.Replace(plan(""), `"regions":{"@@assign"`, `"regions":{"@@remove"`, 1)),
		}, []inherit.Error{{"KEY_REQUIRED", "'regions' is missing", "plans/ledger", []string{"a"}}}},
		{"regions that a child emptied are too few", "BACKUP_POLICY", []testLevel{
			at(plan("")), {Policies: []testPolicy{
				{ID: "b", Content: `{"plans":{"ledger":{"regions":{"@@remove":["us-east-1"]}}}}`},
				{ID: "empty", Content: `{"plans":{"ledger":{"regions":{},"rules":{"daily":{"lifecycle":{}}}}}}`},
				{ID: "c", Content: `{"plans":{"ledger":{"regions":{},"backup_plan_tags":{"k":{"tag_key":{"@@assign":"k"},"tag_value":{"@@assign":"v"}}}}}}`},
			}},
		}, []inherit.Error{{"ELEMENTS_TOO_FEW", "'regions' is less than the allowed minimum limit 1", "plans/ledger/regions", []string{"a", "b"}}}},
		{"a child that turns continuous backup into an excess", "BACKUP_POLICY", []testLevel{
			at(plan(`,"enable_continuous_backup":{"@@assign":true},"lifecycle":{"delete_after_days":{"@@assign":35}}`)),
			{Policies: []testPolicy{{ID: "b", Content: `{"plans":{"ledger":{"rules":{"daily":{"lifecycle":{"delete_after_days":{"@@assign":"45"}}}}}}}`}}},
		}, []inherit.Error{{"CROSS_ATTRIBUTE_VALIDATION",
			"Dependent fields enable_continuous_backup=true,delete_after_days=45 in policy block daily are invalid when used together", "plans/ledger/rules/daily", []string{"a", "b"}}}},
		{"inherited continuous backup with cold storage is fine", "BACKUP_POLICY", []testLevel{
			at(plan(`,"enable_continuous_backup":{"@@assign":true},"lifecycle":{"delete_after_days":{"@@assign":35}}`)),
			at(`{"plans":{"ledger":{"rules":{"daily":{"lifecycle":{"move_to_cold_storage_after_days":{"@@assign":"1"}}}}}}}`),
		}, nil},
		{"scan actions without scan settings", "BACKUP_POLICY", []testLevel{at(plan(`,"scan_actions":{"GUARDDUTY":{"scan_mode":{"@@assign":"FULL_SCAN"}}}`))},
			[]inherit.Error{{"CROSS_ATTRIBUTE_VALIDATION",
				"Dependent fields scan_actions(undefined),scan_settings(undefined) in policy block daily are invalid when used together", "plans/ledger/rules/daily", []string{"a"}}}},
		{"a policy that has blocks without operators does not contribute", "BACKUP_POLICY", []testLevel{
			at(strings.Replace(plan(""), "target_backup_vault_name", "target_logically_air_gapped_backup_vault_arn", 1), `{"plans":{"ledger":{"rules":{"daily":{"lifecycle":{}}}}}}`),
		}, []inherit.Error{{"KEY_REQUIRED", "'target_backup_vault_name' is missing", "plans/ledger/rules/daily", []string{"a"}}}},
		{"an index list that a child emptied is fine", "BACKUP_POLICY", []testLevel{
			at(plan(`,"index_actions":{"resource_types":{"@@assign":["EBS"]}}`)),
			at(`{"plans":{"ledger":{"rules":{"daily":{"index_actions":{"resource_types":{"@@remove":["EBS"]}}}}}}}`),
		}, nil},
		{"a policy contributes also where its operator is not allowed, and once", "SECURITYHUB_POLICY", []testLevel{
			at(`{"securityhub":{"enable_in_regions":{"@@assign":["eu-west-1"]},"@@operators_allowed_for_child_policies":["@@none"]}}`),
			{Policies: []testPolicy{
				{ID: "b", Content: `{"securityhub":{"disable_in_regions":{"@@assign":[]}}}`},
				{ID: "a", Content: `{"securityhub":{"enable_in_regions":{"@@assign":["eu-west-1"]}}}`},
			}},
		}, []inherit.Error{{"KEY_REQUIRED", "'disable_in_regions' is missing", "securityhub", []string{"a", "b"}}}},
		{"a section with neither list", "INSPECTOR_POLICY", []testLevel{
			at(`{"inspector":{"enablement":{"lambda_standard_scanning":{"lambda_code_scanning":{"enable_in_regions":{"@@assign":[]},"disable_in_regions":{"@@assign":[]}}}}}}`),
		}, []inherit.Error{
			{"KEY_REQUIRED", "'enable_in_regions' is missing", "inspector/enablement/lambda_standard_scanning", []string{"a"}},
			{"KEY_REQUIRED", "'disable_in_regions' is missing", "inspector/enablement/lambda_standard_scanning", []string{"a"}},
		}},
		{"a guardrail without identifier", "BEDROCK_POLICY", []testLevel{
			at(`{"bedrock":{"guardrail_inference":{"eu-west-1":{"config_1":{"selective_content_guarding":{"system":{"@@assign":"selective"}}}}}}}`),
		}, []inherit.Error{{"KEY_REQUIRED", "'identifier' is missing", "bedrock/guardrail_inference/eu-west-1/config_1", []string{"a"}}}},
		{"selective content guarding that says nothing does not exist", "BEDROCK_POLICY", []testLevel{
			at(`{"bedrock":{"guardrail_inference":{"eu-west-1":{"config_1":{"identifier":{"@@assign":"arn:aws:bedrock:eu-west-1:555566667777:guardrail/g:1"},"selective_content_guarding":{}}}}}}`),
		}, nil},
		{"GuardDuty features without foundational, a part without its feature", "GUARDDUTY_POLICY", []testLevel{
			at(guardDuty("default", "s3_data_events", "enabled", "foundational", "enabled"), guardDuty("eu-north-1", "foundational", "enabled")),
			at(`{"guardduty":{"enablement":{"@@operators_allowed_for_child_policies":["@@all"],"eu-north-1":{"foundational":{"status":{"@@assign":"disabled"}},` +
				`"runtime_monitoring":{"additional_configuration":{"EC2_agent_management":{"status":{"@@assign":"enabled"}}}},"ai_protection":{"status":{"@@assign":"enabled"}}}}}}`),
			at(guardDuty("us-east-1", "ai_protection", "enabled")),
		}, []inherit.Error{
			{"CROSS_ATTRIBUTE_VALIDATION", "Dependent fields foundational=disabled,ec2_agent_management=enabled in policy block eu-north-1 are invalid when used together",
				"guardduty/enablement/eu-north-1", []string{"b", "a"}},
			{"CROSS_ATTRIBUTE_VALIDATION", "Dependent fields foundational=disabled,ai_protection=enabled in policy block eu-north-1 are invalid when used together",
				"guardduty/enablement/eu-north-1", []string{"b", "a"}},
			{"KEY_REQUIRED", "'foundational' is missing", "guardduty/enablement/us-east-1", []string{"a"}},
		}},
		{"a disabled GuardDuty feature needs nothing", "GUARDDUTY_POLICY", []testLevel{at(guardDuty("default", "ai_protection", "disabled"))}, nil},
		{"one Region list under a key of unknown case", "SECURITYHUB_CSPM_POLICY", []testLevel{
			at(`{"HUB":{"Cspm_Enablement":{"enable_in_regions":{"@@assign":["eu-north-1"]}}}}`, `{"hub":{"cspm_enablement":{"enable_in_regions":{"@@append":[]}}}}`),
		}, []inherit.Error{{"KEY_REQUIRED", "'disable_in_regions' is missing", "HUB/cspm_enablement", []string{"a", "b"}}}},
		{"allowed images without state", "DECLARATIVE_POLICY_EC2", []testLevel{
			at(`{"ec2_attributes":{"allowed_images_settings":{"image_criteria":{"criteria_1":{"image_names":{"@@assign":["a"]}}}}}}`),
		}, []inherit.Error{{"KEY_REQUIRED", "'state' is missing", "ec2_attributes/allowed_images_settings", []string{"a"}}}},
		{"too many image names and a watermark without key", "DECLARATIVE_POLICY_EC2", []testLevel{
			at(`{"ec2_attributes":{"allowed_images_settings":{"state":{"@@assign":"enabled"},"image_criteria":{"criteria_1":{"image_names":{"@@assign":[` + numbered(51, `"n%d"`) + `]},"image_watermarks":{"image_watermark_1":{"maximum_days_since_watermark_created":{"@@assign":1}}}}}}}}`),
		}, []inherit.Error{
			{"ELEMENTS_TOO_MANY", "'image_names' exceeds the allowed maximum limit 50", "ec2_attributes/allowed_images_settings/image_criteria/criteria_1/image_names", []string{"a"}},
			{"KEY_REQUIRED", "'watermark_key' is missing", "ec2_attributes/allowed_images_settings/image_criteria/criteria_1/image_watermarks/image_watermark_1", []string{"a"}},
		}},
	} {
		if diff := cmp.Diff(c.want, merge(c.policyType, c.levels, anyTime).Errors); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// TestArchiveDependsOnTheTime validates, at several times, a schedule whose only
// long pause is between October and January.
func TestArchiveDependsOnTheTime(t *testing.T) {
	levels := []testLevel{at(plan(`,"schedule_expression":{"@@assign":"cron(0 5 1,20 1,10 ? *)"},"lifecycle":{"move_to_cold_storage_after_days":{"@@assign":"30"},` +
		`"delete_after_days":{"@@assign":"120"},"opt_in_to_archive_for_supported_resources":{"@@assign":"true"}}`))}
	if result := merge("BACKUP_POLICY", levels, time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)); !result.Valid() {
		t.Errorf("between two long pauses: %+v", result.Errors)
	}
	if result := merge("BACKUP_POLICY", levels, time.Date(2026, 9, 13, 0, 0, 0, 0, time.UTC)); result.Valid() {
		t.Error("before two close runs: valid")
	}
	if result := merge("BACKUP_POLICY", levels, time.Date(2199, 10, 2, 0, 0, 0, 0, time.UTC)); !result.Valid() {
		t.Errorf("before the last run: %+v", result.Errors)
	}
}

func TestOversizeTagPolicyHasNoContributors(t *testing.T) {
	var level testLevel
	for policy := range 10 {
		rules := make([]string, 900)
		for i := range rules {
			rules[i] = fmt.Sprintf(`"k%04d":{}`, policy*900+i)
		}
		content := `{"tags":{` + strings.Join(rules, ",") + `}}`
		if diagnostic := check("TAG_POLICY", content, anyTime); diagnostic != nil {
			t.Fatal(diagnostic)
		}
		level.Policies = append(level.Policies, testPolicy{ID: fmt.Sprint(policy), Content: content})
	}
	result := merge("TAG_POLICY", []testLevel{level}, anyTime)
	want := []inherit.Error{{"ELEMENTS_TOO_MANY", "Effective policy size is 414010 bytes, which exceeds the maximum limit of 395000 bytes", "tags", []string{}}}
	if diff := cmp.Diff(want, result.Errors); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	level.Policies = level.Policies[:9]
	if result := merge("TAG_POLICY", []testLevel{level}, anyTime); !result.Valid() {
		t.Errorf("with nine policies: %+v", result.Errors)
	}
}

func TestFiftyRequiredTagsAreFine(t *testing.T) {
	require := func(n int) string {
		return `{"tags":{` + numbered(n, `"K%d":{"report_required_tag_for":{"@@assign":["ec2:instance","ec2:volume"],"@@remove":["ec2:volume"]}}`) + `}}`
	}
	if result := merge("TAG_POLICY", []testLevel{at(require(50))}, anyTime); !result.Valid() {
		t.Errorf("50 keys: %+v", result.Errors)
	}
	want := []inherit.Error{{"ELEMENTS_TOO_MANY", "Resource type 'ec2:instance' has 51 tags for 'report_required_tag_for', which exceeds the maximum limit of 50. " +
		"Contributing tag keys include: k0, k1, k10, k11, k12 and 46 more", "tags", []string{"a"}}}
	got := merge("TAG_POLICY", []testLevel{at(require(51)), {Policies: []testPolicy{
		{ID: "other type", Content: `{"tags":{"k0":{"report_required_tag_for":{"@@append":["s3:bucket"]}}}}`},
		{ID: "takes away", Content: `{"tags":{"k0":{"report_required_tag_for":{"@@remove":["ec2:instances"]}}}}`},
		{ID: "no types", Content: `{"tags":{"k0":{"tag_value":{"@@append":["ec2:instance"]}}}}`},
	}}}, anyTime)
	if diff := cmp.Diff(want, got.Errors); diff != "" {
		t.Errorf("51 keys (-want +got):\n%s", diff)
	}
}
