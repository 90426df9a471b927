package policies

import (
	"accord/internal/console/visit"
	"accord/internal/org"
	"accord/internal/policy"
)

// Start is the document that a new policy of a type begins with: small, valid, and of the kind
// that people write first. It is empty for a type that there is not.
func Start(t org.PolicyType) string { return visit.Indented([]byte(starts[t])) }

var starts = map[org.PolicyType]string{
	policy.ServiceControl:          `{"Version":"2012-10-17","Statement":[{"Sid":"NoLeaving","Effect":"Deny","Action":["organizations:LeaveOrganization"],"Resource":"*"}]}`,
	policy.ResourceControl:         `{"Version":"2012-10-17","Statement":[{"Sid":"OnlyOverTLS","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`,
	policy.Tag:                     `{"tags":{"CostCenter":{"tag_key":{"@@assign":"CostCenter"},"tag_value":{"@@assign":["100","200"]},"enforced_for":{"@@assign":["ec2:instance"]}}}}`,
	policy.Backup:                  `{"plans":{"Daily":{"regions":{"@@assign":["us-east-1"]},"rules":{"EveryNight":{"schedule_expression":{"@@assign":"cron(0 3 * * ? *)"},"target_backup_vault_name":{"@@assign":"Default"},"lifecycle":{"delete_after_days":{"@@assign":"35"}}}},"selections":{"tags":{"ByTag":{"iam_role_arn":{"@@assign":"arn:aws:iam::$account:role/Backup"},"tag_key":{"@@assign":"backup"},"tag_value":{"@@assign":["daily"]}}}}}}}`,
	policy.AIServicesOptOut:        `{"services":{"default":{"opt_out_policy":{"@@assign":"optOut"}}}}`,
	policy.Chatbot:                 `{"chatbot":{"platforms":{"slack":{"client":{"@@assign":"enabled"},"default":{"supported_channel_types":{"@@assign":["private"]}}},"microsoft_teams":{"client":{"@@assign":"disabled"}}}}}`,
	policy.DeclarativeEC2:          `{"ec2_attributes":{"instance_metadata_defaults":{"http_tokens":{"@@assign":"required"}},"snapshot_block_public_access":{"state":{"@@assign":"block_all_sharing"}}}}`,
	policy.SecurityHub:             `{"securityhub":{"enable_in_regions":{"@@assign":["ALL_SUPPORTED"]},"disable_in_regions":{"@@assign":[]}}}`,
	policy.SecurityHubCSPM:         `{"cspm_enablement":{"enable_in_regions":{"@@assign":["ALL_SUPPORTED"]},"disable_in_regions":{"@@assign":[]}}}`,
	policy.Inspector:               `{"inspector":{"enablement":{"ec2_scanning":{"enable_in_regions":{"@@assign":["ALL_SUPPORTED"]},"disable_in_regions":{"@@assign":[]}}}}}`,
	policy.UpgradeRollout:          `{"upgrade_rollout":{"default":{"patch_order":{"@@assign":"last"}},"tags":{"stage":{"tag_values":{"test":{"patch_order":{"@@assign":"first"}}}}}}}`,
	policy.Bedrock:                 `{"bedrock":{"guardrail_inference":{"us-east-1":{"config_1":{"model_enforcement":{"included_models":{"@@assign":["ALL"]},"excluded_models":{"@@assign":[]}}}}}}}`,
	policy.S3:                      `{"s3_attributes":{"public_access_block_configuration":{"@@assign":"all"}}}`,
	policy.NetworkSecurityDirector: `{"network_security_director":{"enablement":{"network_security_scan":{"enable_in_regions":{"@@assign":["us-east-1"]},"disable_in_regions":{"@@assign":[]}}}}}`,
	policy.GuardDuty:               `{"guardduty":{"enablement":{"default":{"foundational":{"status":{"@@assign":"enabled"}},"s3_data_events":{"status":{"@@assign":"enabled"}}}}}}`,
}
