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
	observe func(open, closed int, waits bool)
	measure func() time.Duration
	turns   atomic.Uint64

	mu   sync.Mutex
	open map[*conn]struct{}
	// taken is as how many connections the open ones count. closing is the part of those
	// that were closed for others and still have memory.
	taken, closing int
	// full is set while a new connection waits for the end of another, which place
	// announces.
	full  atomic.Bool
	place chan struct{}

	// evicting is held while connections are closed for others, whose memory is found.
	evicting sync.Mutex
	found    []candidate
}

// Large is as how many connections a large one counts: one of HTTP/2, which should have no
// more streams than this, or one whose client has sent more than largeHead bytes of a head.
const Large = 16

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
	c := &conn{Conn: accepted, pool: l.pool, waiting: true, since: l.pool.turn(), counts: 1}
	if l.pool.add(c) {
		return c, nil
	}
	l.pool.full.Store(true)
	defer l.pool.full.Store(false)
	// What becomes free after this look is announced, but not that a client does not read.
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for !l.pool.add(c) {
		if !l.pool.isClosing() && l.pool.closeWaiting() == 0 {
			l.pool.waits()
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

// elapsed is the time since some instant, and never 0.
func (p *connections) elapsed() time.Duration { return p.measure() + 1 }

// turn returns a number that grows.
func (p *connections) turn() uint64 { return p.turns.Add(1) }

// add adds a connection if there is a place.
func (p *connections) add(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.most > 0 && p.taken >= p.most {
		return false
	}
	p.open[c] = struct{}{}
	p.taken++
	p.observe(len(p.open), 0, false)
	return true
}

func (p *connections) isClosing() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing > 0
}

func (p *connections) remove(c *conn) {
	p.mu.Lock()
	delete(p.open, c)
	p.taken -= c.counts
	if c.leaving {
		p.closing -= c.counts
	}
	p.observe(len(p.open), 0, false)
	p.mu.Unlock()
	p.released()
}

// weigh changes whether a connection counts as a large one. Beyond the bound others are
// closed for it, or it is if they are busy.
func (p *connections) weigh(c *conn, large bool) {
	counts := 1
	if large && p.most > 0 {
		counts = min(Large, p.most)
	}
	p.mu.Lock()
	if _, open := p.open[c]; open && !c.leaving {
		p.taken += counts - c.counts
		c.counts = counts
	}
	p.mu.Unlock()
	if !large {
		p.released()
		return
	}
	p.evicting.Lock()
	defer p.evicting.Unlock()
	for p.isOver() && (p.closeLocked(c) > 0 || p.close(c) > 0) {
		// It closes few at once, and no more than have to be.
	}
}

// waits tells that a new connection waits because all are busy.
func (p *connections) waits() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.observe(len(p.open), 0, true)
}

// isOver reports whether the connections that stay count as more than the bound.
func (p *connections) isOver() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.most > 0 && p.taken-p.closing > p.most
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
// slow, these before those that do not read, and the longest waiting first. It returns how
// many.
func (p *connections) closeWaiting() int {
	p.evicting.Lock()
	defer p.evicting.Unlock()
	return p.closeLocked(nil)
}

// closeLocked is closeWaiting while evicting is held, and spares a connection.
func (p *connections) closeLocked(spared *conn) int {
	found := p.found[:0]
	p.mu.Lock()
	for c := range p.open {
		if r, since := c.standing(); r != busy && !c.leaving && c != spared {
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
	closed, places := 0, 0
	for _, c := range found {
		if closed > 0 && (c.rank != found[0].rank || places >= p.most/shareClosed) {
			break
		}
		if freed := p.close(c.conn); freed > 0 {
			closed++
			places += freed
		}
	}
	return closed
}

// close closes a connection for others, unless a call is in progress. It returns as how
// many connections it counted, 0 if it stays.
func (p *connections) close(c *conn) int {
	counted := p.leave(c, true)
	if !c.evict() {
		p.leave(c, false)
		return 0
	}
	p.mu.Lock()
	p.observe(len(p.open), 1, false)
	p.mu.Unlock()
	return counted
}

// leave notes that a connection is closed for others, or that it was not. It returns as how
// many connections it counts.
func (p *connections) leave(c *conn, leaving bool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, open := p.open[c]; open && c.leaving != leaving {
		c.leaving = leaving
		if leaving {
			p.closing += c.counts
		} else {
			p.closing -= c.counts
		}
	}
	return c.counts
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

// closeUnread closes connections whose clients do not read, until done is closed; in the
// end also those that have no call in progress, such as with errors of net/http or of bodies
// that were cut, which HTTP/2 cannot send without a window.
func (p *connections) closeUnread(done <-chan struct{}) {
	began := p.elapsed()
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		select {
		case <-done:
			return
		case <-again.C:
		}
		late := p.elapsed()-began > patience
		for _, c := range p.all() {
			c.closeUnread(late)
		}
	}
}

// CutSlowest ends the request whose body has been arriving longest, and longer than a
// time. It reports whether there was one.
func (p *connections) CutSlowest(longer time.Duration) bool {
	var of *conn
	var slowest *arrival
	since := p.elapsed() - longer
	for _, c := range p.all() {
		if a, began := c.oldest(); a != nil && began < since {
			of, slowest, since = c, a, began
		}
	}
	return slowest != nil && of.cutArrival(slowest, since)
}
