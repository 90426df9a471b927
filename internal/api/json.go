package api

import "unicode/utf8"

// The JSON forms of a string. Both replace what is not UTF-8 by U+FFFD: an
// answer must not fail over a character that was stored.

// AppendString appends s as a JSON string of a request or an answer.
func AppendString(b []byte, s string) []byte { return appendString(b, s, escape) }

// AppendEventString appends s as a JSON string of an event record. Each record
// is one line, so it also escapes what some readers take for the end of a line.
func AppendEventString(b []byte, s string) []byte { return appendString(b, s, escapeForLine) }

// appendString copies the runs of plain bytes and leaves the characters between
// them to special.
func appendString(b []byte, s string, special func(b []byte, r rune, size int) []byte) []byte {
	b = append(b, '"')
	for {
		n := plainPrefix(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		r, size := utf8.DecodeRuneInString(s[n:])
		b = special(b, r, size)
		s = s[n+size:]
	}
}

// plainPrefix counts the leading plain bytes.
func plainPrefix(s string) int {
	n := 0
	// Most texts are plain, so four bytes are looked at in each round.
	for n+3 < len(s) && plain[s[n]] && plain[s[n+1]] && plain[s[n+2]] && plain[s[n+3]] {
		n += 4
	}
	for n < len(s) && plain[s[n]] {
		n++
	}
	return n
}

// plain lists the bytes that every JSON form writes as they are.
var plain = func() (table [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// escape appends a character that is not plain, escaped where JSON asks for it.
func escape(b []byte, r rune, _ int) []byte {
	switch r {
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	}
	return appendRune(b, r)
}

// escapeForLine is escape for a text on a line of its own. size is 1 for a byte
// that is not UTF-8.
func escapeForLine(b []byte, r rune, size int) []byte {
	switch r {
	case '\b', '\f', 0x7f, '\u0085', '\u2028', '\u2029':
		return appendEscape(b, r)
	}
	if r == utf8.RuneError && size == 1 {
		return appendEscape(b, r)
	}
	return appendRune(b, r)
}

// appendRune appends a character as both forms write it.
func appendRune(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	if r < ' ' {
		return appendEscape(b, r)
	}
	return utf8.AppendRune(b, r)
}

// appendEscape appends \uXXXX.
func appendEscape(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12], hex[r>>8&0xf], hex[r>>4&0xf], hex[r&0xf])
}

// CloseObject ends an object. Its members are in b from start on, each after a
// comma; the comma of the first becomes the brace.
func CloseObject(b []byte, start int) []byte {
	if len(b) == start {
		return append(b, "{}"...)
	}
	b[start] = '{'
	return append(b, '}')
}

// Masked is the JSON string that event records have instead of a sensitive one
// [AWS: guide, example of a CreateAccount record].
const Masked = `"****"`
