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
