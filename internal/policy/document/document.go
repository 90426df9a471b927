// Package document reads policy documents: strict JSON whose values keep their
// position, so that a diagnostic can name it.
//
// The JSON reader, its tree, paths and diagnostics live here. The package does
// not know what a policy may contain: the packages that read the tree do.
package document

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
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

// String returns the kind as messages name it: an object, a list, text.
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

// Position is a place in a document.
type Position struct {
	Line   int // from 1
	Column int // from 1, in characters
}

// CodeUnits is a position of a content as its offset in code units of UTF-16, by which
// editors count; one behind the end is the end.
func CodeUnits(content string, at Position) int {
	line, column, units := 1, 1, 0
	for _, r := range content {
		if line == at.Line && column == at.Column {
			break
		}
		units += utf16.RuneLen(r)
		if column++; r == '\n' {
			line, column = line+1, 1
		}
	}
	return units
}

// Node is one JSON value with the position of its first character. A parsed tree
// is read only: another document is built from new nodes.
type Node struct {
	Kind    Kind
	Members []Member // of an object, in the order of the document
	Items   []*Node  // of an array
	Text    string   // the decoded string, or the number, boolean or null as written
	Line    int      // from 1
	Column  int      // from 1, in characters
	End     Position // just after the last character
	// spelling is a string as written, quotes included. Compact writes it, so
	// that escapes are kept; a node that was not parsed has none.
	spelling string
	// start is the place of the first byte in the text that was parsed.
	start int
}

// Member is one name and value of an object; the position is that of the name.
type Member struct {
	Name     string
	Value    *Node
	Line     int
	Column   int
	spelling string
}

// Member returns the value of the member with exactly this name, or nil if n is
// not an object or has no such member.
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

// Replaced returns the text that was parsed with other strings in place of some of its
// strings, and everything else as it is.
func Replaced(content string, by map[*Node]string) string {
	nodes := slices.SortedFunc(maps.Keys(by), func(a, b *Node) int { return a.start - b.start })
	var b strings.Builder
	done := 0
	for _, n := range nodes {
		b.WriteString(content[done:n.start])
		writeString(&b, by[n], "")
		done = n.start + len(n.spelling)
	}
	b.WriteString(content[done:])
	return b.String()
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
