package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/ident"
)

// Session is the identity of temporary credentials.
type Session struct {
	// Account is the account that the credentials act for.
	Account ident.AccountID `json:"account"`
	// Registration is the number of the account's registration.
	Registration int64 `json:"registration"`
	// Principal and UserID are the ARN and the unique ID of the session.
	Principal string `json:"principal"`
	UserID    string `json:"userId"`
	// RoleARN is the role of the session; empty for a session of a user.
	RoleARN string `json:"role,omitempty"`
	// SourceIdentity is the name that the caller of AssumeRole gave; it may be empty.
	SourceIdentity string `json:"sourceIdentity,omitempty"`
	// Issued and Expires are the limits of its life.
	Issued  time.Time `json:"issued"`
	Expires time.Time `json:"expires"`
}

// Credentials are temporary credentials.
type Credentials struct{ AccessKeyID, SecretAccessKey, Token string }

// Sessions makes temporary credentials and reads them. The session is in the token,
// which is authenticated with a key of the store: nothing is stored, and every
// server of the store accepts the credentials.
type Sessions struct{ key []byte }

// NewSessions returns the sessions of a store with this secret.
func NewSessions(secret []byte) *Sessions {
	s := &Sessions{key: secret}
	// A key of its own: tokens of pages are authenticated with the secret too.
	s.key = s.mac("sessions")
	return s
}

// temporary begins the ID of a temporary access key. [AWS: unique identifiers]
const temporary = "ASIA"

// base32Text is the alphabet of unique IDs.
var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// Issue returns credentials for a session.
func (s *Sessions) Issue(source *ident.Source, session Session) (Credentials, error) {
	key, err := newAccessKey(source, session.Account)
	if err != nil {
		return Credentials{}, err
	}
	body, err := json.Marshal(session)
	if err != nil {
		return Credentials{}, err
	}
	return Credentials{
		AccessKeyID:     key,
		SecretAccessKey: base64.StdEncoding.EncodeToString(s.mac("secret", key))[:40],
		Token:           base64.RawURLEncoding.EncodeToString(append(s.mac("token", key, string(body)), body...)),
	}, nil
}

// maxToken bounds what is decoded; a real token is shorter. [assumed]
const maxToken = 8192

// Open returns the session of credentials at an instant.
func (s *Sessions) Open(accessKeyID, token string, now time.Time) (Session, error) {
	if token == "" {
		return Session{}, unknownKey("a temporary access key needs its session token")
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(token) > maxToken || len(raw) < sha256.Size || base64.RawURLEncoding.EncodeToString(raw) != token {
		return Session{}, unknownToken()
	}
	mac, body := raw[:sha256.Size], raw[sha256.Size:]
	if !hmac.Equal(mac, s.mac("token", accessKeyID, string(body))) {
		return Session{}, unknownToken()
	}
	var session Session
	if err := json.Unmarshal(body, &session); err != nil {
		return Session{}, fmt.Errorf("the session of access key %s: %w", accessKeyID, err)
	}
	if !now.Before(session.Expires) {
		return Session{}, api.NewError("ExpiredTokenException", "", "The security token included in the request is expired")
	}
	return session, nil
}

// RoleID is the unique ID of a role, which is the same for every session: names of
// roles are unique in an account without regard to case. [AWS: IAM identifiers]
func (s *Sessions) RoleID(account ident.AccountID, name string) string {
	return "AROA" + base32Text.EncodeToString(s.mac("role", string(account), strings.ToLower(name)))[:17]
}

// mac is the keyed hash of texts, each after its length.
func (s *Sessions) mac(texts ...string) []byte {
	h := hmac.New(sha256.New, s.key)
	for _, text := range texts {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(text))))
		h.Write([]byte(text))
	}
	return h.Sum(nil)
}

// accountShift is how far left the number of the account stands in the first eight
// bytes of an access key, below the highest bit, which is set. [seen: tools that
// read the account from a key]
const accountShift = 23

// newAccessKey returns a new ID of a temporary access key, which holds the account.
func newAccessKey(source *ident.Source, account ident.AccountID) (string, error) {
	number, err := strconv.ParseUint(string(account), 10, 64)
	if err != nil {
		return "", fmt.Errorf("the account of an access key: %w", err)
	}
	raw := source.Bytes(10)
	random := binary.BigEndian.Uint64(raw) & (1<<accountShift - 1)
	binary.BigEndian.PutUint64(raw, 1<<63|number<<accountShift|random)
	return temporary + base32Text.EncodeToString(raw), nil
}

// isTemporary reports whether a key has the form of a temporary access key.
func isTemporary(accessKeyID string) bool {
	_, ok := temporaryAccount(accessKeyID)
	return ok
}

// temporaryAccount returns the account that a temporary access key holds.
func temporaryAccount(accessKeyID string) (ident.AccountID, bool) {
	text, ok := strings.CutPrefix(accessKeyID, temporary)
	raw, err := base32Text.DecodeString(text)
	if !ok || err != nil || len(raw) != 10 {
		return "", false
	}
	account := ident.AccountID(fmt.Sprintf("%012d", binary.BigEndian.Uint64(raw)&^(1<<63)>>accountShift))
	return account, account.Valid()
}

// unknownKey is the answer to a key that cannot be one of this server. The text is
// that of AWS with the reason.
func unknownKey(reason string) *api.Error {
	e := api.UnrecognizedClient()
	return e.Saying(strings.TrimSuffix(e.Message, ".") + ": " + reason + ".")
}

func unknownToken() *api.Error {
	return unknownKey("this server did not issue the session token for this access key")
}
