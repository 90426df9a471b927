package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/ident"
)

// Credentials are temporary credentials.
type Credentials struct{ AccessKeyID, SecretAccessKey, Token string }

// Sessions makes temporary credentials and reads them. The session is in the token,
// which is authenticated with a key of the server: nothing is stored, and every server
// with the key accepts the credentials.
type Sessions struct {
	// key is that of the store; keys are those that sign, the one for new sessions first.
	key  []byte
	keys func() [][]byte
	// opened are tokens that were verified.
	opened openedSessions
}

// NewSessions returns the sessions of a store with this secret.
func NewSessions(secret []byte) *Sessions {
	// A key of its own: tokens of pages are authenticated with the secret too.
	key := mac(secret, "sessions")
	held := [][]byte{key}
	return &Sessions{key: key, keys: func() [][]byte { return held }, opened: newOpenedSessions()}
}

// Under returns the sessions whose credentials these keys make, instead of the secret of
// the store: the first one makes new ones, each one those that it made before.
func (s *Sessions) Under(keys func() [][]byte) *Sessions {
	return &Sessions{key: s.key, keys: keys, opened: newOpenedSessions()}
}

// Issue returns credentials for a session.
func (s *Sessions) Issue(source *ident.Source, session Session) (Credentials, error) {
	raw, err := newKeyBytes(source, session.Account)
	if err != nil {
		return Credentials{}, err
	}
	body, err := pack(session)
	if err != nil {
		return Credentials{}, err
	}
	id, key := temporary+base32Text.EncodeToString(raw), s.keys()[0]
	c := Credentials{
		AccessKeyID:     id,
		SecretAccessKey: secretOf(key, id),
		Token:           base64.RawURLEncoding.EncodeToString(append(mac(key, "token", id, string(body)), body...)),
	}
	if len(c.Token) > maxToken {
		return Credentials{}, ErrTooLarge
	}
	return c, nil
}

// secretOf is the secret of a temporary access key.
func secretOf(key []byte, accessKeyID string) string {
	return base64.StdEncoding.EncodeToString(mac(key, "secret", accessKeyID))[:40]
}

// maxToken is the length of the longest token. [assumed: AWS names none, and advises
// clients to expect no maximum]
const maxToken = 4096

// ErrTooLarge says that the policies and tags of a session are too much for a token.
var ErrTooLarge = errors.New("the session does not fit into a token")

// Open returns the session of credentials at an instant.
func (s *Sessions) Open(accessKeyID, token string, now time.Time) (Session, error) {
	opened, err := s.open(accessKeyID, token, now)
	if err != nil {
		return Session{}, err
	}
	return opened.session, nil
}

// open returns the session of credentials at an instant, which is shared.
func (s *Sessions) open(accessKeyID, token string, now time.Time) (*openedSession, error) {
	if token == "" {
		return nil, unknownKey("a temporary access key needs its session token")
	}
	keys := s.keys()
	opened := s.opened.get(accessKeyID, token, keys)
	if opened == nil {
		var err error
		if opened, err = verified(accessKeyID, token, keys); err != nil {
			return nil, err
		}
		s.opened.put(token, opened)
	}
	if !now.Before(opened.session.Expires) {
		return nil, api.NewError("ExpiredTokenException", "", "The security token included in the request is expired")
	}
	return opened, nil
}

// verified returns the session of a token that one of these keys made for an access key.
func verified(accessKeyID, token string, keys [][]byte) (*openedSession, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(token) > maxToken || len(raw) < sha256.Size || base64.RawURLEncoding.EncodeToString(raw) != token {
		return nil, unknownToken()
	}
	sum, body := raw[:sha256.Size], raw[sha256.Size:]
	i := slices.IndexFunc(keys, func(key []byte) bool { return hmac.Equal(sum, mac(key, "token", accessKeyID, string(body))) })
	if i < 0 {
		return nil, unknownToken()
	}
	session, err := unpack(body)
	if err != nil {
		return nil, fmt.Errorf("the session of access key %s: %w", accessKeyID, err)
	}
	return &openedSession{session, keys[i], accessKeyID, secretOf(keys[i], accessKeyID)}, nil
}

// RoleID is the unique ID of a role, which is the same for every session: names of
// roles are unique in an account without regard to case. [AWS: IAM identifiers]
func (s *Sessions) RoleID(account ident.AccountID, name string) string {
	return "AROA" + base32Text.EncodeToString(mac(s.key, "role", string(account), strings.ToLower(name)))[:17]
}

func unknownToken() *api.Error {
	return unknownKey("this server did not issue the session token for this access key")
}
