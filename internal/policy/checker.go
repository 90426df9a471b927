package policy

import (
	"iter"
	"slices"
	"strings"

	"accord/internal/policy/condition"
	"accord/internal/policy/document"
)

// checker holds one document to a grammar. It walks the whole document and
// keeps of each class of mistakes the one that stands first, so that the order
// of its rules does not matter.
type checker struct {
	*grammar
	findings findings
	sids     map[string]*document.Node
}

// class sorts mistakes by their consequence. All mistakes of service and
// resource control policies are broken structure; delegation policies have an
// error of their own for each class, and the lowest one decides.
type class int

const (
	brokenStructure class = iota
	unsupportedAction
	unsupportedResource
	unsupportedPolicyType
	invalidPrincipal
	classes
)

// finding is a mistake and, where the answer repeats it, the text that is wrong.
type finding struct {
	*document.Diagnostic
	subject string
}

type findings [classes]finding

// add keeps a mistake at a value or member unless its class has one before it.
// The text of a mistake that is not kept is never made.
func (f *findings) add(of class, where place, at *document.Path, subject, format string, args ...any) {
	var line, column int
	switch where := where.(type) {
	case *document.Node:
		line, column = where.Line, where.Column
	case document.Member:
		line, column = where.Line, where.Column
	}
	if (&document.Diagnostic{Line: line, Column: column}).Before(f[of].Diagnostic) {
		f[of] = finding{where.Diagnostic(at, format, args...), subject}
	}
}

// place is a value at its path, or a member with the path of its object.
type place interface {
	Diagnostic(at *document.Path, format string, args ...any) *document.Diagnostic
}

// wrong reports a mistake of structure.
func (c *checker) wrong(where place, at *document.Path, format string, args ...any) {
	c.findings.add(brokenStructure, where, at, "", format, args...)
}

// unsupported reports a mistake of another class at a text.
func (c *checker) unsupported(of class, value *document.Node, at *document.Path, format string, args ...any) {
	c.findings.add(of, value, at, value.Text, format, args...)
}

// statementKey is the member that holds the statements of a document.
const statementKey = "Statement"

var documentMembers = []string{"Version", "Id", statementKey}

func (c *checker) document(root *document.Node) {
	if root.Kind != document.Object {
		c.wrong(root, nil, "a policy is one JSON object, not %v", root.Kind)
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
				c.wrong(m.Value, at.Member(m.Name), "Id must be text, not %v", m.Value.Kind)
			}
		case statementKey:
			c.statements(m.Value, at.Member(m.Name))
		default:
			c.unknown(m, at, documentMembers, c.kind)
		}
	}
}

func (c *checker) version(value *document.Node, at *document.Path) {
	switch {
	case value.Kind != document.String:
		c.wrong(value, at, "Version must be \"2012-10-17\", not %v", value.Kind)
	case value.Text != "2012-10-17" && value.Text != impliedVersion:
		c.wrong(value, at, "Version must be \"2012-10-17\", not %s", document.Quote(value.Text))
	}
}

func (c *checker) statements(value *document.Node, at *document.Path) {
	switch value.Kind {
	case document.Object:
		c.oneStatement(value, at)
	case document.Array:
		if len(value.Items) == 0 {
			c.wrong(value, at, "Statement is an empty list; a policy needs at least one statement")
		}
		for i, item := range value.Items {
			c.oneStatement(item, at.Item(i))
		}
	default:
		c.wrong(value, at, "Statement must be an object or a list of objects, not %v", value.Kind)
	}
}

func (c *checker) oneStatement(statement *document.Node, at *document.Path) {
	if statement.Kind != document.Object {
		c.wrong(statement, at, "a statement is an object, not %v", statement.Kind)
		return
	}
	for _, group := range c.required {
		c.require(statement, at, "the statement", group)
	}
	for _, m := range statement.Members {
		if !slices.Contains(c.members, m.Name) {
			if why, refused := c.refused[m.Name]; refused {
				c.wrong(m, at, "%s", why)
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

// require demands that exactly one member of the group stands in the object.
func (c *checker) require(object *document.Node, at *document.Path, name string, group []string) {
	var first string
	for _, m := range object.Members {
		switch {
		case !slices.Contains(group, m.Name):
		case first == "":
			first = m.Name
		default:
			c.wrong(m, at, "%s already has %s; it takes only one of the two", name, first)
		}
	}
	if first == "" && !meansOneOf(object, group) {
		c.wrong(object, at, "%s needs %s", name, strings.Join(group, " or "))
	}
}

// meansOneOf reports whether some member is a misspelling or the negation of
// one in the group. Such a member is refused by itself, and that is the better
// message.
func meansOneOf(object *document.Node, group []string) bool {
	return slices.ContainsFunc(object.Members, func(m document.Member) bool {
		return slices.ContainsFunc(group, func(name string) bool {
			return strings.EqualFold(m.Name, name) || strings.EqualFold(m.Name, "Not"+name)
		})
	})
}

// unknown refuses a member that the object does not have.
func (c *checker) unknown(m document.Member, object *document.Path, known []string, name string) {
	for _, k := range known {
		if strings.EqualFold(k, m.Name) {
			c.wrong(m, object, "%s must be written %s", document.Quote(m.Name), k)
			return
		}
	}
	c.wrong(m, object, "%s has no member %s; it can have %s", name, document.Quote(m.Name), strings.Join(known, ", "))
}

func (c *checker) sid(value *document.Node, at *document.Path) {
	if value.Kind != document.String {
		c.wrong(value, at, "Sid must be text, not %v", value.Kind)
		return
	}
	for _, r := range value.Text {
		if !isAlphanumeric(r) {
			c.wrong(value, at, "Sid may hold only letters A to Z and digits, not %q", r)
			return
		}
	}
	if first, twice := c.sids[value.Text]; twice {
		c.wrong(value, at, "the Sid %s is already used on line %d, column %d", document.Quote(value.Text), first.Line, first.Column)
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
		c.wrong(value, at, "Effect must be %s, not %v", want, value.Kind)
	case !slices.Contains(c.effects, value.Text):
		c.wrong(value, at, "Effect must be %s, not %s", want, document.Quote(value.Text))
	}
}

// list judges the value of a member that takes one text or a list of texts.
func (c *checker) list(m document.Member, at *document.Path, judge func(*checker, *document.Node, *document.Path)) {
	if m.Value.Kind == document.Array {
		if len(m.Value.Items) == 0 {
			c.wrong(m.Value, at, "%s is an empty list; it needs at least one entry", m.Name)
		}
		for i, item := range m.Value.Items {
			if item.Kind != document.String {
				c.wrong(item, at.Item(i), "%s lists text, not %v", m.Name, item.Kind)
			}
		}
	} else if m.Value.Kind != document.String {
		c.wrong(m.Value, at, "%s must be text or a list of text, not %v", m.Name, m.Value.Kind)
	}
	for item, path := range texts(m.Value, at) {
		judge(c, item, path)
	}
}

// texts goes over the texts of a value that is one text or a list of them.
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
		c.wrong(value, at, "Condition must be an object of operators, not %v", value.Kind)
		return
	}
	for _, m := range value.Members {
		operator, ok := condition.Parse(m.Name)
		switch {
		case !ok && operator.Name == condition.Null:
			c.wrong(m, at, "Null takes no IfExists")
			continue
		case !ok:
			c.wrong(m, at, "%s is no condition operator", document.Quote(m.Name))
			continue
		case operator.String() != m.Name:
			c.wrong(m, at, "%s must be written %s", document.Quote(m.Name), operator)
		}
		c.keys(operator, m.Value, at.Member(m.Name))
	}
}

func (c *checker) keys(operator condition.Qualified, value *document.Node, at *document.Path) {
	if value.Kind != document.Object {
		c.wrong(value, at, "%s must be an object of condition keys, not %v", operator, value.Kind)
		return
	}
	for _, m := range value.Members {
		if prefix, name, ok := strings.Cut(m.Name, ":"); !ok || prefix == "" || name == "" {
			c.wrong(m, at, "the condition key %s must be a prefix, a colon and a name, such as aws:RequestedRegion", document.Quote(m.Name))
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
		if want := operator.Form.Check(value.Text); want != "" {
			c.wrong(value, at, "%s compares with %s, not %s", operator, want, document.Quote(value.Text))
		}
		if c.operand != nil {
			c.operand(c, operator, key, value, at)
		}
	default:
		c.wrong(value, at, "a condition compares with text, numbers or booleans, not %v", value.Kind)
	}
}
