package authz

import "accord/internal/cache"

// maxCacheBytes bounds what the cache keeps.
const maxCacheBytes = 128 << 20

// versions keeps compiled policies, and which of them apply to a path or a principal. A
// value is good for one version of what it was made of, so that nothing has to be
// invalidated: a key with another version replaces it. A server that reads an older snapshot
// at the same time may replace a newer one, which is made again.
type versions = cache.Cache[cacheKey, version]

// cacheKey says what a value was made of: the text of a policy by its digest, the
// policies on a path, or those of a principal.
type cacheKey struct{ kind, of string }

// version is a value and the version of what it was made of.
type version struct {
	value any
	of    int64
}

func newCache() *versions { return cache.New[cacheKey, version](maxCacheBytes) }

// cached returns the value of a key at a version, or makes it. make returns its size in
// bytes as well.
func cached[V any](c *versions, key cacheKey, of int64, make func() (V, int, error)) (V, error) {
	if kept, found := c.Get(key); found && kept.of == of {
		return kept.value.(V), nil
	}
	value, bytes, err := make()
	if err == nil {
		c.Put(key, version{value, of}, bytes+len(key.of))
	}
	return value, err
}
