package inherit

import (
	"strings"
	"time"

	"accord/internal/policy/document"
)

// BackupPolicy is the structure of backup policies. [AWS: guide; values
// recorded unless marked]
var BackupPolicy = each(blockName, container(
	field{"regions", many(region).atLeast(1)},
	field{"rules", each(blockName, backupRule).atMost(10)},
	field{"selections", container(
		field{"tags", each(authorName, tagSelection)},
		field{"resources", each(authorName, resourceSelection)},
	)},
	field{"advanced_backup_settings", container(
		field{"ec2", container(
			field{"windows_vss", one(toggle)},
		)},
		field{"s3", container(
			field{"backup_acls", one(toggle)},
			field{"backup_object_tags", one(toggle)},
		)},
	)},
	field{"scan_settings", container(
		field{"guardduty", container(
			field{"resource_types", many(choice("EBS", "EC2", "S3", "ALL")).nonEmpty()},
			field{"scanner_role_arn", one(accountRole)},
		)},
	)},
	field{"backup_plan_tags", each(authorName, backupTag)},
).requiring("regions", "rules", "selections"))

var backupRule = container(
	field{"schedule_expression", one(backupSchedule)},
	field{"target_backup_vault_name", one(matching("a vault name of 1 to 50 letters, digits, hyphens and underscores", vaultPattern))},
	field{"target_logically_air_gapped_backup_vault_arn", one(matching(
		"the ARN of a vault with $region and $account, such as arn:aws:backup:$region:$account:backup-vault:Vault",
		`arn:`+partitionPattern+`:backup:\$region:\$account:(?:backup-)?vault:`+vaultPattern))},
	field{"start_backup_window_minutes", one(number(60, unbounded))},
	field{"complete_backup_window_minutes", one(number(60, unbounded))},
	field{"enable_continuous_backup", one(boolean)},
	field{"lifecycle", backupLifecycle},
	field{"copy_actions", each(copyTarget, container(
		field{"target_backup_vault_arn", one(copyTarget)},
		field{"lifecycle", backupLifecycle},
	).needing("target_backup_vault_arn").checked(copyTargetIsItsName))},
	field{"recovery_point_tags", each(authorName, backupTag)},
	field{"index_actions", container(
		field{"resource_types", many(choice("EBS", "S3")).nonEmpty()},
	)},
	field{"scan_actions", container(
		field{"guardduty", container(
			field{"scan_mode", one(choice("INCREMENTAL_SCAN", "FULL_SCAN"))},
		)},
	)},
).requiring("target_backup_vault_name").checked(backupRuleAgrees).reported(reportBackupRule)

// backupLifecycle counts in days. The guide spells the second setting
// to_delete_after_days in some examples: that name is accepted and has no
// further meaning. [AWS: guide, contradictory]
var backupLifecycle = container(
	field{"move_to_cold_storage_after_days", one(number(1, unbounded))},
	field{"delete_after_days", one(number(1, unbounded))},
	field{"to_delete_after_days", one(number(0, unbounded))},
	field{"opt_in_to_archive_for_supported_resources", one(boolean)},
)

// backupTag is a tag of plans and recovery points; its key repeats the name
// of the object that contains it.
var backupTag = container(
	field{"tag_key", one(ownTagKey)},
	field{"tag_value", one(text(0, 256).orNumber().orBoolean())},
).needing("tag_key", "tag_value").checked(func(d *diagnostics, named document.Member, parent *document.Path) {
	spellsName(d, named, parent)
})

var tagSelection = container(
	field{"iam_role_arn", one(accountRole)},
	field{"tag_key", one(text(1, 128))},
	field{"tag_value", many(text(0, 256)).nonEmpty().atLeast(1)},
	field{"conditions", selectionConditions},
).needing("tag_key", "tag_value").requiring("iam_role_arn", "tag_key", "tag_value")

var resourceSelection = container(
	field{"iam_role_arn", one(accountRole)},
	field{"resource_types", many(backedUpType).nonEmpty()},
	field{"not_resource_types", many(backedUpType).nonEmpty()},
	field{"conditions", selectionConditions},
).checked(selectsSomething)

var selectionConditions = container(
	field{"string_equals", selectionCondition},
	field{"string_not_equals", selectionCondition},
	field{"string_like", selectionCondition},
	field{"string_not_like", selectionCondition},
)

var selectionCondition = each(authorName, container(
	field{"condition_key", one(matching("a condition key such as aws:ResourceTag/stage", `aws:ResourceTag/.+`))},
	field{"condition_value", one(text(0, unbounded))},
).needing("condition_key", "condition_value"))

// blockName is the name of a plan or a rule. [assumed: rules are as plans]
var blockName = matching("a name of 1 to 50 letters, digits, dots, hyphens and underscores", `[A-Za-z0-9._-]{1,50}`)

const vaultPattern = `[A-Za-z0-9_-]{1,50}`

var copyTarget = matching(
	"the ARN of a vault in a named Region, such as arn:aws:backup:eu-west-1:$account:backup-vault:Vault",
	`arn:`+partitionPattern+`:backup:`+regionPattern+`:(?:\$account|[0-9]{12}):(?:backup-)?vault:`+vaultPattern)

var accountRole = matching(
	"the ARN of a role with $account in place of the account, such as arn:aws:iam::$account:role/Runner",
	`arn:`+partitionPattern+`:iam::\$account:role/[A-Za-z0-9+=,.@_/-]*[A-Za-z0-9+=,.@_-]`)

// ownTagKey is a key that a customer may give.
var ownTagKey = constraint{violation: func(key string, now time.Time) string {
	if strings.HasPrefix(folded(key), "aws:") {
		return document.Quote(key) + " begins with aws:, which is reserved"
	}
	return authorName.violation(key, now)
}}

var backedUpShape = matching("* or the ARN of a resource, such as arn:aws:ec2:*:*:volume/*",
	`arn:(?:`+partitionPattern+`|\*):[a-z0-9-]+:[^:]*:[^:]*:.+`).orStar()

// backedUpType is a resource of a service that AWS Backup supports.
var backedUpType = constraint{violation: func(text string, now time.Time) string {
	if violation := backedUpShape.violation(text, now); violation != "" || text == "*" {
		return violation
	}
	return backedUpService.violation(strings.SplitN(text, ":", 4)[2], now)
}}

// [AWS: backup policy syntax, supported resource types]
var backedUpService = oneOf("a service that AWS Backup supports",
	"ec2", "rds", "dynamodb", "dsql", "elasticfilesystem", "storagegateway", "fsx", "s3", "backup-gateway", "redshift",
	"redshift-serverless", "timestream", "cloudformation", "ssm-sap", "eks")

// backupSchedule is the schedule of a rule. Its next two runs after the
// request must be an hour or more apart.
var backupSchedule = constraint{violation: func(expression string, now time.Time) string {
	s, violation := parseSchedule(expression)
	if violation != "" {
		return violation
	}
	return s.tooDense(now, time.Hour, "an hour")
}}

// The conditions between settings of a backup rule.
const (
	longestContinuous = 35 // days that a continuous backup may be kept
	archiveKeeps      = 90 // days from cold storage to deletion at the least
	archivePause      = 28 * 24 * time.Hour
)

// copyTargetIsItsName checks that the target of a copy action is the name of the
// action. [recorded: equal; assumed: rejected otherwise]
func copyTargetIsItsName(d *diagnostics, action document.Member, parent *document.Path) {
	target := assigned(action.Value, "target_backup_vault_arn")
	if target != nil && target.Kind == document.String && target.Text != action.Name {
		d.add(target, parent.Member(action.Name).Member("target_backup_vault_arn").Member("@@assign"),
			"the target %s must be the name of its block, %s", document.Quote(target.Text), document.Quote(action.Name))
	}
}

// selectsSomething checks that a selection has resource types or a condition.
func selectsSomething(d *diagnostics, selection document.Member, parent *document.Path) {
	if carriesValue(lookup(selection.Value, "resource_types")) {
		return
	}
	if conditions := lookup(selection.Value, "conditions"); conditions != nil {
		for _, operator := range conditions.Members {
			for _, condition := range operator.Value.Members {
				if !isOperator(condition.Name) {
					return
				}
			}
		}
	}
	d.add(selection, parent, "a selection of resources needs resource_types or a condition in the same document")
}

// backupRuleAgrees checks the settings that continuous backup and archive need in
// the same rule of the same document; a copy action archives by the schedule of
// its rule. [recorded; assumed for copy actions]
func backupRuleAgrees(d *diagnostics, rule document.Member, parent *document.Path) {
	at := parent.Member(rule.Name)
	checkContinuous(d, rule.Value, at)
	schedule := assigned(rule.Value, "schedule_expression")
	checkArchive(d, rule.Value, at, schedule)
	if actions := lookup(rule.Value, "copy_actions"); actions != nil {
		for _, action := range actions.Members {
			checkArchive(d, action.Value, at.Member("copy_actions").Member(action.Name), schedule)
		}
	}
}

func checkContinuous(d *diagnostics, rule *document.Node, at *document.Path) {
	on := assigned(rule, "enable_continuous_backup")
	if !isTrue(on) {
		return
	}
	where := at.Member("enable_continuous_backup").Member("@@assign")
	kept := assigned(rule, "lifecycle", "delete_after_days")
	if kept == nil {
		d.add(on, where, "continuous backup needs lifecycle.delete_after_days of at most %d in the same rule", longestContinuous)
	} else if days, ok := wholeNumber(kept.Text, false); ok && days > longestContinuous {
		d.add(on, where, "continuous backup keeps at most %d days; delete_after_days is %s", longestContinuous, kept.Text)
	}
	if assigned(rule, "lifecycle", "move_to_cold_storage_after_days") != nil {
		d.add(on, where, "continuous backup and move_to_cold_storage_after_days exclude each other in one rule")
	}
}

// archive checks the lifecycle of a rule or of a copy action.
func checkArchive(d *diagnostics, owner *document.Node, at *document.Path, schedule *document.Node) {
	on := assigned(owner, "lifecycle", "opt_in_to_archive_for_supported_resources")
	if !isTrue(on) {
		return
	}
	where := at.Member("lifecycle").Member("opt_in_to_archive_for_supported_resources").Member("@@assign")
	cold := assigned(owner, "lifecycle", "move_to_cold_storage_after_days")
	kept := assigned(owner, "lifecycle", "delete_after_days")
	if cold == nil || kept == nil {
		d.add(on, where, "archive needs move_to_cold_storage_after_days and delete_after_days beside it")
	} else if coldDays, keptDays, ok := twoNumbers(cold.Text, kept.Text); ok && keptDays < coldDays+archiveKeeps {
		d.add(on, where, "archive needs delete_after_days (%s) at least %d days after move_to_cold_storage_after_days (%s)", kept.Text, archiveKeeps, cold.Text)
	}
	if schedule == nil {
		d.add(on, where, "archive needs a schedule_expression in the same rule")
	} else if s, violation := parseSchedule(schedule.Text); violation == "" {
		if violation := s.tooDense(d.facts.Now, archivePause, "28 days"); violation != "" {
			d.add(on, where, "for archive, %s", violation)
		}
	}
}

func isTrue(value *document.Node) bool {
	return value != nil && (value.Kind == document.Bool || value.Kind == document.String) && value.Text == "true"
}

func twoNumbers(a, b string) (first, second int64, ok bool) {
	first, firstOK := wholeNumber(a, false)
	second, secondOK := wholeNumber(b, false)
	return first, second, firstOK && secondOK
}

// reportBackupRule reports settings of the effective rule that exclude each other;
// it does not compare missing settings. Conflicts of copy actions are reported for
// the rule. [recorded] All conflicts with the schedule come first.
func reportBackupRule(r *reporter, rule *document.Node) {
	lifecycles := []*document.Node{rule.Member("lifecycle")}
	if actions := rule.Member("copy_actions"); actions != nil {
		for _, action := range actions.Members {
			lifecycles = append(lifecycles, action.Value.Member("lifecycle"))
		}
	}
	const archive = "opt_in_to_archive_for_supported_resources"
	if schedule := rule.Member("schedule_expression"); schedule != nil {
		for _, lifecycle := range lifecycles {
			if !isTrue(lifecycle.Member(archive)) {
				continue
			}
			if s, violation := parseSchedule(schedule.Text); violation == "" && s.pause(r.now) < archivePause {
				r.conflict(archive+"=true", "schedule_expression="+schedule.Text)
			}
		}
	}
	for _, lifecycle := range lifecycles {
		cold, kept := lifecycle.Member("move_to_cold_storage_after_days"), lifecycle.Member("delete_after_days")
		if !isTrue(lifecycle.Member(archive)) || cold == nil || kept == nil {
			continue
		}
		if coldDays, keptDays, ok := twoNumbers(cold.Text, kept.Text); ok && keptDays < coldDays+archiveKeeps {
			r.conflict(archive+"=true", "delete_after_days="+kept.Text, "move_to_cold_storage_after_days="+cold.Text)
		}
	}
	if isTrue(rule.Member("enable_continuous_backup")) {
		if kept := lifecycles[0].Member("delete_after_days"); kept != nil {
			if days, ok := wholeNumber(kept.Text, false); ok && days > longestContinuous {
				r.conflict("enable_continuous_backup=true", "delete_after_days="+kept.Text)
			}
		}
	}
	if plan := r.above(2); rule.Member("scan_actions") != nil && plan.Member("scan_settings") == nil {
		r.conflict("scan_actions(undefined)", "scan_settings(undefined)")
	}
}
