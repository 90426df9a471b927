package inherit

import (
	"time"

	"accord/internal/policy/document"
)

// Check reads a document as it is saved and gives the first mistake in it, in
// the order of the document, or nil. now is the time of the request, by which
// the next runs of a backup schedule are found. The size of the content is not
// judged here.
func (s *Schema) Check(content string, now time.Time) *document.Diagnostic {
	top, mistake := s.read(content)
	if mistake != nil {
		return mistake
	}
	c := checker{now: now}
	c.root(s, top)
	return c.first
}

// read parses the content, which must be an object.
func (s *Schema) read(content string) (*document.Node, *document.Diagnostic) {
	top, mistake := document.Parse(content)
	if mistake != nil {
		return nil, mistake
	}
	if top.Kind != document.Object {
		return nil, top.Diagnostic(nil, "%s is an object with the member %s, not %v", s.Name, document.Quote(s.Key), top.Kind)
	}
	return top, nil
}

// topLevel finds the value under the top-level key of the type, or nil.
func (s *Schema) topLevel(top *document.Node) *document.Node {
	for _, member := range top.Members {
		if folded(member.Name) == s.Key && member.Value.Kind == document.Object {
			return member.Value
		}
	}
	return nil
}

// checker walks once over a document and keeps the mistake that stands first.
type checker struct {
	now   time.Time
	first *document.Diagnostic
}

// place is where a mistake may stand: a value or the name of a member.
type place interface {
	Diagnostic(at *document.Path, format string, args ...any) *document.Diagnostic
}

// mistake keeps a mistake unless one before it is known. For a value, at is
// its path; for a member, that of the object which holds it.
func (c *checker) mistake(where place, at *document.Path, format string, args ...any) {
	var line, column int
	switch where := where.(type) {
	case *document.Node:
		line, column = where.Line, where.Column
	case document.Member:
		line, column = where.Line, where.Column
	}
	if !c.settled(line, column) {
		c.first = where.Diagnostic(at, format, args...)
	}
}

// settled says whether the first mistake stands before a place, so that there
// is nothing to look for from there on.
func (c *checker) settled(line, column int) bool {
	here := document.Diagnostic{Line: line, Column: column}
	return c.first != nil && !here.Before(c.first)
}

// root checks the members of the document: the top-level key once, and beside
// it nothing but operators. Those are accepted without effect as long as no
// object is in them. [recorded]
func (c *checker) root(schema *Schema, top *document.Node) {
	found := false
	c.names(top, nil)
	for _, member := range top.Members {
		at := (*document.Path)(nil).Member(member.Name)
		switch name := folded(member.Name); {
		case name == schema.Key:
			found = true
			c.element(schema.Top, member, nil)
		case name == control:
			c.control(member.Value, at)
		case valueOperators[name] != none:
			c.idle(member.Value, at)
		case isOperator(name):
			c.unknownOperator(member, nil)
		default:
			// Whoever wrote another key need not hear that the right one is missing.
			found = true
			c.mistake(member, nil, "%s begins with %s; %s does not belong there%s", schema.Name,
				document.Quote(schema.Key), document.Quote(member.Name), suggestion(member.Name, []string{schema.Key}))
		}
	}
	if !found {
		c.mistake(top, nil, "%s needs the member %s", schema.Name, document.Quote(schema.Key))
	}
}

// idle checks the value of an operator that stands where it does nothing.
func (c *checker) idle(value *document.Node, at *document.Path) {
	switch value.Kind {
	case document.Object:
		c.mistake(value, at, "an operator takes a value or a list of values, not an object")
	case document.Array:
		for i, item := range value.Items {
			c.scalar(item, at.Item(i))
		}
	}
}

// scalar asks that a member of a list is text, or a number, boolean or null,
// which are read as their text. [recorded]
func (c *checker) scalar(item *document.Node, at *document.Path) bool {
	if item.Kind == document.Object || item.Kind == document.Array {
		c.mistake(item, at, "a list of values holds texts, not %v", item.Kind)
		return false
	}
	return true
}

// names asks that no two members of an object have the same name but for case.
func (c *checker) names(object *document.Node, at *document.Path) {
	if len(object.Members) < 2 {
		return
	}
	seen := make(map[string]document.Member, len(object.Members))
	for _, member := range object.Members {
		name := folded(member.Name)
		if first, twice := seen[name]; twice {
			c.mistake(member, at, "%s and %s on line %d, column %d differ only in case, which makes them one name",
				document.Quote(member.Name), document.Quote(first.Name), first.Line, first.Column)
			continue
		}
		seen[name] = member
	}
}

// element checks the value of a member against its place in the schema.
func (c *checker) element(e *Element, member document.Member, parent *document.Path) {
	value, at := member.Value, parent.Member(member.Name)
	if value.Kind != document.Object {
		c.notAnObject(e, value, at)
		return
	}
	c.names(value, at)
	setting := e.isSettingIn(value)
	for _, inner := range value.Members {
		if c.settled(inner.Line, inner.Column) {
			break
		}
		switch name := folded(inner.Name); {
		case name == control:
			c.control(inner.Value, at.Member(inner.Name))
		case valueOperators[name] != none && setting:
			c.change(e, valueOperators[name], inner, at)
		case valueOperators[name] != none:
			c.mistake(inner, at, "%s sets a value, but %s holds members and has none%s", inner.Name, document.Quote(member.Name), settings(e))
		case isOperator(name):
			c.unknownOperator(inner, at)
		case setting:
			c.mistake(inner, at, "%s stands in a setting, which holds operators only", document.Quote(inner.Name))
		default:
			c.member(e, name, inner, at)
		}
	}
	var missing []string
	for _, name := range e.together {
		if !carriesValue(lookup(value, name)) {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		c.mistake(member, parent, "%s needs %s in the same document", document.Quote(member.Name), joined(missing, " and "))
	}
	if e.check != nil {
		e.check(c, member, parent)
	}
}

// notAnObject is the mistake of writing the value itself, as an effective
// policy shows it, where the document needs an operator around it.
func (c *checker) notAnObject(e *Element, value *document.Node, at *document.Path) {
	switch {
	case e.isContainer():
		c.mistake(value, at, "an object is expected here, not %v", value.Kind)
	case value.Kind == document.Null:
		c.mistake(value, at, `a setting needs an operator around its value: {"@@assign": …}`)
	case e.kind == list && value.Kind != document.Array:
		c.mistake(value, at, `a setting needs an operator around its values: {"@@assign": [%s]}`, shown(value))
	default:
		c.mistake(value, at, `a setting needs an operator around its value: {"@@assign": %s}`, shown(value))
	}
}

// longestShown is the length in bytes up to which a message repeats a value as
// it should stand.
const longestShown = 60

func shown(value *document.Node) string {
	if value.Kind != document.Array && value.Kind != document.Object {
		if text := value.Compact(); len(text) <= longestShown {
			return text
		}
	}
	return "…"
}

// settings ends the message about a value operator on a container.
func settings(e *Element) string {
	if e.kind != fixed {
		return ""
	}
	return "; put it into " + alternatives(e.fieldNames())
}

// isSettingIn says whether an object that stands at e is a setting.
func (e *Element) isSettingIn(object *document.Node) bool {
	return !e.isContainer() && (e.kind != open || carriesValue(object))
}

// carriesValue says whether an object has a value operator.
func carriesValue(object *document.Node) bool {
	if object == nil {
		return false
	}
	for _, member := range object.Members {
		if valueOperators[folded(member.Name)] != none {
			return true
		}
	}
	return false
}

// member checks a member of a container that is no operator.
func (c *checker) member(e *Element, name string, member document.Member, at *document.Path) {
	inner := e.under(name)
	switch {
	case e.kind == fixed && inner == unknown:
		known := e.fieldNames()
		hint := suggestion(name, known)
		if hint == "" && len(known) <= listedWords {
			hint = "; expected " + alternatives(known)
		}
		c.mistake(member, at, "%s is not known here%s", document.Quote(member.Name), hint)
		return
	case e.kind == free:
		if problem := e.names.problem(member.Name, c.now); problem != "" {
			c.mistake(member, at, "%s", problem)
			return
		}
	}
	c.element(inner, member, at)
}

func (c *checker) unknownOperator(member document.Member, at *document.Path) {
	known := []string{"@@assign", "@@append", "@@remove", control}
	hint := suggestion(member.Name, known)
	if hint == "" {
		hint = "; expected " + alternatives(known)
	}
	c.mistake(member, at, "%s is no operator%s", document.Quote(member.Name), hint)
}

// change checks a value operator of a setting and its value.
func (c *checker) change(e *Element, by operators, member document.Member, parent *document.Path) {
	value, at := member.Value, parent.Member(member.Name)
	switch {
	case e.kind == single && by != assigning:
		c.mistake(member, parent, "%s works on lists only; this setting has a single value: use @@assign", member.Name)
	case e.kind == single:
		c.single(e.values, value, at)
	case value.Kind == document.Array:
		if e.filled && len(value.Items) == 0 {
			c.mistake(value, at, "the list is empty; this setting needs at least one value")
		}
		for i, item := range value.Items {
			if c.settled(item.Line, item.Column) {
				break
			}
			if c.scalar(item, at.Item(i)) && e.kind == list {
				c.form(e.values, item, at.Item(i))
			}
		}
	case e.kind == list || by != assigning:
		c.mistake(value, at, "a list is expected, not %v: write [%s]", value.Kind, shown(value))
	case value.Kind == document.Object || value.Kind == document.Null:
		c.mistake(value, at, "@@assign takes a text, number, boolean or list, not %v", value.Kind)
	}
}

// single checks the value of a setting that has only one.
func (c *checker) single(values form, value *document.Node, at *document.Path) {
	switch {
	case value.Kind == document.Array:
		c.mistake(value, at, "this setting has a single value, not a list")
	case value.Kind == document.String,
		value.Kind == document.Number && values.numbers,
		value.Kind == document.Bool && values.booleans:
		c.form(values, value, at)
	default:
		c.mistake(value, at, "a text is expected, not %v", value.Kind)
	}
}

func (c *checker) form(values form, value *document.Node, at *document.Path) {
	if problem := values.problem(value.Text, c.now); problem != "" {
		c.mistake(value, at, "%s", problem)
	}
}

// control checks the list of operators that policies below may use. [recorded]
func (c *checker) control(value *document.Node, at *document.Path) {
	if value.Kind != document.Array {
		c.mistake(value, at, "a list of operators is expected, not %v: write [%s]", value.Kind, shown(value))
		return
	}
	if len(value.Items) == 0 {
		c.mistake(value, at, `the list is empty; write ["@@none"] to allow no operator`)
	}
	seen := make(map[string]bool, len(value.Items))
	for i, item := range value.Items {
		allowed, known := controls[folded(item.Text)]
		switch {
		case item.Kind != document.String:
			c.mistake(item, at.Item(i), "the name of an operator is expected, not %v", item.Kind)
		case !known:
			names := []string{"@@all", "@@assign", "@@append", "@@remove", "@@none"}
			c.mistake(item, at.Item(i), "%s is not allowed here; use %s", document.Quote(item.Text), alternatives(quoted(names)))
		case allowed == none && len(value.Items) > 1:
			c.mistake(item, at.Item(i), "@@none allows nothing and must stand alone")
		case seen[item.Text]:
			c.mistake(item, at.Item(i), "%s stands in the list twice", item.Text)
		}
		seen[item.Text] = true
	}
}

// lookup finds the value of a member by its lower-case name, or nil.
func lookup(object *document.Node, name string) *document.Node {
	for _, member := range object.Members {
		if folded(member.Name) == name {
			return member.Value
		}
	}
	return nil
}

// assigned is the value that @@assign gives the setting at the path of names
// below the object, or nil.
func assigned(object *document.Node, names ...string) *document.Node {
	for _, name := range names {
		if object = lookup(object, name); object == nil {
			return nil
		}
	}
	return lookup(object, "@@assign")
}
