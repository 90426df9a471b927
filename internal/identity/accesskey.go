package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"accord/internal/api"
	"accord/internal/ident"
)

// Key is a long-lived access key of a user, or of a root user.
type Key struct {
	Secret  string
	Account ident.AccountID
	Kind    api.PrincipalKind
	// Principal and UserID are the ARN and the unique ID of the user.
	Principal, UserID string
	// Active is false for a key that must not sign now.
	Active bool
}

// Keys are the long-lived access keys of the server.
type Keys interface {
	// Key returns the key with an ID, or ErrUnknownKey.
	Key(ctx context.Context, accessKeyID string) (Key, error)
	// Used notes that a key signed a call of a service in a Region. It must not block.
	Used(accessKeyID string, at time.Time, service, region string)
}

// ErrUnknownKey: there is no such access key.
var ErrUnknownKey = errors.New("there is no access key of this ID")

// The beginnings of the IDs of access keys. [AWS: unique identifiers]
const (
	longLived = "AKIA"
	temporary = "ASIA"
)

// base32Text is the alphabet of unique IDs.
var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// Issuer makes long-lived access keys, and knows those of its store by a mark in their
// IDs: a foreign key costs no look into the store, and one of this store that was deleted is
// not taken for a foreign one.
type Issuer struct{ key []byte }

// NewIssuer returns the issuer of a store with this secret.
func NewIssuer(secret []byte) *Issuer { return &Issuer{mac(secret, "access keys")} }

// keyBytes is the length of what follows the beginning of an ID, markBytes that of the
// mark at its end.
const (
	keyBytes  = 10
	markBytes = 2
)

// New returns the ID and the secret of a new access key. The ID has 23 random bits beside
// the account: it may be one that exists.
func (i *Issuer) New(source *ident.Source, account ident.AccountID) (id, secret string, err error) {
	raw, err := newKeyBytes(source, account)
	if err != nil {
		return "", "", err
	}
	copy(raw[keyBytes-markBytes:], i.mark(raw))
	return longLived + base32Text.EncodeToString(raw), base64.StdEncoding.EncodeToString(source.Bytes(30)), nil
}

// Issued reports whether a key was issued by this store. One in 65,536 of other keys has
// the mark too.
func (i *Issuer) Issued(accessKeyID string) bool {
	raw, ok := bytesOf(longLived, accessKeyID)
	return ok && hmac.Equal(raw[keyBytes-markBytes:], i.mark(raw))
}

// mark is the mark of an ID.
func (i *Issuer) mark(raw []byte) []byte {
	return mac(i.key, string(raw[:keyBytes-markBytes]))[:markBytes]
}

// mac is the keyed hash of texts, each after its length.
func mac(key []byte, texts ...string) []byte {
	h := hmac.New(sha256.New, key)
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

// newKeyBytes returns the bytes of a new ID of an access key, which holds the account.
func newKeyBytes(source *ident.Source, account ident.AccountID) ([]byte, error) {
	number, err := strconv.ParseUint(string(account), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the account of an access key: %w", err)
	}
	raw := source.Bytes(keyBytes)
	random := binary.BigEndian.Uint64(raw) & (1<<accountShift - 1)
	binary.BigEndian.PutUint64(raw, 1<<63|number<<accountShift|random)
	return raw, nil
}

// bytesOf returns the bytes of an access key with a beginning.
func bytesOf(beginning, accessKeyID string) ([]byte, bool) {
	text, ok := strings.CutPrefix(accessKeyID, beginning)
	if !ok {
		return nil, false
	}
	raw, err := base32Text.DecodeString(text)
	return raw, err == nil && len(raw) == keyBytes
}

// accountIn returns the account that an access key with a beginning holds.
func accountIn(beginning, accessKeyID string) (ident.AccountID, bool) {
	number, ok := numberIn(beginning, accessKeyID)
	if !ok {
		return "", false
	}
	account := ident.AccountID(fmt.Sprintf("%012d", number))
	return account, account.Valid()
}

// numberIn returns the number of the account that an access key with a beginning holds.
func numberIn(beginning, accessKeyID string) (uint64, bool) {
	raw, ok := bytesOf(beginning, accessKeyID)
	if !ok {
		return 0, false
	}
	number := binary.BigEndian.Uint64(raw) &^ (1 << 63) >> accountShift
	return number, number <= lastAccount
}

// lastAccount is the largest number of twelve digits.
const lastAccount = 999_999_999_999

// unknownKey is the answer to a key that cannot be one of this server. The text is
// that of AWS with the reason.
func unknownKey(reason string) *api.Error {
	e := api.UnrecognizedClient()
	return e.Saying(strings.TrimSuffix(e.Message, ".") + ": " + reason + ".")
}
