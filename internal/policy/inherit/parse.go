package inherit

import "accord/internal/policy/document"

// Parse reads the content of a policy. It accepts more than Check: it reads unknown
// members by their operators, so that documents newer than the tables merge, too,
// and it leaves out values that do not fit their setting. Content that is not JSON
// with the top-level key of the type is an empty policy.
func (s *Schema) Parse(content string) *Parsed {
	root, diagnostic := s.read(content)
	if diagnostic != nil {
		return &Parsed{}
	}
	known, whole := s.document(), &part{}
	for _, member := range root.Members {
		// Operators have no effect beside the top-level key. [assumed]
		if member.Value.Kind != document.Object || isOperator(member.Name) || known.under(known.key(member.Name)) == unknown {
			continue
		}
		whole.add(known, member)
	}
	return &Parsed{document: whole}
}

// read parses the content, which must be an object.
func (s *Schema) read(content string) (*document.Node, *document.Diagnostic) {
	top, diagnostic := document.Parse(content)
	if diagnostic != nil {
		return nil, diagnostic
	}
	if top.Kind != document.Object {
		return nil, top.Diagnostic(nil, "%s is an object with %s, not %v", s.Name, s.member(), top.Kind)
	}
	return top, nil
}

// add reads a member of a container.
func (p *part) add(container *Element, member document.Member) {
	key := container.key(member.Name)
	inner := newPart(container.under(key), member.Value)
	inner.key, inner.name = key, container.shown(member.Name)
	p.parts = append(p.parts, inner)
	p.carries = p.carries || inner.carries
}

func newPart(e *Element, object *document.Node) *part {
	p := &part{}
	setting := e.isSettingIn(object)
	for _, member := range object.Members {
		switch name := folded(member.Name); {
		case name == control:
			p.restrict(member.Value)
		case isOperator(name):
			if by := valueOperators[name]; setting && by != none {
				p.change(e, by, member.Value)
			}
		case !setting && member.Value.Kind == document.Object:
			p.add(e, member)
		}
	}
	if len(p.parts) > indexed {
		p.index = make(map[string]*part, len(p.parts))
		for _, inner := range p.parts {
			p.index[inner.key] = inner
		}
	}
	p.carries = p.carries || len(p.changes) > 0
	return p
}

// restrict reads the value of a control.
func (p *part) restrict(value *document.Node) {
	if value.Kind != document.Array {
		return
	}
	p.controlled = true
	for _, item := range value.Items {
		p.control |= controls[folded(item.Text)]
	}
}

// change reads the value of an operator. Numbers, booleans and null become
// their text. [recorded] A value that does not fit the setting is skipped.
func (p *part) change(e *Element, by operators, value *document.Node) {
	switch value.Kind {
	case document.Array:
		if e.kind == single {
			return
		}
		values := make([]string, 0, len(value.Items))
		for _, item := range value.Items {
			if item.Kind != document.Object && item.Kind != document.Array {
				values = append(values, item.Text)
			}
		}
		p.changes = append(p.changes, change{by: by, list: true, values: values})
	case document.String, document.Number, document.Bool:
		if e.kind != list && by == assigning {
			p.changes = append(p.changes, change{by: by, values: []string{value.Text}})
		}
	}
}
