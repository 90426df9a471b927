// Package document reads policy documents: strict JSON that remembers where
// everything stood, so that a mistake can be shown to the person who made it.
//
// The JSON reader, its tree and the way to name a place in it live here. What
// a policy may say does not: that is the business of the packages that read
// the tree.
package document

import (
	"fmt"
	"strings"
)

// Kind is the kind of a JSON value.
type Kind int

// The six kinds of JSON values.
const (
	Object Kind = iota
	Array
	String
	Number
	Bool
	Null
)

// String gives the kind in the words of a message: an object, a list, text.
func (k Kind) String() string {
	switch k {
	case Object:
		return "an object"
	case Array:
		return "a list"
	case String:
		return "text"
	case Number:
		return "a number"
	case Bool:
		return "a boolean"
	case Null:
		return "null"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// Node is one JSON value and the place of its first character. A parsed tree
// is read only: whoever wants another document builds new nodes.
type Node struct {
	Kind    Kind
	Members []Member // of an object, in the order of the document
	Items   []*Node  // of an array
	Text    string   // the decoded string, or the number, boolean or null as written
	Line    int      // from 1
	Column  int      // from 1, in characters
	// spelling is a string as written, quotes included. Compact gives it
	// back, so that escapes survive; a node built by hand has none.
	spelling string
}

// Member is one name and value of an object; the place is that of the name.
type Member struct {
	Name     string
	Value    *Node
	Line     int
	Column   int
	spelling string
}

// Member returns the value of the member with exactly this name, or nil when
// n is no object or has no such member.
func (n *Node) Member(name string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Members {
		if n.Members[i].Name == name {
			return n.Members[i].Value
		}
	}
	return nil
}

// Compact writes the value as JSON without white space. The order of members
// and the spelling of numbers and strings stay as they were read.
func (n *Node) Compact() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *Node) write(b *strings.Builder) {
	switch n.Kind {
	case Object:
		b.WriteByte('{')
		for i := range n.Members {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, n.Members[i].Name, n.Members[i].spelling)
			b.WriteByte(':')
			n.Members[i].Value.write(b)
		}
		b.WriteByte('}')
	case Array:
		b.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.write(b)
		}
		b.WriteByte(']')
	case String:
		writeString(b, n.Text, n.spelling)
	default:
		b.WriteString(n.Text)
	}
}

func writeString(b *strings.Builder, text, spelling string) {
	if spelling != "" {
		b.WriteString(spelling)
		return
	}
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}
