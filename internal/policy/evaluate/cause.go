package evaluate

import "strings"

// Cause is what denies a request: one layer, and how.
type Cause struct {
	Source Source
	Layer
	text string
}

// causes are all causes with the ends of their messages, in the order in which a message
// names them: only one does, also if several layers deny. % is the action; an ARN of the
// policy is appended where arn says so. [AWS: troubleshoot access denied error messages;
// recorded: the ARN; assumed: the order]
var causes = []struct {
	source  Source
	outcome Outcome
	text    string
	arn     bool
}{
	{SCP, ExplicitDeny, "with an explicit deny in a service control policy", true},
	{RCP, ExplicitDeny, "with an explicit deny in a resource control policy", true},
	{ResourceBased, ExplicitDeny, "with an explicit deny in a resource-based policy", false},
	{IdentityBased, ExplicitDeny, "with an explicit deny in an identity-based policy", false},
	{PermissionsBoundary, ExplicitDeny, "with an explicit deny in a permissions boundary", false},
	{SessionPolicies, ExplicitDeny, "with an explicit deny in a session policy", false},
	{SCP, ImplicitDeny, "because no service control policy allows the % action", false},
	{RCP, ImplicitDeny, "because no resource control policy allows the % action", false},
	{PermissionsBoundary, ImplicitDeny, "because no permissions boundary allows the % action", false},
	{SessionPolicies, ImplicitDeny, "because no session policy allows the % action", false},
	{IdentityBased, ImplicitDeny, "because no identity-based policy allows the % action", false},
	{ResourceBased, ImplicitDeny, "because no resource-based policy allows the % action", false},
}

// trustPolicyDeny is the message of an explicit deny in a trust policy. [AWS:
// troubleshoot access denied error messages]
const trustPolicyDeny = "with an explicit deny in the role trust policy"

// Cause returns what denies the request, and false if it is allowed.
func (d *Decision) Cause() (Cause, bool) {
	for _, c := range causes {
		l := d.Layers[c.source]
		if l.Outcome != c.outcome || !l.Denies() {
			continue
		}
		text := c.text
		switch {
		case l.Policy != nil && l.Policy.kind == Trust:
			text = trustPolicyDeny
		case c.arn && l.Policy.ARN != "":
			text += ": " + l.Policy.ARN
		}
		return Cause{c.source, l, text}, true
	}
	return Cause{}, false
}

// Text is the end of the message for the denied action, such as "with an explicit deny in
// a service control policy" or "because no identity-based policy allows the
// organizations:LeaveOrganization action".
func (c Cause) Text(a Action) string { return strings.Replace(c.text, "%", a.Name, 1) }
