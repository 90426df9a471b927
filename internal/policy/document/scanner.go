package document

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// parser reads the content once. at is the path of the value that is being
// read; depth is the number of open objects and lists.
type parser struct {
	content      string
	pos          int
	line, column int
	at           *Path
	depth        int
}

func (p *parser) atEnd() bool { return p.pos == len(p.content) }

// peek returns the next byte, or 0 at the end. A zero byte in the content is
// never valid where peek is used, so the two cases need no distinction.
func (p *parser) peek() byte {
	if p.atEnd() {
		return 0
	}
	return p.content[p.pos]
}

// skip advances over n ASCII bytes without line breaks.
func (p *parser) skip(n int) {
	p.pos += n
	p.column += n
}

func (p *parser) skipSpace() {
	for !p.atEnd() {
		switch p.content[p.pos] {
		case '\n':
			p.pos++
			p.line++
			p.column = 1
		case ' ', '\t', '\r':
			p.skip(1)
		default:
			return
		}
	}
}

func (p *parser) diagnostic(format string, args ...any) *Diagnostic {
	return p.diagnosticAt(p.place(), 0, format, args...)
}

// diagnosticAt makes a diagnostic of some characters of one line.
func (p *parser) diagnosticAt(at Position, length int, format string, args ...any) *Diagnostic {
	end := Position{at.Line, at.Column + length}
	return &Diagnostic{Line: at.Line, Column: at.Column, End: end, Path: p.at.String(), Message: fmt.Sprintf(format, args...)}
}

// place is where the next character stands.
func (p *parser) place() Position { return Position{p.line, p.column} }

// unexpected reports a character that is not valid at the position; where ends
// the sentence.
func (p *parser) unexpected(where string) *Diagnostic {
	rest := p.content[p.pos:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case size == 0:
		return p.diagnostic("the document ends %s", where)
	case r == utf8.RuneError && size == 1:
		return p.diagnostic("the document is not valid UTF-8")
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "/*"), r == '#':
		return p.diagnosticAt(p.place(), 1, "unexpected comment %s; JSON has no comments", where)
	case r == '\'', r == '“', r == '”':
		return p.diagnosticAt(p.place(), 1, "unexpected %q %s; JSON text must be in \" quotes", r, where)
	}
	return p.diagnosticAt(p.place(), 1, "unexpected %q %s", r, where)
}

// digits reads one digit or more.
func (p *parser) digits(where string) *Diagnostic {
	if !isDigit(p.peek()) {
		return p.unexpected(where)
	}
	for isDigit(p.peek()) {
		p.skip(1)
	}
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
