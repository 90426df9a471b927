package policy

import (
	"strings"

	"accord/internal/policy/document"
)

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
