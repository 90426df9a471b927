package inherit

import (
	"strings"

	"accord/internal/policy/document"
)

// structure is what documents of one policy type look like: the only member
// they hold, beside operators without effect, and what stands under it.
type structure struct {
	called string // the type in a message: "a tag policy"
	key    string // in lower case
	top    *element
	// report finds what is wrong with the effective policy as a whole.
	report func(r *reporter, top *document.Node, document string)
}

// policyTypes is the table of the management policy types.
// [AWS: guide; GuardDuty has no published syntax]
var policyTypes = map[string]structure{
	"TAG_POLICY":                       {called: "a tag policy", key: "tags", top: tagPolicy, report: reportTags},
	"BACKUP_POLICY":                    {called: "a backup policy", key: "plans", top: backupPolicy},
	"AISERVICES_OPT_OUT_POLICY":        {called: "an AI services opt-out policy", key: "services", top: aiServicesPolicy},
	"CHATBOT_POLICY":                   {called: "a chat applications policy", key: "chatbot", top: chatbotPolicy},
	"DECLARATIVE_POLICY_EC2":           {called: "a declarative policy for EC2", key: "ec2_attributes", top: ec2Policy},
	"SECURITYHUB_POLICY":               {called: "a Security Hub policy", key: "securityhub", top: securityHubPolicy},
	"INSPECTOR_POLICY":                 {called: "an Inspector policy", key: "inspector", top: inspectorPolicy},
	"UPGRADE_ROLLOUT_POLICY":           {called: "an upgrade rollout policy", key: "upgrade_rollout", top: upgradeRolloutPolicy},
	"BEDROCK_POLICY":                   {called: "a Bedrock policy", key: "bedrock", top: bedrockPolicy},
	"S3_POLICY":                        {called: "an S3 policy", key: "s3_attributes", top: s3Policy},
	"NETWORK_SECURITY_DIRECTOR_POLICY": {called: "a network security director policy", key: "network_security_director", top: networkSecurityPolicy},
	"GUARDDUTY_POLICY":                 {called: "a GuardDuty policy", key: "guardduty", top: guardDutyPolicy},
}

// elementKind is what an element of a policy is made of.
type elementKind int

const (
	fixed  elementKind = iota // a container with the names of a fixed vocabulary
	free                      // a container whose names the author chooses
	single                    // a setting with one value
	list                      // a setting with a list of values
	open                      // a setting or a container, as the document has it
)

// element is one place in the structure of a policy type. The same table
// serves the check of a document, the merge and the report.
type element struct {
	kind   elementKind
	fields []field  // of a fixed container, in the order of messages
	names  form     // of a free container: what its names may be
	member *element // of a free container: what stands under every name
	values form     // of a setting: what its value or values may be

	// Conditions on one document, asked when a policy is saved.
	filled   bool     // of a list: an operator with an empty list is refused
	together []string // of a container: settings that one document must give when it gives the container
	check    func(c *checker, named document.Member, parent *document.Path)

	// Conditions on the effective policy.
	required []string // of a container: members that must exist
	fewest   int      // of a list: the least number of values
	most     int      // of a list or container: the greatest number of members; 0 is any
	report   func(r *reporter, node *document.Node)

	// How the effective policy shows what is not there.
	fallback  func(container string) *document.Node // of a setting that was never set; its container is named
	hideEmpty bool                                  // of a list: not shown when it has no values
}

// field is one name of a fixed vocabulary. Names are compared without regard
// to case. [recorded for tag, backup and chat policies; S3 seen; rest assumed]
type field struct {
	name    string // in lower case
	element *element
}

// container holds the named fields and no others.
func container(fields ...field) *element { return &element{kind: fixed, fields: fields} }

// each holds members with names of the given form, all of one structure.
func each(names form, member *element) *element {
	return &element{kind: free, names: names, member: member}
}

// one is a setting with a single value.
func one(values form) *element { return &element{kind: single, values: values} }

// many is a setting with a list of values.
func many(values form) *element { return &element{kind: list, values: values} }

// anything is an element of which no vocabulary is known: an object with a
// value operator is a setting, every other object a container of more.
func anything() *element { return &element{kind: open} }

func (e *element) nonEmpty() *element { e.filled = true; return e }

func (e *element) demanding(settings ...string) *element { e.together = settings; return e }

func (e *element) checked(by func(c *checker, named document.Member, parent *document.Path)) *element {
	e.check = by
	return e
}

func (e *element) requiring(members ...string) *element { e.required = members; return e }

func (e *element) atLeast(n int) *element { e.fewest = n; return e }

func (e *element) atMost(n int) *element { e.most = n; return e }

func (e *element) reported(by func(r *reporter, node *document.Node)) *element {
	e.report = by
	return e
}

func (e *element) otherwise(value func(container string) *document.Node) *element {
	e.fallback = value
	return e
}

func (e *element) hiddenEmpty() *element { e.hideEmpty = true; return e }

// isContainer says whether members that are no operators can stand in e and
// value operators cannot.
func (e *element) isContainer() bool { return e.kind == fixed || e.kind == free }

// unknown stands under a name that a fixed vocabulary does not have. A strict
// check refuses it; a document that came past a lenient one still merges.
var unknown = anything()

// under is the element with the given lower-case name in e. It is nil where
// no name can stand.
func (e *element) under(name string) *element {
	switch e.kind {
	case fixed:
		if known := e.field(name); known != nil {
			return known
		}
		return unknown
	case free:
		return e.member
	case open:
		return e
	}
	return nil
}

// field is the element of a fixed container with the lower-case name, or nil.
func (e *element) field(name string) *element {
	for i := range e.fields {
		if e.fields[i].name == name {
			return e.fields[i].element
		}
	}
	return nil
}

// fieldNames are the names of a fixed vocabulary.
func (e *element) fieldNames() []string {
	names := make([]string, len(e.fields))
	for i := range e.fields {
		names[i] = e.fields[i].name
	}
	return names
}

// folded is the form in which names, operators and identifiers are compared
// and shown: lower case, without regard to a language. [assumed]
func folded(name string) string { return strings.ToLower(name) }
