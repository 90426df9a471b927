package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"accord/internal/cache"
)

// Verifier verifies signatures. It keeps signing keys within a bound, and may be used by
// many goroutines.
type Verifier struct {
	keys *cache.Cache[scopedSecret, *signingKey]
	// scratch has what a verification writes.
	scratch sync.Pool
}

// NewVerifier returns a Verifier.
func NewVerifier() *Verifier {
	return &Verifier{
		keys:    cache.New[scopedSecret, *signingKey](keysBytes),
		scratch: sync.Pool{New: func() any { return &scratch{text: make([]byte, 0, 2<<10)} }},
	}
}

// scratch is memory that verifications use again.
type scratch struct {
	text []byte
	sum  [sha256.Size]byte
	hex  [2 * sha256.Size]byte
}

// longestScratch is the longest text that is kept for the next verification.
const longestScratch = 16 << 10

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
	d, err := dateOf(r, s)
	if err != nil {
		return err
	}
	if s.Date != d.text[:dateOfScope] {
		return wrong(fmt.Sprintf("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.", s.Date, d.text[:dateOfScope], d.text))
	}
	if err := d.check(now); err != nil {
		return err
	}
	if err := checkHeaders(r, s); err != nil {
		return err
	}
	body := sha256.Sum256(r.Body)
	var hash [2 * sha256.Size]byte
	hex.Encode(hash[:], body[:])
	if said, ok := r.header(hashName); !ok || said != "" && said != string(hash[:]) {
		return wrong(Mismatch)
	}
	if !v.matches(r, s, secret, d.text, hash[:]) {
		return wrong(Mismatch)
	}
	return nil
}

// matches reports whether the signature is right.
func (v *Verifier) matches(r Request, s Signature, secret, date string, hash []byte) bool {
	scoped := scopedSecret{secret, s.Date, s.Region, s.Service}
	key, kept := v.keys.Get(scoped)
	if !kept {
		key = scoped.signingKey()
	}
	w := v.scratch.Get().(*scratch)
	ok := w.matches(r, s, key, date, hash, true) || s.Token != "" && strings.Contains(r.Query, tokenName) && w.matches(r, s, key, date, hash, false)
	if cap(w.text) <= longestScratch {
		v.scratch.Put(w)
	}
	if ok && !kept {
		// Only what verified a request is kept: what others send with wrong signatures takes
		// no memory, and drops nothing. The texts are copied, because they are parts of the
		// request.
		own := scopedSecret{secret, strings.Clone(s.Date), strings.Clone(s.Region), strings.Clone(s.Service)}
		v.keys.Put(own, key, keyBytes+len(secret)+len(s.Date)+len(s.Region)+len(s.Service))
	}
	return ok
}

// matches reports whether the signature is right with or without the session token of the
// query string in the canonical request.
func (w *scratch) matches(r Request, s Signature, key *signingKey, date string, hash []byte, withToken bool) bool {
	canonical, ok := appendCanonical(w.text[:0], r, s, hash, withToken)
	w.text = canonical
	if !ok {
		return false
	}
	w.text = appendStringToSign(canonical, s, date, sha256.Sum256(canonical))
	sum := key.appendSum(w.sum[:0], w.text[len(canonical):])
	hex.Encode(w.hex[:], sum)
	// hmac.Equal takes as long for every signature of the same length.
	return hmac.Equal([]byte(s.Value), w.hex[:])
}

// date is the date of a signature.
type date struct {
	// text has the basic format.
	text string
	at   time.Time
	// life is that of a presigned URL; 0 if it says none.
	life time.Duration
}

// dateOf returns the date of a signature.
func dateOf(r Request, s Signature) (d date, err error) {
	if s.Presigned {
		query, _ := parseQuery(r.Query)
		d.text, _ = query.only(dateName)
		if query.has(expiresName) {
			text, _ := query.only(expiresName)
			seconds, err := strconv.ParseUint(text, 10, 32)
			if err != nil || seconds < shortestLife || seconds > longestLife {
				return d, incomplete(fmt.Sprintf("The parameter X-Amz-Expires must be a number from %d to %d.", shortestLife, longestLife))
			}
			d.life = time.Duration(seconds) * time.Second
		}
	} else {
		var once bool
		if d.text, once = r.header(dateName); !once {
			return d, incomplete("The request must contain one header X-Amz-Date.")
		}
		if d.text == "" {
			d.text, _ = r.header("Date")
			if at, err := time.Parse(httpFormat, d.text); err == nil {
				d.text = at.Format(basicFormat)
			}
		}
	}
	if d.text == "" {
		return d, incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	var buffer [32]byte
	if d.at, err = time.Parse(basicFormat, d.text); err != nil || string(d.at.AppendFormat(buffer[:0], basicFormat)) != d.text {
		return d, incomplete("Date must be in ISO-8601 'basic format'.")
	}
	return d, nil
}

// check refuses a signature of another time. A presigned URL lives as long as it says
// and 15 minutes more. [AWS: common errors, RequestExpired; seen: presigned URLs of STS]
func (d date) check(now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	oldest, newest := now.Add(-tolerance), now.Add(tolerance)
	switch {
	case d.at.After(newest):
		return wrong(fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 15 min.)", d.text, newest.Format(basicFormat), now.Format(basicFormat)))
	case d.life > 0 && d.at.Add(d.life).Before(oldest):
		return &Error{Expired, "Request has expired."}
	case d.life == 0 && d.at.Before(oldest):
		return wrong(fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 15 min.)", d.text, oldest.Format(basicFormat), now.Format(basicFormat)))
	}
	return nil
}

// checkHeaders refuses a list of signed headers that is not in canonical form, and one
// that lacks the host or a header of AWS: whoever adds one to a signed request must not
// change what it means. The session token may be added after signing.
func checkHeaders(r Request, s Signature) error {
	before, hasHost := "", false
	for name := range strings.SplitSeq(s.SignedHeaders, ";") {
		if name <= before || !isName(name) {
			return wrong("The SignedHeaders of the signature must be in lower case, in alphabetical order, and each once.")
		}
		before, hasHost = name, hasHost || name == "host"
	}
	if !hasHost || r.Host == "" {
		return wrong("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for name := range r.Header {
		if isOfAWS(name) && !strings.EqualFold(name, unsignedToken) && !isListed(s.SignedHeaders, name) {
			return wrong(fmt.Sprintf("There were headers present in the request which were not signed: %.64s", strings.ToLower(name)))
		}
	}
	return nil
}

// ofAWS begins the names of the headers of AWS.
const ofAWS = "x-amz-"

// isOfAWS reports whether a header is one of AWS.
func isOfAWS(name string) bool {
	return len(name) >= len(ofAWS) && strings.EqualFold(name[:len(ofAWS)], ofAWS)
}

// nameCharacters are those of the name of a header in lower case. [RFC 9110, 5.6.2]
const nameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_.~!#$%&'*+^`|"

// inName tells nameCharacters.
var inName = func() (is [256]bool) {
	for _, c := range []byte(nameCharacters) {
		is[c] = true
	}
	return is
}()

// isName reports whether a text is the name of a header in lower case.
func isName(text string) bool {
	for i := range len(text) {
		if !inName[text[i]] {
			return false
		}
	}
	return true
}

// isListed reports whether the name of a header, whatever its case, is in a list with
// semicolons.
func isListed(list, name string) bool {
	for one := range strings.SplitSeq(list, ";") {
		if strings.EqualFold(one, name) {
			return true
		}
	}
	return false
}
