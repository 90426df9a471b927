package simulation

import (
	"strings"

	"accord/internal/api/iamapi"
	"accord/internal/policy/condition"
)

// anyResource stands for all resources, and for that of an action without one.
const anyResource = "*"

// templates are the forms of ARNs that results give for several resources, by the
// beginnings of actions; the first one that fits counts. [recorded: s3, iam and ec2; Service
// Authorization Reference; assumed: which of several an action has]
var templates = []struct{ prefix, contains, arn string }{
	{"s3:", "object", "arn:aws:s3:::${BucketName}/${KeyName}"},
	{"s3:", "", "arn:aws:s3:::${BucketName}"},
	{"iam:", "", "arn:aws:iam::${Account}:${ResourceType}/${ResourceName}"},
	{"ec2:", "", "arn:aws:ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}"},
	{"organizations:", "", "arn:aws:organizations::${Account}:${ResourceType}/${ResourcePath}"},
	{"sts:", "", "arn:aws:iam::${Account}:${ResourceType}/${ResourceName}"},
}

// nameOf is the name of the resource in the result of an action: the only one, or else the
// form of its ARNs. [recorded]
func nameOf(action string, resources []string) string {
	if len(resources) == 1 {
		return resources[0]
	}
	folded := strings.ToLower(action)
	for _, t := range templates {
		if strings.HasPrefix(folded, t.prefix) && strings.Contains(folded, t.contains) {
			return t.arn
		}
	}
	return anyResource
}

// services are the services whose ARNs the actions of a service that Accord has can name.
// [Service Authorization Reference]
var services = map[string]string{"iam": "iam", "organizations": "organizations"}

// types are the types of resources of the actions of IAM that have one, by actions in lower
// case.
var types = func() map[string]string {
	types := map[string]string{}
	for _, operation := range iamapi.Operations {
		if operation.Access.Resource != "" {
			types[strings.ToLower(operation.Access.Action)] = operation.Access.Resource
		}
	}
	return types
}()

// fits reports whether an action can have a resource at all. Another one is denied, even
// if policies allow it on everything. Only actions of services that are here are known.
// [recorded; assumed: for AWS Organizations the service alone decides]
func fits(action, arn string) bool {
	folded := strings.ToLower(action)
	prefix, _, _ := strings.Cut(folded, ":")
	service, known := services[prefix]
	if !known || arn == anyResource {
		return true
	}
	parts, _ := condition.SplitARN(arn)
	kind, typed := types[folded]
	return parts[2] == service && (!typed || strings.HasPrefix(parts[5], kind+"/"))
}
