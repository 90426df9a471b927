package inherit

import (
	"strings"
	"time"
	"unicode/utf8"

	"accord/internal/policy/document"
)

// EC2Policy is the structure of declarative policies for EC2. [AWS: declarative
// policy syntax; that values are rejected when the policy is saved is assumed, and that
// exclusions of VPC encryption control are a list, as in the example, and not a map]
var EC2Policy = container(
	field{"exception_message", one(text(0, unbounded))},
	field{"vpc_block_public_access", container(
		field{"internet_gateway_block", container(
			field{"mode", one(choice("off", "block_ingress", "block_bidirectional"))},
			field{"exclusions_allowed", one(toggle)},
		)},
	)},
	field{"serial_console_access", container(
		field{"status", one(toggle)},
	)},
	field{"image_block_public_access", container(
		field{"state", one(choice("unblocked", "block_new_sharing"))},
	)},
	field{"snapshot_block_public_access", container(
		field{"state", one(choice("block_all_sharing", "block_new_sharing", "unblocked"))},
	)},
	field{"allowed_images_settings", container(
		field{"state", one(choice("enabled", "disabled", "audit_mode"))},
		field{"image_criteria", each(matching("criteria_1 to criteria_10", `(?i:criteria_)(?:[1-9]|10)`), imageCriteria)},
	).requiring("state")},
	field{"instance_metadata_defaults", container(
		field{"http_tokens", one(choice("no_preference", "required", "optional"))},
		field{"http_put_response_hop_limit", one(number(-1, 64))},
		field{"http_endpoint", one(preference)},
		field{"instance_metadata_tags", one(preference)},
		field{"http_tokens_enforced", one(preference)},
	)},
	field{"vpc_encryption_control", container(
		field{"mode", one(choice("unmanaged", "attempt_monitor", "attempt_enforce"))},
		field{"exclusions", many(oneOf("", "internet_gateway", "nat_gateway", "vpc_lattice", "vpc_peering", "lambda",
			"egress_only_internet_gateway", "elastic_file_system", "virtual_private_gateway"))},
	).requiring("mode")},
)

var preference = choice("no_preference", "enabled", "disabled")

var imageCriteria = container(
	field{"allowed_image_providers", many(matching("an account id of 12 digits, amazon, aws_marketplace or aws_backup_vault",
		`[0-9]{12}|amazon|aws_marketplace|aws_backup_vault`)).atMost(200)},
	field{"image_names", many(imageName).atMost(50)},
	field{"marketplace_product_codes", many(matching("a product code of 1 to 25 letters and digits", `[A-Za-z0-9]{1,25}`)).atMost(50)},
	field{"creation_date_condition", container(
		field{"maximum_days_since_created", one(days)},
	)},
	field{"deprecation_time_condition", container(
		field{"maximum_days_since_deprecated", one(days)},
	)},
	field{"image_watermarks", each(matching("image_watermark_1 to image_watermark_50", `(?i:image_watermark_)(?:[1-9]|[1-4][0-9]|50)`), container(
		field{"watermark_key", one(matching("an account or a pattern of one, a colon, and a name of 3 to 128 characters, such as 123456789012:approved-*",
			`(?:[0-9]{12}|[0-9*?]*[*?][0-9*?]*):[A-Za-z0-9 ()\[\]./'@_*?-]{3,128}`))},
		field{"source_image_region", one(matching("a Region code or a pattern of one, such as us-*",
			regionPattern+`|[a-z0-9*?-]*[*?][a-z0-9*?-]*`))},
		field{"maximum_days_since_source_image_created", one(days)},
		field{"maximum_days_since_watermark_created", one(days)},
	).requiring("watermark_key"))},
)

// imageName is the name of an image or a pattern of names.
var imageName = constraint{violation: func(name string, now time.Time) string {
	if violation := text(1, 128).violation(name, now); violation != "" {
		return violation
	}
	if strings.Contains(name, "?") && utf8.RuneCountInString(name) < 3 {
		return "a name with the wildcard ? has at least 3 characters; " + document.Quote(name) + " has fewer"
	}
	return ""
}}

var days = number(0, 2147483647)
