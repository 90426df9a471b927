package export

import (
	"bytes"
	"encoding/json"

	"accord/internal/policy/document"
)

// members is an object whose members have an order; its values are members, lists, texts,
// and numbers, booleans and null as they were read.
type members []member

type member struct {
	name  string
	value any
}

// appendJSON writes a value as JSON that is not meant for a page of HTML, its members in their
// order.
func appendJSON(b *bytes.Buffer, value any) {
	switch v := value.(type) {
	case members:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			appendJSON(b, m.name)
			b.WriteByte(':')
			appendJSON(b, m.value)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			appendJSON(b, item)
		}
		b.WriteByte(']')
	case json.RawMessage:
		b.Write(v)
	case string:
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		// Of a text nothing fails. A line ends it.
		_ = e.Encode(v)
		b.Truncate(b.Len() - 1)
	}
}

// valueOf is a document of a policy as a value, in the order in which it was written; the
// text, if it is none or has a number that readers may change.
func valueOf(content string) any {
	n, err := document.Parse(content)
	if err != nil || !isExact(n) {
		return content
	}
	return nodeValue(n)
}

func nodeValue(n *document.Node) any {
	switch n.Kind {
	case document.Object:
		all := members{}
		for _, m := range n.Members {
			all = append(all, member{m.Name, nodeValue(m.Value)})
		}
		return all
	case document.Array:
		all := []any{}
		for _, item := range n.Items {
			all = append(all, nodeValue(item))
		}
		return all
	case document.String:
		return n.Text
	default:
		return json.RawMessage(n.Text)
	}
}

func (m *members) add(name string, value any) { *m = append(*m, member{name, value}) }
