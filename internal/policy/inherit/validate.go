package inherit

import (
	"time"

	"accord/internal/policy/document"
)

// validate checks an effective policy as rendered: parts that render to nothing
// do not exist and are not errors. [recorded] whole is nil if no policy applies.
func validate(schema *Schema, whole *document.Node, text string, levels [][]Attached, now time.Time) []Error {
	if whole == nil {
		return nil
	}
	r := reporter{levels: levels, now: now, text: text}
	r.element(schema.document(), whole)
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
	if size < e.min {
		r.add(CodeElementsTooFew, "'%s' is less than the allowed minimum limit %d", r.name(), e.min)
	}
	if e.max > 0 && size > e.max {
		r.add(CodeElementsTooMany, "'%s' exceeds the allowed maximum limit %d", r.name(), e.max)
	}
	if e.report != nil {
		e.report(r, node)
	}
	if node.Kind != document.Object {
		return
	}
	r.parents = append(r.parents, node)
	for _, member := range node.Members {
		key := e.key(member.Name)
		if inner := e.under(key); inner != nil {
			r.path, r.keys = append(r.path, member.Name), append(r.keys, key)
			r.element(inner, member.Value)
			r.path, r.keys = r.path[:len(r.path)-1], r.keys[:len(r.keys)-1]
		}
	}
	r.parents = r.parents[:len(r.parents)-1]
	if e.reportWhole != nil {
		e.reportWhole(r, node)
	}
}
