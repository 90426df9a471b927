package explain

import (
	"strings"

	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/condition"
	"accord/internal/policy/evaluate"
	"accord/internal/spelling"
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
	switch {
	case arn == "":
		arn = o.Partition.RootUserARN(c.Account)
	case !strings.Contains(arn, ":"):
		// As reports name it.
		arn = strings.TrimSuffix(o.Partition.RootUserARN(c.Account), "root") + arn
	}
	principal, err := c.state.Find(c.Account, arn)
	if err != nil {
		return err
	}
	if principal == nil {
		return bad("the account %s has no principal %.200q: its root user, a user, a role, or a session of a role%s", c.Account, c.Principal, c.similar())
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

// similar is the end of an error about a principal that there is not.
func (c *call) similar() string {
	known, err := c.state.Principals(c.Account)
	if err != nil {
		return ""
	}
	var names []string
	for _, p := range known {
		names = append(names, p.EntityARN[strings.LastIndexByte(p.EntityARN, ':')+1:])
	}
	return spelling.Suggest(c.Principal[strings.LastIndexByte(c.Principal, ':')+1:], names)
}

// NotGiven is the resource of an explanation without one.
const NotGiven = "not given"

func (c *call) resourceText() string {
	if c.asked.AnyResource {
		return NotGiven
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
