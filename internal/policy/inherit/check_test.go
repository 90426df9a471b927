package inherit_test

import (
	"strings"
	"testing"
)

func TestDiagnosticsNameThePositionAndTheRemedy(t *testing.T) {
	for _, c := range []struct{ policyType, content, want string }{
		{"TAG_POLICY", "{\n  \"tags\": {\n    \"crew\": {\n      \"tag_key\": \"crew\"\n    }\n  }\n}",
			`Line 4, column 18, $.tags.crew.tag_key: a setting needs an operator around its value: {"@@assign": "crew"}`},
		{"TAG_POLICY", `{"tags":{"crew":{"tag_valeu":{}}}}`,
			`Line 1, column 18, $.tags.crew.tag_valeu: "tag_valeu" is not known here; did you mean "tag_value"?`},
		{"TAG_POLICY", `{"tags":{"crew":{"owner":{}}}}`,
			`Line 1, column 18, $.tags.crew.owner: "owner" is not known here; expected tag_value, tag_key, enforced_for or report_required_tag_for`},
		{"TAG_POLICY", `{"tags":{"crew":{"tag_key":{"@@assign":"cruw"}}}}`,
			`Line 1, column 40, $.tags.crew.tag_key.@@assign: the tag key "cruw" must be the name of its block, "crew", except for capital letters`},
		{"TAG_POLICY", `{"tags":{"crew":{"enforced_for":{"@@assign":["ecs:*"]}}}}`,
			`Line 1, column 46, $.tags.crew.enforced_for.@@assign[0]: "ecs:*" is not accepted for a whole service; write "ecs:ALL_SUPPORTED"`},
		{"TAG_POLICY", `{"tags":{"crew":{"enforced_for":{"@@assign":["imaginary:thing"]}}}}`,
			`Line 1, column 46, $.tags.crew.enforced_for.@@assign[0]: "imaginary" is not a service whose resources a tag policy can name`},
		{"TAG_POLICY", `{"tags":{"crew":{"enforced_for":{"@@asign":[]}}}}`,
			`Line 1, column 34, $.tags.crew.enforced_for.@@asign: "@@asign" is not an operator; did you mean "@@assign"?`},
		{"TAG_POLICY", `{"tags":{"crew":{"tag_value":{"@@assign":"a"}}}}`,
			`Line 1, column 42, $.tags.crew.tag_value.@@assign: a list is expected, not text: write ["a"]`},
		{"TAG_POLICY", `{"tag":{}}`,
			`Line 1, column 2, $.tag: a tag policy begins with "tags"; "tag" does not belong there; did you mean "tags"?`},
		{"TAG_POLICY", `[]`,
			`Line 1, column 1, $: a tag policy is an object with the member "tags", not a list`},
		{"TAG_POLICY", `{"tags":[]}`,
			`Line 1, column 9, $.tags: an object is expected here, not a list`},
		{"AISERVICES_OPT_OUT_POLICY", `{"services":{"Default":{}}}`,
			`Line 1, column 14, $.services.Default: "Default" is not a service of the opt-out policy; did you mean "default"?`},
		{"AISERVICES_OPT_OUT_POLICY", `{"services":{"default":{"opt_out_policy":{"@@assign":"optin"}}}}`,
			`Line 1, column 54, $.services.default.opt_out_policy.@@assign: "optin" is not allowed here; use "optOut" or "optIn"`},
		{"AISERVICES_OPT_OUT_POLICY", `{"services":{"default":{"@@assign":"optOut"}}}`,
			`Line 1, column 25, $.services.default.@@assign: @@assign sets a value, but "default" holds members and has none; put it into opt_out_policy`},
		{"BACKUP_POLICY", `{"plans":{"p":{"selections":{"tags":{"pick":{"iam_role_arn":{"@@assign":"x"}}}}}}}`,
			`Line 1, column 38, $.plans.p.selections.tags.pick: "pick" needs tag_key and tag_value in the same document`},
		{"BACKUP_POLICY", `{"plans":{"p":{"rules":{"r":{"start_backup_window_minutes":{"@@assign":true}}}}}}`,
			`Line 1, column 72, $.plans.p.rules.r.start_backup_window_minutes.@@assign: a text is expected, not a boolean`},
		{"BACKUP_POLICY", `{"plans":{"p":{"rules":{"r":{"copy_actions":{"arn:aws:backup:eu-west-1:$account:backup-vault:A":{"target_backup_vault_arn":{"@@assign":"arn:aws:backup:eu-west-1:$account:backup-vault:B"}}}}}}}}`,
			`Line 1, column 136, $.plans.p.rules.r.copy_actions["arn:aws:backup:eu-west-1:$account:backup-vault:A"].target_backup_vault_arn.@@assign: ` +
				`the target "arn:aws:backup:eu-west-1:$account:backup-vault:B" must be the name of its block, "arn:aws:backup:eu-west-1:$account:backup-vault:A"`},
		{"CHATBOT_POLICY", `{"chatbot":{"default":{"client":{"@@assign":"enabled","@@operators_allowed_for_child_policies":"@@none"}}}}`,
			`Line 1, column 96, $.chatbot.default.client.@@operators_allowed_for_child_policies: a list of operators is expected, not text: write ["@@none"]`},
		{"GUARDDUTY_POLICY", `{"guardduty":{"@@assign":"on"}}`,
			`Line 1, column 15, $.guardduty.@@assign: @@assign sets a value, but "guardduty" holds members and has none`},
		{"TAG_POLICY", `{"tags":{"crew":{"tag_value":{"@@assign":[["a"]]},"tag_key":{"@@assign":1}}}}`,
			`Line 1, column 43, $.tags.crew.tag_value.@@assign[0]: a list of values holds texts, not a list`},
	} {
		diagnostic := check(c.policyType, c.content, anyTime)
		if diagnostic == nil {
			t.Errorf("%s is accepted, want %s", c.content, c.want)
		} else if got := diagnostic.Error(); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.content, got, c.want)
		}
	}
}

// verdict is a document and whether the check accepts it.
type verdict struct {
	content  string
	accepted bool
}

func testVerdicts(t *testing.T, policyType string, verdicts []verdict) {
	t.Helper()
	for _, v := range verdicts {
		if diagnostic := check(policyType, v.content, anyTime); (diagnostic == nil) != v.accepted {
			t.Errorf("%s\naccepted = %v, want %v: %v", v.content, diagnostic == nil, v.accepted, diagnostic)
		}
	}
}

func TestTagPoliciesNameOnlyTaggableTypes(t *testing.T) {
	enforced := func(value string) string {
		return `{"tags":{"crew":{"enforced_for":{"@@assign":["` + value + `"]}}}}`
	}
	testVerdicts(t, "TAG_POLICY", []verdict{
		{enforced("s3:bucket"), true},
		{enforced("access-analyzer:analyzer"), true},
		{enforced("xray:group"), true},
		{enforced("ecs:ALL_SUPPORTED"), true},
		{enforced("sqs:queue"), true},
		{enforced("S3:bucket"), false},
		{enforced("s3"), false},
		{enforced("*:bucket"), false},
		{enforced("*"), false},
		{enforced("s3:"), false},
		{`{"tags":{"` + strings.Repeat("é", 128) + `":{}}}`, true},
		{`{"tags":{"` + strings.Repeat("é", 129) + `":{}}}`, false},
		{`{"tags":{"crew":{"tag_value":{"@@assign":["` + strings.Repeat("é", 256) + `"]}}}}`, true},
		{`{"tags":{"crew":{"tag_value":{"@@assign":["` + strings.Repeat("é", 257) + `"]}}}}`, false},
		{`{"tags":{"Straße":{"tag_key":{"@@assign":"STRAßE"}}}}`, true},
		{`{"tags":{"crew":{"tag_key":{"@@assign":""}}}}`, false},
		{`{"tags":{"crew":{"tag_value":{"@@assign":["*@corp.example"]}}}}`, true},
		{`{"tags":{"crew":{"tag_value":{"@@assign":["*@*.example"]}}}}`, false},
		{`{"tags":{"crew":{"tag_value":{"@@assign":[]}}}}`, true},
	})
}

func TestServicePoliciesKnowTheirVocabulary(t *testing.T) {
	ec2 := func(attributes string) string { return `{"ec2_attributes":{` + attributes + `}}` }
	testVerdicts(t, "DECLARATIVE_POLICY_EC2", []verdict{
		{ec2(`"exception_message":{"@@assign":"Blocked. Open a ticket in PLAT."},"serial_console_access":{"status":{"@@assign":"disabled"}},
			"image_block_public_access":{"state":{"@@assign":"block_new_sharing"}},"snapshot_block_public_access":{"state":{"@@assign":"block_all_sharing"}},
			"vpc_block_public_access":{"internet_gateway_block":{"mode":{"@@assign":"block_ingress"},"exclusions_allowed":{"@@assign":"enabled"}}},
			"instance_metadata_defaults":{"http_tokens":{"@@assign":"required"},"http_put_response_hop_limit":{"@@assign":"2"},"http_endpoint":{"@@assign":"no_preference"}},
			"vpc_encryption_control":{"mode":{"@@assign":"attempt_monitor"},"exclusions":{"nat_gateway":{"@@assign":"enabled"}}}`), true},
		{ec2(`"vpc_encryption_control":{"exclusions":{"@@assign":["nat_gateway"]}}`), true},
		{ec2(`"allowed_images_settings":{"state":{"@@assign":"audit_mode"},"image_criteria":{"criteria_10":{"allowed_image_providers":{"@@append":["amazon",123456789012]},
			"creation_date_condition":{"maximum_days_since_created":{"@@assign":300}},"image_watermarks":{"image_watermark_50":{"watermark_key":{"@@assign":"k"}}}}}}`), true},
		{ec2(`"allowed_images_settings":{"image_criteria":{"criteria_11":{}}}`), false},
		{ec2(`"allowed_images_settings":{"image_criteria":{"criteria_0":{}}}`), false},
		{ec2(`"allowed_images_settings":{"image_criteria":{"criteria_1":{"image_watermarks":{"image_watermark_51":{}}}}}`), false},
		{ec2(`"allowed_images_settings":{"image_criteria":{"criteria_1":{"creation_date_condition":{"maximum_days_since_created":{"@@assign":"2147483648"}}}}}`), false},
		{ec2(`"instance_metadata_defaults":{"http_put_response_hop_limit":{"@@assign":"-1"}}`), true},
		{ec2(`"instance_metadata_defaults":{"http_put_response_hop_limit":{"@@assign":-1}}`), true},
		{ec2(`"instance_metadata_defaults":{"http_put_response_hop_limit":{"@@assign":"-2"}}`), false},
		{ec2(`"instance_metadata_defaults":{"http_put_response_hop_limit":{"@@assign":"65"}}`), false},
		{ec2(`"instance_metadata_defaults":{"http_put_response_hop_limit":{"@@assign":"--1"}}`), false},
		{ec2(`"unheard_of":{}`), false},
	})
	testVerdicts(t, "SECURITYHUB_POLICY", []verdict{
		{`{"securityhub":{"features":{"network_scanning":{"enable_in_regions":{"@@assign":["us-gov-west-1"]}}}}}`, true},
		{`{"securityhub":{"features":{"other":{}}}}`, false},
		{`{"securityhub":{"enable_in_regions":{"@@assign":["all_supported"]}}}`, false},
	})
	testVerdicts(t, "INSPECTOR_POLICY", []verdict{
		{`{"inspector":{"enablement":{"lambda_standard_scanning":{"enable_in_regions":{"@@assign":["ALL_SUPPORTED"]},"lambda_code_scanning":{"disable_in_regions":{"@@assign":[]}}}}}}`, true},
		{`{"inspector":{"enablement":{"lambda_code_scanning":{}}}}`, false},
	})
	testVerdicts(t, "NETWORK_SECURITY_DIRECTOR_POLICY", []verdict{
		{`{"network_security_director":{"enablement":{"network_security_scan":{"enable_in_regions":{"@@append":["us-east-1"]}}}}}`, true},
		{`{"network_security_director":{"network_security_scan":{}}}`, false},
	})
	testVerdicts(t, "UPGRADE_ROLLOUT_POLICY", []verdict{
		{`{"upgrade_rollout":{"default":{"patch_order":{"@@assign":"last"}},"tags":{"stage":{"tag_values":{"dev":{"patch_order":{"@@assign":"first"}}}}}}}`, true},
		{`{"upgrade_rollout":{"tags":{"stage":{"dev":{"patch_order":{"@@assign":"first"}}}}}}`, false},
	})
	identifier := func(arn string) string {
		return `{"bedrock":{"guardrail_inference":{"eu-west-1":{"config_1":{"identifier":{"@@assign":"` + arn + `"}}}}}}`
	}
	testVerdicts(t, "BEDROCK_POLICY", []verdict{
		{identifier("arn:aws:bedrock:eu-west-1:555566667777:guardrail/gr4x7q2m:3"), true},
		{identifier("arn:aws:bedrock:eu-west-1:555566667777:guardrail/gr4x7q2m:DRAFT"), false},
		{identifier("arn:aws:bedrock:eu-west-1:555566667777:guardrail/gr4x7q2m"), false},
		{`{"bedrock":{"guardrail_inference":{"eu-west-1":{"config_1":{"selective_content_guarding":{"system":{"@@assign":"selective"}},"model_enforcement":{"included_models":{"@@assign":["ALL"]},"excluded_models":{"@@assign":[]}}}}}}}`, true},
		{`{"bedrock":{"guardrail_inference":{"eu-west-1":{"config_2":{}}}}}`, false},
		{`{"bedrock":{"guardrail_inference":{"mars":{}}}}`, false},
	})
	testVerdicts(t, "GUARDDUTY_POLICY", []verdict{
		{`{"guardduty":{"a":{"b":{"@@assign":["x",1,true]},"c":{"@@assign":false,"@@operators_allowed_for_child_policies":["@@none"]},"d":{"@@remove":["x"]}}}}`, true},
		{`{"guardduty":{"a":{"@@append":"x"}}}`, false},
		{`{"guardduty":{"a":{"@@assign":null}}}`, false},
		{`{"guardduty":{"a":{"@@assign":{}}}}`, false},
		{`{"guardduty":{"a":{"@@assign":[{}]}}}`, false},
		{`{"guardduty":{"a":{"@@assign":"x","b":{}}}}`, false},
		{`{"guardduty":{"a":"x"}}`, false},
		{`{"guardduty":{"a":{},"A":{}}}`, false},
		{`{"guardduty":{"a":{"@@enforce":[]}}}`, false},
	})
}

func TestBackupSettingsThatOneDocumentMustHaveTogether(t *testing.T) {
	rule := func(members string) string { return `{"plans":{"p":{"rules":{"r":{` + members + `}}}}}` }
	selection := func(members string) string {
		return `{"plans":{"p":{"selections":{"resources":{"s":{` + members + `}}}}}}`
	}
	const vault = `arn:aws:backup:eu-west-1:$account:backup-vault:V`
	copied := func(lifecycle string) string {
		return `"copy_actions":{"` + vault + `":{"target_backup_vault_arn":{"@@assign":"` + vault + `"},"lifecycle":{` + lifecycle + `}}}`
	}
	const archived = `"move_to_cold_storage_after_days":{"@@assign":"30"},"delete_after_days":{"@@assign":"120"},"opt_in_to_archive_for_supported_resources":{"@@assign":true}`
	testVerdicts(t, "BACKUP_POLICY", []verdict{
		{rule(`"recovery_point_tags":{"Cost":{"tag_key":{"@@assign":"cost"},"tag_value":{"@@assign":1.5}}}`), true},
		{rule(`"recovery_point_tags":{"Cost":{"tag_key":{"@@assign":"cost"}}}`), false},
		{rule(`"recovery_point_tags":{"Cost":{"tag_key":{"@@assign":"other"},"tag_value":{"@@assign":""}}}`), false},
		{rule(copied(`"delete_after_days":{"@@assign":"7"}`)), true},
		{rule(copied(archived)), false},
		{rule(`"schedule_expression":{"@@assign":"cron(0 5 1 * ? *)"},` + copied(archived)), true},
		{rule(`"schedule_expression":{"@@assign":"cron(0 5 1,15 * ? *)"},` + copied(archived)), false},
		{rule(`"lifecycle":{` + strings.Replace(archived, "120", "119", 1) + `},"schedule_expression":{"@@assign":"cron(0 5 1 * ? *)"}`), false},
		{rule(`"lifecycle":{"to_delete_after_days":{"@@assign":"45"}}`), true},
		{rule(`"lifecycle":{"to_delete_after_days":{"@@assign":"soon"}}`), false},
		{selection(`"not_resource_types":{"@@assign":["*"]}`), false},
		{selection(`"conditions":{"string_like":{}}`), false},
		{selection(`"conditions":{"string_like":{"@@operators_allowed_for_child_policies":["@@none"]}}`), false},
		{selection(`"conditions":{"string_like":{"c":{"condition_key":{"@@assign":"aws:ResourceTag/x"},"condition_value":{"@@assign":""}}}}`), true},
		{selection(`"resource_types":{"@@remove":["*"]}`), true},
		{selection(`"resource_types":{"@@assign":["arn:aws:s3:::bucket"],"@@remove":[]}`), false},
		{selection(`"resource_types":{"@@assign":["arn:aws-cn:rds:cn-north-1:123456789012:db:main"]}`), true},
		{selection(`"resource_types":{"@@assign":["arn:aws:ec2"]}`), false},
	})
}
