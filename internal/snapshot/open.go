package snapshot

import (
	"context"
	"errors"
	"io"
	"time"

	"accord/internal/clock"
	"accord/internal/ident"
	"accord/internal/store"
	"accord/internal/store/engine"
)

// Image returns what a store in memory begins with to hold the state, with a virtual clock at
// its instant. A store begins with it in the time in which it begins empty.
func (s *Snapshot) Image(ctx context.Context) ([]byte, error) {
	s.image.once.Do(func() { s.image.content, s.image.err = s.makeImage(ctx) })
	return s.image.content, s.image.err
}

func (s *Snapshot) makeImage(ctx context.Context) (content []byte, err error) {
	db, err := store.Open(ctx, "memory", store.Options{Clock: clock.NewVirtual(s.Header.At)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	load := s.Loader(false)
	if err := db.Update(ctx, func(tx *store.Tx) error {
		return errors.Join(load(tx), tx.UpsertFact(store.ClockKind, "virtual"), tx.UpsertFact(store.VirtualNow, s.Header.At.Format(time.RFC3339Nano)))
	}); err != nil {
		return nil, err
	}
	return db.Engine().(engine.Imager).Image()
}

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
