package document

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string and returns it decoded and as written.
func (p *parser) text() (decoded, spelling string, diagnostic *Diagnostic) {
	start := p.pos
	p.skip(1)
	var b []byte // stays nil while the text needs no decoding
	plain := p.pos
	for {
		if p.atEnd() {
			return "", "", p.diagnostic("the document ends inside a text")
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
			r, diagnostic := p.escape()
			if diagnostic != nil {
				return "", "", diagnostic
			}
			b = utf8.AppendRune(b, r)
			plain = p.pos
		case c == '\n' || c == '\r':
			return "", "", p.diagnostic("unescaped line break in a string; write it as \\n, or close the quotes")
		case c < 0x20:
			return "", "", p.diagnostic("the control character U+%04X in a string; write it as \\u%04x", c, c)
		case c < utf8.RuneSelf:
			p.skip(1)
		default:
			r, size := utf8.DecodeRuneInString(p.content[p.pos:])
			if r == utf8.RuneError && size == 1 {
				return "", "", p.diagnostic("the document is not valid UTF-8")
			}
			p.pos += size
			p.column++
		}
	}
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads one escape sequence. Half of a surrogate pair alone is valid in
// the grammar and encodes no character: it is read as U+FFFD.
func (p *parser) escape() (rune, *Diagnostic) {
	rest := p.content[p.pos:]
	if len(rest) < 2 {
		return 0, p.diagnostic("the document ends inside a text")
	}
	if r, ok := escapes[rest[1]]; ok {
		p.skip(2)
		return r, nil
	}
	first, ok := unicodeEscape(rest)
	if !ok {
		if rest[1] == 'u' {
			return 0, p.diagnostic("\\u must be followed by four hexadecimal digits")
		}
		return 0, p.diagnostic("a backslash must be followed by one of \" \\ / b f n r t u; write a backslash itself as \\\\")
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
