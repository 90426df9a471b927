package storetest

import (
	"context"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
)

// Migrate gives an empty database the schema: migrations are most of what opening one takes,
// and tests that do not test them begin with copies.
func Migrate(ctx context.Context, address string) error {
	s, err := store.Open(ctx, address, store.Options{Clock: clock.NewVirtual(epoch), Source: ident.NewSource()})
	if err != nil {
		return err
	}
	return s.Close()
}
