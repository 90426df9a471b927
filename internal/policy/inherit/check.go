package inherit

import "accord/internal/policy/document"

// Check returns the first diagnostic in a document that is saved, in the order of
// the document, or nil. Check does not check the size.
func (s *Schema) Check(content string, facts Facts) *document.Diagnostic {
	top, diagnostic := s.read(content)
	if diagnostic != nil {
		return diagnostic
	}
	c := checker{diagnostics{facts: facts}}
	c.root(s, top)
	return c.first.Diagnostic
}

// checker walks once over a document.
type checker struct{ diagnostics }

// root checks the members of the document: the top-level key and, beside it, only
// operators. These are accepted without effect unless they contain an object.
// [recorded]
func (c *checker) root(schema *Schema, top *document.Node) {
	found, whole := false, schema.document()
	c.names(whole, top, nil)
	for _, member := range top.Members {
		at := (*document.Path)(nil).Member(member.Name)
		switch name := folded(member.Name); {
		case name == control:
			c.control(member.Value, at)
		case valueOperators[name] != none:
			c.idle(member.Value, at)
		case isOperator(name):
			c.unknownOperator(member, nil)
		case whole.under(name) != unknown && found:
			c.add(member, nil, "%s has %s; %s is a second one", schema.Name, schema.member(), document.Quote(member.Name))
		case whole.under(name) != unknown:
			found = true
			c.element(whole.under(name), member, nil)
		default:
			// One diagnostic is enough for a wrong key: the right one is missing, too.
			found = true
			c.add(member, nil, "%s begins with %s; %s does not belong there%s", schema.Name,
				document.Quote(schema.Key), document.Quote(member.Name), suggestion(member.Name, []string{schema.Key}))
		}
	}
	if !found {
		c.add(top, nil, "%s needs %s", schema.Name, schema.member())
	}
}

// idle checks the value of an operator that has no effect at its position.
func (c *checker) idle(value *document.Node, at *document.Path) {
	switch value.Kind {
	case document.Object:
		c.add(value, at, "an operator takes a value or a list of values, not an object")
	case document.Array:
		for i, item := range value.Items {
			c.scalar(item, at.Item(i))
		}
	}
}

// scalar checks that an item of a list is text, or a number, boolean or null,
// which are read as their text. [recorded]
func (c *checker) scalar(item *document.Node, at *document.Path) bool {
	if item.Kind == document.Object || item.Kind == document.Array {
		c.add(item, at, "a list of values holds texts, not %v", item.Kind)
		return false
	}
	return true
}

// names checks that the names of the members of an element are different names. The
// parser has rejected those that are the same text.
func (c *checker) names(e *Element, object *document.Node, at *document.Path) {
	if len(object.Members) < 2 {
		return
	}
	seen := make(map[string]document.Member, len(object.Members))
	for _, member := range object.Members {
		name := e.key(member.Name)
		if isOperator(name) {
			name = folded(name)
		}
		if first, twice := seen[name]; twice {
			c.add(member, at, "%s and %s on line %d, column %d differ only in case, which makes them one name",
				document.Quote(member.Name), document.Quote(first.Name), first.Line, first.Column)
			continue
		}
		seen[name] = member
	}
}

// element checks the value of a member against its element.
func (c *checker) element(e *Element, member document.Member, parent *document.Path) {
	value, at := member.Value, parent.Member(member.Name)
	if value.Kind != document.Object {
		c.notAnObject(e, value, at)
		return
	}
	c.names(e, value, at)
	setting := e.isSettingIn(value)
	for _, inner := range value.Members {
		if c.first.Precedes(inner.Line, inner.Column) {
			break
		}
		switch name := folded(inner.Name); {
		case name == control:
			c.control(inner.Value, at.Member(inner.Name))
		case valueOperators[name] != none && setting:
			c.change(e, valueOperators[name], inner, at)
		case valueOperators[name] != none:
			c.add(inner, at, "%s sets a value, but %s holds members and has none%s", inner.Name, document.Quote(member.Name), settings(e))
		case isOperator(name):
			c.unknownOperator(inner, at)
		case setting:
			c.add(inner, at, "%s is in a setting, which holds operators only", document.Quote(inner.Name))
		default:
			c.member(e, name, inner, at)
		}
	}
	var missing []string
	for _, name := range e.mustAppear {
		if !carriesValue(lookup(value, name)) {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		c.add(member, parent, "%s needs %s in the same document", document.Quote(member.Name), joined(missing, " and "))
	}
	if e.check != nil {
		e.check(&c.diagnostics, member, parent)
	}
}

// notAnObject reports a bare value, as an effective policy has it, where the
// document needs an operator around it.
func (c *checker) notAnObject(e *Element, value *document.Node, at *document.Path) {
	switch {
	case e.isContainer():
		c.add(value, at, "an object is expected here, not %v", value.Kind)
	case value.Kind == document.Null:
		c.add(value, at, `a setting needs an operator around its value: {"@@assign": …}`)
	case e.kind == list && value.Kind != document.Array:
		c.add(value, at, `a setting needs an operator around its values: {"@@assign": [%s]}`, shown(value))
	default:
		c.add(value, at, `a setting needs an operator around its value: {"@@assign": %s}`, shown(value))
	}
}

// longestShown is the length in bytes up to which a message repeats a value.
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

// member checks a member of a container that is not an operator.
func (c *checker) member(e *Element, name string, member document.Member, at *document.Path) {
	inner := e.under(name)
	switch {
	case e.kind == fixed && inner == unknown:
		known := e.fieldNames()
		hint := suggestion(name, known)
		if hint == "" && len(known) <= listedWords {
			hint = "; expected " + alternatives(known)
		}
		c.add(member, at, "%s is not known here%s", document.Quote(member.Name), hint)
		return
	case e.kind == free:
		if violation := e.names.violation(member.Name, c.facts.Now); violation != "" {
			c.add(member, at, "%s", violation)
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
	c.add(member, at, "%s is not an operator%s", document.Quote(member.Name), hint)
}

// change checks a value operator of a setting and its value.
func (c *checker) change(e *Element, by operators, member document.Member, parent *document.Path) {
	value, at := member.Value, parent.Member(member.Name)
	switch {
	case e.kind == single && by != assigning:
		c.add(member, parent, "%s works on lists only; this setting has a single value: use @@assign", member.Name)
	case e.kind == single:
		c.single(e.values, value, at)
	case value.Kind == document.Array:
		if e.nonEmptyOperators && len(value.Items) == 0 {
			c.add(value, at, "the list is empty; this setting needs at least one value")
		}
		for i, item := range value.Items {
			if c.first.Precedes(item.Line, item.Column) {
				break
			}
			if c.scalar(item, at.Item(i)) && e.kind == list {
				c.form(e.values, item, at.Item(i))
			}
		}
	case e.kind == list || by != assigning:
		c.add(value, at, "a list is expected, not %v: write [%s]", value.Kind, shown(value))
	case value.Kind == document.Object || value.Kind == document.Null:
		c.add(value, at, "@@assign takes a text, number, boolean or list, not %v", value.Kind)
	}
}

// single checks the value of a setting that has only one.
func (c *checker) single(values constraint, value *document.Node, at *document.Path) {
	switch {
	case value.Kind == document.Array:
		c.add(value, at, "this setting has a single value, not a list")
	case value.Kind == document.String,
		value.Kind == document.Number && values.numbers,
		value.Kind == document.Bool && values.booleans:
		c.form(values, value, at)
	default:
		c.add(value, at, "a text is expected, not %v", value.Kind)
	}
}

func (c *checker) form(values constraint, value *document.Node, at *document.Path) {
	if violation := values.violation(value.Text, c.facts.Now); violation != "" {
		c.add(value, at, "%s", violation)
	}
}

// control checks the list of operators that policies below may use. [recorded]
func (c *checker) control(value *document.Node, at *document.Path) {
	if value.Kind != document.Array {
		c.add(value, at, "a list of operators is expected, not %v: write [%s]", value.Kind, shown(value))
		return
	}
	if len(value.Items) == 0 {
		c.add(value, at, `the list is empty; write ["@@none"] to allow no operator`)
	}
	seen := make(map[string]bool, len(value.Items))
	for i, item := range value.Items {
		allowed, known := controls[folded(item.Text)]
		switch {
		case item.Kind != document.String:
			c.add(item, at.Item(i), "the name of an operator is expected, not %v", item.Kind)
		case !known:
			names := []string{"@@all", "@@assign", "@@append", "@@remove", "@@none"}
			c.add(item, at.Item(i), "%s is not allowed here; use %s", document.Quote(item.Text), alternatives(quoted(names)))
		case allowed == none && len(value.Items) > 1:
			c.add(item, at.Item(i), "@@none allows nothing and must stand alone")
		case seen[item.Text]:
			c.add(item, at.Item(i), "%s appears twice in the list", item.Text)
		}
		seen[item.Text] = true
	}
}
