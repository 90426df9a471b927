package inherit

import "accord/internal/policy/document"

// Parsed is the content of a policy, read once to be merged often. It never
// changes and may be used by many goroutines at once.
type Parsed struct {
	top *part // under the top-level key; nil when the content says nothing
}

// part is what one policy says about one place of the effective policy.
type part struct {
	name       string // in lower case
	element    *Element
	changes    []change
	controlled bool
	control    operators // what policies below may do, if controlled
	parts      []*part
	index      map[string]*part // of parts, where there are many
	carries    bool             // whether a change stands here or below
}

// change is a value operator and its values, as texts.
type change struct {
	by     operators
	list   bool // of @@assign: whether the value is a list
	values []string
}

// Parse reads the content of a policy. It asks less than Check: what the
// tables do not know is read by the operators that it carries, so that
// documents which are newer than the tables merge too, and values that do not
// fit their setting are left out. Content that is not even JSON with the
// top-level key of the type says nothing.
func (s *Schema) Parse(content string) *Parsed {
	root, mistake := s.read(content)
	if mistake != nil {
		return &Parsed{}
	}
	top := s.topLevel(root)
	if top == nil {
		return &Parsed{}
	}
	return &Parsed{top: newPart(s.Key, s.Top, top)}
}

func newPart(name string, e *Element, object *document.Node) *part {
	p := &part{name: name, element: e}
	setting := e.isSettingIn(object)
	for _, member := range object.Members {
		switch name := folded(member.Name); {
		case name == control:
			p.restrict(member.Value)
		case isOperator(name):
			if by := valueOperators[name]; setting && by != none {
				p.change(by, member.Value)
			}
		case !setting && member.Value.Kind == document.Object:
			inner := newPart(name, e.under(name), member.Value)
			p.parts = append(p.parts, inner)
			p.carries = p.carries || inner.carries
		}
	}
	if len(p.parts) > indexed {
		p.index = make(map[string]*part, len(p.parts))
		for _, inner := range p.parts {
			p.index[inner.name] = inner
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
// their text. [recorded] A value that does not fit the setting is left out.
func (p *part) change(by operators, value *document.Node) {
	switch value.Kind {
	case document.Array:
		if p.element.kind == single {
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
		if p.element.kind != list && by == assigning {
			p.changes = append(p.changes, change{by: by, values: []string{value.Text}})
		}
	}
}

// find is the part under the lower-case name, or nil.
func (p *part) find(name string) *part {
	if p.index != nil {
		return p.index[name]
	}
	for _, inner := range p.parts {
		if inner.name == name {
			return inner
		}
	}
	return nil
}
