package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"accord/internal/console/visit"
	"accord/internal/ident"
)

// session is what a person has shown who signed in. It is in a cookie, which the key of this
// server authenticates: the server keeps nothing.
type session struct {
	// Key is the access key as which the person acts, with its account and principal; empty
	// for one who has shown the token alone.
	Key     string          `json:"k,omitempty"`
	Account ident.AccountID `json:"a,omitempty"`
	ARN     string          `json:"p,omitempty"`
	// Mark is that of the token of the admin API; empty without its powers.
	Mark    string `json:"m,omitempty"`
	Expires int64  `json:"e"`
	// Nonce tells sessions apart.
	Nonce string `json:"n"`
}

// lifetime is how long a session lasts.
const lifetime = 8 * time.Hour

// seal authenticates what the server hands out and reads again.
type seal struct {
	key    []byte
	cookie string
	nonces *ident.Source
}

func newSeal(source *ident.Source) seal {
	own := source.For("console")
	s := seal{key: own.Bytes(sha256.Size), nonces: own}
	// Cookies of one host are shared by all ports: each start of each server has its own.
	s.cookie = "accord-console-" + hex.EncodeToString(s.sum("cookie")[:4])
	return s
}

// sum is the keyed hash of texts, none of which holds NUL.
func (s seal) sum(texts ...string) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(strings.Join(texts, "\x00")))
	return h.Sum(nil)
}

var encoding = base64.RawURLEncoding.Strict()

// write returns the cookie of a session.
func (s seal) write(v session) *http.Cookie {
	// A struct of texts and a number always encodes.
	text, _ := json.Marshal(v)
	body := encoding.EncodeToString(text)
	return s.made(body+"."+encoding.EncodeToString(s.sum("session", body)), int(lifetime/time.Second))
}

// made is the cookie with a value; a negative age deletes it.
func (s seal) made(value string, age int) *http.Cookie {
	return &http.Cookie{Name: s.cookie, Value: value, Path: visit.Base, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

// read returns the session of a request at an instant; nil without one.
func (s seal) read(r *http.Request, now time.Time) *session {
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return nil
	}
	body, sum, _ := strings.Cut(c.Value, ".")
	sent, err := encoding.DecodeString(sum)
	if err != nil || !hmac.Equal(sent, s.sum("session", body)) {
		return nil
	}
	text, err := encoding.DecodeString(body)
	if err != nil {
		return nil
	}
	var v session
	if json.Unmarshal(text, &v) != nil || now.Unix() >= v.Expires {
		return nil
	}
	return &v
}

// csrf is what each form of a session has to send: no page of another origin can read it.
func (s seal) csrf(v *session) string {
	nonce := ""
	if v != nil {
		nonce = v.Nonce
	}
	return encoding.EncodeToString(s.sum("form", nonce))
}

// isOfSession reports whether a form is one of the pages of a session.
func (s seal) isOfSession(v *session, sent string) bool {
	return hmac.Equal([]byte(sent), []byte(s.csrf(v)))
}

// begin returns a new session, which is another one at each sign-in.
func (s seal) begin(now time.Time) session {
	return session{Expires: now.Add(lifetime).Unix(), Nonce: hex.EncodeToString(s.nonces.Bytes(16))}
}
