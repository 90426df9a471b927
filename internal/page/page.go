// Package page makes the opaque tokens by which a client asks for the next page
// of a list, and reads them back.
//
// A token says behind which entry the next page begins. It is authenticated, and
// bound to what was asked and by whom, so that a token that is altered, or used
// by another account, for another list or with another filter, is refused. The
// package knows no list.
package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// Cursor is a place in a list: behind the entry with this sort key.
type Cursor struct {
	At int64
	ID string
}

var (
	// First is the place before the first entry of a list in rising order.
	First = Cursor{At: -1 << 63}
	// Newest is the place before the first entry of a list whose newest entries
	// come first.
	Newest = Cursor{At: 1<<63 - 1}
)

// ErrInvalid says that a token was not made for this question.
var ErrInvalid = errors.New("page: invalid token")

// Scope is what a token is bound to: the operation, the account that asks,
// and every parameter that decides what the list holds.
type Scope struct {
	Operation  string
	Account    string
	Parameters []string
}

// Sealer makes and opens tokens with the key of an installation.
type Sealer struct{ key []byte }

// NewSealer returns a sealer for the key; 32 random bytes are right.
func NewSealer(key []byte) *Sealer { return &Sealer{key: append([]byte(nil), key...)} }

const (
	version   = 1
	macLength = 16
	// maxToken bounds what is decoded; a real token is far shorter.
	maxToken = 512
)

// Seal returns the token for the page behind a position.
func (s *Sealer) Seal(q Scope, p Cursor) string {
	body := binary.BigEndian.AppendUint64([]byte{version}, uint64(p.At))
	body = append(body, p.ID...)
	return base64.RawURLEncoding.EncodeToString(append(s.mac(q, body), body...))
}

// Open returns the position of a token, or ErrInvalid.
func (s *Sealer) Open(q Scope, token string) (Cursor, error) {
	if len(token) > maxToken {
		return Cursor{}, ErrInvalid
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	// The decoder passes over line breaks and loose bits; a token has one form.
	if err != nil || len(raw) < macLength+1+8 || base64.RawURLEncoding.EncodeToString(raw) != token {
		return Cursor{}, ErrInvalid
	}
	mac, body := raw[:macLength], raw[macLength:]
	if !hmac.Equal(mac, s.mac(q, body)) || body[0] != version {
		return Cursor{}, ErrInvalid
	}
	return Cursor{At: int64(binary.BigEndian.Uint64(body[1:9])), ID: string(body[9:])}, nil
}

func (s *Sealer) mac(q Scope, body []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	// Lengths stand before the parts, so that no two questions read alike.
	write := func(part string) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write([]byte(part))
	}
	write(q.Operation)
	write(q.Account)
	for _, p := range q.Parameters {
		write(p)
	}
	h.Write(body)
	return h.Sum(nil)[:macLength]
}
