package accesskey

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"accord/internal/secret"
	"accord/internal/store"
)

// storeKey is the fact that holds the key of a store that has its key inside.
const storeKey store.FactName = "secret-key"

// outside is its value once the keys are outside.
const outside = "outside"

// errOutside: the store was served with keys outside of it.
var errOutside = errors.New("the secrets of this store are encrypted with a secret key outside of it: give it with --secret-key-file or ACCORD_SECRET_KEY")

// RingInside returns the ring of a store whose key is inside: whoever has the store can
// read its secrets.
func RingInside(ctx context.Context, s *store.Store) (*secret.Ring, error) {
	key, found, err := inside(ctx, s)
	if err != nil {
		return nil, err
	}
	if !found {
		bytes, err := s.Secret(ctx, storeKey)
		if err != nil {
			return nil, err
		}
		if key, err = secret.NewKey(bytes); err != nil {
			return nil, fmt.Errorf("the secret key of the store: %w", err)
		}
	}
	return secret.NewRing([]secret.Key{key}), nil
}

// IsOutside reports whether a store was served with keys outside of it.
func IsOutside(ctx context.Context, s *store.Store) (bool, error) {
	_, _, err := inside(ctx, s)
	if errors.Is(err, errOutside) {
		return true, nil
	}
	return false, err
}

// inside returns the key that is in a store, or errOutside.
func inside(ctx context.Context, s *store.Store) (key secret.Key, found bool, err error) {
	var text string
	err = s.View(ctx, func(v *store.View) (err error) {
		text, err = v.Fact(storeKey)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return secret.Key{}, false, nil
	case err != nil:
		return secret.Key{}, false, err
	case text == outside:
		return secret.Key{}, false, errOutside
	}
	bytes, err := hex.DecodeString(text)
	if err == nil {
		key, err = secret.NewKey(bytes)
	}
	if err != nil {
		return secret.Key{}, false, fmt.Errorf("the secret key of the store: %w", err)
	}
	return key, true, nil
}

// MoveOutside encrypts the secrets of a store that had its key inside with keys outside
// of it, and deletes the key inside. It returns how many secrets there were.
func (k *Keys) MoveOutside(ctx context.Context) (int, error) {
	key, found, err := inside(ctx, k.store)
	if errors.Is(err, errOutside) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	moved := 0
	if found {
		own := k.ring.Keys()
		both := New(k.store, secret.NewRing(append(own, key)), k.issuer)
		if moved, err = both.Reseal(ctx); err != nil {
			return 0, err
		}
	}
	return moved, k.store.Update(ctx, func(tx *store.Tx) error { return tx.UpsertFact(storeKey, outside) })
}
