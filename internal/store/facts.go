package store

import (
	"context"
	"encoding/hex"
	"errors"

	"accord/internal/ident"
)

// FactName names a fact about the store itself.
type FactName string

// The facts.
const (
	// TokenKey authenticates page tokens and session tokens; hexadecimal.
	TokenKey FactName = "token-key"
	// Starts counts how often the store was opened with a seed.
	Starts FactName = "starts"
	// ClockKind is the kind of clock that the store was last served with.
	ClockKind FactName = "clock"
	// VirtualNow is the time of the virtual clock; RFC 3339.
	VirtualNow FactName = "virtual-now"
	// StoreID tells a store and its copies from all others; hexadecimal.
	StoreID FactName = "store-id"
	// Seeded is the digest of the seed that was applied at a start; hexadecimal.
	Seeded FactName = "seeded"
	// Restored says from which backup the store was restored, and when; JSON.
	Restored FactName = "restored"
)

// Fact reads a fact, or ErrNotFound.
func (v *View) Fact(name FactName) (string, error) {
	return One(v, ScanText[string], `SELECT value FROM meta WHERE name = $1`, name)
}

// UpsertFact sets a fact.
func (t *Tx) UpsertFact(name FactName, value string) error {
	return t.ExecOne(upsertFact, name, value)
}

const upsertFact = `INSERT INTO meta (name, value) VALUES ($1, $2)
	ON CONFLICT (name) DO UPDATE SET value = excluded.value`

// UpsertUncachedFact sets a fact that views read by LargestFact only. It is set all the
// time, and leaves what is cached of the store as it is.
func (t *Tx) UpsertUncachedFact(name FactName, value string) error {
	return t.fail(t.session.ExecOneApart(upsertFact, []any{name, value}))
}

// LargestFact is the largest value of the facts from a name up to another; empty for none.
// It is not cached, and no answer that depends on it.
func (v *View) LargestFact(from, below FactName) (string, error) {
	v.timed = true
	value, _, err := readRow(v, ScanText[string], `SELECT COALESCE(MAX(value), '') FROM meta WHERE name >= $1 AND name < $2`, []any{from, below})
	if err != nil {
		return "", err
	}
	return *value, nil
}

// Secret reads a random key of the store, which is created at the first use. All
// servers of a store get the same one.
func (s *Store) Secret(ctx context.Context, name FactName) ([]byte, error) {
	var key []byte
	err := s.Update(ctx, func(tx *Tx) error {
		text, err := tx.Fact(name)
		if errors.Is(err, ErrNotFound) {
			text = hex.EncodeToString(s.options.Source.Bytes(32))
			err = tx.UpsertFact(name, text)
		}
		if err != nil {
			return err
		}
		key, err = hex.DecodeString(text)
		return err
	})
	return key, err
}

// Source is the randomness of this opening of the store. With a seed it differs from that
// of every earlier opening, also by another server, so that no ID is made twice.
func (s *Store) Source() *ident.Source { return s.options.Source }
