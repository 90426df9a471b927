package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"

	"accord/internal/store/kept"
)

// cacheIn returns the cache of a state, which is in its scratch; nil if it has none.
func cacheIn(scratch *atomic.Value) *kept.State {
	if scratch == nil {
		return nil
	}
	if c, is := scratch.Load().(*kept.State); is {
		return c
	}
	scratch.CompareAndSwap(nil, kept.NewState())
	return scratch.Load().(*kept.State)
}

// cached returns the result of a query from the cache, or reads it. read returns the
// result and its size in bytes; V is a pointer to a row. The absence of a row is cached as nil.
func cached[V any](v *View, query string, args []any, read func() (V, int, error)) (V, error) {
	var buffer [128]byte
	var key []byte
	c := cacheIn(v.session.Scratch())
	cacheable := c != nil
	if cacheable {
		key, cacheable = appendArguments(buffer[:0], args)
	}
	if !cacheable {
		value, _, err := read()
		return value, err
	}
	if value, found := c.Row(query, key); found {
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
func (v *View) putRow(c *kept.State, query string, args []byte, value any, bytes int) {
	if v.answering {
		v.rows = append(v.rows, cachedRow{query, string(args), value, bytes})
		return
	}
	c.PutRow(query, args, value, bytes)
}

// verify panics if a cached result is not that of the database: a caller has changed
// it, or it belongs to another state.
func verify[V any](query string, cached any, read func() (V, int, error)) {
	value, _, err := read()
	if err == nil && !reflect.DeepEqual(cached, any(value)) || err != nil && (!errors.Is(err, ErrNotFound) || cached != nil) {
		panic(fmt.Sprintf("store: the cache has %+v for %s; the database has %+v, %v", cached, query, value, err))
	}
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
