package effective

import (
	"sync"

	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/inherit"
)

// parsedPolicies is a cache of parsed management policies. The key is the digest of
// the content, so an entry is never stale, even if the transaction that added it is
// rolled back.
type parsedPolicies struct {
	mu sync.Mutex
	// young holds what was used last. When it is full it becomes old, and what was
	// in old and was not used since is dropped.
	young, old map[parsedKey]*inherit.Parsed
}

type parsedKey struct {
	kind   org.PolicyType
	digest string
}

// parsedKept is how many contents each of the two generations holds: together some
// tens of megabytes if all were as large as they may be.
const parsedKept = 256

// get returns a parsed content; read returns the content of a policy that is not in
// the cache.
func (c *parsedPolicies) get(kind org.PolicyType, digest string, id ident.PolicyID, read func(ident.PolicyID) (string, error)) (*inherit.Parsed, error) {
	key := parsedKey{kind, digest}
	c.mu.Lock()
	known := c.young[key]
	if known == nil {
		known = c.old[key]
	}
	c.mu.Unlock()
	if known == nil {
		content, err := read(id)
		if err != nil {
			return nil, err
		}
		known = policy.DefinitionOf(kind).Schema.Parse(content)
	}
	c.keep(key, known)
	return known, nil
}

func (c *parsedPolicies) keep(key parsedKey, p *inherit.Parsed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young[key] != nil {
		return
	}
	if c.young == nil || len(c.young) >= parsedKept {
		c.young, c.old = make(map[parsedKey]*inherit.Parsed, parsedKept), c.young
	}
	c.young[key] = p
}
