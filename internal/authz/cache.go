package authz

import "sync"

// maxCacheBytes bounds what the cache keeps.
const maxCacheBytes = 128 << 20

// entryBytes is the memory of an entry besides its value.
const entryBytes = 200

// cache keeps compiled policies, and which of them apply to a path or a principal. A
// value is good for one version of what it was made of, so that nothing has to be
// invalidated: a key with another version replaces it. It is safe for concurrent use.
type cache struct {
	mu      sync.RWMutex
	entries map[cacheKey]cacheEntry
	bytes   int
}

// cacheKey says what a value was made of: the text of a policy by its digest, the
// policies on a path, or those of a principal.
type cacheKey struct{ kind, of string }

type cacheEntry struct {
	value   any
	version int64
	bytes   int
}

func newCache() *cache { return &cache{entries: map[cacheKey]cacheEntry{}} }

// cached returns the value of a key at a version, or makes it. make returns its size in
// bytes as well.
func cached[V any](c *cache, key cacheKey, version int64, make func() (V, int, error)) (V, error) {
	c.mu.RLock()
	e, found := c.entries[key]
	c.mu.RUnlock()
	if found && e.version == version {
		return e.value.(V), nil
	}
	value, bytes, err := make()
	if err == nil {
		c.put(key, cacheEntry{value, version, bytes + len(key.of) + entryBytes})
	}
	return value, err
}

// put adds an entry, and removes others at random if the cache is full. A server that
// reads an older snapshot at the same time may replace a newer entry, which is made again.
func (c *cache) put(key cacheKey, added cacheEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes -= c.entries[key].bytes
	delete(c.entries, key)
	if added.bytes > maxCacheBytes {
		return
	}
	for old, e := range c.entries { // In random order.
		if c.bytes+added.bytes <= maxCacheBytes {
			break
		}
		delete(c.entries, old)
		c.bytes -= e.bytes
	}
	c.entries[key] = added
	c.bytes += added.bytes
}
