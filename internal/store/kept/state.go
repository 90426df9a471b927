package kept

import (
	"sync"
	"time"
)

const (
	// maxBytes bounds what is kept of one state of the database.
	maxBytes = 96 << 20
	// leastRows is what rows keep of it when answers need more: most answers were made of
	// rows that are not asked for again as long as the answer is kept.
	leastRows = maxBytes / 8
	// maxResultBytes bounds one result.
	maxResultBytes = 128 << 10
	// resultOverhead is the memory of a row besides its values and its arguments.
	resultOverhead = 200
)

// State has what was read from one state of the database: encoded answers, and results of
// queries. The engine drops it with that state, so that a result is never out of date and
// never invalidated.
//
// Results are shared by all transactions that see this state: callers must not change
// them. It is safe for concurrent use.
type State struct {
	answers Answers

	mu   sync.RWMutex
	rows map[rowKey]row
	// bytes is the memory of rows.
	bytes int
}

// rowKey is a query with its arguments.
type rowKey struct{ query, args string }

// row is the result of a query, and its size.
type row struct {
	value any
	bytes int
}

// NewState returns a State that has nothing.
func NewState() *State { return &State{rows: map[rowKey]row{}} }

// Answer returns the answer under a key that is right now; nil if there is none.
func (s *State) Answer(key []byte, now time.Time) []byte { return s.answers.Get(key, now) }

// PutAnswer keeps an answer, and returns it.
func (s *State) PutAnswer(key, body []byte, right Time) []byte {
	if len(key)+len(body)+resultOverhead > maxResultBytes {
		return body
	}
	s.mu.Lock()
	s.free(largestBlock, leastRows)
	most := maxBytes - s.bytes
	s.mu.Unlock()
	return s.answers.Put(key, body, right, most)
}

// Row returns the result of a query with arguments, and whether it is kept.
func (s *State) Row(query string, args []byte) (value any, found bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, found := s.rows[rowKey{query, string(args)}]
	return r.value, found
}

// PutRow keeps a result of so many bytes, and removes others at random if there are too many.
func (s *State) PutRow(query string, args []byte, value any, bytes int) {
	added := row{value, bytes + len(args) + resultOverhead}
	if added.bytes > maxResultBytes {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := rowKey{query, string(args)}
	// Another transaction read it at the same time.
	s.bytes -= s.rows[key].bytes
	delete(s.rows, key)
	s.free(added.bytes, 0)
	s.rows[key] = added
	s.bytes += added.bytes
}

// free removes rows until so many bytes more are within the bound, or the rows have no more
// than least.
func (s *State) free(bytes, least int) {
	answers := s.answers.Bytes()
	for old, r := range s.rows { // In random order.
		if s.bytes <= least || s.bytes+bytes+answers <= maxBytes {
			return
		}
		delete(s.rows, old)
		s.bytes -= r.bytes
	}
}

// Size is how many rows are kept, and the memory in bytes of these and of answers.
func (s *State) Size() (rows, bytes int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.rows), s.bytes + s.answers.Bytes()
}
