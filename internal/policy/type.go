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

// Definition is everything that sets one policy type apart from the others.
type Definition struct {
	Type   Type
	Family Family
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

	check func(content string, options Options) *document.Diagnostic
}

// Types is the table of all policy types, in the order of the documentation.
// It is read only. The numbers that limit policies are in package limits.
// [AWS: policy type pages; recorded: id prefixes of tag and resource control
// policies; assumed: all other prefixes, and the segments that no published ARN
// shows]
var Types = []Definition{
	{
		Type: ServiceControl, Family: Authorization, check: checkServiceControl,
		MinAttached: 1, Default: FullAWSAccess,
		IDPrefix: "p-", Segment: "service_control_policy", TopLevelKey: "Statement",
	},
	{
		Type: ResourceControl, Family: Authorization, check: checkResourceControl,
		MinAttached: 1, Default: RCPFullAWSAccess,
		IDPrefix: "p-02", Segment: "resource_control_policy", TopLevelKey: "Statement",
	},
	{
		Type: Tag, Family: Management, check: checkManagement(Tag),
		IDPrefix: "p-95", Segment: "tag_policy", TopLevelKey: "tags",
	},
	{
		Type: Backup, Family: Management, check: checkManagement(Backup),
		IDPrefix: "p-", Segment: "backup_policy", TopLevelKey: "plans",
	},
	{
		Type: AIServicesOptOut, Family: Management, check: checkManagement(AIServicesOptOut),
		IDPrefix: "p-", Segment: "aiservices_opt_out_policy", TopLevelKey: "services",
	},
	{
		Type: Chatbot, Family: Management, check: checkManagement(Chatbot),
		IDPrefix: "p-", Segment: "chatbot_policy", TopLevelKey: "chatbot",
	},
	{
		Type: DeclarativeEC2, Family: Management, check: checkManagement(DeclarativeEC2),
		IDPrefix: "p-", Segment: "declarative_policy_ec2", TopLevelKey: "ec2_attributes",
	},
	{
		Type: SecurityHub, Family: Management, check: checkManagement(SecurityHub),
		IDPrefix: "p-", Segment: "securityhub_policy", TopLevelKey: "securityhub",
		ServicePrincipal: "securityhub.amazonaws.com",
	},
	{
		Type: Inspector, Family: Management, check: checkManagement(Inspector),
		IDPrefix: "p-", Segment: "inspector_policy", TopLevelKey: "inspector",
		ServicePrincipal: "inspector2.amazonaws.com",
	},
	{
		Type: UpgradeRollout, Family: Management, check: checkManagement(UpgradeRollout),
		IDPrefix: "p-", Segment: "upgrade_rollout_policy", TopLevelKey: "upgrade_rollout",
	},
	{
		Type: Bedrock, Family: Management, check: checkManagement(Bedrock),
		IDPrefix: "p-", Segment: "bedrock_policy", TopLevelKey: "bedrock",
	},
	{
		Type: S3, Family: Management, check: checkManagement(S3),
		IDPrefix: "p-", Segment: "s3_policy", TopLevelKey: "s3_attributes",
	},
	{
		Type: NetworkSecurityDirector, Family: Management, check: checkManagement(NetworkSecurityDirector),
		IDPrefix: "p-", Segment: "network_security_director_policy", TopLevelKey: "network_security_director",
	},
	{
		Type: GuardDuty, Family: Management, check: checkManagement(GuardDuty),
		IDPrefix: "p-", Segment: "guardduty_policy", TopLevelKey: "guardduty",
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
