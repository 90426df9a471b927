package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync"
)

// scopedSecret is what a signing key is derived from.
type scopedSecret struct{ secret, date, region, service string }

// signingKey derives the key that signs in the scope.
func (s scopedSecret) signingKey() [sha256.Size]byte {
	key := []byte("AWS4" + s.secret)
	for _, part := range []string{s.date, s.region, s.service, terminator} {
		key = sum(key, []byte(part))
	}
	return [sha256.Size]byte(key)
}

func sum(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(text)
	return h.Sum(nil)
}

// generation is how many signing keys are kept before the older ones go.
const generation = 8192

// signingKeys keeps derived keys: those that were put since the older ones went, and
// those. It never holds more than two generations.
type signingKeys struct {
	mu             sync.Mutex
	recent, before map[scopedSecret][sha256.Size]byte
}

// get returns the key of the scope, and whether it was kept.
func (k *signingKeys) get(s scopedSecret) ([sha256.Size]byte, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.recent[s]; ok {
		return key, true
	}
	key, ok := k.before[s]
	return key, ok
}

// put keeps a key with which a request was verified: what others send with wrong
// signatures takes no memory, and evicts nothing.
func (k *signingKeys) put(s scopedSecret, key [sha256.Size]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.recent == nil || len(k.recent) >= generation {
		k.recent, k.before = make(map[scopedSecret][sha256.Size]byte), k.recent
	}
	k.recent[s] = key
}
