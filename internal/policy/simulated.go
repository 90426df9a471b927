package policy

import (
	"accord/internal/policy/condition"
	"accord/internal/policy/document"
)

// CheckSimulated checks a policy that is given to the policy simulator and not stored: of
// an identity, a permissions boundary or an organization. It may have any version, and
// operands of conditions that are malformed. [recorded; assumed: otherwise as stored]
func CheckSimulated(content string) *Rejection { return checkIAM(content, &simulated) }

// CheckAttached checks a policy of a resource for the policy simulator, of a service that
// Accord need not know. Its resources are ARNs. [recorded: the resources; AWS:
// SimulateCustomPolicy; assumed: principals are not checked]
func CheckAttached(content string) *Rejection { return checkIAM(content, &attached) }

var simulated = func() grammar {
	g := identityBased
	g.kind, g.newVersion, g.operands = "a simulated policy", false, []condition.OperandType{}
	return g
}()

var attached = func() grammar {
	g := simulated
	g.kind, g.excluded = "a resource-based policy", nil
	g.members = append([]string{"Principal", "NotPrincipal"}, simulated.members...)
	g.required = append([][]string{{"Principal", "NotPrincipal"}}, simulated.required...)
	g.principal = func(c *checker, value *document.Node, at *document.Path) {
		if !isEverybody(value) && (value.Kind != document.Object || len(value.Members) == 0) {
			c.invalid(value, at, "Principal must be \"*\" or an object such as {\"AWS\": …}")
		}
	}
	g.resource = func(c *checker, value *document.Node, at *document.Path) {
		if value.Text == "*" {
			c.invalid(value, at, "a simulated resource-based policy names its resources by ARNs, not by \"*\"")
			return
		}
		c.iamResource(value, at)
	}
	return g
}()
