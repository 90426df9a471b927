// Package policy holds the table of policy types, the policies that AWS provides,
// and the language of service control, resource control and delegation policies.
// It checks documents that are saved and normalizes them for storage.
//
// The package keeps no state and knows no accounts: facts of an organization are
// arguments. The language of management policies is in package inherit, the
// condition operators are in package condition.
package policy

import (
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy/inherit"
)

// The policy types. [AWS: API reference, PolicyType]
const (
	ServiceControl          org.PolicyType = "SERVICE_CONTROL_POLICY"
	ResourceControl         org.PolicyType = "RESOURCE_CONTROL_POLICY"
	Tag                     org.PolicyType = "TAG_POLICY"
	Backup                  org.PolicyType = "BACKUP_POLICY"
	AIServicesOptOut        org.PolicyType = "AISERVICES_OPT_OUT_POLICY"
	Chatbot                 org.PolicyType = "CHATBOT_POLICY"
	DeclarativeEC2          org.PolicyType = "DECLARATIVE_POLICY_EC2"
	SecurityHub             org.PolicyType = "SECURITYHUB_POLICY"
	SecurityHubCSPM         org.PolicyType = "SECURITYHUB_CSPM_POLICY"
	Inspector               org.PolicyType = "INSPECTOR_POLICY"
	UpgradeRollout          org.PolicyType = "UPGRADE_ROLLOUT_POLICY"
	Bedrock                 org.PolicyType = "BEDROCK_POLICY"
	S3                      org.PolicyType = "S3_POLICY"
	NetworkSecurityDirector org.PolicyType = "NETWORK_SECURITY_DIRECTOR_POLICY"
	GuardDuty               org.PolicyType = "GUARDDUTY_POLICY"
)

// The ids of the policies that AWS provides.
const (
	FullAWSAccess    ident.PolicyID = "p-FullAWSAccess"
	RCPFullAWSAccess ident.PolicyID = "p-RCPFullAWSAccess"
)

// Definition is one row of the table of policy types: everything that
// distinguishes one type from the others.
type Definition struct {
	Type org.PolicyType
	// IDPrefix begins the id of a new policy in the wire style native.
	IDPrefix string
	// Segment is the name of the type in ARNs.
	Segment string
	// ServicePrincipal is the service that needs trusted access before the type
	// can be enabled; "" if none does.
	ServicePrincipal org.ServicePrincipal
	// Default is the policy that is attached to every target when the type is
	// enabled; "" if there is none.
	Default ident.PolicyID
	// MinAttached is the least number of policies that stay attached to a target
	// while the type is enabled.
	MinAttached int
	// Quotas are the defaults of the three quotas of the type.
	Quotas Quotas
	// Schema is the structure and the inheritance of a management policy type.
	// It is nil for authorization policy types, which have a grammar instead.
	Schema *inherit.Schema

	grammar func(Options) *grammar
}

// Quotas are the default quotas of a policy type.
type Quotas struct {
	// Policies is the number of customer policies in an organization.
	Policies Quota
	// Size is the number of characters of a document.
	Size Quota
	// Attachments is the number of policies attached directly to one target.
	Attachments Quota
}

// Quota is the default of one quota.
type Quota struct {
	Default int64
	// Older is the default in the profile 2024; 0 if it was the same.
	Older int64
	// Published is when AWS published the default; "" if that is not known.
	Published string
}

// Types is the table of all policy types, in the order of the documentation.
// It is read only.
//
// [AWS: policy type pages; quotas of policy types; recorded: id prefixes of tag
// and resource control policies, 10 attached tag policies; assumed: all other
// prefixes, the segments that no published ARN shows, and quotas like those of
// backup policies for Security Hub CSPM, Inspector, upgrade rollout, Bedrock, S3,
// network security director and GuardDuty policies, whose quotas AWS does not
// publish. AWS: pages of Security Hub, Inspector and GuardDuty policies: trusted
// access; assumed: Security Hub CSPM as Security Hub]
var Types = []Definition{
	{
		Type: ServiceControl, IDPrefix: "p-", Segment: "service_control_policy",
		Default: FullAWSAccess, MinAttached: 1,
		Quotas: Quotas{
			Policies:    Quota{Default: 10_000, Older: 1000, Published: "2026"},
			Size:        Quota{Default: 10_240, Older: 5120, Published: "15 May 2026"},
			Attachments: Quota{Default: 10, Older: 5, Published: "15 May 2026"},
		},
		grammar: serviceControlGrammar,
	},
	{
		Type: ResourceControl, IDPrefix: "p-02", Segment: "resource_control_policy",
		Default: RCPFullAWSAccess, MinAttached: 1,
		Quotas: Quotas{
			Policies:    Quota{Default: 2000, Older: 1000, Published: "2026"},
			Size:        Quota{Default: 5120},
			Attachments: Quota{Default: 5},
		},
		grammar: resourceControlGrammar,
	},
	{
		Type: Tag, IDPrefix: "p-95", Segment: "tag_policy",
		Quotas: quotas(1000, 10_000, 10),
		Schema: &inherit.Schema{Name: "a tag policy", Key: "tags", Top: inherit.TagPolicy},
	},
	{
		Type: Backup, IDPrefix: "p-", Segment: "backup_policy",
		Quotas: quotas(1000, 10_000, 10),
		Schema: &inherit.Schema{Name: "a backup policy", Key: "plans", Top: inherit.BackupPolicy},
	},
	{
		Type: AIServicesOptOut, IDPrefix: "p-", Segment: "aiservices_opt_out_policy",
		Quotas: quotas(1000, 2500, 5),
		Schema: &inherit.Schema{Name: "an AI services opt-out policy", Key: "services", Top: inherit.AIServicesPolicy},
	},
	{
		Type: Chatbot, IDPrefix: "p-", Segment: "chatbot_policy",
		Quotas: quotas(1000, 10_000, 5),
		Schema: &inherit.Schema{Name: "a chat applications policy", Key: "chatbot", Top: inherit.ChatbotPolicy},
	},
	{
		Type: DeclarativeEC2, IDPrefix: "p-", Segment: "declarative_policy_ec2",
		Quotas: quotas(1000, 10_000, 10),
		Schema: &inherit.Schema{Name: "a declarative policy for EC2", Key: "ec2_attributes", Top: inherit.EC2Policy},
	},
	{
		Type: SecurityHub, IDPrefix: "p-", Segment: "securityhub_policy",
		ServicePrincipal: "securityhub.amazonaws.com",
		Quotas:           quotas(1000, 10_000, 10),
		Schema:           &inherit.Schema{Name: "a Security Hub policy", Key: "securityhub", Top: inherit.SecurityHubPolicy},
	},
	{
		Type: SecurityHubCSPM, IDPrefix: "p-", Segment: "securityhub_cspm_policy",
		ServicePrincipal: "securityhub.amazonaws.com",
		Quotas:           quotas(1000, 10_000, 10),
		Schema:           &inherit.Schema{Name: "a Security Hub CSPM policy", Top: inherit.SecurityHubCSPMPolicy},
	},
	{
		Type: Inspector, IDPrefix: "p-", Segment: "inspector_policy",
		ServicePrincipal: "inspector2.amazonaws.com",
		Quotas:           quotas(1000, 10_000, 10),
		Schema:           &inherit.Schema{Name: "an Inspector policy", Key: "inspector", Top: inherit.InspectorPolicy},
	},
	{
		Type: UpgradeRollout, IDPrefix: "p-", Segment: "upgrade_rollout_policy",
		Quotas: quotas(1000, 10_000, 10),
		Schema: &inherit.Schema{Name: "an upgrade rollout policy", Key: "upgrade_rollout", Top: inherit.UpgradeRolloutPolicy},
	},
	{
		Type: Bedrock, IDPrefix: "p-", Segment: "bedrock_policy",
		Quotas: quotas(1000, 10_000, 10),
		Schema: &inherit.Schema{Name: "a Bedrock policy", Key: "bedrock", Top: inherit.BedrockPolicy},
	},
	{
		Type: S3, IDPrefix: "p-", Segment: "s3_policy",
		Quotas: quotas(1000, 10_000, 10),
		Schema: &inherit.Schema{Name: "an S3 policy", Key: "s3_attributes", Top: inherit.S3Policy},
	},
	{
		Type: NetworkSecurityDirector, IDPrefix: "p-", Segment: "network_security_director_policy",
		Quotas: quotas(1000, 10_000, 10),
		Schema: &inherit.Schema{Name: "a network security director policy", Key: "network_security_director", Top: inherit.NetworkSecurityDirectorPolicy},
	},
	{
		Type: GuardDuty, IDPrefix: "p-", Segment: "guardduty_policy",
		ServicePrincipal: "guardduty.amazonaws.com",
		Quotas:           quotas(1000, 10_000, 10),
		Schema:           &inherit.Schema{Name: "a GuardDuty policy", Key: "guardduty", Top: inherit.GuardDutyPolicy},
	},
}

// quotas are defaults that did not change between the profiles, as far as is
// known.
func quotas(policies, size, attachments int64) Quotas {
	return Quotas{
		Policies:    Quota{Default: policies},
		Size:        Quota{Default: size},
		Attachments: Quota{Default: attachments},
	}
}

// DefinitionOf returns the definition of a type; it is read only. It is nil if
// there is no such type.
func DefinitionOf(t org.PolicyType) *Definition {
	for i := range Types {
		if Types[i].Type == t {
			return &Types[i]
		}
	}
	return nil
}

// IsManagement reports whether policies of the type are merged into one
// effective policy. Authorization policies are evaluated for each request
// instead.
func (d *Definition) IsManagement() bool { return d.Schema != nil }

// TopLevelKey is the member that every document of the type has; "" if any one
// will do.
func (d *Definition) TopLevelKey() string {
	if d.IsManagement() {
		return d.Schema.Key
	}
	return statementKey
}

// TypesOfService returns the types that can be enabled only while the service
// principal has trusted access.
func TypesOfService(principal org.ServicePrincipal) []org.PolicyType {
	var types []org.PolicyType
	for i := range Types {
		if principal != "" && Types[i].ServicePrincipal == principal {
			types = append(types, Types[i].Type)
		}
	}
	return types
}
