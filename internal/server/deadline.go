package server

import (
	"context"
	"sync"
	"time"
)

// deadline is a context that ends at an instant. It starts its timer when something
// waits for it, which most calls never do; context.WithDeadline would start one for
// each call.
type deadline struct {
	// Context is the parent.
	context.Context
	at time.Time

	mu sync.Mutex
	// started is the context with the timer; nil while nothing waits.
	started context.Context
	cancel  context.CancelFunc
	ended   bool
}

// Deadline returns the instant.
func (d *deadline) Deadline() (time.Time, bool) {
	if at, is := d.Context.Deadline(); is && at.Before(d.at) {
		return at, true
	}
	return d.at, true
}

// Done starts the timer.
func (d *deadline) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.started == nil {
		d.started, d.cancel = context.WithDeadline(d.Context, d.at)
		if d.ended {
			d.cancel()
		}
	}
	return d.started.Done()
}

// Err looks at the clock while there is no timer.
func (d *deadline) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.started != nil:
		return d.started.Err()
	case d.ended:
		return context.Canceled
	case d.Context.Err() != nil:
		return d.Context.Err()
	case !time.Now().Before(d.at):
		return context.DeadlineExceeded
	}
	return nil
}

// Value asks the context with the timer, if there is one: contexts that derive from
// this one then find that it is one of the standard library.
func (d *deadline) Value(key any) any {
	d.mu.Lock()
	started := d.started
	d.mu.Unlock()
	if started != nil {
		return started.Value(key)
	}
	return d.Context.Value(key)
}

// end cancels the context: its call is over.
func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended = true
	if d.cancel != nil {
		d.cancel()
	}
}
