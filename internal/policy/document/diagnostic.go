package document

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Diagnostic is the first thing wrong with a document, and where it is.
//
// Functions of the policy rooms return *Mistake rather than error; turn it
// into an error only when it is not nil.
type Diagnostic struct {
	Line    int    // from 1
	Column  int    // from 1, in characters
	Path    string // JSON path of the value, such as $.Statement[0].Effect
	Message string // what is wrong, in words a person can act on
}

// Error gives the place and the problem in one line.
func (m *Diagnostic) Error() string {
	return fmt.Sprintf("Line %d, column %d, %s: %s", m.Line, m.Column, m.Path, m.Message)
}

// Before says whether m stands before other in the document. A nil mistake
// stands after every other.
func (m *Diagnostic) Before(other *Diagnostic) bool {
	if m == nil || other == nil {
		return m != nil
	}
	if m.Line != other.Line {
		return m.Line < other.Line
	}
	return m.Column < other.Column
}

// Diagnostic makes a mistake at the place of the value.
func (n *Node) Diagnostic(at *Path, format string, args ...any) *Diagnostic {
	return &Diagnostic{Line: n.Line, Column: n.Column, Path: at.String(), Message: fmt.Sprintf(format, args...)}
}

// Diagnostic makes a mistake at the place of the member's name. The path is that
// of the object which holds the member.
func (m Member) Diagnostic(object *Path, format string, args ...any) *Diagnostic {
	return &Diagnostic{Line: m.Line, Column: m.Column, Path: object.Member(m.Name).String(), Message: fmt.Sprintf(format, args...)}
}

// Path is a place in a document, built from the outside in. The nil path is
// the document itself, $. Building one costs the same at every depth; the
// text is made only when a mistake needs it.
type Path struct {
	parent *Path
	name   string
	index  int // of a list item, -1 for a member
}

// Member is the path of the member with this name.
func (p *Path) Member(name string) *Path {
	return &Path{parent: p, name: name, index: -1}
}

// Item is the path of the list item with this index, counted from 0.
func (p *Path) Item(index int) *Path {
	return &Path{parent: p, index: index}
}

// String gives the path in the usual JSON path form: names that need no
// quotes after a dot, others in brackets.
func (p *Path) String() string {
	var steps []*Path
	for ; p != nil; p = p.parent {
		steps = append(steps, p)
	}
	var b strings.Builder
	b.WriteByte('$')
	for i := len(steps) - 1; i >= 0; i-- {
		switch step := steps[i]; {
		case step.index >= 0:
			b.WriteString("[" + strconv.Itoa(step.index) + "]")
		case plainName(step.name):
			b.WriteString("." + step.name)
		default:
			b.WriteString("[" + Quote(step.name) + "]")
		}
	}
	return b.String()
}

// plainName says whether a name can stand after a dot without doubt about
// where it ends. Operator names such as @@assign can.
func plainName(name string) bool {
	if name == "" || len(name) > quoteLimit {
		return false
	}
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-', c == '@', c == '$':
		default:
			return false
		}
	}
	return true
}

// quoteLimit is the length in bytes up to which a message repeats a text whole.
const quoteLimit = 80

// Quote puts a text of the document into a message: in double quotes, on one
// line, and cut when it is long.
func Quote(text string) string {
	if len(text) <= quoteLimit {
		return strconv.Quote(text)
	}
	cut := quoteLimit
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	quoted := strconv.Quote(text[:cut])
	return quoted[:len(quoted)-1] + `…"`
}
