package explain

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/policy"
	"accord/internal/policy/evaluate"
	"accord/internal/whatif/model"
)

// mostChanges bounds how many changes are proposed.
const mostChanges = 20

// smallestChange finds changes that allow the call, one for each statement or level that
// denies it, and the judgment with them. The policies that are asked are changed with it,
// so that what it says was tried. A call that is denied may depend on what is not known then;
// one that depends is allowed, whatever that is.
func (c *call) smallestChange(verdict evaluate.Verdict) ([]Change, *evaluate.Judgment) {
	c.drafts = map[*evaluate.Named]*draft{}
	c.in.SCP, c.in.RCP = clone(c.in.SCP), clone(c.in.RCP)
	c.in.Identity = slices.Clone(c.in.Identity)
	c.in.Boundary.Policies, c.in.Session.Policies = slices.Clone(c.in.Boundary.Policies), slices.Clone(c.in.Session.Policies)
	var changes []Change
	for range mostChanges {
		j := evaluate.Judge(&c.in, &c.r)
		decided := &j.Most
		if verdict == evaluate.Depends {
			decided = &j.Least
		}
		cause, denied := decided.Cause()
		if !denied {
			return changes, &j
		}
		if cause.Statement != nil && cause.Policy != nil {
			changes = append(changes, c.exempt(cause))
		} else {
			changes = append(changes, c.allow(cause))
		}
	}
	return nil, nil
}

// draftOf is a policy with the changes so far.
func (c *call) draftOf(p *evaluate.Named) *draft {
	if d := c.drafts[p]; d != nil {
		return d
	}
	d := &draft{kind: p.Kind(), was: p}
	if from := c.state.Source(p); from != nil {
		// It was compiled, so it can be read.
		d.read, _ = policy.Read(from.Content)
	}
	return d
}

// put puts a changed policy in the place of the one before.
func (c *call) put(d *draft, before *evaluate.Named) {
	now := &evaluate.Named{Name: before.Name, ARN: before.ARN, Owner: before.Owner, Policy: evaluate.CompileDocument(d.read, d.kind)}
	c.drafts[now] = d
	c.replace(before, now)
}

func clone(levels []evaluate.Level) []evaluate.Level {
	out := slices.Clone(levels)
	for i := range out {
		out[i].Policies = slices.Clone(out[i].Policies)
	}
	return out
}

// policies are those of a layer, or of one of its levels.
func (c *call) policies(source evaluate.Source, level int) *[]*evaluate.Named {
	switch source {
	case evaluate.SCP:
		return &c.in.SCP[level].Policies
	case evaluate.RCP:
		return &c.in.RCP[level].Policies
	case evaluate.PermissionsBoundary:
		return &c.in.Boundary.Policies
	case evaluate.SessionPolicies:
		return &c.in.Session.Policies
	}
	return &c.in.Identity
}

// replace puts a policy in the place of another one in all layers.
func (c *call) replace(was, now *evaluate.Named) {
	swap := func(list []*evaluate.Named) {
		for i := range list {
			if list[i] == was {
				list[i] = now
			}
		}
	}
	for _, levels := range [][]evaluate.Level{c.in.SCP, c.in.RCP} {
		for i := range levels {
			swap(levels[i].Policies)
		}
	}
	swap(c.in.Identity)
	swap(c.in.Boundary.Policies)
	swap(c.in.Session.Policies)
	if c.in.Resource == was {
		c.in.Resource = now
	}
}

// exempt changes a statement that denies, so that it does not deny this call.
func (c *call) exempt(cause evaluate.Cause) Change {
	d := c.draftOf(cause.Policy)
	change := Change{Layer: model.LayerNames[cause.Source], Target: c.target(cause.Source, cause.Level), Policy: cause.Policy.Name, Sid: cause.Statement.Sid}
	if from := c.state.Source(d.was); from != nil {
		change.Line = from.Line(cause.Statement.Index)
		if from.Policy != "" {
			change.Policy = string(from.Policy) + " (" + from.Name + ")"
		}
	}
	if cause.Statement.Index >= len(d.read.Statements) {
		return change
	}
	s := &d.read.Statements[cause.Statement.Index]
	where := fmt.Sprintf("in statement %s of %s", statementName(cause.Statement), change.Policy)
	organization := cause.Source == evaluate.SCP || cause.Source == evaluate.RCP || cause.Source == evaluate.ResourceBased
	switch {
	case s.NotActions != nil:
		s.NotActions = append(slices.Clone(s.NotActions), c.Action)
		change.JSON = quoted(c.Action)
		change.Text = fmt.Sprintf("%s, add %s to NotAction", where, change.JSON)
	case organization:
		change.Text, change.JSON = c.exemptPrincipal(s, where)
	default:
		s.Effect = "none"
		if change.Text = fmt.Sprintf("%s, take %s out", where, c.Action); isOfAWS(d.was) {
			change.Text = fmt.Sprintf("detach %s, which denies %s", change.Policy, c.Action)
		}
	}
	c.put(d, cause.Policy)
	return change
}

// statementName is the Sid of a statement, or its number.
func statementName(s *evaluate.Statement) string {
	if s.Sid != "" {
		return s.Sid
	}
	return fmt.Sprintf("%d", s.Index+1)
}

func isOfAWS(p *evaluate.Named) bool { return strings.Contains(p.ARN, ":iam::aws:policy/") }

func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// exempting are the operators with which a statement leaves a principal out.
var exempting = []string{"ArnNotLike", "ArnNotEquals", "StringNotLike", "StringNotEquals", "StringNotEqualsIgnoreCase"}

// exemptPrincipal leaves the principal out of a statement: it is added to those that the statement
// leaves out already, or a condition is.
func (c *call) exemptPrincipal(s *policy.Statement, where string) (text, fragment string) {
	arn := c.asked.Principal.EntityARN
	s.Conditions = slices.Clone(s.Conditions)
	for i := range s.Conditions {
		known := &s.Conditions[i]
		operator := strings.TrimSuffix(known.Operator, "IfExists")
		if strings.EqualFold(known.Key, "aws:PrincipalArn") && slices.Contains(exempting, operator) {
			known.Operands = append(slices.Clone(known.Operands), arn)
			return fmt.Sprintf("%s, add %s to %s of %s", where, quoted(arn), known.Operator, known.Key), quoted(arn)
		}
	}
	s.Conditions = append(s.Conditions, policy.Condition{Operator: "ArnNotLike", Key: "aws:PrincipalArn", Operands: []string{arn}})
	fragment = `"Condition": {"ArnNotLike": {"aws:PrincipalArn": ` + quoted(arn) + `}}`
	return fmt.Sprintf("%s, add %s", where, fragment), fragment
}

// allow adds a statement where none allows.
func (c *call) allow(cause evaluate.Cause) Change {
	change := Change{Layer: model.LayerNames[cause.Source], Target: c.target(cause.Source, cause.Level)}
	resource := c.asked.Resource
	if c.asked.AnyResource || cause.Source == evaluate.SCP {
		resource = "*"
	}
	s := policy.Statement{Effect: "Allow", Actions: []string{c.Action}, Resources: []string{resource}}
	change.JSON = `{"Effect": "Allow", "Action": ` + quoted(c.Action) + `, "Resource": ` + quoted(resource) + `}`
	p := c.asked.Principal
	switch cause.Source {
	case evaluate.SCP:
		change.Text = fmt.Sprintf("attach a service control policy to %s that allows it, with %s", withName(change.Target, c.state.TargetName), change.JSON)
	case evaluate.ResourceBased:
		s.Principals, s.Resources = []policy.Principal{{Kind: "AWS", Name: p.EntityARN}}, nil
		change.JSON = `{"Effect": "Allow", "Principal": {"AWS": ` + quoted(p.EntityARN) + `}, "Action": ` + quoted(c.Action) + `}`
		change.Text = fmt.Sprintf("in %s, add %s", c.in.Resource.Name, change.JSON)
		d := c.draftOf(c.in.Resource)
		d.read.Statements = append(slices.Clone(d.read.Statements), s)
		c.put(d, c.in.Resource)
		return change
	case evaluate.PermissionsBoundary:
		change.Text = fmt.Sprintf("in the permissions boundary of %s, add %s", p.EntityARN, change.JSON)
	case evaluate.SessionPolicies:
		change.Text = fmt.Sprintf("in the session policy, add %s", change.JSON)
	default:
		change.Text = fmt.Sprintf("attach a policy to %s with %s", p.EntityARN, change.JSON)
	}
	kind := map[evaluate.Source]evaluate.Kind{evaluate.SCP: evaluate.ServiceControl, evaluate.PermissionsBoundary: evaluate.Boundary}[cause.Source]
	list := c.policies(cause.Source, cause.Level)
	*list = append(*list, &evaluate.Named{Name: "new", Policy: evaluate.CompileDocument(policy.Document{Version: "2012-10-17", Statements: []policy.Statement{s}}, kind)})
	return change
}

// withName is an ID with its name.
func withName(id string, name func(ident.TargetID) string) string {
	if n := name(ident.TargetID(id)); n != "" {
		return id + " (" + n + ")"
	}
	return id
}
