package inherit

import (
	"time"

	"accord/internal/policy/document"
)

// validate checks an effective policy as rendered: parts that render to nothing
// do not exist and are not errors. [recorded] top is nil if no policy applies.
func validate(schema *Schema, top *document.Node, text string, levels [][]Attached, now time.Time) []Error {
	r := reporter{levels: levels, now: now, path: []string{schema.Key}}
	if top == nil {
		return nil
	}
	r.element(schema.Top, top)
	if schema.Top.reportWhole != nil {
		schema.Top.reportWhole(&r, top, text)
	}
	return r.errors
}

// element validates a node and all nodes below it against the table.
func (r *reporter) element(e *Element, node *document.Node) {
	for _, name := range e.required {
		if node.Member(name) == nil {
			r.add(CodeKeyRequired, "'%s' is missing", name)
		}
	}
	size := len(node.Items) + len(node.Members)
	name := r.path[len(r.path)-1]
	if size < e.min {
		r.add(CodeElementsTooFew, "'%s' is less than the allowed minimum limit %d", name, e.min)
	}
	if e.max > 0 && size > e.max {
		r.add(CodeElementsTooMany, "'%s' exceeds the allowed maximum limit %d", name, e.max)
	}
	if e.report != nil {
		e.report(r, node)
	}
	if node.Kind != document.Object {
		return
	}
	r.parents = append(r.parents, node)
	for _, member := range node.Members {
		if inner := e.under(member.Name); inner != nil {
			r.path = append(r.path, member.Name)
			r.element(inner, member.Value)
			r.path = r.path[:len(r.path)-1]
		}
	}
	r.parents = r.parents[:len(r.parents)-1]
}
