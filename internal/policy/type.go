// Package policy holds what is true of policies before anybody attaches one:
// the types and their figures, the policies that AWS provides, the language of
// service control, resource control and delegation policies, the check of a
// document when it is saved, and the form in which it is stored.
//
// It keeps no state and knows no accounts: facts of an organization come in as
// arguments. The language of management policies is in package inherit, the
// condition operators in package condition.
package policy

import (
	"accord/internal/ident"
	"accord/internal/policy/document"
)

// Type is a policy type as it stands on the wire.
type Type string

// The policy types. [AWS: API reference, PolicyType]
const (
	ServiceControl          Type = "SERVICE_CONTROL_POLICY"
	ResourceControl         Type = "RESOURCE_CONTROL_POLICY"
	Tag                     Type = "TAG_POLICY"
	Backup                  Type = "BACKUP_POLICY"
	AIServicesOptOut        Type = "AISERVICES_OPT_OUT_POLICY"
	Chatbot                 Type = "CHATBOT_POLICY"
	DeclarativeEC2          Type = "DECLARATIVE_POLICY_EC2"
	SecurityHub             Type = "SECURITYHUB_POLICY"
	Inspector               Type = "INSPECTOR_POLICY"
	UpgradeRollout          Type = "UPGRADE_ROLLOUT_POLICY"
	Bedrock                 Type = "BEDROCK_POLICY"
	S3                      Type = "S3_POLICY"
	NetworkSecurityDirector Type = "NETWORK_SECURITY_DIRECTOR_POLICY"
	GuardDuty               Type = "GUARDDUTY_POLICY"
)

// Family says how policies of a type act.
type Family int

const (
	// Authorization policies are evaluated for each request.
	Authorization Family = iota
	// Management policies are merged into one effective policy.
	Management
)

// Quotas are the numbers that limit policies of one type.
type Quotas struct {
	Size     int // characters of one document, see Size
	Stored   int // customer policies in one organization
	Attached int // policies attached directly to one root, unit or account
}

// Definition is everything that sets one policy type apart from the others.
type Definition struct {
	Type   Type
	Family Family
	Quotas Quotas
	// Earlier holds the quotas of 2024 where they were others; zero is the
	// same number as now.
	Earlier Quotas
	// MinAttached is how many policies stay attached to a target while the
	// type is enabled.
	MinAttached int
	// IDPrefix begins the id of a new policy in the wire style native.
	IDPrefix string
	// Segment stands for the type in ARNs.
	Segment string
	// TopLevelKey is the member that every document of the type has.
	TopLevelKey string
	// ServicePrincipal is the service whose trusted access must be on before
	// the type can be enabled, "" when there is none.
	ServicePrincipal string
	// Default is the policy attached to everything when the type is enabled,
	// "" when there is none.
	Default ident.PolicyID
	// QuotaName is the type in the names of quotas, as in policy-size-tag.
	QuotaName string

	check func(content string, options Options) *document.Mistake
}

// QuotasOf2024 returns the quotas that were published in 2024.
func (d Definition) QuotasOf2024() Quotas {
	quotas := d.Quotas
	if d.Earlier.Size != 0 {
		quotas.Size = d.Earlier.Size
	}
	if d.Earlier.Stored != 0 {
		quotas.Stored = d.Earlier.Stored
	}
	if d.Earlier.Attached != 0 {
		quotas.Attached = d.Earlier.Attached
	}
	return quotas
}

// Types is the table of all policy types, in the order of the documentation.
// It is read only. [AWS: quotas and service limits; policy type pages;
// recorded: id prefixes of tag and resource control policies; assumed: quotas
// of the types from SecurityHub on that the documentation leaves out]
var Types = []Definition{
	{
		Type: ServiceControl, Family: Authorization, check: checkServiceControl,
		Quotas: Quotas{Size: 10_240, Stored: 10_000, Attached: 10}, Earlier: Quotas{Size: 5_120, Stored: 1_000, Attached: 5},
		MinAttached: 1, Default: FullAWSAccess,
		IDPrefix: "p-", Segment: "service_control_policy", TopLevelKey: "Statement", QuotaName: "service-control",
	},
	{
		Type: ResourceControl, Family: Authorization, check: checkResourceControl,
		Quotas: Quotas{Size: 5_120, Stored: 2_000, Attached: 5}, Earlier: Quotas{Stored: 1_000},
		MinAttached: 1, Default: RCPFullAWSAccess,
		IDPrefix: "p-02", Segment: "resource_control_policy", TopLevelKey: "Statement", QuotaName: "resource-control",
	},
	{
		Type: Tag, Family: Management, check: checkManagement(Tag),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-95", Segment: "tag_policy", TopLevelKey: "tags", QuotaName: "tag",
	},
	{
		Type: Backup, Family: Management, check: checkManagement(Backup),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "backup_policy", TopLevelKey: "plans", QuotaName: "backup",
	},
	{
		Type: AIServicesOptOut, Family: Management, check: checkManagement(AIServicesOptOut),
		Quotas:   Quotas{Size: 2_500, Stored: 1_000, Attached: 5},
		IDPrefix: "p-", Segment: "aiservices_opt_out_policy", TopLevelKey: "services", QuotaName: "aiservices-opt-out",
	},
	{
		Type: Chatbot, Family: Management, check: checkManagement(Chatbot),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 5},
		IDPrefix: "p-", Segment: "chatbot_policy", TopLevelKey: "chatbot", QuotaName: "chatbot",
	},
	{
		Type: DeclarativeEC2, Family: Management, check: checkManagement(DeclarativeEC2),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "declarative_policy_ec2", TopLevelKey: "ec2_attributes", QuotaName: "declarative-ec2",
	},
	{
		Type: SecurityHub, Family: Management, check: checkManagement(SecurityHub),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "securityhub_policy", TopLevelKey: "securityhub", QuotaName: "securityhub",
		ServicePrincipal: "securityhub.amazonaws.com",
	},
	{
		Type: Inspector, Family: Management, check: checkManagement(Inspector),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "inspector_policy", TopLevelKey: "inspector", QuotaName: "inspector",
		ServicePrincipal: "inspector2.amazonaws.com",
	},
	{
		Type: UpgradeRollout, Family: Management, check: checkManagement(UpgradeRollout),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "upgrade_rollout_policy", TopLevelKey: "upgrade_rollout", QuotaName: "upgrade-rollout",
	},
	{
		Type: Bedrock, Family: Management, check: checkManagement(Bedrock),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "bedrock_policy", TopLevelKey: "bedrock", QuotaName: "bedrock",
	},
	{
		Type: S3, Family: Management, check: checkManagement(S3),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "s3_policy", TopLevelKey: "s3_attributes", QuotaName: "s3",
	},
	{
		Type: NetworkSecurityDirector, Family: Management, check: checkManagement(NetworkSecurityDirector),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "network_security_director_policy", TopLevelKey: "network_security_director", QuotaName: "network-security-director",
	},
	{
		Type: GuardDuty, Family: Management, check: checkManagement(GuardDuty),
		Quotas:   Quotas{Size: 10_000, Stored: 1_000, Attached: 10},
		IDPrefix: "p-", Segment: "guardduty_policy", TopLevelKey: "guardduty", QuotaName: "guardduty",
	},
}

// Define returns the definition of a type, and false for a text that is none.
func Define(t Type) (Definition, bool) {
	for _, d := range Types {
		if d.Type == t {
			return d, true
		}
	}
	return Definition{}, false
}

// TypeOfSegment returns the type that an ARN segment stands for, and false
// for a text that is none.
func TypeOfSegment(segment string) (Type, bool) {
	for _, d := range Types {
		if d.Segment == segment {
			return d.Type, true
		}
	}
	return "", false
}

// TypesOfService returns the types that can be enabled only while the service
// principal has trusted access.
func TypesOfService(principal string) []Type {
	var types []Type
	for _, d := range Types {
		if principal != "" && d.ServicePrincipal == principal {
			types = append(types, d.Type)
		}
	}
	return types
}
