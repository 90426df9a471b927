// Package store holds all persistent state. It is the only package with SQL.
//
// A caller opens one transaction with View or Update and reads and writes rows
// through it; it never sees SQL. The package knows no wire format and no rule of the
// service except what its constraints hold. The databases are packages below this
// one, behind the contract of package engine.
//
// The SQL keeps to what all engines read alike: parameters $1 … $n, first used
// in ascending order; no FOR UPDATE, no now(), no engine function but
// nextval('insertions'), which numbers what is inserted, and those that all engines
// have and mean alike; instants are BIGINT microseconds, and text compares by its bytes.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"accord/internal/clock"
	"accord/internal/health"
	"accord/internal/ident"
	"accord/internal/store/engine"
)

// Options are what a store is opened with.
type Options struct {
	// Clock gives each transaction its instant.
	Clock clock.Clock
	// Source spreads the retries of conflicting transactions, and makes the keys of the
	// server.
	Source *ident.Source
	// Log gets the errors that no caller is returned.
	Log *slog.Logger
	// Engine is what the engine is opened with; its log is Log.
	Engine EngineOptions
	// Accept, if set, can refuse a store before its old schema is migrated for good.
	Accept func(*View) error
	// Rehearse runs every Update twice, the first time as a rehearsal that is rolled back,
	// and compares every cached result with the database. Tests find closures with it
	// that cannot run again, and callers that change what they read.
	Rehearse bool
	// BeforeCommit, if set, runs at the end of each Update, before its commit, and can
	// fail it. It is for tests of a crash before the commit.
	BeforeCommit func() error
	// Observe, if set, receives the events of transactions.
	Observe func(event Event)
	// Health, if set, follows the errors of a database that cannot be written or reached.
	Health *health.Monitor
}

// Event is an event of a transaction. Telemetry counts some of them.
type Event string

// The events.
const (
	// Retried: a transaction conflicted and is run again. Telemetry counts it.
	Retried Event = "retried"
	// RetriesExhausted: it conflicted more often than it may be retried; there is no metric of it.
	RetriesExhausted Event = "retries exhausted"
	// OutcomeUnknown: a commit was sent and no answer came. Telemetry counts it.
	OutcomeUnknown Event = "outcome unknown"
)

// Store is the state of one or more servers.
type Store struct {
	engine  engine.Engine
	options Options
}

// Engine is the open database, for what it says of itself beside the rows.
func (s *Store) Engine() engine.Engine { return s.engine }

// Close ends the use of the store. No transaction may be running.
func (s *Store) Close() error { return s.engine.Close() }

// View runs fn on a snapshot that cannot be written.
func (s *Store) View(ctx context.Context, fn func(*View) error) error {
	return s.options.Health.Note(s.engine.View(ctx, func(session engine.Session) error {
		return fn(&View{session: session, engine: s.engine, now: s.options.Clock.Now(), verify: s.options.Rehearse})
	}))
}

// errRehearsed rolls a rehearsal back.
var errRehearsed = errors.New("rehearsed")

// try runs fn once. An error at the end rolls back what fn did.
func (s *Store) try(ctx context.Context, fn func(*Tx) error, end error) error {
	var tx *Tx
	err := classify(s.engine, s.engine.Update(ctx, func(session engine.Session) error {
		tx = &Tx{
			View:   View{session: session, engine: s.engine, now: s.options.Clock.Now(), cache: newCache()},
			source: s.options.Source,
		}
		err := fn(tx)
		if err == nil {
			err = errors.Join(tx.writeCounters(), tx.writeMessages())
		}
		switch {
		case tx.failed != nil && s.engine.Retryable(tx.failed):
			// Whatever fn made of it: it judged a transaction that is to be retried.
			return tx.failed
		case err != nil:
			return err
		case tx.failed != nil:
			// One engine would commit what came after, another one nothing.
			return fmt.Errorf("a statement failed and the transaction went on: %w", tx.failed)
		case end == nil && s.options.BeforeCommit != nil:
			return s.options.BeforeCommit()
		}
		return end
	}))
	if err == nil {
		for _, f := range tx.committed {
			f()
		}
	}
	return err
}

// WithoutCache reads from the database; tests compare the cache with it.
func (t *Tx) WithoutCache() *View {
	v := t.View
	_, _ = t.writeCounters(), t.writeMessages() // Their error is that of the transaction.
	v.cache = nil
	return &v
}

func (s *Store) observe(e Event) {
	if s.options.Observe != nil {
		s.options.Observe(e)
	}
}
