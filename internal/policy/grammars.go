package policy

import (
	"strings"

	"accord/internal/policy/document"
)

func serviceControlGrammar(options Options) *grammar {
	if options.ServiceControlBefore2025 {
		return &serviceControlBefore2025
	}
	return &serviceControl
}

const noPrincipal = "a service control policy names no principal; it applies to everyone in the accounts below"

// serviceControl is the language of service control policies since September
// 2025. [AWS: SCP syntax; release notes]
var serviceControl = grammar{
	kind:     "a service control policy",
	members:  []string{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"},
	required: [][]string{{"Effect"}, {"Action", "NotAction"}, {"Resource", "NotResource"}},
	excluded: map[string]string{"Principal": noPrincipal, "NotPrincipal": noPrincipal},
	effects:  []string{"Allow", "Deny"},
	action:   func(c *checker, value *document.Node, at *document.Path) { c.anyAction(value, at) },
	resource: func(c *checker, value *document.Node, at *document.Path) { c.arn(value, at, fillShort) },
}

// serviceControlBefore2025 is the narrower language that service control
// policies had before. [AWS: SCP syntax, editions until 2025]
var serviceControlBefore2025 = grammar{
	kind:     "a service control policy",
	members:  []string{"Sid", "Effect", "Action", "NotAction", "Resource", "Condition"},
	required: [][]string{{"Effect"}, {"Action", "NotAction"}, {"Resource"}},
	excluded: map[string]string{
		"Principal":    noPrincipal,
		"NotPrincipal": noPrincipal,
		"NotResource":  "a service control policy had no NotResource before September 2025",
	},
	effects: []string{"Allow", "Deny"},
	action: func(c *checker, value *document.Node, at *document.Path) {
		c.anyAction(value, at)
		if i := strings.IndexAny(value.Text, wildcards); i >= 0 && i < len(value.Text)-1 {
			c.invalid(value, at, "in the action %s a wildcard is before the end; before September 2025 that was not valid", document.Quote(value.Text))
		}
	},
	resource:  func(c *checker, value *document.Node, at *document.Path) { c.arn(value, at, fillShort) },
	statement: allowOnlyActions,
}

// allowOnlyActions holds Allow statements to Action and the resource *.
func allowOnlyActions(c *checker, statement *document.Node, at *document.Path) {
	if effect := statement.Member("Effect"); effect == nil || effect.Text != "Allow" {
		return
	}
	for _, m := range statement.Members {
		switch m.Name {
		case "NotAction", "Condition":
			c.invalid(m, at, "before September 2025 %s could stand only with Deny", m.Name)
		case "Resource":
			for item, path := range texts(m.Value, at.Member(m.Name)) {
				if item.Text != "*" {
					c.invalid(item, path, "before September 2025 Allow could name no resource but \"*\", not %s", document.Quote(item.Text))
				}
			}
		}
	}
}

func resourceControlGrammar(options Options) *grammar {
	services := options.ResourceControlServices
	if services == nil {
		services = ResourceControlServices
	}
	return resourceControl(services)
}

// resourceControl returns the language of resource control policies, for
// actions of these services. [AWS: RCP syntax; recorded]
func resourceControl(services []string) *grammar {
	supported := make(map[string]bool, len(services))
	for _, service := range services {
		supported[service] = true
	}
	return &grammar{
		kind:     "a resource control policy",
		members:  []string{"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"},
		required: [][]string{{"Effect"}, {"Principal"}, {"Action"}, {"Resource", "NotResource"}},
		excluded: map[string]string{
			"NotPrincipal": "a resource control policy applies to every principal; narrow it with a condition such as aws:PrincipalArn",
			"NotAction":    "a resource control policy names its actions; it has no NotAction",
		},
		effects:   []string{"Deny"},
		principal: (*checker).everyPrincipal,
		action: func(c *checker, value *document.Node, at *document.Path) {
			if value.Text == "*" {
				c.invalid(value, at, "a resource control policy names the services it controls, such as \"s3:*\"; \"*\" alone is not supported")
				return
			}
			if service, ok := c.anyAction(value, at); ok && !supported[strings.ToLower(service)] {
				c.invalid(value, at, "resource control policies do not support the service %s", document.Quote(service))
			}
		},
		resource: func(c *checker, value *document.Node, at *document.Path) { c.arn(value, at, rejectShort) },
	}
}

// ResourceControlServices are the service prefixes whose actions resource
// control policies can deny, as of September 2026.
// [AWS: services that support RCPs]
var ResourceControlServices = []string{
	"aoss", "appconfig", "appstream", "autoscaling", "autoscaling-plans", "budgets", "clouddirectory", "cloudfront",
	"cloudsearch", "cloudtrail-data", "codeartifact", "codebuild", "codecommit", "codepipeline", "cognito-identity",
	"cognito-idp", "comprehend", "comprehendmedical", "compute-optimizer", "cost-optimization-hub", "dax", "dsql",
	"dynamodb", "ecr", "ecr-public", "events", "firehose", "fis", "fms", "gamelift", "health", "inspector-scan",
	"kendra", "kinesisvideo", "kms", "logs", "memorydb", "networkmonitor", "notifications", "opensearch",
	"pca-connector-ad", "personalize", "polly", "pricing", "resource-groups", "rolesanywhere", "s3", "secretsmanager",
	"servicediscovery", "signin", "sqs", "sts", "support", "swf", "textract", "timestream-influxdb", "transcribe",
	"transfer", "translate", "wafv2", "workspaces", "xray",
}
