package policy

import (
	"strings"
	"unicode"

	"accord/internal/policy/document"
)

const wildcards = "*?"

// anyAction checks an action of any service and returns its service prefix;
// the action * has none. It does not check whether the service has such an
// action. [AWS: SCP syntax; assumed: no wildcard in the prefix, as in IAM]
func (c *checker) anyAction(value *document.Node, at *document.Path) (service string, ok bool) {
	action := value.Text
	if action == "*" {
		return "", true
	}
	service, name, found := strings.Cut(action, ":")
	switch quoted := document.Quote(action); {
	case !found:
		c.invalid(value, at, "the action %s has no service prefix; an action is \"*\" or a service, a colon and a name, such as s3:GetObject", quoted)
	case strings.ContainsAny(service, wildcards):
		c.invalid(value, at, "the service prefix of %s holds a wildcard; only the name after the colon may", quoted)
	case !isServicePrefix(service):
		c.invalid(value, at, "the service prefix of %s must be letters, digits and hyphens", quoted)
	case name == "":
		c.invalid(value, at, "the action %s has no name after the colon", quoted)
	case strings.ContainsFunc(name, unicode.IsSpace):
		c.invalid(value, at, "the action %s holds white space", quoted)
	default:
		return service, true
	}
	return "", false
}

func isServicePrefix(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !isAlphanumeric(r) && r != '-' })
}

// shortARN selects the treatment of an ARN with fewer than six parts.
type shortARN int

const (
	rejectShort shortARN = iota
	fillShort            // accepted if it has a wildcard, which matches the missing parts
)

const arnParts = 6

// arn checks a resource: * or an ARN. [AWS: SCP syntax; published by users:
// short ARNs; assumed, as in IAM: no empty partition, service or resource]
func (c *checker) arn(value *document.Node, at *document.Path, short shortARN) {
	resource := value.Text
	if resource == "*" {
		return
	}
	quoted := document.Quote(resource)
	if !strings.HasPrefix(resource, "arn:") {
		c.invalid(value, at, "the resource %s is neither \"*\" nor an ARN", quoted)
		return
	}
	parts := strings.SplitN(resource, ":", arnParts)
	switch {
	case len(parts) < arnParts && short == fillShort && strings.ContainsAny(resource, wildcards):
	case len(parts) < arnParts:
		c.invalid(value, at, "the ARN %s has fewer than six parts; it is arn:partition:service:region:account:resource", quoted)
	case parts[1] == "" || parts[2] == "" || parts[5] == "":
		c.invalid(value, at, "the ARN %s has an empty partition, service or resource", quoted)
	}
}

// everyPrincipal accepts only the two spellings of the principal *.
// [recorded]
func (c *checker) everyPrincipal(value *document.Node, at *document.Path) {
	if isEverybody(value) {
		return
	}
	if value.Kind == document.Object && len(value.Members) == 1 && isEverybody(value.Members[0].Value) && value.Members[0].Name == "AWS" {
		return
	}
	c.invalid(value, at, "Principal must be \"*\" or {\"AWS\": \"*\"}; narrow %s with a condition such as aws:PrincipalArn", c.kind)
}

func isEverybody(value *document.Node) bool {
	return value.Kind == document.String && value.Text == "*"
}
