package graceful

import (
	"cmp"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// connections are those of a pool.
type connections struct {
	most    int
	observe func(open, closed int)
	now     func() time.Time
	made    time.Time
	turns   atomic.Uint64

	mu   sync.Mutex
	open map[*conn]struct{}
	// full is set while a new connection waits for the end of another, which place
	// announces.
	full  atomic.Bool
	place chan struct{}
	// closing counts connections that were closed for others and still have memory.
	closing atomic.Int64
	// found is the memory of closeWaiting, which only Accept calls.
	found []candidate
}

// listener accepts connections within the bound.
type listener struct {
	net.Listener
	pool   *connections
	once   sync.Once
	closed chan struct{}
}

// Close ends Accept, also while it waits for a place.
func (l *listener) Close() error {
	var err error
	// Shutdown closes it again, for which listeners return an error.
	l.once.Do(func() {
		close(l.closed)
		err = l.Listener.Close()
	})
	return err
}

// Accept returns the next connection. At the bound it closes those that have waited
// longest for their clients; if all are busy, it waits.
func (l *listener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	for err != nil {
		// The process may have fewer descriptors than the bound assumes.
		if !errors.Is(err, syscall.EMFILE) || l.pool.closeWaiting() == 0 {
			return nil, err
		}
		accepted, err = l.Listener.Accept()
	}
	c := &conn{Conn: accepted, pool: l.pool, waiting: true, since: l.pool.turn()}
	if l.pool.add(c) {
		return c, nil
	}
	l.pool.full.Store(true)
	defer l.pool.full.Store(false)
	// What becomes free after this look is announced, but not that a client does not read.
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for !l.pool.add(c) {
		if l.pool.closing.Load() == 0 {
			l.pool.closeWaiting()
		}
		select {
		case <-l.pool.place:
		case <-again.C:
		case <-l.closed:
			_ = accepted.Close()
			return nil, net.ErrClosed
		}
	}
	return c, nil
}

// lookAgain is how often connections are looked at for clients that do not read.
const lookAgain = patience / 8

// elapsed is the time since the pool was made.
func (p *connections) elapsed() time.Duration { return p.now().Sub(p.made) + 1 }

// turn returns a number that grows.
func (p *connections) turn() uint64 { return p.turns.Add(1) }

// add adds a connection if there is a place.
func (p *connections) add(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.most > 0 && len(p.open) >= p.most {
		return false
	}
	p.open[c] = struct{}{}
	p.observe(len(p.open), 0)
	return true
}

func (p *connections) remove(c *conn, evicted bool) {
	if evicted {
		p.closing.Add(-1)
	}
	p.mu.Lock()
	delete(p.open, c)
	p.observe(len(p.open), 0)
	p.mu.Unlock()
	p.released()
}

// released lets Accept look again, if it waits.
func (p *connections) released() {
	if p.full.Load() {
		select {
		case p.place <- struct{}{}:
		default:
		}
	}
}

// candidate is a connection that may be closed.
type candidate struct {
	*conn
	rank  rank
	since uint64
}

// shareClosed is the share of the bound that is closed at once, so that not every new
// connection under an attack has to look at all others.
const shareClosed = 64

// closeWaiting closes connections that wait for their clients: the silent before the
// slow, these before those that do not read, and the longest waiting first. It returns how many.
func (p *connections) closeWaiting() int {
	found := p.found[:0]
	p.mu.Lock()
	for c := range p.open {
		if r, since := c.standing(); r != busy {
			found = append(found, candidate{c, r, since})
		}
	}
	p.mu.Unlock()
	defer func() {
		clear(found)
		p.found = found
	}()
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.since, b.since))
	})
	closed := 0
	for _, c := range found {
		if closed > 0 && (c.rank != found[0].rank || closed >= p.most/shareClosed) {
			break
		}
		p.closing.Add(1)
		if c.evict() {
			closed++
		} else {
			p.closing.Add(-1)
		}
	}
	if closed > 0 {
		p.mu.Lock()
		p.observe(len(p.open), closed)
		p.mu.Unlock()
	}
	return closed
}

func (p *connections) all() []*conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]*conn, 0, len(p.open))
	for c := range p.open {
		all = append(all, c)
	}
	return all
}

// endRequests ends all requests that have not arrived whole.
func (p *connections) endRequests() {
	for _, c := range p.all() {
		c.endRequests()
	}
}

// closeUnread closes connections whose clients do not read, until done is closed.
func (p *connections) closeUnread(done <-chan struct{}) {
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		select {
		case <-done:
			return
		case <-again.C:
		}
		for _, c := range p.all() {
			c.closeUnread()
		}
	}
}

// CutSlowest ends the request whose body has been arriving longest, and since before an
// instant. It reports whether there was one.
func (p *connections) CutSlowest(before time.Time) bool {
	var of *conn
	var slowest *arrival
	since := before
	for _, c := range p.all() {
		if a, began := c.oldest(); a != nil && began.Before(since) {
			of, slowest, since = c, a, began
		}
	}
	return slowest != nil && of.cutArrival(slowest, since)
}
