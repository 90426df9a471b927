package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"

	"accord/internal/store/schema"
)

// Open opens the store of a URL, brings its schema up to date, and checks that the
// database keeps the promises of its engine.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	driver, err := DriverOf(url)
	if err != nil {
		return nil, err
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.Accept == nil {
		options.Accept = func(*View) error { return nil }
	}
	options.Engine.Log = options.Log
	e, err := openEngine(ctx, driver, url, options.Engine)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: e, options: options}
	if err := schema.Migrate(ctx, e, func() error { return s.View(ctx, options.Accept) }); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the store: %w", err), e.Close())
	}
	if err := e.Check(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("checking the store: %w", err), e.Close())
	}
	if s.options.Source != nil {
		if err := s.identify(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("counting the starts of the store: %w", err), e.Close())
		}
	}
	return s, nil
}

// identify gives a new store its ID, and makes a seeded source one of this opening.
func (s *Store) identify(ctx context.Context) error {
	// The hook is for the transactions of those who use the store.
	hook := s.options.BeforeCommit
	s.options.BeforeCommit = nil
	defer func() { s.options.BeforeCommit = hook }()
	starts := 0
	err := s.Update(ctx, func(tx *Tx) error {
		_, err := tx.Fact(StoreID)
		if errors.Is(err, ErrNotFound) {
			err = tx.UpsertFact(StoreID, hex.EncodeToString(s.options.Source.For("store").Bytes(16)))
		}
		if err != nil || !s.options.Source.Seeded() {
			return err
		}
		text, err := tx.Fact(Starts)
		if errors.Is(err, ErrNotFound) {
			text, err = "0", nil
		}
		if err != nil {
			return err
		}
		if starts, err = strconv.Atoi(text); err == nil {
			starts++
			err = tx.UpsertFact(Starts, strconv.Itoa(starts))
		}
		return err
	})
	if starts > 0 {
		s.options.Source = s.options.Source.For("start", strconv.Itoa(starts))
	}
	return err
}
