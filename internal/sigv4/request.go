// Package sigv4 reads and verifies Signature Version 4, by which callers sign requests,
// in the Authorization header and in the query string of a presigned URL.
// [AWS: IAM User Guide, create a signed AWS API request]
//
// The package knows neither keys nor callers: it is given the secret and the instant.
package sigv4

import (
	"slices"
	"strings"
)

// Request is a request as it arrived.
type Request struct {
	Method string
	// Path and Query are as they were sent, with their escapes.
	Path, Query string
	// Host is the header Host, or :authority.
	Host string
	// Header has the other headers by their canonical names; a folded line is one value.
	Header map[string][]string
	// Body is what the signature covers besides the head. Only Verify reads it.
	Body []byte
}

// header returns the only value of a header, and whether it has one value at most.
func (r Request) header(name string) (string, bool) {
	values := r.Header[name]
	if len(values) == 0 {
		return "", true
	}
	return values[0], len(values) == 1
}

// parameters are those of a query string, in the order in which they were sent.
type parameters []parameter

type parameter struct{ name, value string }

// parseQuery reads a query string. It reports false if an escape is malformed: readers
// differ in what they make of it, so that it must not pass as signed.
func parseQuery(query string) (parameters, bool) {
	if query == "" {
		return nil, true
	}
	all := make(parameters, 0, strings.Count(query, "&")+1)
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		p := parameter{}
		var nameOK, valueOK bool
		p.name, nameOK = unescape(name)
		p.value, valueOK = unescape(value)
		if !nameOK || !valueOK {
			return nil, false
		}
		all = append(all, p)
	}
	return all, true
}

// only returns the value of the parameter with a name, and whether there is one at most.
func (p parameters) only(name string) (value string, ok bool) {
	found := false
	for _, q := range p {
		if q.name == name {
			if found {
				return "", false
			}
			value, found = q.value, true
		}
	}
	return value, true
}

// has reports whether there is a parameter with a name.
func (p parameters) has(name string) bool {
	return slices.ContainsFunc(p, func(q parameter) bool { return q.name == name })
}

// unescape decodes what a query string encodes; a plus sign is a space.
func unescape(s string) (string, bool) {
	if !strings.ContainsAny(s, "%+") {
		return s, true
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			out = append(out, ' ')
		case '%':
			if i+2 >= len(s) {
				return "", false
			}
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high < 0 || low < 0 {
				return "", false
			}
			out = append(out, byte(high<<4|low)) //nolint:gosec // two digits
			i += 2
		default:
			out = append(out, c)
		}
	}
	return string(out), true
}

// unhex returns the value of a hexadecimal digit, or -1.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

const upperHex = "0123456789ABCDEF"

// appendEscaped appends a text in which every byte is encoded but the unreserved ones of
// RFC 3986 and those in keep.
func appendEscaped(b []byte, s, keep string) []byte {
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 || strings.IndexByte(keep, c) >= 0 {
			b = append(b, c)
			continue
		}
		b = append(b, '%', upperHex[c>>4], upperHex[c&15])
	}
	return b
}
