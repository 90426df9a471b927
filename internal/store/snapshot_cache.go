package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

const (
	// maxCacheBytes bounds the results that are cached of one state of the database.
	maxCacheBytes = 96 << 20
	// maxResultBytes bounds one result.
	maxResultBytes = 128 << 10
	// resultOverhead is the memory of a result besides its values and its arguments.
	resultOverhead = 200
)

// snapshotCache holds results of queries on one state of the database. The engine drops
// it with that state, so that a result is never out of date and never invalidated.
//
// Results are shared by all transactions that see this state: callers must not change
// them. It is safe for concurrent use.
type snapshotCache struct {
	mu      sync.RWMutex
	results map[resultKey]result
	bytes   int
}

// resultKey is a query with its arguments.
type resultKey struct{ query, args string }

// result is a *T for a row, nil for ErrNotFound, or an *answer.
type result struct {
	value any
	bytes int
}

// snapshotCache returns the cache of the state that the transaction sees; nil if it has none.
func (v *View) snapshotCache() *snapshotCache {
	scratch := v.session.Scratch()
	if scratch == nil {
		return nil
	}
	if c, is := scratch.Load().(*snapshotCache); is {
		return c
	}
	scratch.CompareAndSwap(nil, &snapshotCache{results: map[resultKey]result{}})
	return scratch.Load().(*snapshotCache)
}

// cached returns the result of a query from the cache, or reads it. read returns the
// result and its size in bytes; V is one of the types of result.
func cached[V any](v *View, query string, args []any, read func() (V, int, error)) (V, error) {
	var buffer [128]byte
	var key []byte
	c := v.snapshotCache()
	cacheable := c != nil
	if cacheable {
		key, cacheable = appendArguments(buffer[:0], args)
	}
	if !cacheable {
		value, _, err := read()
		return value, err
	}
	if value, found := c.get(query, key); found {
		if v.verify {
			verify(query, value, read)
		}
		if value == nil {
			var none V
			return none, ErrNotFound
		}
		return value.(V), nil
	}
	value, bytes, err := read()
	switch {
	case err == nil:
		v.putRow(c, query, key, value, bytes)
	case errors.Is(err, ErrNotFound):
		v.putRow(c, query, key, nil, 0)
	}
	return value, err
}

// putRow caches a row, later while the call of an answer runs.
func (v *View) putRow(c *snapshotCache, query string, args []byte, value any, bytes int) {
	if v.answering {
		v.rows = append(v.rows, cachedRow{query, string(args), value, bytes})
		return
	}
	c.put(query, args, value, bytes)
}

// verify panics if a cached result is not that of the database: a caller has changed
// it, or it belongs to another state.
func verify[V any](query string, cached any, read func() (V, int, error)) {
	value, _, err := read()
	if err == nil && !reflect.DeepEqual(cached, any(value)) || err != nil && (!errors.Is(err, ErrNotFound) || cached != nil) {
		panic(fmt.Sprintf("store: the cache has %+v for %s; the database has %+v, %v", cached, query, value, err))
	}
}

func (c *snapshotCache) get(query string, args []byte) (any, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, found := c.results[resultKey{query, string(args)}]
	return r.value, found
}

// put adds a result, and removes others at random if the cache is full.
func (c *snapshotCache) put(query string, args []byte, value any, bytes int) {
	added := result{value, bytes + len(args) + resultOverhead}
	if added.bytes > maxResultBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := resultKey{query, string(args)}
	// An answer whose time is over, or another transaction read it at the same time.
	c.bytes -= c.results[key].bytes
	delete(c.results, key)
	for old, r := range c.results { // In random order.
		if c.bytes+added.bytes <= maxCacheBytes {
			break
		}
		delete(c.results, old)
		c.bytes -= r.bytes
	}
	c.results[key] = added
	c.bytes += added.bytes
}

// appendArguments appends the key of a query's arguments, and reports whether they have
// one.
func appendArguments(key []byte, args []any) ([]byte, bool) {
	for _, arg := range args {
		if _, is := arg.(currentTime); is {
			return nil, false
		}
		switch v := reflect.ValueOf(arg); v.Kind() {
		case reflect.String:
			key = binary.AppendUvarint(append(key, 's'), uint64(v.Len()))
			key = append(key, v.String()...)
		case reflect.Int, reflect.Int64:
			key = binary.AppendVarint(append(key, 'i'), v.Int())
		case reflect.Bool:
			key = append(key, 'f')
			if v.Bool() {
				key[len(key)-1] = 't'
			}
		default:
			return nil, false
		}
	}
	return key, true
}
