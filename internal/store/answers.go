package store

import (
	"bytes"
	"fmt"

	"accord/internal/store/engine"
	"accord/internal/store/kept"
)

// Answer runs a call that reads, and keeps its encoded answer with the state that the
// view sees: the same call on the same state is not run again. The key has all that the
// answer depends on besides the state and the time. read runs the call, and encode
// encodes its answer afterwards. The result is nil if the answer is not kept: the
// engine tells no states apart, or the answer depends on the time. It must not be
// changed. Rows that the call reads are cached only when its answer is not: the answer
// holds all that is needed of them.
func (v *View) Answer(key []byte, read func() error, encode func() ([]byte, error)) ([]byte, error) {
	c := cacheIn(v.session.Scratch())
	if c == nil {
		return nil, read()
	}
	before := c.Answer(key, v.now)
	if before != nil && !v.verify {
		return before, nil
	}
	v.answering = true
	err := read()
	if v.answering = false; before != nil && err != nil && v.failed == nil {
		panic(fmt.Sprintf("store: the cache has an answer to %q; it is the error %v", key, err))
	}
	if err != nil || v.timed {
		for _, row := range v.rows {
			c.PutRow(row.query, []byte(row.args), row.value, row.bytes)
		}
		return nil, err
	}
	right := kept.Time{Until: v.until}
	if v.compared {
		right.From = v.now
	}
	made, err := encode()
	if err != nil || made == nil {
		return nil, err
	}
	if before != nil && !bytes.Equal(before, made) {
		panic(fmt.Sprintf("store: the cache has the answer %s to %q; it is %s", before, key, made))
	}
	return c.PutAnswer(key, made, right), nil
}

// Kept returns the answer that Answer has kept under a key, if it is that of a transaction
// which begins now; nil if there is none. It takes no transaction to find it. A store that
// rehearses returns none, so that Answer verifies it.
func (s *Store) Kept(key []byte) []byte {
	states, is := s.engine.(engine.States)
	if !is || s.options.Rehearse {
		return nil
	}
	c := cacheIn(states.Scratch())
	if c == nil {
		return nil
	}
	return c.Answer(key, s.options.Clock.Now())
}
