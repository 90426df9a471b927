package postgres

import (
	"context"
	"slices"
	"sync"
	"time"
)

// places bound the sessions in use by how many the database grants. Where it refuses a further
// one, transactions wait for those that are there, as they do at maxConns: it may have fewer
// than a server can use, and gives what is left to whoever asks first.
type places struct {
	mu sync.Mutex
	// limit is how many may be in use, maxConns unless the database has refused more.
	limit, used int
	waiting     []chan struct{}
}

// maxConns bounds the connections of one server.
const maxConns = 20

// growAfter is how long after a refusal, or after it has tried before, a server asks for one
// session more.
const growAfter = 2 * time.Second

// enter takes a place, or waits for one.
func (p *places) enter(ctx context.Context) error {
	p.mu.Lock()
	if p.used < p.limit {
		p.used++
		p.mu.Unlock()
		return nil
	}
	place := make(chan struct{}, 1)
	p.waiting = append(p.waiting, place)
	p.mu.Unlock()
	select {
	case <-place:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.waiting, place); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		return ctx.Err()
	}
	return nil // It was given at the same moment.
}

// leave gives a place back.
func (p *places) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used--
	p.admit()
}

// admit gives places to those that wait.
func (p *places) admit() {
	for len(p.waiting) > 0 && p.used < p.limit {
		p.used++
		p.waiting[0] <- struct{}{}
		p.waiting = p.waiting[1:]
	}
}

// refused notes that the database has no session for one that has a place, and reports whether
// others have sessions, for which it can wait.
func (p *places) refused() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.used == 1 {
		return false
	}
	if p.limit == maxConns {
		time.AfterFunc(growAfter, p.grow)
	}
	p.limit = p.used - 1
	return true
}

// grow lets one more be used, again and again up to maxConns.
func (p *places) grow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limit++; p.limit < maxConns {
		time.AfterFunc(growAfter, p.grow)
	}
	p.admit()
}
