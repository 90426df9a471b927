package api

import (
	"time"
	"unicode/utf8"
)

// AppendXMLText appends s as the text of an XML element, escaped as by
// encoding/xml. Characters that XML cannot hold become U+FFFD: an answer must not
// fail over a character that was stored.
func AppendXMLText(b []byte, s string) []byte {
	done := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		escaped := xmlEscape(r, size)
		if escaped != "" {
			b = append(b, s[done:i]...)
			b = append(b, escaped...)
			done = i + size
		}
		i += size
	}
	return append(b, s[done:]...)
}

// xmlEscape returns what XML text has instead of a character, or "" where it is
// written as it is. size is 1 for a byte that is not UTF-8.
func xmlEscape(r rune, size int) string {
	switch r {
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '\t':
		return "&#x9;"
	case '\n':
		return "&#xA;"
	case '\r':
		return "&#xD;"
	}
	if r < ' ' || r == '\ufffe' || r == '\uffff' || r == utf8.RuneError && size == 1 {
		return "\ufffd"
	}
	return ""
}

// AppendXML appends the form of XML.
func (t Time) AppendXML(b []byte) []byte { return t.UTC().AppendFormat(b, time.RFC3339) }
