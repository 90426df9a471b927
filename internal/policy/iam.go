package policy

import (
	"fmt"
	"strings"
	"unicode"

	"accord/internal/ident"
	"accord/internal/policy/condition"
	"accord/internal/policy/document"
)

// malformed holds the message of the MalformedPolicyDocument error for each class of
// diagnostics; % is replaced by the text that the diagnostic repeats. [published by
// users; assumed: foreignAction and the principals are those that other users quote]
var malformed = [classes]string{
	brokenStructure:     "Syntax errors in policy.",
	oldVersion:          "Policy document must be version 2012-10-17 or greater.",
	unparsed:            "The policy failed legacy parsing",
	repeatedSid:         "Statement IDs (SID) in a single policy must be unique.",
	missingAction:       "Policy statement must contain actions.",
	missingResource:     "Policy statement must contain resources.",
	missingPrincipal:    "Missing required field Principal",
	prohibitedPrincipal: "Policy document should not specify a principal.",
	prohibitedField:     "Has prohibited field %.",
	malformedResource:   "%",
	malformedAction:     "%",
	foreignAction:       "AssumeRole policy may only specify STS AssumeRole actions.",
	invalidPrincipal:    "Invalid principal in policy: %",
}

// Messages of malformed actions and resources.
const (
	secondColon  = "Actions/Condition can contain only one colon."
	wrongVendor  = "Vendor % is not valid"
	noFullVendor = "Resource vendor must be fully qualified and cannot contain regexes."
	notAnARN     = `Resource % must be in ARN format or "*".`
)

// CheckIdentity checks an identity-based policy of IAM, or a permissions boundary. The
// result is nil if the service would store it. The size has an error of its own.
// [published by users; recorded: operands of conditions]
func CheckIdentity(content string) *Rejection { return checkIAM(content, &identityBased) }

// CheckSession checks a session policy, as STS does: it lets malformed operands of
// conditions pass, unless they are binary. [recorded]
func CheckSession(content string) *Rejection { return checkIAM(content, &sessionPolicy) }

// CheckTrust checks the trust policy of a role, and returns it as it is to be stored: with
// the IDs of the users and roles that it names, which have to exist. Accounts need not.
// [published by users; AWS: IAM JSON policy elements: Principal; assumed: accounts]
func CheckTrust(content string, entities Entities) (stored string, rejected *Rejection) {
	named := trustedPrincipals{entities, map[*document.Node]string{}}
	if rejected := checkIAM(content, trust(named)); rejected != nil {
		return "", rejected
	}
	if len(named.ids) == 0 {
		return content, nil
	}
	return document.Replaced(content, named.ids), nil
}

func checkIAM(content string, g *grammar) *Rejection {
	root, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return &Rejection{Message: malformed[brokenStructure], Diagnostic: diagnostic}
	}
	c := checker{grammar: g}
	c.document(root)
	for of, found := range c.findings {
		if found.Diagnostic != nil {
			return &Rejection{Message: strings.Replace(malformed[of], "%", found.subject, 1), Diagnostic: found.Diagnostic}
		}
	}
	return nil
}

const identityNamesNoPrincipal = "an identity-based policy names no principal; it applies to what it is attached to"

var identityBased = grammar{
	kind:       "an identity-based policy",
	members:    serviceControl.members,
	required:   serviceControl.required,
	excluded:   map[string]string{"Principal": identityNamesNoPrincipal, "NotPrincipal": identityNamesNoPrincipal},
	effects:    serviceControl.effects,
	classes:    []class{oldVersion, unparsed, repeatedSid, missingAction, missingResource, prohibitedPrincipal, malformedResource, malformedAction},
	newVersion: true,
	action:     (*checker).iamAction,
	resource:   (*checker).iamResource,
}

var sessionPolicy = func() grammar {
	g := identityBased
	g.kind, g.operands = "a session policy", []condition.OperandType{condition.Binary}
	return g
}()

// trust is the language of trust policies. They may have any version. [AWS: role trust
// policies; assumed: versions]
func trust(principals trustedPrincipals) *grammar {
	const noResource = "the resource of a trust policy is its role; it names none"
	return &grammar{
		kind:     "a trust policy",
		members:  []string{"Sid", "Effect", "Principal", "Action", "NotAction", "Condition"},
		required: [][]string{{"Effect"}, {"Principal"}, {"Action", "NotAction"}},
		excluded: map[string]string{
			"Resource":     noResource,
			"NotResource":  noResource,
			"NotPrincipal": "a trust policy names its principals; it has no NotPrincipal",
		},
		effects:   serviceControl.effects,
		classes:   []class{unparsed, repeatedSid, missingAction, missingPrincipal, prohibitedField, malformedAction, foreignAction, invalidPrincipal},
		principal: principals.check,
		action:    (*checker).trustedAction,
	}
}

// iamAction checks an action. Whether the service has it does not matter. The rules are
// those of the messages. [published by users; assumed: names]
func (c *checker) iamAction(value *document.Node, at *document.Path) {
	quoted := document.Quote(value.Text)
	if value.Text == "*" {
		return
	}
	vendor, name, found := strings.Cut(value.Text, ":")
	switch {
	case !found:
		c.add(malformedAction, value, at, noVendor, "the action %s has no service prefix; an action is \"*\" or a service, a colon and a name, such as s3:GetObject", quoted)
	case strings.Contains(name, ":"):
		c.add(malformedAction, value, at, secondColon, "the action %s has more than one colon", quoted)
	case vendor != "*" && !isVendor(vendor):
		c.add(malformedAction, value, at, strings.Replace(wrongVendor, "%", vendor, 1), "the service prefix of %s must be letters, digits, hyphens and points", quoted)
	case name == "" || strings.ContainsFunc(name, unicode.IsSpace):
		c.add(unparsed, value, at, "", "the action %s has no name without white space after the colon", quoted)
	}
}

func isVendor(text string) bool { return isServicePrefix(strings.ReplaceAll(text, ".", "-")) }

// trustedAction checks an action of a trust policy, which is of STS. [published by
// users; assumed: each of them]
func (c *checker) trustedAction(value *document.Node, at *document.Path) {
	c.iamAction(value, at)
	if vendor, _, _ := strings.Cut(value.Text, ":"); !strings.EqualFold(vendor, "sts") {
		c.add(foreignAction, value, at, "", "the action %s is not an action of STS, such as sts:AssumeRole", document.Quote(value.Text))
	}
}

// iamResource checks a resource: * or an ARN, with fewer than six parts too. [published
// by users; assumed: partitions are not checked]
func (c *checker) iamResource(value *document.Node, at *document.Path) {
	if value.Text == "*" {
		return
	}
	parts, n := condition.SplitARN(value.Text)
	switch quoted := document.Quote(value.Text); {
	case n == 1:
		c.add(malformedResource, value, at, strings.Replace(notAnARN, "%", value.Text, 1), "the resource %s is neither \"*\" nor an ARN", quoted)
	case parts[0] != "arn":
		c.add(unparsed, value, at, "", "the resource %s is neither \"*\" nor an ARN", quoted)
	case parts[2] == "", strings.ContainsAny(parts[2], wildcards) && parts[2] != "*":
		c.add(malformedResource, value, at, noFullVendor, "the service of the ARN %s must be written out", quoted)
	}
}

// trustedPrincipals checks the principals of a trust policy.
type trustedPrincipals struct {
	entities Entities
	// ids receives the IDs of users and roles.
	ids map[*document.Node]string
}

func (p trustedPrincipals) check(c *checker, value *document.Node, at *document.Path) {
	if isEverybody(value) {
		return
	}
	if value.Kind != document.Object || len(value.Members) == 0 {
		c.invalid(value, at, "Principal must be \"*\" or an object such as {\"AWS\": …}")
		return
	}
	for _, m := range value.Members {
		kind, valid := m.Name, p.kinds()[m.Name]
		c.list(m, at.Member(kind), func(c *checker, value *document.Node, at *document.Path) {
			if valid == nil || !valid(value) {
				subject := fmt.Sprintf("%q:%q", strings.ToUpper(kind), value.Text)
				c.add(invalidPrincipal, value, at, subject, "%s is not a principal of the kind %s, or does not exist", document.Quote(value.Text), document.Quote(kind))
			}
		})
	}
}

// kinds are the kinds of principals with their check. [AWS: IAM JSON policy elements:
// Principal]
func (p trustedPrincipals) kinds() map[string]func(name *document.Node) bool {
	return map[string]func(*document.Node) bool{
		"AWS":     p.isAWS,
		"Service": func(name *document.Node) bool { return servicePrincipal.MatchString(name.Text) },
		"Federated": func(name *document.Node) bool {
			return name.Text != "" && !strings.ContainsAny(name.Text, wildcards)
		},
	}
}

func (p trustedPrincipals) isAWS(node *document.Node) bool {
	name := node.Text
	switch {
	case strings.ContainsAny(name, wildcards):
		return name == "*"
	case entity.MatchString(name):
		id := p.entities(name)
		p.ids[node] = id
		return id != ""
	}
	return ident.AccountID(name).Valid() || rootUser.MatchString(name) || identity.MatchString(name)
}

// SizeWithoutSpace counts the characters of a document as the quotas of IAM do: without
// white space. [AWS: IAM quotas; assumed: within texts too]
func SizeWithoutSpace(content string) int {
	n := 0
	for _, r := range content {
		if !strings.ContainsRune(" \t\r\n", r) {
			n++
		}
	}
	return n
}
