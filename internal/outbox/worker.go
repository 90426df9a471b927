// Package outbox delivers the messages that operations wrote in the transaction of a
// change: at least once, in the order of writing within their kind, and never before
// the change is committed.
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

// Sink takes messages of one kind. An error says that none of them was delivered:
// all come again, with the same IDs. Deliver is not called concurrently.
type Sink interface {
	Deliver(ctx context.Context, messages []store.Message) error
}

// Positioned is a sink that says how far it has come: the store keeps it with the marks,
// so that an end that is missing later is found.
type Positioned interface{ Position() store.Journal }

// Options configure a worker. The zero value is right for a store that only this
// process uses.
type Options struct {
	// Lease is how long messages that this process took are kept from other servers
	// on the same store. Zero is for a store without other servers, and for a virtual
	// clock: then messages that a crash left behind are delivered at once, before all
	// later ones. With a lease they are delivered when it ends.
	Lease time.Duration
	// Poll is the interval at which the worker looks for messages without being
	// notified, which is how it finds those of a server that crashed; 10 s when zero.
	Poll time.Duration
}

// Worker delivers messages. Its methods may be called concurrently, except Sink,
// which comes first.
type Worker struct {
	store      *store.Store
	log        *slog.Logger
	options    Options
	deliveries []*delivery
}

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

// Register tells the store which kinds of messages have a sink. It is called at the start.
func (w *Worker) Register(tx *store.Tx) error {
	for _, d := range w.deliveries {
		if err := tx.RegisterDelivery(d.kind); err != nil {
			return err
		}
	}
	return nil
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

const (
	// batch is how many messages a sink gets at once.
	batch = 100
	// batchDelay is how long messages are collected before the next batch: under load
	// one transaction and one sync then serve many changes.
	batchDelay = 50 * time.Millisecond
	// A sink that fails is tried again after a second, then after twice as long each
	// time.
	firstPause, longestPause = time.Second, time.Minute
)

// delivery brings the messages of one kind to their sink.
type delivery struct {
	*Worker
	kind string
	sink Sink

	notified chan struct{}
	// lock is held while messages are leased and delivered, so that they stay in
	// order. It protects the fields below.
	lock chan struct{}
	// delivered are messages that the sink has and the store has not marked yet.
	delivered []store.Message
	// rejected are leased messages that the sink did not take.
	rejected []store.Message
	// lease fires when the lease of the last messages has ended.
	lease *time.Timer
}

func (d *delivery) run(ctx context.Context) {
	failures := 0
	for {
		err := d.drain(ctx, batchDelay)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			failures = 0
			d.wait(ctx)
			continue
		}
		pause := longestPause
		if doubled := firstPause << failures; failures < 10 && doubled < longestPause {
			pause = doubled
		}
		failures++
		d.log.Error("messages are not delivered", "kind", d.kind, "error", err, "retry_in", pause)
		sleep(ctx, pause)
	}
}

// wait returns when there may be messages.
func (d *delivery) wait(ctx context.Context) {
	poll := time.NewTimer(d.options.Poll)
	defer poll.Stop()
	select {
	case <-ctx.Done():
	case <-poll.C:
	case <-d.notified:
		sleep(ctx, batchDelay)
	}
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// drain delivers until no message is left. After a batch that was not full it
// pauses, so that the next one need not be small.
func (d *delivery) drain(ctx context.Context, pause time.Duration) error {
	select {
	case d.lock <- struct{}{}:
		defer func() { <-d.lock }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		messages := d.stillLeased()
		if len(messages) == 0 {
			var err error
			if messages, err = d.next(ctx); err != nil || len(messages) == 0 {
				return err
			}
		}
		if err := d.sink.Deliver(ctx, messages); err != nil {
			d.reject(messages)
			return err
		}
		d.delivered, d.rejected = messages, nil
		if len(messages) < batch && pause > 0 {
			sleep(ctx, pause)
		}
	}
}

// markTimeout bounds how long the end of the process waits for the store.
const markTimeout = 10 * time.Second

// next marks the last delivered messages and leases the next ones, in one
// transaction. When the context has ended it only marks, so that the next start does
// not deliver these messages twice.
func (d *delivery) next(ctx context.Context) ([]store.Message, error) {
	stopping := ctx.Err() != nil
	if stopping {
		if len(d.delivered) == 0 {
			return nil, nil
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), markTimeout)
		defer cancel()
	}
	// The timer starts before the lease is written, so that it does not end after it.
	lease := time.NewTimer(d.options.Lease)
	var messages []store.Message
	err := d.store.Update(ctx, func(tx *store.Tx) (err error) {
		for _, m := range d.delivered {
			if err := tx.MarkDelivered(m); err != nil {
				return err
			}
		}
		if sink, is := d.sink.(Positioned); is && len(d.delivered) > 0 {
			if err := tx.UpsertJournal(sink.Position()); err != nil {
				return err
			}
		}
		messages = nil
		if !stopping {
			messages, err = tx.LeaseMessages(d.kind, tx.Now().Add(d.options.Lease), batch)
		}
		if err != nil || len(messages) == 0 {
			return err
		}
		timelines, err := readTimelines(&tx.View)
		for i := range messages {
			messages[i].Timeline = of(timelines, messages[i].Number)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	d.delivered, d.lease = nil, lease
	return messages, nil
}

// reject keeps leased messages for the next attempt: while the lease lasts, no server
// gets them from the store, not even this one. Without a lease they are read again.
func (d *delivery) reject(messages []store.Message) {
	if d.options.Lease > 0 {
		d.rejected = messages
	}
}

// stillLeased returns the rejected messages until their lease has ended: from then on
// another server may have them.
func (d *delivery) stillLeased() []store.Message {
	if len(d.rejected) == 0 {
		return nil
	}
	select {
	case <-d.lease.C:
		d.rejected = nil
	default:
	}
	return d.rejected
}
