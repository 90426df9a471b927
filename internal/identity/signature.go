package identity

import (
	"net/http"
	"strings"

	"accord/internal/api"
)

// Signature is what a request says about its signer. Nothing of it is verified.
type Signature struct {
	// Algorithm is "AWS4-HMAC-SHA256" or "AWS4-ECDSA-P256-SHA256".
	Algorithm string
	// AccessKeyID is the public half of the credentials.
	AccessKeyID string
	// Date, Region and Service are the credential scope. The second algorithm
	// has no region in it.
	Date, Region, Service string
	// SignedHeaders are the headers that the signature covers.
	SignedHeaders []string
	// Value is the signature itself.
	Value string
	// Token is the session token; empty for long-lived credentials.
	Token string
	// Presigned reports whether all this came in the query string.
	Presigned bool
}

// The algorithms, and the length of a credential in each: the key, the scope and
// its terminator. [AWS: signature version 4 and 4A]
var scopes = map[string]int{
	"AWS4-HMAC-SHA256":       5,
	"AWS4-ECDSA-P256-SHA256": 4,
}

// maxKey is the longest access key id of the interface model.
const maxKey = 128

// ReadSignature reads the signature of a request, from its header or its query
// string. It returns MissingAuthenticationTokenException when there is none, and
// IncompleteSignatureException when a part is missing or malformed.
func ReadSignature(r *http.Request) (Signature, error) {
	headers := r.Header["Authorization"]
	presigned := strings.Contains(r.URL.RawQuery, "X-Amz-")
	switch {
	case len(headers) > 1:
		return Signature{}, incomplete("The request must contain one Authorization header.")
	case len(headers) == 1 && headers[0] != "":
		if presigned && r.URL.Query().Has("X-Amz-Algorithm") {
			return Signature{}, incomplete("The request must be signed in the Authorization header or in the query string, not in both.")
		}
		return fromHeader(headers[0], r.Header.Get("X-Amz-Security-Token"))
	case presigned:
		return fromQuery(r)
	}
	return Signature{}, missingToken()
}

// fromHeader reads "ALGORITHM Credential=…, SignedHeaders=…, Signature=…".
func fromHeader(header, token string) (Signature, error) {
	s := Signature{Token: token}
	algorithm, rest, _ := strings.Cut(header, " ")
	s.Algorithm = algorithm
	if _, ok := scopes[algorithm]; !ok {
		return Signature{}, incomplete("The Authorization header names no algorithm that is known here.")
	}
	var credential, signed string
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		var field *string
		switch name {
		case "Credential":
			field = &credential
		case "SignedHeaders":
			field = &signed
		case "Signature":
			field = &s.Value
		}
		if field == nil || *field != "" {
			return Signature{}, incomplete("The Authorization header has an unknown part or a part that appears twice.")
		}
		*field = value
	}
	return s.complete(credential, signed)
}

// fromQuery reads the presigned form, where each part is a parameter.
func fromQuery(r *http.Request) (Signature, error) {
	query := r.URL.Query()
	s := Signature{
		Algorithm: query.Get("X-Amz-Algorithm"),
		Value:     query.Get("X-Amz-Signature"),
		Token:     query.Get("X-Amz-Security-Token"),
		Presigned: true,
	}
	if s.Algorithm == "" && s.Value == "" && !query.Has("X-Amz-Credential") {
		return Signature{}, missingToken()
	}
	if _, ok := scopes[s.Algorithm]; !ok {
		return Signature{}, incomplete("The parameter X-Amz-Algorithm names no algorithm that is known here.")
	}
	return s.complete(query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"))
}

// complete fills in the scope and refuses what lacks a part. The texts quote
// nothing: a signature must not reach an answer or a log.
func (s Signature) complete(credential, signed string) (Signature, error) {
	switch "" {
	case credential:
		return Signature{}, incomplete("The signature of the request lacks its Credential.")
	case signed:
		return Signature{}, incomplete("The signature of the request lacks its SignedHeaders.")
	case s.Value:
		return Signature{}, incomplete("The signature of the request lacks its Signature.")
	}
	parts := strings.Split(credential, "/")
	if len(parts) != scopes[s.Algorithm] || parts[len(parts)-1] != "aws4_request" {
		return Signature{}, incomplete("The Credential of the signature must be an access key id, a date, a region, a service and aws4_request, with slashes between them.")
	}
	s.AccessKeyID, s.Date, s.Service = parts[0], parts[1], parts[len(parts)-2]
	if len(parts) == 5 {
		s.Region = parts[2]
	}
	if s.AccessKeyID == "" || len(s.AccessKeyID) > maxKey || s.Service == "" || !isDate(s.Date) {
		return Signature{}, incomplete("The Credential of the signature holds an empty or malformed part.")
	}
	s.SignedHeaders = strings.Split(signed, ";")
	return s, nil
}

// isDate reports whether s has the form of a day in a scope: 20261121.
func isDate(s string) bool { return len(s) == 8 && strings.Trim(s, "0123456789") == "" }

// The answers to requests whose signature does not do. Texts without a source
// are ours.

func missingToken() *api.Error {
	return api.NewError("MissingAuthenticationTokenException", "", "Missing Authentication Token")
}

func incomplete(text string) *api.Error {
	return api.NewError("IncompleteSignatureException", "", text)
}

// WrongSignature is the answer to a signature that is not the one of this
// request, for instance because its scope names another service.
func WrongSignature() *api.Error {
	return api.NewError("InvalidSignatureException", "", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
}
