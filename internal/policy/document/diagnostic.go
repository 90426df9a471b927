package document

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Diagnostic is one error in a document, with its place.
//
// The policy packages return *Diagnostic rather than error; convert it into an
// error only if it is not nil.
type Diagnostic struct {
	Line   int // from 1
	Column int // from 1, in characters
	// End is just after the place: where it begins if nothing stands there.
	End     Position
	Path    string // JSON path of the value, such as $.Statement[0].Effect
	Message string // what is wrong, and how to correct it
}

// Error returns the position and the message in one line.
func (d *Diagnostic) Error() string {
	return fmt.Sprintf("Line %d, column %d, %s: %s", d.Line, d.Column, d.Path, d.Message)
}

// Location is a position in a document that a diagnostic can name: a value or
// the name of a member.
type Location interface {
	// Diagnostic makes a diagnostic at the location. For a value, at is its path;
	// for a member, the path of the object that holds it.
	Diagnostic(at *Path, format string, args ...any) *Diagnostic
	position() (line, column int)
}

func (n *Node) position() (line, column int)  { return n.Line, n.Column }
func (m Member) position() (line, column int) { return m.Line, m.Column }

// First keeps the diagnostic that comes first in a document. The zero value has
// none.
type First struct{ *Diagnostic }

// Precedes reports whether the diagnostic comes before the position or at it, so
// that a diagnostic there would not be kept.
func (f First) Precedes(line, column int) bool {
	if f.Diagnostic == nil {
		return false
	}
	if f.Line != line {
		return f.Line < line
	}
	return f.Column <= column
}

// Add keeps a diagnostic if it comes before the present one, and reports
// whether it does. Otherwise the message is never formatted.
func (f *First) Add(where Location, at *Path, format string, args ...any) bool {
	if f.Precedes(where.position()) {
		return false
	}
	f.Diagnostic = where.Diagnostic(at, format, args...)
	return true
}

// Diagnostic makes a diagnostic at the position of the value.
func (n *Node) Diagnostic(at *Path, format string, args ...any) *Diagnostic {
	return &Diagnostic{Line: n.Line, Column: n.Column, End: n.End, Path: at.String(), Message: fmt.Sprintf(format, args...)}
}

// Diagnostic makes a diagnostic at the position of the member's name. The path is
// that of the object that holds the member.
func (m Member) Diagnostic(object *Path, format string, args ...any) *Diagnostic {
	// A name is on one line.
	end := Position{m.Line, m.Column + utf8.RuneCountInString(m.spelling)}
	return &Diagnostic{Line: m.Line, Column: m.Column, End: end, Path: object.Member(m.Name).String(), Message: fmt.Sprintf(format, args...)}
}

// Path is the path of a value in a document, built from the root down. The nil
// path is the document itself, $. Extending a path costs the same at every
// depth; its text is made only for a diagnostic.
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

// String returns the path as a JSON path: names that need no quotes follow a
// dot, others are in brackets.
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

// plainName reports whether a name can follow a dot unambiguously. Operator names
// such as @@assign can.
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

// quoteLimit is the length in bytes up to which a message repeats a whole text.
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
