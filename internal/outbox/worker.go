// Package outbox brings letters, which verbs wrote in the transaction of a
// change, to the outside world: at least once, in the order of writing within
// their kind, and never before the change is committed.
//
// It knows the store and the sinks that are given to it, and nothing of what the
// letters say.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"accord/internal/store"
)

// Sink takes letters of one kind. An error says that none of them may be counted
// as delivered: all come again, with the ids that they had. Deliver is not called
// by two goroutines at once.
type Sink interface {
	Deliver(ctx context.Context, letters []store.Message) error
}

// Options say how a dispatcher works. The zero value is right for a store that
// belongs to this process alone.
type Options struct {
	// Lease is how long letters that this process took are kept from other servers
	// on the same store. Zero is for a store that no other server has, and for a
	// virtual clock: then letters that a crash left behind come at once, and before
	// all later ones. With a lease they come when it is over.
	Lease time.Duration
	// Poll is how long the dispatcher sleeps at most, and so how late it sees
	// letters that another server wrote and did not deliver; 10 s when zero.
	Poll time.Duration
}

// Worker delivers letters. Its methods may be called at the same time, apart
// from Sink, which comes first.
type Worker struct {
	store   *store.Store
	log     *slog.Logger
	options Options
	posts   []*post
}

// New returns a dispatcher that has no sinks yet.
func New(s *store.Store, log *slog.Logger, options Options) *Worker {
	if options.Poll == 0 {
		options.Poll = 10 * time.Second
	}
	return &Worker{store: s, log: log, options: options}
}

// Sink registers where the letters of a kind go. It is called before anything
// runs; letters of other kinds stay in the store for people to read.
func (d *Worker) Sink(kind string, sink Sink) {
	for _, p := range d.posts {
		if p.kind == kind {
			panic("outbox: two sinks for " + kind)
		}
	}
	d.posts = append(d.posts, &post{
		Worker: d, kind: kind, sink: sink,
		poked: make(chan struct{}, 1), turn: make(chan struct{}, 1),
	})
}

// Notify tells the dispatcher that there may be letters. It never blocks.
func (d *Worker) Notify() {
	for _, p := range d.posts {
		select {
		case p.poked <- struct{}{}:
		default:
		}
	}
}

// Run delivers until the context ends, and then returns nil. A delivery that has
// begun is finished if its sink heeds no context. What is left is for Flush, or
// for the next start.
func (d *Worker) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, p := range d.posts {
		all.Go(func() { p.run(ctx) })
	}
	all.Wait()
	return nil
}

// Flush delivers everything that can be delivered now and returns. The error
// tells of sinks that refused, and of the store. It is called after the last
// change, before the store is closed.
func (d *Worker) Flush(ctx context.Context) error {
	var errs []error
	for _, p := range d.posts {
		if err := p.drain(ctx, 0); err != nil {
			errs = append(errs, fmt.Errorf("letters of kind %s: %w", p.kind, err))
		}
	}
	return errors.Join(errs...)
}
