package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Verifier verifies signatures. It keeps signing keys within a bound, and may be used by
// many goroutines. The zero value is ready.
type Verifier struct{ keys signingKeys }

// tolerance is how far the date of a signature may be from now, in both directions.
// [AWS: IAM User Guide, signature version 4 troubleshooting]
const tolerance = 15 * time.Minute

// The forms of dates, the life of a presigned URL and its bounds in seconds. [AWS:
// authenticating requests in the query string]
const (
	basicFormat   = "20060102T150405Z"
	httpFormat    = "Mon, 02 Jan 2006 15:04:05 GMT"
	shortestLife  = 1
	longestLife   = 604800
	dateOfScope   = len("20060102")
	unsignedToken = "x-amz-security-token"
)

// Verify returns nil if s, as Read returned it for r, is the signature of r with the
// secret, and now is within its time. An error is a *Error.
//
// The hash of the payload is that of the body, whatever the request says of it:
// UNSIGNED-PAYLOAD and the hashes of streams are for S3. [AWS: IAM User Guide]
func (v *Verifier) Verify(r Request, s Signature, secret string, now time.Time) error {
	if s.Algorithm != HMAC {
		return wrong("Only signatures of " + HMAC + " are verified here.")
	}
	date, life, err := dates(r, s)
	if err != nil {
		return err
	}
	if s.Date != date[:dateOfScope] {
		return wrong(fmt.Sprintf("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.", s.Date, date[:dateOfScope], date))
	}
	if err := checkTime(date, life, now); err != nil {
		return err
	}
	if err := checkHeaders(r, s); err != nil {
		return err
	}
	body := sha256.Sum256(r.Body)
	hash := hex.EncodeToString(body[:])
	if said, ok := r.header(hashName); !ok || said != "" && said != hash {
		return wrong(Mismatch)
	}
	if !v.matches(r, s, secret, date, hash) {
		return wrong(Mismatch)
	}
	return nil
}

// matches reports whether the signature is right.
func (v *Verifier) matches(r Request, s Signature, secret, date, hash string) bool {
	scoped := scopedSecret{secret, s.Date, s.Region, s.Service}
	key, kept := v.keys.get(scoped)
	if !kept {
		key = scoped.signingKey()
	}
	matches := func(withToken bool) bool {
		request := canonical(r, s, hash, withToken)
		// hmac.Equal takes as long for every signature of the same length.
		return request != nil && hmac.Equal([]byte(s.Value), hex.AppendEncode(nil, sum(key[:], stringToSign(request, s, date))))
	}
	ok := matches(true) || s.Token != "" && strings.Contains(r.Query, tokenName) && matches(false)
	if ok && !kept {
		v.keys.put(scoped, key)
	}
	return ok
}

// dates returns the date of a signature in the basic format, and the life of a presigned
// URL, which is 0 if it says none.
func dates(r Request, s Signature) (date string, life time.Duration, err error) {
	if s.Presigned {
		query, _ := parseQuery(r.Query)
		date, _ = query.only(dateName)
		if query.has(expiresName) {
			text, _ := query.only(expiresName)
			seconds, err := strconv.ParseUint(text, 10, 32)
			if err != nil || seconds < shortestLife || seconds > longestLife {
				return "", 0, incomplete(fmt.Sprintf("The parameter X-Amz-Expires must be a number from %d to %d.", shortestLife, longestLife))
			}
			life = time.Duration(seconds) * time.Second
		}
	} else {
		var once bool
		if date, once = r.header(dateName); !once {
			return "", 0, incomplete("The request must contain one header X-Amz-Date.")
		}
		if date == "" {
			date, _ = r.header("Date")
			if at, err := time.Parse(httpFormat, date); err == nil {
				date = at.Format(basicFormat)
			}
		}
	}
	if date == "" {
		return "", 0, incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	if at, err := time.Parse(basicFormat, date); err != nil || at.Format(basicFormat) != date {
		return "", 0, incomplete("Date must be in ISO-8601 'basic format'.")
	}
	return date, life, nil
}

// checkTime refuses a signature of another time. A presigned URL lives as long as it says
// and 15 minutes more. [AWS: common errors, RequestExpired; seen: presigned URLs of STS]
func checkTime(date string, life time.Duration, now time.Time) error {
	at, err := time.Parse(basicFormat, date)
	if err != nil {
		return incomplete("Date must be in ISO-8601 'basic format'.")
	}
	now = now.UTC().Truncate(time.Second)
	oldest, newest := now.Add(-tolerance), now.Add(tolerance)
	switch {
	case at.After(newest):
		return wrong(fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 15 min.)", date, newest.Format(basicFormat), now.Format(basicFormat)))
	case life > 0 && at.Add(life).Before(oldest):
		return &Error{Expired, "Request has expired."}
	case life == 0 && at.Before(oldest):
		return wrong(fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 15 min.)", date, oldest.Format(basicFormat), now.Format(basicFormat)))
	}
	return nil
}

// checkHeaders refuses a list of signed headers that is not in canonical form, and one
// that lacks the host or a header of AWS: whoever adds one to a signed request must not
// change what it means. The session token may be added after signing.
func checkHeaders(r Request, s Signature) error {
	before, hasHost := "", false
	for name := range strings.SplitSeq(s.SignedHeaders, ";") {
		if name <= before || strings.Trim(name, nameCharacters) != "" {
			return wrong("The SignedHeaders of the signature must be in lower case, in alphabetical order, and each once.")
		}
		before, hasHost = name, hasHost || name == "host"
	}
	if !hasHost || r.Host == "" {
		return wrong("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for name := range r.Header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-") && lower != unsignedToken && !isListed(s.SignedHeaders, lower) {
			return wrong(fmt.Sprintf("There were headers present in the request which were not signed: %.64s", lower))
		}
	}
	return nil
}

// nameCharacters are those of the name of a header in lower case. [RFC 9110, 5.6.2]
const nameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_.~!#$%&'*+^`|"

// isListed reports whether a name is in a list with semicolons.
func isListed(list, name string) bool {
	for one := range strings.SplitSeq(list, ";") {
		if one == name {
			return true
		}
	}
	return false
}
