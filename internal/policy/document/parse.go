package document

import "strings"

// MaxDepth is how deep objects and lists may be nested.
const MaxDepth = 100

const byteOrderMark = "\uFEFF"

// Parse reads one JSON value of RFC 8259, with nothing but white space around.
// RFC 8259 leaves some cases to the reader; Parse rejects duplicate member
// names, a byte-order mark, text that is not UTF-8, and more than MaxDepth
// levels. The work is linear in the length of content.
//
// Exactly one of the two results is nil.
func Parse(content string) (*Node, *Diagnostic) {
	p := parser{content: content, line: 1, column: 1}
	if strings.HasPrefix(content, byteOrderMark) {
		return nil, p.diagnostic("the document begins with a byte-order mark; save it as UTF-8 without one")
	}
	p.skipSpace()
	if p.atEnd() {
		return nil, p.diagnostic("the document is empty")
	}
	node, diagnostic := p.value(nil)
	if diagnostic != nil {
		return nil, diagnostic
	}
	p.skipSpace()
	if !p.atEnd() {
		return nil, p.unexpected("after the end of the document")
	}
	return node, nil
}

func (p *parser) value(at *Path) (*Node, *Diagnostic) {
	outer := p.at
	p.at = at
	node := &Node{Line: p.line, Column: p.column, start: p.pos}
	var diagnostic *Diagnostic
	switch c := p.peek(); {
	case c == '{':
		node.Kind = Object
		diagnostic = p.object(node)
	case c == '[':
		node.Kind = Array
		diagnostic = p.array(node)
	case c == '"':
		node.Kind = String
		node.Text, node.spelling, diagnostic = p.text()
	case c == '-' || isDigit(c):
		node.Kind = Number
		node.Text, diagnostic = p.number()
	default:
		node.Kind, node.Text, diagnostic = p.literal()
	}
	if diagnostic != nil {
		return nil, diagnostic
	}
	p.at = outer
	node.End = Position{Line: p.line, Column: p.column}
	return node, nil
}

// open enters an object or a list.
func (p *parser) open() *Diagnostic {
	if p.depth == MaxDepth {
		return p.diagnostic("objects and lists stand more than %d levels deep inside each other", MaxDepth)
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

// scanLimit is the number of members up to which a linear search is faster than
// a map.
const scanLimit = 16

func (p *parser) object(node *Node) *Diagnostic {
	if diagnostic := p.open(); diagnostic != nil {
		return diagnostic
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
		var diagnostic *Diagnostic
		if member.Name, member.spelling, diagnostic = p.text(); diagnostic != nil {
			return diagnostic
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
		if member.Value, diagnostic = p.value(p.at.Member(member.Name)); diagnostic != nil {
			return diagnostic
		}
		node.Members = append(node.Members, member)
		p.skipSpace()
		switch p.peek() {
		case ',':
			comma := p.place()
			p.skip(1)
			p.skipSpace()
			if p.peek() == '}' {
				return p.diagnosticAt(comma, 1, "unexpected comma before the closing brace")
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
	if diagnostic := p.open(); diagnostic != nil {
		return diagnostic
	}
	if p.peek() == ']' {
		p.close()
		return nil
	}
	for {
		item, diagnostic := p.value(p.at.Item(len(node.Items)))
		if diagnostic != nil {
			return diagnostic
		}
		node.Items = append(node.Items, item)
		p.skipSpace()
		switch p.peek() {
		case ',':
			comma := p.place()
			p.skip(1)
			p.skipSpace()
			if p.peek() == ']' {
				return p.diagnosticAt(comma, 1, "unexpected comma before the closing bracket")
			}
		case ']':
			p.close()
			return nil
		default:
			return p.unexpected("where a comma or the closing bracket of the list is expected")
		}
	}
}

func (p *parser) number() (string, *Diagnostic) {
	start := p.pos
	if p.peek() == '-' {
		p.skip(1)
	}
	if p.peek() == '0' {
		p.skip(1)
		if isDigit(p.peek()) {
			return "", p.diagnostic("a number may not begin with a zero that others follow")
		}
	} else if diagnostic := p.digits("where a digit of the number is expected"); diagnostic != nil {
		return "", diagnostic
	}
	if p.peek() == '.' {
		p.skip(1)
		if diagnostic := p.digits("where a digit after the point is expected"); diagnostic != nil {
			return "", diagnostic
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.skip(1)
		if c := p.peek(); c == '+' || c == '-' {
			p.skip(1)
		}
		if diagnostic := p.digits("where a digit of the exponent is expected"); diagnostic != nil {
			return "", diagnostic
		}
	}
	return p.content[start:p.pos], nil
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
		return 0, "", p.diagnosticAt(p.place(), len(word), "%s is not a valid JSON value; text must be in \" quotes", Quote(word))
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
