package effective

import (
	"accord/internal/cache"
	"accord/internal/ident"
	"accord/internal/org"
	"accord/internal/policy"
	"accord/internal/policy/inherit"
)

// parsedPolicies is a cache of parsed management policies. The key is the digest of
// the content, so an entry is never stale, even if the transaction that added it is
// rolled back.
type parsedPolicies struct {
	kept *cache.Cache[parsedKey, *inherit.Parsed]
}

type parsedKey struct {
	kind   org.PolicyType
	digest string
}

// parsedBytes bounds what the cache keeps, and parsedSize is about what a parsed content
// takes for each byte of its text.
const (
	parsedBytes = 48 << 20
	parsedSize  = 10
)

func newParsedPolicies() parsedPolicies {
	return parsedPolicies{cache.New[parsedKey, *inherit.Parsed](parsedBytes)}
}

// get returns a parsed content; read returns the content of a policy that is not in
// the cache.
func (c parsedPolicies) get(kind org.PolicyType, digest string, id ident.PolicyID, read func(ident.PolicyID) (string, error)) (*inherit.Parsed, error) {
	key := parsedKey{kind, digest}
	if known, kept := c.kept.Get(key); kept {
		return known, nil
	}
	content, err := read(id)
	if err != nil {
		return nil, err
	}
	parsed := policy.DefinitionOf(kind).Schema.Parse(content)
	c.kept.Put(key, parsed, parsedSize*len(content))
	return parsed, nil
}
