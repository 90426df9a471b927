package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// DateOf is the value of the header X-Amz-Date at an instant.
func DateOf(at time.Time) string { return at.UTC().Format(basicFormat) }

// Sign returns the header Authorization of a request, which has the header X-Amz-Date. The
// signature covers the host, the headers of AWS and the body. It reports false for a request
// without the date, or with a query string that cannot be read.
func Sign(r Request, accessKeyID, secret, region, service string) (authorization string, ok bool) {
	date, once := r.header(dateName)
	if !once || len(date) != len(basicFormat) {
		return "", false
	}
	signed := []string{"host"}
	for name := range r.Header {
		if isOfAWS(name) {
			signed = append(signed, strings.ToLower(name))
		}
	}
	slices.Sort(signed)
	s := Signature{
		Algorithm: HMAC, AccessKeyID: accessKeyID, Date: date[:dateOfScope], Region: region, Service: service,
		SignedHeaders: strings.Join(signed, ";"),
	}
	body := sha256.Sum256(r.Body)
	canonical, ok := appendCanonical(nil, r, s, []byte(hex.EncodeToString(body[:])), true)
	if !ok {
		return "", false
	}
	text := appendStringToSign(nil, s, date, sha256.Sum256(canonical))
	sum := scopedSecret{secret, s.Date, region, service}.signingKey().appendSum(nil, text)
	scope := strings.Join([]string{accessKeyID, s.Date, region, service, terminator}, "/")
	return HMAC + " Credential=" + scope + ", SignedHeaders=" + s.SignedHeaders + ", Signature=" + hex.EncodeToString(sum), true
}
