package policy

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/document"
	"accord/internal/policy/wildcard"
)

// Delegation is a valid delegation policy: the resource policy of an organization,
// by which its management account delegates actions to members.
type Delegation struct {
	// Stored is the text to store: compact, with a Version, a list of statements,
	// account ids as principals turned into root user ARNs, and the unique IDs of the
	// users and roles that it names. [recorded; AWS: IAM JSON policy elements: Principal;
	// assumed: the list]
	Stored string
}

// Rejection is the error for an invalid policy.
type Rejection struct {
	// Reason is that of the InvalidInputException for a delegation policy. Other policies
	// have none.
	Reason  string
	Message string
	// Diagnostic has the position and the cause.
	Diagnostic *document.Diagnostic
}

// rejections holds the error of each class of diagnostics; % is replaced by the
// invalid text. [recorded: the first two; AWS: the other reasons; assumed: the
// other messages]
var rejections = [classes]struct{ reason, message string }{
	brokenStructure:       {"INVALID_RESOURCE_POLICY_JSON", "This resource-based policy contains invalid JSON."},
	unsupportedAction:     {"UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", "% is not a supported action for this resource-based policy."},
	unsupportedResource:   {"UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY", "% is not a supported resource for this resource-based policy."},
	unsupportedPolicyType: {"UNSUPPORTED_POLICY_TYPE_IN_RESOURCE_POLICY", "% is not a supported policy type for this resource-based policy."},
	invalidPrincipal:      {"INVALID_PRINCIPAL", "You specified an invalid principal element in the policy."},
}

func reject(of class, found finding) *Rejection {
	row := rejections[of]
	return &Rejection{
		Reason:     row.reason,
		Message:    strings.Replace(row.message, "%", found.subject, 1),
		Diagnostic: found.Diagnostic,
	}
}

// CheckDelegation checks a delegation policy for the organization of owner;
// member reports whether an account belongs to it. The users and roles that it names have
// to exist, as in every policy of a resource. The result is the policy to
// store, or the rejection: of several diagnostics, the first one of the lowest
// class in the order structure, action, resource, policy type, principal. [AWS:
// resource-based delegation policies; recorded; assumed: that order, and that the recorded
// refusal of a role was one of a role that did not exist]
//
// Exactly one of the two results is nil.
func CheckDelegation(content string, owner ident.Owner, member func(ident.AccountID) bool, entities Entities) (*Delegation, *Rejection) {
	root, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return nil, reject(brokenStructure, finding{First: document.First{Diagnostic: diagnostic}})
	}
	ids := map[string]string{}
	c := checker{grammar: delegation(delegationRules{owner, member, entities, ids})}
	c.document(root)
	for of, found := range c.findings {
		if found.Diagnostic != nil {
			return nil, reject(class(of), found)
		}
	}
	stored := normalized(root)
	renamePrincipals(stored, func(name string) string {
		if account := ident.AccountID(name); account.Valid() {
			return owner.Partition.RootUserARN(account)
		}
		return cmp.Or(ids[name], name)
	})
	return &Delegation{Stored: stored.Compact()}, nil
}

// delegation returns the language of the delegation policy of an organization.
// [AWS: resource-based delegation policies; recorded]
func delegation(d delegationRules) *grammar {
	return &grammar{
		kind:     "a delegation policy",
		members:  []string{"Sid", "Effect", "Principal", "Action", "Resource", "Condition"},
		required: [][]string{{"Effect"}, {"Principal"}, {"Action"}, {"Resource"}},
		excluded: map[string]string{
			"NotPrincipal": "a delegation policy names its principals; it has no NotPrincipal",
			"NotAction":    "a delegation policy names its actions; it has no NotAction",
			"NotResource":  "a delegation policy names its resources; it has no NotResource",
		},
		effects:   []string{"Allow", "Deny"},
		classes:   []class{unsupportedAction, unsupportedResource, unsupportedPolicyType, invalidPrincipal},
		sidMarks:  "_",
		principal: d.principal,
		action:    d.action,
		resource:  d.resource,
		operand:   d.operand,
	}
}

// delegationRules are the rules of a delegation policy that depend on the
// organization.
type delegationRules struct {
	owner    ident.Owner
	member   func(ident.AccountID) bool
	entities Entities
	// ids receives the IDs of users and roles by their ARNs.
	ids map[string]string
}

var (
	rootUser         = regexp.MustCompile(`^arn:([a-z-]+):iam::([0-9]{12}):root$`)
	identity         = regexp.MustCompile(`^arn:([a-z-]+):(?:iam::([0-9]{12}):(?:user|role)|sts::([0-9]{12}):(?:assumed-role|federated-user))/.`)
	servicePrincipal = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$`)
)

func (d delegationRules) principal(c *checker, value *document.Node, at *document.Path) {
	switch value.Kind {
	case document.String:
		if value.Text != "*" {
			c.unsupported(invalidPrincipal, value, at, "the principal %s must be \"*\" or in an object such as {\"AWS\": …}", document.Quote(value.Text))
		}
	case document.Object:
		if len(value.Members) == 0 {
			c.invalid(value, at, "Principal is an empty object; it names no principal")
		}
		for _, m := range value.Members {
			switch here := at.Member(m.Name); m.Name {
			case "AWS":
				c.list(m, here, d.account)
			case "Service":
				c.list(m, here, d.service)
			default:
				c.add(invalidPrincipal, m, at, m.Name, "%s is not a kind of principal of a delegation policy; it can be AWS or Service", document.Quote(m.Name))
			}
		}
	default:
		c.invalid(value, at, "Principal must be \"*\" or an object, not %v", value.Kind)
	}
}

func (d delegationRules) account(c *checker, value *document.Node, at *document.Path) {
	text := value.Text
	if text == "*" {
		return
	}
	id, quoted := text, document.Quote(text)
	if named := identity.FindStringSubmatch(text); d.inPartition(named) {
		// [seen: users and roles are accepted; assumed: other accounts]
		if id = named[2] + named[3]; !d.inside(id) {
			c.unsupported(invalidPrincipal, value, at, "the principal %s is in account %s, which is not in the organization", quoted, id)
			return
		}
		if entity.MatchString(text) {
			if d.ids[text] = d.entities(text); d.ids[text] == "" {
				c.invalid(value, at, "the principal %s does not exist", quoted)
			}
		}
		return
	}
	if root := rootUser.FindStringSubmatch(text); d.inPartition(root) {
		id = root[2]
	}
	switch {
	case !ident.AccountID(id).Valid():
		c.unsupported(invalidPrincipal, value, at, "the principal %s is not \"*\", an account ID, or the ARN of a root user, user, role or session", quoted)
	case !d.inside(id):
		c.invalid(value, at, "the account %s is not in the organization", id)
	}
}

// inside reports whether an account is in the organization.
func (d delegationRules) inside(id string) bool {
	account := ident.AccountID(id)
	return account == d.owner.Management || d.member(account)
}

// inPartition reports whether the ARN that a pattern has matched, with its partition as
// the first group, is in the partition of the organization.
func (d delegationRules) inPartition(arn []string) bool {
	return arn != nil && arn[1] == string(d.owner.Partition)
}

func (d delegationRules) service(c *checker, value *document.Node, at *document.Path) {
	if !servicePrincipal.MatchString(value.Text) {
		c.unsupported(invalidPrincipal, value, at, "%s is not a service principal such as account.amazonaws.com", document.Quote(value.Text))
	}
}

func (d delegationRules) action(c *checker, value *document.Node, at *document.Path) {
	if !delegable(value.Text) {
		c.unsupported(unsupportedAction, value, at, "the action %s cannot be delegated", document.Quote(value.Text))
	}
}

// resource accepts * and patterns that can match a resource of the organization.
func (d delegationRules) resource(c *checker, value *document.Node, at *document.Path) {
	if value.Text == "*" {
		return
	}
	parts := strings.SplitN(value.Text, ":", arnParts)
	if len(parts) < arnParts && strings.ContainsAny(value.Text, wildcards) {
		// As in evaluation, a wildcard matches the parts that are missing.
		for len(parts) < arnParts {
			parts = append(parts, "*")
		}
	}
	if !d.own(parts) {
		c.unsupported(unsupportedResource, value, at, "the resource %s is not one of this organization", document.Quote(value.Text))
		return
	}
	if segment, ok := d.policyType(parts[arnParts-1]); !ok {
		c.add(unsupportedPolicyType, value, at, segment, "%s is not a policy type in an ARN such as tag_policy", document.Quote(segment))
	}
}

// resourceKinds are the words that begin the resource part of the ARNs of an
// organization; the id of the organization follows.
var resourceKinds = []string{"organization", "root", "ou", "account", "policy", "handshake", "resourcepolicy", "transfer"}

const awsAccount = "aws" // owns the policies that AWS provides

// own reports whether the parts of an ARN pattern can match a resource of the
// organization.
func (d delegationRules) own(parts []string) bool {
	if len(parts) != arnParts {
		return false
	}
	for i, want := range []string{"arn", string(d.owner.Partition), "organizations", ""} {
		if !wildcard.Compile(parts[i]).Match(want) {
			return false
		}
	}
	account, resource := parts[arnParts-2], parts[arnParts-1]
	if wildcard.Compile(account).Match(awsAccount) && canBegin(resource, "policy/") {
		return true
	}
	organization := string(d.owner.Organization)
	return wildcard.Compile(account).Match(string(d.owner.Management)) &&
		(resource == "organization/"+organization || slices.ContainsFunc(resourceKinds, func(kind string) bool {
			return canBegin(resource, kind+"/"+organization+"/")
		}))
}

// policyType returns the policy type that the resource part of an ARN pattern
// names, and false if there is no such type. A resource part that names no type
// is valid.
func (d delegationRules) policyType(resource string) (segment string, ok bool) {
	organization := string(d.owner.Organization)
	rest, isPolicy := strings.CutPrefix(resource, "policy/")
	segment, _, _ = strings.Cut(strings.TrimPrefix(rest, organization+"/"), "/")
	before, open := literal(segment)
	if !isPolicy || segment == "" || open && strings.HasPrefix(organization, before) {
		return "", true
	}
	return segment, slices.ContainsFunc(Types, func(t Definition) bool {
		return t.Segment == before || open && strings.HasPrefix(t.Segment, before)
	})
}

// literal is the part of a pattern before its first wildcard or variable.
func literal(pattern string) (before string, open bool) {
	end := len(pattern)
	if i := strings.IndexAny(pattern, wildcards); i >= 0 {
		end = i
	}
	if i := strings.Index(pattern[:end], "${"); i >= 0 {
		end = i
	}
	return pattern[:end], end < len(pattern)
}

// canBegin reports whether a text that matches the pattern can have this
// beginning, as far as the literal beginning of the pattern determines it.
func canBegin(pattern, beginning string) bool {
	before, open := literal(pattern)
	return strings.HasPrefix(before, beginning) || open && strings.HasPrefix(beginning, before)
}

// policyTypeKey is the condition key for the type of the policy at hand.
const policyTypeKey = "organizations:PolicyType"

func (d delegationRules) operand(c *checker, operator condition.Qualified, key string, value *document.Node, at *document.Path) {
	if !strings.EqualFold(key, policyTypeKey) || operator.OperandType != condition.Text || strings.Contains(value.Text, "${") {
		return
	}
	matching := func(t Definition) bool {
		switch {
		case operator.Wildcards:
			return wildcard.Compile(value.Text).Match(string(t.Type))
		case strings.HasSuffix(operator.Name, "IgnoreCase"):
			return strings.EqualFold(value.Text, string(t.Type))
		}
		return value.Text == string(t.Type)
	}
	if !slices.ContainsFunc(Types, matching) {
		c.unsupported(unsupportedPolicyType, value, at, "%s is not a policy type such as TAG_POLICY", document.Quote(value.Text))
	}
}

// renamePrincipals gives the principals of the kind AWS other names.
func renamePrincipals(root *document.Node, rename func(string) string) {
	statements := root.Member(statementKey)
	for i, statement := range statements.Items {
		statements.Items[i] = with(statement, "Principal", func(principal *document.Node) *document.Node {
			return with(principal, "AWS", func(names *document.Node) *document.Node { return renamed(names, rename) })
		})
	}
}

func renamed(names *document.Node, rename func(string) string) *document.Node {
	switch names.Kind {
	case document.String:
		if name := rename(names.Text); name != names.Text {
			return &document.Node{Kind: document.String, Text: name}
		}
	case document.Array:
		out := &document.Node{Kind: document.Array}
		for _, item := range names.Items {
			out.Items = append(out.Items, renamed(item, rename))
		}
		return out
	}
	return names
}

// with returns the object with the value of one member changed. A node without
// the member is returned unchanged.
func with(object *document.Node, name string, change func(*document.Node) *document.Node) *document.Node {
	if object.Member(name) == nil {
		return object
	}
	out := *object
	out.Members = slices.Clone(object.Members)
	for i, m := range out.Members {
		if m.Name == name {
			out.Members[i].Value = change(m.Value)
		}
	}
	return &out
}
