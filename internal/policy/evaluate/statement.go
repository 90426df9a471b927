package evaluate

import (
	"strings"

	"accord/internal/policy"
	"accord/internal/policy/condition"
	"accord/internal/policy/document"
	"accord/internal/policy/wildcard"
)

// Statement is one statement of a compiled policy.
type Statement struct {
	Sid   string
	Index int // in the document, from 0
	// Start and End are its positions, as the policy simulator gives them.
	Start, End document.Position

	deny          bool
	allow         bool
	actions       []wildcard.Pattern // in lower case
	notActions    bool               // the list is of NotAction
	resources     []resource
	notResources  bool
	principals    []principal
	notPrincipals bool
	conditions    []*condition.Test
}

// IsDeny reports whether the statement denies what it matches.
func (s *Statement) IsDeny() bool { return s.deny }

// variables are the keys of the policy variables in the resources, as they are written.
func (s *Statement) variables() []string {
	var names []string
	for i := range s.resources {
		if s.resources[i].arn != nil {
			names = append(names, s.resources[i].arn.tail.Names()...)
		}
	}
	return names
}

// resource is one pattern of resources.
type resource struct {
	// all matches every resource, and actions without one.
	all bool
	// arn is a pattern of ARNs; nil matches nothing.
	arn *arnPattern
}

// arnPattern is a pattern of ARNs: its first five parts, and the sixth.
type arnPattern struct {
	head [5]wildcard.Pattern
	tail condition.Template
}

const anyText = "*"

// compileStatement compiles one statement. Variables says that the version of the
// document has policy variables.
func compileStatement(s policy.Statement, index int, kind Kind, variables bool) Statement {
	out := Statement{
		Sid: strings.Clone(s.Sid), Index: index, Start: s.Start, End: s.End,
		deny: s.Effect == "Deny", allow: s.Effect == "Allow",
		notActions: s.NotActions != nil, notResources: s.NotResources != nil, notPrincipals: s.NotPrincipals != nil,
	}
	for _, list := range [][]string{s.Actions, s.NotActions} {
		for _, text := range list {
			if p, ok := compileAction(text); ok {
				out.actions = append(out.actions, p)
			}
		}
	}
	for _, list := range [][]string{s.Resources, s.NotResources} {
		for _, text := range list {
			out.resources = append(out.resources, compileResource(text, kinds[kind].shortARNs, variables))
		}
	}
	if s.Resources == nil && s.NotResources == nil {
		// Trust policies have no resources; others only where the check is lenient.
		out.resources = []resource{{all: true}}
	}
	if kinds[kind].principals {
		out.principals = compilePrincipals(append(s.Principals, s.NotPrincipals...))
	}
	for _, c := range s.Conditions {
		out.conditions = append(out.conditions, condition.NewTest(c.Operator, c.Key, c.Operands, variables))
	}
	return out
}

// compileAction reports false for a text that matches no action. White space in it is
// compared like other characters, and no action has any. [published by users]
func compileAction(text string) (wildcard.Pattern, bool) {
	return wildcard.Compile(strings.ToLower(text)), text == anyText || strings.Contains(text, ":")
}

// compileResource compiles a pattern of ARNs. Its first five parts are compared apart,
// so that a wildcard in them does not match a colon. Partition, service and Region
// compare without case. [published by users; assumed: case]
func compileResource(text string, shortARNs, variables bool) resource {
	if text == anyText {
		return resource{all: true}
	}
	parts, n := condition.SplitARN(text)
	if n < len(parts) && !shortARNs && !strings.ContainsAny(text, "*?") {
		return resource{}
	}
	for i := n; i < len(parts); i++ {
		parts[i] = anyText
	}
	for i := 1; i <= 3; i++ {
		parts[i] = strings.ToLower(parts[i])
	}
	// The parts share one text.
	var p arnPattern
	head, _ := condition.SplitARN(wildcard.Compile(strings.Join(parts[:len(p.head)], ":")))
	copy(p.head[:], head[:])
	// Variables are only replaced after the fifth colon. [AWS: policy variables]
	p.tail = condition.Syntax{Variables: variables, Wildcards: true}.ParseTemplate(parts[5])
	return resource{arn: &p}
}

// matcher is a request, prepared to be matched with statements.
type matcher struct {
	*Request
	condition condition.Request
	// arn is the resource in its parts; without an ARN, only patterns for all resources
	// match.
	arn   [6]string
	isARN bool
	// bounded says that the caller has a permissions boundary.
	bounded bool
	// partial is set where the context does not know all keys.
	partial *partial
	// widest takes variables whose values are not known for any text.
	widest bool
}

// partial is what a matcher has besides where the context does not know all keys.
type partial struct {
	probe condition.Probe
	// least takes what hangs on a key for what allows least: a Deny matches, and an Allow
	// does not. Otherwise it is taken for what allows most.
	least bool
	// hung is set when a statement hangs on a key.
	hung bool
}

func newMatcher(r *Request, bounded bool) matcher {
	m := matcher{Request: r, condition: condition.Request{Context: r.Context, Simulated: r.Simulated}, bounded: bounded}
	parts, n := condition.SplitARN(r.Resource)
	if m.isARN = n == len(parts); m.isARN {
		for i := 1; i <= 3; i++ {
			parts[i] = strings.ToLower(parts[i])
		}
		m.arn = parts
	}
	return m
}

// matches reports whether a statement applies to the request, and how strongly it names
// the caller; that of a policy without principals is not a grant.
func (m *matcher) matches(s *Statement, kind Kind) (named grant, ok bool) {
	if m.matchesAction(s) == s.notActions || m.matchesResource(s) == s.notResources {
		return noGrant, false
	}
	if kinds[kind].principals {
		if named = m.names(s, kinds[kind].signed); named == noGrant {
			return noGrant, false
		}
	}
	m.condition.Deny = s.deny
	for _, c := range s.conditions {
		if !c.Holds(m.condition) {
			return noGrant, false
		}
	}
	return named, true
}

func (m *matcher) matchesAction(s *Statement) bool {
	for _, p := range s.actions {
		if p.Match(m.Action.folded) {
			return true
		}
	}
	return false
}

func (m *matcher) matchesResource(s *Statement) bool {
	for i := range s.resources {
		if m.isWithin(&s.resources[i]) {
			return true
		}
	}
	return false
}

// isWithin reports whether a pattern matches the resource. An action without a resource
// needs a pattern that matches all. [AWS: actions without resource-level permissions]
func (m *matcher) isWithin(r *resource) bool {
	if r.all || r.arn == nil {
		return r.all
	}
	for i, part := range r.arn.head {
		if !m.isARN && !part.MatchesAll() || m.isARN && !part.Match(m.arn[i]) {
			return false
		}
	}
	expand := condition.Template.Expand
	if m.widest {
		expand = condition.Template.Widest
	}
	tail, ok := expand(r.arn.tail, m.Context, len(m.arn[5]))
	if !m.isARN {
		return ok && tail.MatchesAll()
	}
	return ok && tail.Match(m.arn[5])
}

// names returns how strongly the principals of a statement name the caller. A Deny with
// NotPrincipal always denies callers with a permissions boundary. [AWS: IAM JSON policy
// elements: NotPrincipal]
func (m *matcher) names(s *Statement, signed bool) grant {
	if s.notPrincipals {
		if !(s.deny && m.bounded) && exempts(s.principals, &m.Principal, s.deny, signed) {
			return noGrant
		}
		return sessionGrant
	}
	strongest := noGrant
	for i := range s.principals {
		strongest = max(strongest, s.principals[i].grants(&m.Principal, signed))
	}
	return strongest
}
