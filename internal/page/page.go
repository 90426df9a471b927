// Package page makes and reads the opaque tokens with which a client requests the
// next page of a list.
//
// A token holds the cursor of the last entry returned, with its organization. It is
// authenticated and bound to its scope, so that a token that was altered, or is used by
// another account, for another list or with another filter, is invalid. The package
// knows no list.
package page

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"strings"
	"sync"
)

// Cursor is a position in a list: after the entry with this sort key.
type Cursor struct {
	// At is the instant of the entry in microseconds, or its rank.
	At int64
	// Sequence orders entries of the same instant.
	Sequence int64
	// Organization is the one whose list it is; empty for the list of an account.
	Organization string
	// Key is the sort key of an entry in a list that is ordered by a text; without NUL.
	Key string
}

var (
	// First is before the first entry of a list in ascending order.
	First = Cursor{At: -1 << 63}
	// Newest is before the first entry of a list in descending order of time.
	Newest = Cursor{At: 1<<63 - 1}
)

// ErrInvalid says that a token does not belong to this scope.
var ErrInvalid = errors.New("page: invalid token")

// Scope is what a token is bound to: the operation, the account of the caller, and
// every parameter that selects entries.
type Scope struct {
	Operation  string
	Account    string
	Parameters []string
}

// Sealer makes and opens tokens with the key of a store.
type Sealer struct {
	// macs are keyed hashes that can be reset: to make one costs as much as a token.
	macs sync.Pool
}

// NewSealer returns a sealer for the key; 32 random bytes are right.
func NewSealer(key []byte) *Sealer {
	key = bytes.Clone(key)
	return &Sealer{macs: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

const (
	version   = 2
	macLength = 16
	// minBody is the length of the version and the sort key.
	minBody = 1 + 8 + 8
	// maxToken bounds what is decoded; a real token is far shorter.
	maxToken = 512
)

// Seal returns the token of the page after a cursor.
func (s *Sealer) Seal(scope Scope, c Cursor) string {
	token := make([]byte, macLength, 64)
	token = binary.BigEndian.AppendUint64(append(token, version), uint64(c.At))
	token = binary.BigEndian.AppendUint64(token, uint64(c.Sequence))
	token = append(token, c.Organization...)
	if c.Key != "" {
		token = append(append(token, 0), c.Key...)
	}
	copy(token, s.mac(scope, token[macLength:]))
	return base64.RawURLEncoding.EncodeToString(token)
}

// Open returns the cursor of a token, or ErrInvalid.
func (s *Sealer) Open(scope Scope, token string) (Cursor, error) {
	if len(token) > maxToken {
		return Cursor{}, ErrInvalid
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	// The decoder ignores line breaks and trailing bits; a token has one form only.
	if err != nil || len(raw) < macLength+minBody || base64.RawURLEncoding.EncodeToString(raw) != token {
		return Cursor{}, ErrInvalid
	}
	mac, body := raw[:macLength], raw[macLength:]
	if !hmac.Equal(mac, s.mac(scope, body)) || body[0] != version {
		return Cursor{}, ErrInvalid
	}
	organization, key, _ := strings.Cut(string(body[minBody:]), "\x00")
	return Cursor{
		At:           int64(binary.BigEndian.Uint64(body[1:9])),
		Sequence:     int64(binary.BigEndian.Uint64(body[9:minBody])),
		Organization: organization,
		Key:          key,
	}, nil
}

func (s *Sealer) mac(scope Scope, body []byte) []byte {
	input := make([]byte, 0, 256)
	// Each part follows its length, so that no two scopes have the same bytes.
	add := func(part string) {
		input = binary.BigEndian.AppendUint64(input, uint64(len(part)))
		input = append(input, part...)
	}
	add(scope.Operation)
	add(scope.Account)
	for _, p := range scope.Parameters {
		add(p)
	}
	h := s.macs.Get().(hash.Hash)
	defer s.macs.Put(h)
	h.Reset()
	h.Write(input)
	h.Write(body)
	return h.Sum(nil)[:macLength]
}
