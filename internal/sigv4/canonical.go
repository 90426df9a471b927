package sigv4

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// canonical returns the canonical request, with or without the session token of the query
// string, which some signers add after they have signed. It returns nil if the query
// string cannot be read.
func canonical(r Request, s Signature, hash string, withToken bool) []byte {
	query, ok := parseQuery(r.Query)
	if !ok {
		return nil
	}
	b := make([]byte, 0, 1024)
	b = append(append(b, r.Method...), '\n')
	b = append(appendPath(b, r.Path), '\n')
	b = append(appendQuery(b, query, s.Presigned, withToken), '\n')
	for name := range strings.SplitSeq(s.SignedHeaders, ";") {
		b = append(append(b, name...), ':')
		b = append(appendValues(b, r.values(name)), '\n')
	}
	b = append(b, '\n')
	b = append(append(b, s.SignedHeaders...), '\n')
	return append(b, hash...)
}

// appendPath appends a path without its dot segments and empty segments, in which every
// byte is encoded, also those that encode others: services other than S3 sign it so.
func appendPath(b []byte, path string) []byte {
	var kept []string
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
	return r.Header[headerName(name)]
}

// headerName is the canonical name of a header in lower case: Content-Type for
// content-type.
func headerName(lower string) string {
	b, first := []byte(lower), true
	for i, c := range b {
		if first && 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
		first = c == '-'
	}
	return string(b)
}

// appendValues appends the values of a header with commas between them, each without
// spaces around it, and with one space where there are several.
func appendValues(b []byte, values []string) []byte {
	for i, value := range values {
		if i > 0 {
			b = append(b, ',')
		}
		for _, c := range []byte(strings.Trim(value, " \t")) {
			if c != ' ' || b[len(b)-1] != ' ' {
				b = append(b, c)
			}
		}
	}
	return b
}

// stringToSign is what the signature is made of.
func stringToSign(canonicalRequest []byte, s Signature, date string) []byte {
	hash := sha256.Sum256(canonicalRequest)
	b := bytes.NewBuffer(make([]byte, 0, 256))
	for _, line := range []string{HMAC, date, s.scope()} {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return hex.AppendEncode(b.Bytes(), hash[:])
}

func (s Signature) scope() string {
	return s.Date + "/" + s.Region + "/" + s.Service + "/" + terminator
}
