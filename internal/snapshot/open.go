package snapshot

import (
	"context"
	"errors"
	"io"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
)

// Open reads a file, of which nothing is trusted, and opens a store in memory that holds its
// rows, for those who only look at them. Its clock stands at the instant of the snapshot.
func Open(ctx context.Context, from io.Reader) (*store.Store, Header, error) {
	file, err := io.ReadAll(io.LimitReader(from, MaxSize+1))
	if err != nil {
		return nil, Header{}, err
	}
	s, err := Decode(file)
	if err != nil {
		return nil, Header{}, err
	}
	db, err := store.Open(ctx, "memory", store.Options{Clock: clock.NewVirtual(s.Header.At), Source: ident.NewSource()})
	if err != nil {
		return nil, Header{}, err
	}
	if err := db.Update(ctx, s.Loader(true)); err != nil {
		return nil, Header{}, errors.Join(err, db.Close())
	}
	return db, s.Header, nil
}
