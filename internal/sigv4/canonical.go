package sigv4

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// appendCanonical appends the canonical request, with or without the session token of the
// query string, which some signers add after they have signed. It reports false if the query
// string cannot be read.
func appendCanonical(b []byte, r Request, s Signature, hash []byte, withToken bool) ([]byte, bool) {
	query, ok := parseQuery(r.Query)
	if !ok {
		return b, false
	}
	b = append(append(b, r.Method...), '\n')
	b = append(appendPath(b, r.Path), '\n')
	b = append(appendQuery(b, query, s.Presigned, withToken), '\n')
	for name := range strings.SplitSeq(s.SignedHeaders, ";") {
		b = append(append(b, name...), ':')
		b = append(appendValues(b, r.values(name)), '\n')
	}
	b = append(b, '\n')
	b = append(append(b, s.SignedHeaders...), '\n')
	return append(b, hash...), true
}

// appendPath appends a path without its dot segments and empty segments, in which every
// byte is encoded, also those that encode others: services other than S3 sign it so.
func appendPath(b []byte, path string) []byte {
	var buffer [8]string
	kept := buffer[:0]
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	b = append(b, '/')
	b = appendEscaped(b, strings.Join(kept, "/"), "/")
	if len(kept) > 0 && strings.HasSuffix(path, "/") {
		b = append(b, '/')
	}
	return b
}

// appendQuery appends the parameters in the order of their encoded names and values.
func appendQuery(b []byte, query parameters, presigned, withToken bool) []byte {
	if len(query) == 0 {
		return b
	}
	encoded := make(parameters, 0, len(query))
	for _, p := range query {
		if presigned && p.name == signatureName || !withToken && p.name == tokenName {
			continue
		}
		encoded = append(encoded, parameter{string(appendEscaped(nil, p.name, "")), string(appendEscaped(nil, p.value, ""))})
	}
	slices.SortFunc(encoded, func(a, b parameter) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value)) })
	for i, p := range encoded {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(append(b, p.name...), '='), p.value...)
	}
	return b
}

// values are those of a header by its name in lower case.
func (r Request) values(name string) []string {
	if name == "host" {
		return []string{r.Host}
	}
	var buffer [64]byte
	return r.Header[string(appendHeaderName(buffer[:0], name))]
}

// appendHeaderName appends the canonical name of a header in lower case: Content-Type for
// content-type.
func appendHeaderName(b []byte, lower string) []byte {
	first := true
	for _, c := range []byte(lower) {
		if first && 'a' <= c && c <= 'z' {
			b = append(b, c-'a'+'A')
		} else {
			b = append(b, c)
		}
		first = c == '-'
	}
	return b
}

// appendValues appends the values of a header with commas between them, each without
// spaces around it, and with one space where there are several.
func appendValues(b []byte, values []string) []byte {
	for i, value := range values {
		if i > 0 {
			b = append(b, ',')
		}
		value = strings.Trim(value, " \t")
		if !strings.Contains(value, "  ") {
			b = append(b, value...)
			continue
		}
		for _, c := range []byte(value) {
			if c != ' ' || b[len(b)-1] != ' ' {
				b = append(b, c)
			}
		}
	}
	return b
}

// appendStringToSign appends what the signature is made of, with the hash of the canonical
// request.
func appendStringToSign(b []byte, s Signature, date string, hash [sha256.Size]byte) []byte {
	b = append(append(b, HMAC...), '\n')
	b = append(append(b, date...), '\n')
	for _, part := range [...]string{s.Date, s.Region, s.Service} {
		b = append(append(b, part...), '/')
	}
	b = append(append(b, terminator...), '\n')
	return hex.AppendEncode(b, hash[:])
}
