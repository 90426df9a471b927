package policy

import (
	"strings"

	"accord/internal/api/orgapi"
	"accord/internal/policy/wildcard"
)

// delegable reports whether a delegation policy may name an action. An action with
// wildcards is allowed if it matches at least one action that can be delegated and
// none that cannot. [AWS: supported actions for delegation policies; recorded:
// organizations:Describe* is accepted, organizations:* is not; assumed: the
// general rule]
func delegable(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	if !strings.EqualFold(service, "organizations") {
		return false
	}
	pattern := wildcard.Compile(strings.ToLower(name))
	found := false
	for operation, known := range orgapi.Operations {
		if pattern.Match(strings.ToLower(operation)) {
			if !known.Access.Delegable {
				return false
			}
			found = true
		}
	}
	return found
}
