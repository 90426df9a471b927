// Package secret encrypts the secrets that a store keeps, and derives keys that no store
// has. Its keys come from a file or a variable; whoever has the database alone can read no
// secret and make no signature.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Size is the length of a key in bytes.
const Size = 32

// Key is a key from which others derive.
type Key struct{ bytes [Size]byte }

// NewKey returns the key of these bytes, of which there are Size.
func NewKey(bytes []byte) (Key, error) {
	if len(bytes) != Size {
		return Key{}, fmt.Errorf("a key has %d bytes, not %d", Size, len(bytes))
	}
	return Key{[Size]byte(bytes)}, nil
}

// ParseKeys reads keys, one in each line: 64 hexadecimal digits. No error shows one.
func ParseKeys(text string) ([]Key, error) {
	var keys []Key
	for line := range strings.FieldsSeq(text) {
		bytes, err := hex.DecodeString(line)
		if err != nil || len(bytes) != Size {
			return nil, fmt.Errorf("a secret key is a line of %d hexadecimal digits, such as `openssl rand -hex %d` prints", 2*Size, Size)
		}
		key, err := NewKey(bytes)
		if err != nil {
			return nil, err
		}
		if slices.Contains(keys, key) {
			return nil, errors.New("a secret key is there twice")
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no secret key")
	}
	return keys, nil
}

// Text is the key as ParseKeys reads it.
func (k Key) Text() string { return hex.EncodeToString(k.bytes[:]) }

// String hides the key from logs.
func (k Key) String() string { return "secret key " + k.ID() }

// GoString hides the key from logs.
func (k Key) GoString() string { return k.String() }

// ID names the key in what it seals. It says nothing of the key.
func (k Key) ID() string { return hex.EncodeToString(k.Derive("id"))[:8] }

// Derive returns the key for a purpose.
func (k Key) Derive(purpose string) []byte {
	h := hmac.New(sha256.New, k.bytes[:])
	h.Write([]byte("accord " + purpose))
	return h.Sum(nil)
}

// aead is the cipher of the key.
func (k Key) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.Derive("seal"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// nonce is made of what is sealed, as in SIV: neither a seed nor a restart can repeat one
// for another text.
func (k Key) nonce(owner, text string, size int) []byte {
	h := hmac.New(sha256.New, k.Derive("nonce"))
	fmt.Fprintf(h, "%d:%s:%s", len(owner), owner, text)
	return h.Sum(nil)[:size]
}

// version begins what Seal returns.
const version = "v1"

// ErrUnknownKey: a text was sealed with a key that is not among the keys.
var ErrUnknownKey = errors.New("it was encrypted with a secret key that this server does not have")

// errSealed is the error of a text that no key can have sealed so. It quotes nothing.
var errSealed = errors.New("it is damaged, or belongs to another owner")

// Ring are the keys of a server: the first one seals, each one opens. It may be used by
// many goroutines.
type Ring struct{ held atomic.Pointer[heldKeys] }

// heldKeys are keys with what is made of them once: a call may need it.
type heldKeys struct {
	keys   []Key
	opened []openedKey
	// derived are the keys for each purpose that was asked for, [][]byte.
	derived sync.Map
}

// openedKey is the ID and the cipher of a key.
type openedKey struct {
	id   string
	aead func() (cipher.AEAD, error)
}

// NewRing returns the ring of these keys, of which there is at least one.
func NewRing(keys []Key) *Ring {
	r := &Ring{}
	r.Replace(keys)
	return r
}

// Replace replaces the keys, of which there is at least one.
func (r *Ring) Replace(keys []Key) {
	held := &heldKeys{keys: slices.Clone(keys)}
	for _, key := range keys {
		held.opened = append(held.opened, openedKey{key.ID(), sync.OnceValues(key.aead)})
	}
	r.held.Store(held)
}

// Keys are the keys, the one that seals first.
func (r *Ring) Keys() []Key { return r.held.Load().keys }

// Derive returns the key for a purpose of each key, in their order. The result is shared.
func (r *Ring) Derive(purpose string) [][]byte {
	held := r.held.Load()
	if known, is := held.derived.Load(purpose); is {
		return known.([][]byte)
	}
	derived := make([][]byte, len(held.keys))
	for i, key := range held.keys {
		derived[i] = key.Derive(purpose)
	}
	held.derived.Store(purpose, derived)
	return derived
}

// Seal encrypts a text for an owner, such as an access key ID: it does not open for
// another one. The result names the key, and is the same for the same text.
func (r *Ring) Seal(owner, text string) (string, error) {
	held := r.held.Load()
	aead, err := held.opened[0].aead()
	if err != nil {
		return "", err
	}
	nonce := held.keys[0].nonce(owner, text, aead.NonceSize())
	sealed := aead.Seal(nonce, nonce, []byte(text), []byte(owner))
	return version + "." + held.opened[0].id + "." + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open decrypts what Seal returned for the owner. ErrUnknownKey: with no key of the ring.
func (r *Ring) Open(owner, sealed string) (string, error) {
	id, text, _ := strings.Cut(strings.TrimPrefix(sealed, version+"."), ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || !strings.HasPrefix(sealed, version+".") {
		return "", errSealed
	}
	for _, key := range r.held.Load().opened {
		if key.id != id {
			continue
		}
		aead, err := key.aead()
		if err != nil {
			return "", err
		}
		if len(raw) < aead.NonceSize() {
			return "", errSealed
		}
		opened, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(owner))
		if err != nil {
			return "", errSealed
		}
		return string(opened), nil
	}
	return "", ErrUnknownKey
}

// KeyID is the ID of the key with which a text was sealed; empty for what Seal has not
// returned.
func KeyID(sealed string) string {
	id, _, found := strings.Cut(strings.TrimPrefix(sealed, version+"."), ".")
	if !found || !strings.HasPrefix(sealed, version+".") {
		return ""
	}
	return id
}

// Current reports whether a sealed text is one of the key that seals now.
func (r *Ring) Current(sealed string) bool {
	return strings.HasPrefix(sealed, version+"."+r.held.Load().opened[0].id+".")
}
