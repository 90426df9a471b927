package inherit

import (
	"slices"

	"accord/internal/policy/document"
)

// GuardDutyPolicy is the structure of GuardDuty policies: features by Region, in
// blocks that do not inherit from each other. [AWS: GuardDuty policy syntax; assumed:
// that a document without a block is rejected]
var GuardDutyPolicy = container(
	field{"enablement", each(matching("default or a Region code such as eu-north-1", `(?i:default)|`+regionPattern), guardDutyBlock)},
).checked(hasABlock)

var guardDutyBlock = container(
	field{foundational, guardDutyFeature()},
	field{"s3_data_events", guardDutyFeature()},
	field{"eks_audit_logs", guardDutyFeature()},
	field{"ebs_malware_protection", guardDutyFeature()},
	field{"rds_login_events", guardDutyFeature()},
	field{"lambda_network_logs", guardDutyFeature()},
	field{"ai_protection", guardDutyFeature()},
	field{"runtime_monitoring", guardDutyFeature(
		field{"additional_configuration", container(
			field{"eks_addon_management", guardDutyFeature()},
			field{"ec2_agent_management", guardDutyFeature()},
			field{"ecs_fargate_agent_management", guardDutyFeature()},
		)},
	)},
).checked(hasFoundational).reported(reportFoundational)

// foundational is the feature that all others of a block need.
const foundational = "foundational"

func guardDutyFeature(more ...field) *Element {
	return container(append([]field{{"status", one(toggle)}}, more...)...)
}

// hasABlock checks that there is a block. A wrong name in its place is diagnostic
// enough.
func hasABlock(d *diagnostics, policy document.Member, parent *document.Path) {
	if d.first.Diagnostic != nil {
		return
	}
	if enablement := lookup(policy.Value, "enablement"); enablement != nil {
		for _, block := range enablement.Members {
			if !isOperator(block.Name) {
				return
			}
		}
	}
	d.add(policy, parent, "a GuardDuty policy needs a block under enablement: default or a Region")
}

// hasFoundational checks that a block which enables a feature enables foundational in
// the same document. [AWS: GuardDuty policy syntax; that it is checked here and again
// on the effective policy is assumed]
func hasFoundational(d *diagnostics, block document.Member, parent *document.Path) {
	enabled := enabledFeatures(block.Value, func(feature *document.Node) *document.Node { return assigned(feature, "status") })
	if len(enabled) == 0 || slices.Contains(enabled, foundational) {
		return
	}
	d.add(block, parent, "%s enables %s, which needs foundational enabled in the same block", document.Quote(block.Name), enabled[0])
}

// reportFoundational reports features that are enabled without foundational. [AWS:
// GuardDuty policy syntax; codes and texts assumed]
func reportFoundational(r *reporter, block *document.Node) {
	enabled := enabledFeatures(block, func(feature *document.Node) *document.Node { return feature.Member("status") })
	switch status := block.Member(foundational).Member("status"); {
	case len(enabled) == 0 || slices.Contains(enabled, foundational):
	case status == nil:
		r.add(CodeKeyRequired, "'%s' is missing", foundational)
	default:
		for _, feature := range enabled {
			r.conflict(foundational+"="+status.Text, feature+"=enabled")
		}
	}
}

// enabledFeatures returns the names of the features, and parts of features, whose
// status is enabled, in the order of the document.
func enabledFeatures(features *document.Node, status func(feature *document.Node) *document.Node) (names []string) {
	for _, feature := range features.Members {
		if feature.Value.Kind != document.Object || isOperator(feature.Name) {
			continue
		}
		if on := status(feature.Value); on != nil && on.Text == "enabled" {
			names = append(names, folded(feature.Name))
		}
		if parts := lookup(feature.Value, "additional_configuration"); parts != nil {
			names = append(names, enabledFeatures(parts, status)...)
		}
	}
	return names
}
