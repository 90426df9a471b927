package inherit

// EC2Policy is the structure of declarative policies for EC2. [AWS: guide;
// that values are rejected when the policy is saved is assumed]
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
	)},
	field{"instance_metadata_defaults", container(
		field{"http_tokens", one(choice("no_preference", "required", "optional"))},
		field{"http_put_response_hop_limit", one(number(-1, 64))},
		field{"http_endpoint", one(preference)},
		field{"instance_metadata_tags", one(preference)},
		field{"http_tokens_enforced", one(preference)},
	)},
	field{"vpc_encryption_control", container(
		field{"mode", one(choice("unmanaged", "attempt_monitor", "attempt_enforce"))},
		// AWS publishes the gateways and services that can be excluded, but not the
		// syntax by which a policy names them.
		field{"exclusions", anything()},
	)},
)

var preference = choice("no_preference", "enabled", "disabled")

var imageCriteria = container(
	field{"allowed_image_providers", many(text(1, unbounded)).atMost(200)},
	field{"image_names", many(text(1, unbounded)).atMost(50)},
	field{"marketplace_product_codes", many(text(1, unbounded)).atMost(50)},
	field{"creation_date_condition", container(
		field{"maximum_days_since_created", one(days)},
	)},
	field{"deprecation_time_condition", container(
		field{"maximum_days_since_deprecated", one(days)},
	)},
	field{"image_watermarks", each(matching("image_watermark_1 to image_watermark_50", `(?i:image_watermark_)(?:[1-9]|[1-4][0-9]|50)`), container(
		field{"watermark_key", one(text(1, unbounded))},
		field{"source_image_region", one(region)},
		field{"maximum_days_since_source_image_created", one(days)},
		field{"maximum_days_since_watermark_created", one(days)},
	).requiring("watermark_key"))},
)

var days = number(0, 2147483647)
