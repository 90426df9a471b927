package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// scopedSecret is what a signing key is derived from.
type scopedSecret struct{ secret, date, region, service string }

// signingKey is the key that signs in a scope. Its keyed hash is kept ready: to make one
// costs as much as to use it.
type signingKey struct {
	mu  sync.Mutex
	mac hash.Hash
}

// signingKey derives the key that signs in the scope.
func (s scopedSecret) signingKey() *signingKey {
	key := []byte("AWS4" + s.secret)
	for _, part := range []string{s.date, s.region, s.service, terminator} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return &signingKey{mac: hmac.New(sha256.New, key)}
}

// appendSum appends the keyed hash of a text.
func (k *signingKey) appendSum(to, text []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mac.Reset()
	k.mac.Write(text)
	return k.mac.Sum(to)
}

// The signing keys that are kept take so many bytes at most, and one about so many besides
// its scope.
const (
	keysBytes = 16 << 20
	keyBytes  = 1 << 10
)
