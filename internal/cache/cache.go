// Package cache keeps values that are costly to make again, within a bound of memory.
package cache

import (
	"sync"
	"sync/atomic"
)

// entryBytes is the memory of an entry besides its key and its value.
const entryBytes = 150

// longestWalk is how many entries that were used are passed over to drop one, so that no
// call has to look at all of them.
const longestWalk = 64

// Cache keeps values by their keys. When it is full it drops those that were not used since
// it last came by (the CLOCK algorithm), so that what is used stays. It is safe for
// concurrent use.
type Cache[K comparable, V any] struct {
	limit int

	mu      sync.RWMutex
	entries map[K]*entry[K, V]
	// ring has all entries, in no order; hand is where the next look begins.
	ring []*entry[K, V]
	hand int
	// bytes is what all entries take.
	bytes int
}

// entry does not change, apart from its place.
type entry[K comparable, V any] struct {
	key   K
	value V
	bytes int
	at    int
	used  atomic.Bool
}

// New returns a cache of at most so many bytes.
func New[K comparable, V any](limit int) *Cache[K, V] {
	return &Cache[K, V]{limit: limit, entries: map[K]*entry[K, V]{}}
}

// Get returns the value of a key, and whether it is kept.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.RLock()
	e := c.entries[key]
	c.mu.RUnlock()
	if e == nil {
		var none V
		return none, false
	}
	if !e.used.Load() {
		e.used.Store(true)
	}
	return e.value, true
}

// Put keeps a value that takes about so many bytes with its key, instead of another one of
// the key. A value that is larger than the bound is not kept.
func (c *Cache[K, V]) Put(key K, value V, bytes int) {
	added := &entry[K, V]{key: key, value: value, bytes: bytes + entryBytes}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.entries[key]; old != nil {
		c.drop(old)
	}
	if added.bytes > c.limit {
		return
	}
	for c.bytes+added.bytes > c.limit {
		c.dropOne()
	}
	added.at = len(c.ring)
	c.ring = append(c.ring, added)
	c.entries[key] = added
	c.bytes += added.bytes
}

// Len is how many values are kept.
func (c *Cache[K, V]) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.entries)
}

// dropOne drops the next entry that was not used.
func (c *Cache[K, V]) dropOne() {
	for range longestWalk {
		c.hand %= len(c.ring)
		if !c.ring[c.hand].used.Swap(false) {
			break
		}
		c.hand++
	}
	c.hand %= len(c.ring)
	c.drop(c.ring[c.hand])
}

// drop drops an entry; the last one takes its place.
func (c *Cache[K, V]) drop(e *entry[K, V]) {
	end := len(c.ring) - 1
	c.ring[e.at] = c.ring[end]
	c.ring[e.at].at = e.at
	c.ring[end] = nil
	c.ring = c.ring[:end]
	delete(c.entries, e.key)
	c.bytes -= e.bytes
}
