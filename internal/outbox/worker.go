// Package outbox delivers the messages that operations wrote in the transaction of a
// change: at least once, in the order of writing within their kind, and never before
// the change is committed. It also holds the journal, the sink of event records.
//
// It knows the store and its sinks, and nothing of the content of messages.
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

// New returns a worker without sinks.
func New(s *store.Store, log *slog.Logger, options Options) *Worker {
	if options.Poll == 0 {
		options.Poll = 10 * time.Second
	}
	return &Worker{store: s, log: log, options: options}
}

// Sink registers the sink of a kind of messages. It is called before Run. Messages
// of other kinds stay in the store, where people read them.
func (w *Worker) Sink(kind string, sink Sink) {
	for _, d := range w.deliveries {
		if d.kind == kind {
			panic("outbox: two sinks for " + kind)
		}
	}
	w.deliveries = append(w.deliveries, &delivery{
		Worker: w, kind: kind, sink: sink,
		notified: make(chan struct{}, 1), lock: make(chan struct{}, 1),
	})
}

// Notify says that there may be messages. It never blocks.
func (w *Worker) Notify() {
	for _, d := range w.deliveries {
		select {
		case d.notified <- struct{}{}:
		default:
		}
	}
}

// Run delivers until the context ends, and then returns nil. A delivery that has
// begun is finished if its sink ignores the context. What is left is for Flush, or
// for the next start.
func (w *Worker) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, d := range w.deliveries {
		all.Go(func() { d.run(ctx) })
	}
	all.Wait()
	return nil
}

// Flush delivers everything that can be delivered now. It returns the errors of the
// sinks and of the store. It is called after the last change, before the store is
// closed.
func (w *Worker) Flush(ctx context.Context) error {
	var errs []error
	for _, d := range w.deliveries {
		if err := d.drain(ctx, 0); err != nil {
			errs = append(errs, fmt.Errorf("messages of kind %s: %w", d.kind, err))
		}
	}
	return errors.Join(errs...)
}
