package policy

import (
	"iter"
	"slices"
	"strings"

	"accord/internal/policy/condition"
	"accord/internal/policy/document"
)

// grammar is the part of the common language of statements that one kind of
// policy may use. The checker reads it: differences between kinds of policies
// are differences between grammars, not branches.
type grammar struct {
	kind    string   // the policy as messages name it
	members []string // the members that a statement may have, in the order of messages
	// required holds groups of members: a statement has exactly one of each group.
	required [][]string
	// excluded are members of the language that this kind does not have, each
	// with the message of its diagnostic.
	excluded map[string]string
	effects  []string
	// classes are the classes of diagnostics that have errors of their own; all others
	// are broken structure.
	classes []class
	// newVersion holds documents to the version 2012-10-17.
	newVersion bool
	// operands are the types of operands that are checked; nil is all of them.
	operands []condition.OperandType
	// sidMarks are the characters beside letters and digits that a Sid may hold.
	sidMarks string
	// principal, action and resource check one value each; operand checks one
	// operand of a condition beyond its type. nil checks nothing.
	principal func(c *checker, value *document.Node, at *document.Path)
	action    func(c *checker, value *document.Node, at *document.Path)
	resource  func(c *checker, value *document.Node, at *document.Path)
	operand   func(c *checker, operator condition.Qualified, key string, value *document.Node, at *document.Path)
	// statement checks a statement as a whole.
	statement func(c *checker, statement *document.Node, at *document.Path)
}

// checkStatements checks a document against a grammar whose diagnostics all have
// the same consequence.
func checkStatements(content string, g *grammar) *document.Diagnostic {
	root, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return diagnostic
	}
	c := checker{grammar: g}
	c.document(root)
	return c.findings[brokenStructure].Diagnostic
}

// checker checks one document against a grammar. It walks the whole document and
// keeps the first diagnostic of each class, so that the order of its checks does
// not matter.
type checker struct {
	*grammar
	findings [classes]finding
	sids     map[string]*document.Node
}

// invalid reports broken structure.
func (c *checker) invalid(where document.Location, at *document.Path, format string, args ...any) {
	c.add(brokenStructure, where, at, "", format, args...)
}

// unsupported reports a text that the kind of policy does not support.
func (c *checker) unsupported(of class, value *document.Node, at *document.Path, format string, args ...any) {
	c.add(of, value, at, value.Text, format, args...)
}

func (c *checker) add(of class, where document.Location, at *document.Path, subject, format string, args ...any) {
	if !slices.Contains(c.classes, of) {
		of, subject = brokenStructure, ""
	}
	if c.findings[of].Add(where, at, format, args...) {
		c.findings[of].subject = subject
	}
}

// statementKey is the member that holds the statements of a document.
const statementKey = "Statement"

// impliedVersion is the language version of a document that names none.
const impliedVersion = "2008-10-17"

var documentMembers = []string{"Version", "Id", statementKey}

func (c *checker) document(root *document.Node) {
	if root.Kind != document.Object {
		c.invalid(root, nil, "a policy is one JSON object, not %v", root.Kind)
		return
	}
	c.require(root, nil, c.kind, []string{statementKey})
	var at *document.Path
	for _, m := range root.Members {
		switch m.Name {
		case "Version":
			c.version(m.Value, at.Member(m.Name))
		case "Id":
			if m.Value.Kind != document.String {
				c.invalid(m.Value, at.Member(m.Name), "Id must be text, not %v", m.Value.Kind)
			}
		case statementKey:
			c.statements(m.Value, at.Member(m.Name))
		default:
			c.unknown(m, at, documentMembers, c.kind)
		}
	}
	if c.newVersion && root.Member("Version") == nil {
		c.add(oldVersion, root, nil, "", "%s needs the Version \"2012-10-17\"", c.kind)
	}
}

func (c *checker) version(value *document.Node, at *document.Path) {
	switch {
	case value.Kind != document.String:
		c.invalid(value, at, "Version must be \"2012-10-17\", not %v", value.Kind)
	case value.Text != "2012-10-17" && value.Text != impliedVersion:
		c.invalid(value, at, "Version must be \"2012-10-17\", not %s", document.Quote(value.Text))
	case value.Text == impliedVersion && c.newVersion:
		c.add(oldVersion, value, at, "", "Version must be \"2012-10-17\"; an older one has no policy variables")
	}
}

func (c *checker) statements(value *document.Node, at *document.Path) {
	switch value.Kind {
	case document.Object:
		c.oneStatement(value, at)
	case document.Array:
		if len(value.Items) == 0 {
			c.invalid(value, at, "Statement is an empty list; a policy needs at least one statement")
		}
		for i, item := range value.Items {
			c.oneStatement(item, at.Item(i))
		}
	default:
		c.invalid(value, at, "Statement must be an object or a list of objects, not %v", value.Kind)
	}
}

func (c *checker) oneStatement(statement *document.Node, at *document.Path) {
	if statement.Kind != document.Object {
		c.invalid(statement, at, "a statement is an object, not %v", statement.Kind)
		return
	}
	for _, group := range c.required {
		c.require(statement, at, "the statement", group)
	}
	for _, m := range statement.Members {
		if !slices.Contains(c.members, m.Name) {
			if message, excluded := c.excluded[m.Name]; excluded {
				c.add(prohibited[m.Name], m, at, m.Name, "%s", message)
			} else {
				c.unknown(m, at, c.members, "a statement of "+c.kind)
			}
			continue
		}
		value, here := m.Value, at.Member(m.Name)
		switch m.Name {
		case "Sid":
			c.sid(value, here)
		case "Effect":
			c.effect(value, here)
		case "Principal":
			c.principal(c, value, here)
		case "Action", "NotAction":
			c.list(m, here, c.action)
		case "Resource", "NotResource":
			c.list(m, here, c.resource)
		case "Condition":
			c.condition(value, here)
		}
	}
	if c.statement != nil {
		c.statement(c, statement, at)
	}
}

// require checks that the object has exactly one member of the group.
func (c *checker) require(object *document.Node, at *document.Path, name string, group []string) {
	var first string
	for _, m := range object.Members {
		switch {
		case !slices.Contains(group, m.Name):
		case first == "":
			first = m.Name
		default:
			c.invalid(m, at, "%s already has %s; it takes only one of the two", name, first)
		}
	}
	if first == "" && !meansOneOf(object, group) {
		c.add(missing[group[0]], object, at, group[0], "%s needs %s", name, strings.Join(group, " or "))
	}
}

// meansOneOf reports whether a member is a misspelling or the negation of one in
// the group. Such a member has a diagnostic of its own, with the better message.
func meansOneOf(object *document.Node, group []string) bool {
	return slices.ContainsFunc(object.Members, func(m document.Member) bool {
		return slices.ContainsFunc(group, func(name string) bool {
			return strings.EqualFold(m.Name, name) || strings.EqualFold(m.Name, "Not"+name)
		})
	})
}

// unknown reports a member that the object cannot have.
func (c *checker) unknown(m document.Member, object *document.Path, known []string, name string) {
	for _, k := range known {
		if strings.EqualFold(k, m.Name) {
			c.invalid(m, object, "%s must be written %s", document.Quote(m.Name), k)
			return
		}
	}
	c.invalid(m, object, "%s has no member %s; it can have %s", name, document.Quote(m.Name), strings.Join(known, ", "))
}

func (c *checker) sid(value *document.Node, at *document.Path) {
	if value.Kind != document.String {
		c.invalid(value, at, "Sid must be text, not %v", value.Kind)
		return
	}
	for _, r := range value.Text {
		if !isAlphanumeric(r) && !strings.ContainsRune(c.sidMarks, r) {
			allowed := "letters A to Z and digits"
			if c.sidMarks != "" {
				allowed = "letters A to Z, digits and " + c.sidMarks
			}
			c.invalid(value, at, "Sid may hold only %s, not %q", allowed, r)
			return
		}
	}
	if first, twice := c.sids[value.Text]; twice {
		c.add(repeatedSid, value, at, "", "the Sid %s is already used on line %d, column %d", document.Quote(value.Text), first.Line, first.Column)
	} else if value.Text != "" {
		if c.sids == nil {
			c.sids = make(map[string]*document.Node)
		}
		c.sids[value.Text] = value
	}
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func (c *checker) effect(value *document.Node, at *document.Path) {
	switch want := strings.Join(c.effects, " or "); {
	case value.Kind != document.String:
		c.invalid(value, at, "Effect must be %s, not %v", want, value.Kind)
	case !slices.Contains(c.effects, value.Text):
		of := brokenStructure
		if slices.ContainsFunc(c.effects, func(effect string) bool { return strings.EqualFold(effect, value.Text) }) {
			of = unparsed
		}
		c.add(of, value, at, "", "Effect must be %s, not %s", want, document.Quote(value.Text))
	}
}

// list checks the value of a member that takes one text or a list of texts.
func (c *checker) list(m document.Member, at *document.Path, check func(*checker, *document.Node, *document.Path)) {
	if m.Value.Kind == document.Array {
		if len(m.Value.Items) == 0 {
			c.add(missing[m.Name], m.Value, at, m.Name, "%s is an empty list; it needs at least one entry", m.Name)
		}
		for i, item := range m.Value.Items {
			if item.Kind != document.String {
				c.invalid(item, at.Item(i), "%s lists text, not %v", m.Name, item.Kind)
			}
		}
	} else if m.Value.Kind != document.String {
		c.invalid(m.Value, at, "%s must be text or a list of text, not %v", m.Name, m.Value.Kind)
	}
	for item, path := range texts(m.Value, at) {
		check(c, item, path)
	}
}

// texts iterates over the texts of a value that is one text or a list of them.
func texts(value *document.Node, at *document.Path) iter.Seq2[*document.Node, *document.Path] {
	return func(yield func(*document.Node, *document.Path) bool) {
		if value.Kind == document.String {
			yield(value, at)
			return
		}
		for i, item := range value.Items {
			if item.Kind == document.String && !yield(item, at.Item(i)) {
				return
			}
		}
	}
}

func (c *checker) condition(value *document.Node, at *document.Path) {
	if value.Kind != document.Object {
		c.invalid(value, at, "Condition must be an object of operators, not %v", value.Kind)
		return
	}
	for _, m := range value.Members {
		operator, ok := condition.Parse(m.Name)
		switch {
		case !ok && operator.Name == condition.Null:
			c.invalid(m, at, "Null takes no IfExists")
			continue
		case !ok:
			c.invalid(m, at, "%s is not a condition operator", document.Quote(m.Name))
			continue
		case operator.String() != m.Name:
			c.invalid(m, at, "%s must be written %s", document.Quote(m.Name), operator)
		}
		c.keys(operator, m.Value, at.Member(m.Name))
	}
}

func (c *checker) keys(operator condition.Qualified, value *document.Node, at *document.Path) {
	if value.Kind != document.Object {
		c.invalid(value, at, "%s must be an object of condition keys, not %v", operator, value.Kind)
		return
	}
	for _, m := range value.Members {
		if prefix, name, ok := strings.Cut(m.Name, ":"); !ok || prefix == "" || name == "" {
			c.add(malformedAction, m, at, noVendor, "the condition key %s must be a prefix, a colon and a name, such as aws:RequestedRegion", document.Quote(m.Name))
		}
		here := at.Member(m.Name)
		if m.Value.Kind != document.Array {
			c.oneOperand(operator, m.Name, m.Value, here)
			continue
		}
		for i, item := range m.Value.Items {
			c.oneOperand(operator, m.Name, item, here.Item(i))
		}
	}
}

func (c *checker) oneOperand(operator condition.Qualified, key string, value *document.Node, at *document.Path) {
	switch value.Kind {
	case document.String, document.Number, document.Bool:
		if want := operator.OperandType.Check(value.Text); want != "" && (c.operands == nil || slices.Contains(c.operands, operator.OperandType)) {
			c.add(unparsed, value, at, "", "%s compares with %s, not %s", operator, want, document.Quote(value.Text))
		}
		if c.operand != nil {
			c.operand(c, operator, key, value, at)
		}
	default:
		c.invalid(value, at, "a condition compares with text, numbers or booleans, not %v", value.Kind)
	}
}
