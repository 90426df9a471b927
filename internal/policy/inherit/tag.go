package inherit

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"accord/internal/policy/document"
)

// TagPolicy is the structure of tag policies. [AWS: guide; values recorded]
//
// The effective policy shows every policy key, even one without a value: its
// tag_key is then the key in lower case, and every value is allowed. [recorded]
var TagPolicy = each(text(1, 128), container(
	field{"tag_value", many(tagValue).otherwise(anyValue)},
	field{"tag_key", one(text(1, 128)).otherwise(lowerCaseKey)},
	field{"enforced_for", many(taggedType).hiddenEmpty()},
	field{"report_required_tag_for", many(taggedType).hiddenEmpty()},
).checked(tagKeyIsPolicyKey)).reportedWhole(reportTags)

func anyValue(string) *document.Node {
	return &document.Node{Kind: document.Array, Items: []*document.Node{{Kind: document.String, Text: "*"}}}
}

func lowerCaseKey(policyKey string) *document.Node {
	return &document.Node{Kind: document.String, Text: policyKey}
}

// tagKeyIsPolicyKey checks that tag_key spells the policy key. [AWS: guide, recorded]
func tagKeyIsPolicyKey(d *diagnostics, policyKey document.Member, parent *document.Path) {
	spellsName(d, policyKey, parent)
}

// spellsName checks that the tag_key of a container is its name except for case.
func spellsName(d *diagnostics, named document.Member, parent *document.Path) {
	key := assigned(named.Value, "tag_key")
	if key != nil && key.Kind == document.String && folded(key.Text) != folded(named.Name) {
		d.add(key, parent.Member(named.Name).Member("tag_key").Member("@@assign"),
			"the tag key %s must be the name of its block, %s, except for capital letters",
			document.Quote(key.Text), document.Quote(named.Name))
	}
}

// tagValue is a value that a tag may have. [AWS: guide, recorded]
var tagValue = constraint{violation: func(text string, _ time.Time) string {
	switch {
	case utf8.RuneCountInString(text) > 256:
		return "a tag value has at most 256 characters"
	case strings.Count(text, "*") > 1:
		return document.Quote(text) + " has more than one wildcard *"
	}
	return ""
}}

var taggedTypeShape = matching("a resource type such as s3:bucket or s3:ALL_SUPPORTED", `[a-z0-9-]+:[A-Za-z0-9/_-]+`)

// taggedType is a service and one of its resource types, or ALL_SUPPORTED. The
// real service knows a list of types; here the service is looked up and the
// type is not. [assumed]
var taggedType = constraint{violation: func(text string, now time.Time) string {
	if service, ok := strings.CutSuffix(text, ":*"); ok {
		return fmt.Sprintf("%s is not accepted for a whole service; write %s", document.Quote(text), document.Quote(service+":ALL_SUPPORTED"))
	}
	if violation := taggedTypeShape.violation(text, now); violation != "" {
		return violation
	}
	service, _, _ := strings.Cut(text, ":")
	if _, found := slices.BinarySearch(taggedServices, service); !found {
		return document.Quote(service) + " is not a service whose resources a tag policy can name" + suggestion(service, taggedServices)
	}
	return ""
}}

// taggedServices are the services whose resources take tags, in alphabetical
// order. [assumed: AWS does not publish its own list as one]
var taggedServices = strings.Fields(`
	access-analyzer acm acm-pca amplify apigateway appconfig appflow appmesh apprunner appstream appsync athena
	auditmanager autoscaling backup batch bedrock ce cloud9 cloudformation cloudfront cloudtrail cloudwatch
	codeartifact codebuild codecommit codeconnections codeguru-profiler codeguru-reviewer codepipeline
	codestar-connections codestar-notifications cognito-identity cognito-idp comprehend config connect datapipeline
	datasync dax detective devicefarm dms dynamodb ec2 ecr ecs eks elasticache elasticbeanstalk elasticfilesystem
	elasticloadbalancing elasticmapreduce emr-containers emr-serverless es events evidently finspace firehose fis
	forecast frauddetector fsx gamelift globalaccelerator glue grafana greengrass groundstation guardduty healthlake
	iam imagebuilder inspector inspector2 internetmonitor iot iotanalytics iotevents iotsitewise iotwireless ivs
	kafka kendra kinesis kinesisanalytics kms lambda lex license-manager logs lookoutmetrics macie2 mediastore
	mediatailor memorydb mobiletargeting mq network-firewall networkmanager omics organizations outposts personalize
	pipes polly proton qldb quicksight ram rds redshift refactor-spaces rekognition resiliencehub resource-groups
	robomaker route53 route53resolver rum s3 sagemaker scheduler schemas secretsmanager securityhub servicecatalog
	servicediscovery ses signer sns sqs ssm ssm-contacts ssm-incidents states storagegateway synthetics textract
	timestream transfer vpc-lattice waf wafv2 wisdom workspaces xray`)

// The limits of an effective tag policy. [AWS: guide, recorded]
const (
	mostRequiredTags = 50
	mostTagBytes     = 395_000
)

// shownTagKeys is how many of too many required tag keys a report names.
const shownTagKeys = 5

// reportTags reports resource types with too many required tags, and a policy that
// is too large. [recorded]
func reportTags(r *reporter, top *document.Node, text string) {
	reportRequiredTags(r, top)
	if len(text) > mostTagBytes {
		r.addFrom([]string{}, CodeElementsTooMany,
			"Effective policy size is %d bytes, which exceeds the maximum limit of %d bytes", len(text), mostTagBytes)
	}
}

func reportRequiredTags(r *reporter, top *document.Node) {
	keys := make(map[string][]string)
	var types []string // in the order of the document
	for _, rule := range top.Members {
		required := rule.Value.Member("report_required_tag_for")
		if required == nil {
			continue
		}
		for _, item := range required.Items {
			if keys[item.Text] == nil {
				types = append(types, item.Text)
			}
			keys[item.Text] = append(keys[item.Text], rule.Name)
		}
	}
	for _, resourceType := range types {
		required := keys[resourceType]
		if len(required) <= mostRequiredTags {
			continue
		}
		slices.Sort(required)
		r.addFrom(r.requiring(resourceType), CodeElementsTooMany,
			"Resource type '%s' has %d tags for 'report_required_tag_for', which exceeds the maximum limit of %d. Contributing tag keys include: %s and %d more",
			resourceType, len(required), mostRequiredTags, strings.Join(required[:shownTagKeys], ", "), len(required)-shownTagKeys)
	}
}

// requiring returns the policies that require tags for the resource type.
func (r *reporter) requiring(resourceType string) []string {
	return r.contributors(func(top *part) bool {
		for _, key := range top.parts {
			required := key.find("report_required_tag_for")
			if required == nil {
				continue
			}
			for _, change := range required.changes {
				if change.by != removing && slices.Contains(change.values, resourceType) {
					return true
				}
			}
		}
		return false
	})
}
