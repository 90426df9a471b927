package explain

import (
	"strings"

	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/cloudtrail"
	"accord/internal/whatif/model"
)

// call is a request while it is explained.
type call struct {
	*Request
	state *model.State
	asked model.Question
	in    evaluate.Input
	r     evaluate.Request
	out   *Explanation
	// drafts are the policies that were changed to find what would allow the call.
	drafts map[*evaluate.Named]*draft
}

// draft is a policy with changes.
type draft struct {
	read policy.Document
	kind evaluate.Kind
	was  *evaluate.Named
}

// ask makes the question of the request.
func (c *call) ask() error {
	o := c.state.Organization
	if o.Account(c.Account) == nil {
		return bad("the account %.40q is not in the organization %s", c.Account, o.ID)
	}
	arn := c.Principal
	if arn == "" {
		arn = o.Partition.RootUserARN(c.Account)
	}
	principal, err := c.state.Find(c.Account, arn)
	if err != nil {
		return err
	}
	if principal == nil {
		return bad("the account %s has no principal %.200q: its root user, a user, a role, or a session of a role", c.Account, arn)
	}
	if service, name, ok := strings.Cut(c.Action, ":"); !ok || service == "" || name == "" || strings.ContainsAny(c.Action, "*? ") {
		return bad("%.80q is not an action such as organizations:LeaveOrganization", c.Action)
	}
	action := cloudtrail.ActionNamed(c.Action)
	c.asked = model.Question{Principal: principal, Action: evaluate.ActionOf(c.Action), Resource: c.Resource, Owner: c.Account, Keys: c.Keys}
	if strings.HasPrefix(strings.ToLower(c.Action), "organizations:") {
		c.asked.Owner = o.Management
	}
	switch parts, n := condition.SplitARN(c.Resource); {
	case c.Resource == "" && action.OnResources:
		c.asked.AnyResource = true
	case c.Resource == "" || c.Resource == "*":
		c.asked.Resource = "*"
	case n < len(parts) || parts[0] != "arn":
		return bad("%.200q is not an ARN, and not *", c.Resource)
	case ident.AccountID(parts[4]).Valid():
		c.asked.Owner = ident.AccountID(parts[4])
	}
	return nil
}

func (c *call) resourceText() string {
	if c.asked.AnyResource {
		return "not given"
	}
	return c.asked.Resource
}

// target is the root, unit or account of a level.
func (c *call) target(source evaluate.Source, level int) string {
	levels := map[evaluate.Source][]evaluate.Level{evaluate.SCP: c.in.SCP, evaluate.RCP: c.in.RCP}[source]
	if level < len(levels) {
		return levels[level].Target
	}
	return ""
}
