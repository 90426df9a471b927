package store

import (
	"bytes"
	"fmt"
	"time"
)

// answer is an encoded answer and when it is right: from an instant, and until another
// one. Zero does not bound it.
type answer struct {
	body        []byte
	from, until time.Time
}

func (a *answer) rightAt(now time.Time) bool {
	return !now.Before(a.from) && (a.until.IsZero() || now.Before(a.until))
}

// answers is the key of answers among the results of queries.
const answers = "answers"

// Answer runs a call that reads, and keeps its encoded answer with the state that the
// view sees: the same call on the same state is not run again. The key has all that the
// answer depends on besides the state and the time. read runs the call, and encode
// encodes its answer afterwards. The result is nil if the answer is not kept: the
// engine tells no states apart, or the answer depends on the time. It must not be
// changed. Rows that the call reads are cached only when its answer is not: the answer
// holds all that is needed of them.
func (v *View) Answer(key []byte, read func() error, encode func() ([]byte, error)) ([]byte, error) {
	c := v.snapshotCache()
	if c == nil {
		return nil, read()
	}
	value, found := c.get(answers, key)
	kept, _ := value.(*answer)
	found = found && kept.rightAt(v.now)
	if found && !v.verify {
		return kept.body, nil
	}
	v.answering = true
	err := read()
	if v.answering = false; found && err != nil && v.failed == nil {
		panic(fmt.Sprintf("store: the cache has an answer to %q; it is the error %v", key, err))
	}
	if err != nil || v.timed {
		for _, row := range v.rows {
			c.put(row.query, []byte(row.args), row.value, row.bytes)
		}
		return nil, err
	}
	made := &answer{until: v.until}
	if v.compared {
		made.from = v.now
	}
	if made.body, err = encode(); err != nil || made.body == nil {
		return nil, err
	}
	if found && !bytes.Equal(kept.body, made.body) {
		panic(fmt.Sprintf("store: the cache has the answer %s to %q; it is %s", kept.body, key, made.body))
	}
	c.put(answers, key, made, cap(made.body))
	return made.body, nil
}
