package document

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep objects and lists may stand inside each other.
const MaxDepth = 100

const byteOrderMark = "\uFEFF"

// Parse reads one JSON value as RFC 8259 writes it, with nothing but white
// space around. It refuses what that standard leaves to the reader and a
// policy must not have: duplicate member names, a byte-order mark, text that
// is not UTF-8, and more than MaxDepth levels. The work is linear in the
// length of content.
//
// Exactly one of the two results is nil.
func Parse(content string) (*Node, *Diagnostic) {
	p := parser{content: content, line: 1, column: 1}
	if strings.HasPrefix(content, byteOrderMark) {
		return nil, p.mistake("the document begins with a byte-order mark; save it as UTF-8 without one")
	}
	p.skipSpace()
	if p.atEnd() {
		return nil, p.mistake("the document is empty")
	}
	node, mistake := p.value(nil)
	if mistake != nil {
		return nil, mistake
	}
	p.skipSpace()
	if !p.atEnd() {
		return nil, p.unexpected("after the end of the document")
	}
	return node, nil
}

// parser walks over the content once. at is the path of the value that is
// being read; depth counts the objects and lists that are open.
type parser struct {
	content      string
	pos          int
	line, column int
	at           *Path
	depth        int
}

func (p *parser) atEnd() bool { return p.pos == len(p.content) }

// peek is the next byte, or 0 at the end; a zero byte in the content is never
// lawful where peek is used, so the two need no telling apart.
func (p *parser) peek() byte {
	if p.atEnd() {
		return 0
	}
	return p.content[p.pos]
}

// skip goes over n bytes that are ASCII and no line breaks.
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

func (p *parser) mistake(format string, args ...any) *Diagnostic {
	return &Diagnostic{Line: p.line, Column: p.column, Path: p.at.String(), Message: fmt.Sprintf(format, args...)}
}

// unexpected makes the mistake for a character that cannot stand where it
// does; place ends the sentence.
func (p *parser) unexpected(place string) *Diagnostic {
	rest := p.content[p.pos:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case size == 0:
		return p.mistake("the document ends %s", place)
	case r == utf8.RuneError && size == 1:
		return p.mistake("the document is not valid UTF-8")
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "/*"), r == '#':
		return p.mistake("a comment stands %s; JSON has none", place)
	case r == '\'', r == '“', r == '”':
		return p.mistake("%q stands %s; JSON writes text in \" quotes", r, place)
	}
	return p.mistake("%q stands %s", r, place)
}

func (p *parser) value(at *Path) (*Node, *Diagnostic) {
	outer := p.at
	p.at = at
	node := &Node{Line: p.line, Column: p.column}
	var mistake *Diagnostic
	switch c := p.peek(); {
	case c == '{':
		node.Kind = Object
		mistake = p.object(node)
	case c == '[':
		node.Kind = Array
		mistake = p.array(node)
	case c == '"':
		node.Kind = String
		node.Text, node.spelling, mistake = p.text()
	case c == '-' || isDigit(c):
		node.Kind = Number
		node.Text, mistake = p.number()
	default:
		node.Kind, node.Text, mistake = p.literal()
	}
	if mistake != nil {
		return nil, mistake
	}
	p.at = outer
	return node, nil
}

// open enters an object or list.
func (p *parser) open() *Diagnostic {
	if p.depth == MaxDepth {
		return p.mistake("objects and lists stand more than %d levels deep inside each other", MaxDepth)
	}
	p.depth++
	p.skip(1)
	p.skipSpace()
	return nil
}

func (p *parser) close() {
	p.depth--
	p.skip(1)
}

// scanLimit is the number of members up to which looking at each of them is
// quicker than a map.
const scanLimit = 16

func (p *parser) object(node *Node) *Diagnostic {
	if mistake := p.open(); mistake != nil {
		return mistake
	}
	if p.peek() == '}' {
		p.close()
		return nil
	}
	var seen map[string]Member
	for {
		member := Member{Line: p.line, Column: p.column}
		if p.peek() != '"' {
			return p.unexpected("where the name of a member is expected")
		}
		var mistake *Diagnostic
		if member.Name, member.spelling, mistake = p.text(); mistake != nil {
			return mistake
		}
		if len(node.Members) == scanLimit {
			seen = make(map[string]Member)
			for _, m := range node.Members {
				seen[m.Name] = m
			}
		}
		first, twice := seen[member.Name]
		if seen != nil {
			seen[member.Name] = member
		} else {
			first, twice = find(node.Members, member.Name)
		}
		if twice {
			return member.Diagnostic(p.at, "the member %s is already given on line %d, column %d", Quote(member.Name), first.Line, first.Column)
		}
		p.skipSpace()
		if p.peek() != ':' {
			return p.unexpected("where the colon after the name " + Quote(member.Name) + " is expected")
		}
		p.skip(1)
		p.skipSpace()
		if member.Value, mistake = p.value(p.at.Member(member.Name)); mistake != nil {
			return mistake
		}
		node.Members = append(node.Members, member)
		p.skipSpace()
		switch p.peek() {
		case ',':
			p.skip(1)
			p.skipSpace()
			if p.peek() == '}' {
				return p.mistake("a comma stands before the closing brace")
			}
		case '}':
			p.close()
			return nil
		default:
			return p.unexpected("where a comma or the closing brace of the object is expected")
		}
	}
}

func find(members []Member, name string) (Member, bool) {
	for _, m := range members {
		if m.Name == name {
			return m, true
		}
	}
	return Member{}, false
}

func (p *parser) array(node *Node) *Diagnostic {
	if mistake := p.open(); mistake != nil {
		return mistake
	}
	if p.peek() == ']' {
		p.close()
		return nil
	}
	for {
		item, mistake := p.value(p.at.Item(len(node.Items)))
		if mistake != nil {
			return mistake
		}
		node.Items = append(node.Items, item)
		p.skipSpace()
		switch p.peek() {
		case ',':
			p.skip(1)
			p.skipSpace()
			if p.peek() == ']' {
				return p.mistake("a comma stands before the closing bracket")
			}
		case ']':
			p.close()
			return nil
		default:
			return p.unexpected("where a comma or the closing bracket of the list is expected")
		}
	}
}

// text reads a string and gives it decoded and as written.
func (p *parser) text() (decoded, spelling string, mistake *Diagnostic) {
	start := p.pos
	p.skip(1)
	var b []byte // stays nil while the text needs no decoding
	plain := p.pos
	for {
		if p.atEnd() {
			return "", "", p.mistake("the document ends inside a text")
		}
		switch c := p.content[p.pos]; {
		case c == '"':
			rest := p.content[plain:p.pos]
			p.skip(1)
			if b == nil {
				return rest, p.content[start:p.pos], nil
			}
			return string(append(b, rest...)), p.content[start:p.pos], nil
		case c == '\\':
			b = append(b, p.content[plain:p.pos]...)
			r, mistake := p.escape()
			if mistake != nil {
				return "", "", mistake
			}
			b = utf8.AppendRune(b, r)
			plain = p.pos
		case c == '\n' || c == '\r':
			return "", "", p.mistake("a line break stands inside a text; write it as \\n, or close the quotes")
		case c < 0x20:
			return "", "", p.mistake("the control character U+%04X stands inside a text; write it as \\u%04x", c, c)
		case c < utf8.RuneSelf:
			p.skip(1)
		default:
			r, size := utf8.DecodeRuneInString(p.content[p.pos:])
			if r == utf8.RuneError && size == 1 {
				return "", "", p.mistake("the document is not valid UTF-8")
			}
			p.pos += size
			p.column++
		}
	}
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads one escape sequence. Half of a surrogate pair alone is lawful
// in the grammar and names no character: it is read as U+FFFD.
func (p *parser) escape() (rune, *Diagnostic) {
	rest := p.content[p.pos:]
	if len(rest) < 2 {
		return 0, p.mistake("the document ends inside a text")
	}
	if r, ok := escapes[rest[1]]; ok {
		p.skip(2)
		return r, nil
	}
	first, ok := unicodeEscape(rest)
	if !ok {
		if rest[1] == 'u' {
			return 0, p.mistake("\\u must be followed by four hexadecimal digits")
		}
		return 0, p.mistake("a backslash must be followed by one of \" \\ / b f n r t u; write a backslash itself as \\\\")
	}
	p.skip(6)
	if second, ok := unicodeEscape(rest[6:]); ok && utf16.IsSurrogate(first) {
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			p.skip(6)
			return r, nil
		}
	}
	return first, nil
}

// unicodeEscape reads the four digits of a \u escape at the start of text.
func unicodeEscape(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for i := 2; i < 6; i++ {
		if c := text[i] | 0x20; !isDigit(text[i]) && (c < 'a' || c > 'f') {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (p *parser) number() (string, *Diagnostic) {
	start := p.pos
	if p.peek() == '-' {
		p.skip(1)
	}
	if p.peek() == '0' {
		p.skip(1)
		if isDigit(p.peek()) {
			return "", p.mistake("a number may not begin with a zero that others follow")
		}
	} else if mistake := p.digits("where a digit of the number is expected"); mistake != nil {
		return "", mistake
	}
	if p.peek() == '.' {
		p.skip(1)
		if mistake := p.digits("where a digit after the point is expected"); mistake != nil {
			return "", mistake
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.skip(1)
		if c := p.peek(); c == '+' || c == '-' {
			p.skip(1)
		}
		if mistake := p.digits("where a digit of the exponent is expected"); mistake != nil {
			return "", mistake
		}
	}
	return p.content[start:p.pos], nil
}

// digits goes over one digit or more.
func (p *parser) digits(place string) *Diagnostic {
	if !isDigit(p.peek()) {
		return p.unexpected(place)
	}
	for isDigit(p.peek()) {
		p.skip(1)
	}
	return nil
}

func (p *parser) literal() (Kind, string, *Diagnostic) {
	end := p.pos
	for end < len(p.content) && isLetter(p.content[end]) {
		end++
	}
	switch word := p.content[p.pos:end]; word {
	case "true", "false":
		p.skip(len(word))
		return Bool, word, nil
	case "null":
		p.skip(len(word))
		return Null, word, nil
	case "":
		return 0, "", p.unexpected("where a value is expected")
	default:
		return 0, "", p.mistake("%s is no JSON value; text stands in \" quotes", Quote(word))
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
