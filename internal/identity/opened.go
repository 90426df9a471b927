package identity

import (
	"bytes"
	"slices"
	"sync"
)

// openedBytes bounds the sessions that are kept, before the older ones go, by about what
// they take in memory.
const openedBytes = 16 << 20

// openedSession is what a token said whose authenticity was verified.
type openedSession struct {
	session Session
	// key is the one that made the token for accessKeyID, and secret the secret access key.
	key                 []byte
	accessKeyID, secret string
}

// openedSessions keeps the sessions of tokens that this server issued: those that were
// put since the older ones went, and those. Whether a session is over, and whether its key
// still signs, is asked each time. The zero value is ready.
type openedSessions struct {
	mu             sync.Mutex
	recent, before map[string]*openedSession
	bytes          int
}

// get returns the session of a token under one of these keys; nil if it is not kept.
func (o *openedSessions) get(accessKeyID, token string, keys [][]byte) *openedSession {
	o.mu.Lock()
	found := o.recent[token]
	if found == nil {
		found = o.before[token]
	}
	o.mu.Unlock()
	if found == nil || found.accessKeyID != accessKeyID || !slices.ContainsFunc(keys, func(key []byte) bool { return bytes.Equal(key, found.key) }) {
		return nil
	}
	return found
}

// put keeps the session of a token that was verified: others take no memory.
func (o *openedSessions) put(token string, opened *openedSession) {
	// The token, the same again in the fields, which grow by what was compressed, and the rest.
	size := 2*len(token) + 2*len(opened.session.Session.Policy) + 1000
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.recent == nil || o.bytes+size > openedBytes {
		o.recent, o.before, o.bytes = map[string]*openedSession{}, o.recent, 0
	}
	o.recent[token] = opened
	o.bytes += size
}
