package identity

import (
	"bytes"
	"slices"

	"accord/internal/cache"
)

// openedBytes bounds the sessions that are kept, by about what they take in memory.
const openedBytes = 32 << 20

// openedSession is what a token said whose authenticity was verified.
type openedSession struct {
	session Session
	// key is the one that made the token for accessKeyID, and secret the secret access key.
	key                 []byte
	accessKeyID, secret string
}

// openedSessions keeps the sessions of tokens that this server issued. Whether a session is
// over, and whether its key still signs, is asked each time.
type openedSessions struct {
	tokens *cache.Cache[string, *openedSession]
}

func newOpenedSessions() openedSessions {
	return openedSessions{cache.New[string, *openedSession](openedBytes)}
}

// get returns the session of a token under one of these keys; nil if it is not kept.
func (o openedSessions) get(accessKeyID, token string, keys [][]byte) *openedSession {
	found, kept := o.tokens.Get(token)
	if !kept || found.accessKeyID != accessKeyID || !slices.ContainsFunc(keys, func(key []byte) bool { return bytes.Equal(key, found.key) }) {
		return nil
	}
	return found
}

// put keeps the session of a token that was verified: others take no memory.
func (o openedSessions) put(token string, opened *openedSession) {
	// The token, the same again in the fields, which grow by what was compressed, and the rest.
	o.tokens.Put(token, opened, 2*len(token)+2*len(opened.session.Session.Policy)+1000)
}
