package outbox

import (
	"context"
	"time"

	"accord/internal/store"
)

const (
	// batch is how many letters a sink gets at once.
	batch = 100
	// gathering is how long letters are collected before the next batch: under load
	// one transaction and one sync then serve many changes.
	gathering = 50 * time.Millisecond
	// A sink that refuses is asked again after a second, then after twice as long
	// each time.
	firstPause, longestPause = time.Second, time.Minute
)

// post is the way of one kind of letters to its sink.
type post struct {
	*Worker
	kind string
	sink Sink

	poked chan struct{}
	// turn is held while letters are taken and delivered, so that they stay in order.
	turn chan struct{}
	// The rest is used by who has the turn.

	// delivered are letters that arrived and are not marked yet.
	delivered []store.Message
	// held are letters that were taken under a lease and refused.
	held []store.Message
	// lease fires when the letters that were taken last are no longer ours.
	lease *time.Timer
}

func (p *post) run(ctx context.Context) {
	refusals := 0
	for {
		err := p.drain(ctx, gathering)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			refusals = 0
			p.rest(ctx)
			continue
		}
		pause := longestPause
		if doubled := firstPause << refusals; refusals < 10 && doubled < longestPause {
			pause = doubled
		}
		refusals++
		p.log.Error("letters are not delivered", "kind", p.kind, "error", err, "again in", pause)
		sleep(ctx, pause)
	}
}

// rest sleeps until there may be letters.
func (p *post) rest(ctx context.Context) {
	poll := time.NewTimer(p.options.Poll)
	defer poll.Stop()
	select {
	case <-ctx.Done():
	case <-poll.C:
	case <-p.poked:
		sleep(ctx, gathering)
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

// drain delivers until no letter is left. After a batch that was not full it
// pauses, so that the next one need not be small.
func (p *post) drain(ctx context.Context, pause time.Duration) error {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		letters := p.kept()
		if len(letters) == 0 {
			var err error
			if letters, err = p.next(ctx); err != nil || len(letters) == 0 {
				return err
			}
		}
		if err := p.sink.Deliver(ctx, letters); err != nil {
			p.hold(letters)
			return err
		}
		p.delivered, p.held = letters, nil
		if len(letters) < batch && pause > 0 {
			sleep(ctx, pause)
		}
	}
}

// marking bounds how long the end of the process waits for the store.
const marking = 10 * time.Second

// next marks what was delivered last and takes what comes next, in one
// transaction. When the context has ended it only marks, which saves sending
// twice what has arrived.
func (p *post) next(ctx context.Context) ([]store.Message, error) {
	stopping := ctx.Err() != nil
	if stopping {
		if len(p.delivered) == 0 {
			return nil, nil
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), marking)
		defer cancel()
	}
	// The lease is counted from before it is written, so that it does not seem to
	// last longer here than there.
	lease := time.NewTimer(p.options.Lease)
	var letters []store.Message
	err := p.store.Update(ctx, func(tx *store.Tx) (err error) {
		for _, l := range p.delivered {
			if err := tx.MarkDelivered(l.ID); err != nil {
				return err
			}
		}
		letters = nil
		if !stopping {
			letters, err = tx.LeaseMessages(p.kind, tx.Now().Add(p.options.Lease), batch)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p.delivered, p.lease = nil, lease
	return letters, nil
}

// hold keeps refused letters for the next try, when nobody else can take them
// and neither could we. Without a lease they are simply taken again.
func (p *post) hold(letters []store.Message) {
	if p.options.Lease > 0 {
		p.held = letters
	}
}

// kept returns the refused letters, unless the lease has ended and another
// server may have taken them.
func (p *post) kept() []store.Message {
	if len(p.held) == 0 {
		return nil
	}
	select {
	case <-p.lease.C:
		p.held = nil
	default:
	}
	return p.held
}
