package sigv4

import "strings"

// The algorithms. Only the first is verified.
const (
	HMAC  = "AWS4-HMAC-SHA256"
	ECDSA = "AWS4-ECDSA-P256-SHA256"
)

// Signature is what a request says about its signer. Nothing of it is verified.
type Signature struct {
	// Algorithm is HMAC or ECDSA.
	Algorithm string
	// AccessKeyID is the public half of the credentials.
	AccessKeyID string
	// Date, Region and Service are the credential scope. ECDSA has no region in it.
	Date, Region, Service string
	// SignedHeaders are the names of the headers that the signature covers, with
	// semicolons between them.
	SignedHeaders string
	// Value is the signature itself.
	Value string
	// Token is the session token; empty for long-lived credentials.
	Token string
	// Presigned reports whether all this came in the query string.
	Presigned bool
}

// The parameters and headers of a signature, and the end of each scope.
const (
	algorithmName = "X-Amz-Algorithm"
	dateName      = "X-Amz-Date"
	expiresName   = "X-Amz-Expires"
	signatureName = "X-Amz-Signature"
	tokenName     = "X-Amz-Security-Token"
	hashName      = "X-Amz-Content-Sha256"
	terminator    = "aws4_request"
)

// The length of a credential of each algorithm: the key, the scope and its terminator.
// [AWS: signature version 4 and 4A]
var scopes = map[string]int{HMAC: 5, ECDSA: 4}

// maxKey is the longest access key id of the interface model.
const maxKey = 128

// Read reads the signature of a request, from its header or its query string. An error
// is a *Error: Missing if there is no signature, Incomplete if a part is missing,
// malformed or there twice.
func Read(r Request) (Signature, error) {
	headers := r.Header["Authorization"]
	presigned := strings.Contains(r.Query, "X-Amz-")
	switch {
	case len(headers) > 1:
		return Signature{}, incomplete("The request must contain one Authorization header.")
	case len(headers) == 1 && headers[0] != "":
		return fromHeader(r, headers[0], presigned)
	case presigned:
		return fromQuery(r)
	}
	return Signature{}, &Error{Missing, "Missing Authentication Token"}
}

// fromHeader reads "ALGORITHM Credential=…, SignedHeaders=…, Signature=…".
func fromHeader(r Request, header string, presigned bool) (Signature, error) {
	s := Signature{}
	if err := s.readToken(r, presigned); err != nil {
		return Signature{}, err
	}
	algorithm, rest, _ := strings.Cut(header, " ")
	s.Algorithm = algorithm
	if _, ok := scopes[algorithm]; !ok {
		return Signature{}, incomplete("The Authorization header names no algorithm that is known here.")
	}
	var credential string
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		var field *string
		switch name {
		case "Credential":
			field = &credential
		case "SignedHeaders":
			field = &s.SignedHeaders
		case "Signature":
			field = &s.Value
		}
		if field == nil || *field != "" {
			return Signature{}, incomplete("The Authorization header has an unknown part or a part that appears twice.")
		}
		*field = value
	}
	return s.complete(credential)
}

// readToken reads the session token of a request that is signed in its header, which may
// send the token in the query string all the same.
func (s *Signature) readToken(r Request, presigned bool) error {
	token, ok := r.header(tokenName)
	if presigned {
		query, _ := parseQuery(r.Query)
		if query.has(algorithmName) {
			return incomplete("The request must be signed in the Authorization header or in the query string, not in both.")
		}
		if query.has(tokenName) {
			ok = ok && token == ""
			var once bool
			token, once = query.only(tokenName)
			ok = ok && once
		}
	}
	if !ok {
		return incomplete("The request has more than one session token.")
	}
	s.Token = token
	return nil
}

// fromQuery reads the presigned form, where each part is a parameter.
func fromQuery(r Request) (Signature, error) {
	query, ok := parseQuery(r.Query)
	if !ok {
		return Signature{}, incomplete("The query string of the request has a malformed escape.")
	}
	s := Signature{Presigned: true}
	var credential string
	for _, part := range []struct {
		name  string
		value *string
	}{
		{algorithmName, &s.Algorithm}, {"X-Amz-Credential", &credential}, {"X-Amz-SignedHeaders", &s.SignedHeaders},
		{signatureName, &s.Value}, {tokenName, &s.Token}, {dateName, new(string)}, {expiresName, new(string)},
	} {
		value, once := query.only(part.name)
		if !once {
			return Signature{}, incomplete("The parameter " + part.name + " appears twice.")
		}
		*part.value = value
	}
	if s.Algorithm == "" && s.Value == "" && credential == "" {
		return Signature{}, &Error{Missing, "Missing Authentication Token"}
	}
	if token, once := r.header(tokenName); token != "" || !once {
		if s.Token != "" || !once {
			return Signature{}, incomplete("The request has more than one session token.")
		}
		s.Token = token
	}
	if _, ok := scopes[s.Algorithm]; !ok {
		return Signature{}, incomplete("The parameter X-Amz-Algorithm names no algorithm that is known here.")
	}
	return s.complete(credential)
}

// complete fills in the scope and refuses what lacks a part. The texts quote
// nothing: a signature must not reach an answer or a log.
func (s Signature) complete(credential string) (Signature, error) {
	switch "" {
	case credential:
		return Signature{}, incomplete("The signature of the request lacks its Credential.")
	case s.SignedHeaders:
		return Signature{}, incomplete("The signature of the request lacks its SignedHeaders.")
	case s.Value:
		return Signature{}, incomplete("The signature of the request lacks its Signature.")
	}
	key, scope, _ := strings.Cut(credential, "/")
	date, scope, _ := strings.Cut(scope, "/")
	region := ""
	if s.Algorithm == HMAC {
		region, scope, _ = strings.Cut(scope, "/")
	}
	service, end, _ := strings.Cut(scope, "/")
	if strings.Count(credential, "/") != scopes[s.Algorithm]-1 || end != terminator {
		return Signature{}, incomplete("The Credential of the signature must be an access key id, a date, a region, a service and aws4_request, with slashes between them.")
	}
	if key == "" || len(key) > maxKey || service == "" || !isDate(date) {
		return Signature{}, incomplete("The Credential of the signature holds an empty or malformed part.")
	}
	s.AccessKeyID, s.Date, s.Region, s.Service = key, date, region, service
	return s, nil
}

// isDate reports whether s has the form of a day in a scope: 20261121.
func isDate(s string) bool { return len(s) == 8 && strings.Trim(s, "0123456789") == "" }
