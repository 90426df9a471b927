package export

import (
	"bytes"
	"encoding/json"

	"accord/internal/policy/document"
)

// members is an object whose members have an order; its values are members, lists, texts
// and what a document of a policy has.
type members []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, of := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		for _, part := range []any{of.name, of.value} {
			text, err := marshal(part)
			if err != nil {
				return nil, err
			}
			b.Write(text)
			b.WriteByte(':')
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal writes JSON that is not meant for a page of HTML.
func marshal(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
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
