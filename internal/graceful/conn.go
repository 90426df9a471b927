package graceful

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// owner has the connections of a pool.
type owner interface {
	// turn returns a number that grows.
	turn() uint64
	// remove forgets a connection that is closed.
	remove(c *conn, evicted bool)
	// released is called when a connection may be closed for another one.
	released()
}

// conn is a connection of a pool, below TLS.
type conn struct {
	net.Conn
	pool owner
	once sync.Once

	mu sync.Mutex
	// gone is set when the pool has ended the connection, or lets it end: no call begins.
	gone bool
	// evicted is set when the pool has closed the connection for another one, closed when
	// net/http has.
	evicted, closed bool
	// http2 is set with the first call of HTTP/2.
	http2 bool
	// waiting is set while the head of the next request has not arrived.
	waiting bool
	// arriving are the requests whose bodies have not arrived whole, the oldest first: one
	// at most with HTTP/1.
	arriving []*arrival
	// working counts the calls in progress. With HTTP/1 a call is in progress until its
	// answer is sent, with HTTP/2 until its handler returns.
	working int
	// since orders connections by their last change.
	since uint64
}

type connKey struct{}

// connOf returns the connection below TLS.
func connOf(c net.Conn) *conn {
	if t, is := c.(*tls.Conn); is {
		c = t.NetConn()
	}
	return c.(*conn)
}

// Close closes the connection, in whose place another may be opened.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.mu.Lock()
		c.closed = true
		evicted := c.evicted
		c.mu.Unlock()
		c.pool.remove(c, evicted)
	})
	return err
}

// CloseWrite lets net/http send the end of an answer before it closes the connection.
func (c *conn) CloseWrite() error {
	if half, is := c.Conn.(interface{ CloseWrite() error }); is {
		return half.CloseWrite()
	}
	return nil
}

// past is a deadline at which everything that waits for the client ends.
var past = time.Unix(1, 0)

// SetReadDeadline keeps the end that the pool has set.
func (c *conn) SetReadDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return nil
	}
	return c.Conn.SetReadDeadline(at)
}

// SetDeadline keeps the end that the pool has set.
func (c *conn) SetDeadline(at time.Time) error {
	if err := c.SetReadDeadline(at); err != nil {
		return err
	}
	return c.SetWriteDeadline(at)
}

// enter follows the state of the connection. It is idle when all answers are sent.
func (c *conn) enter(s http.ConnState) {
	waits := s == http.StateNew || s == http.StateIdle
	c.mu.Lock()
	c.waiting = waits
	if s == http.StateIdle && !c.http2 {
		c.working = 0
	}
	c.since = c.pool.turn()
	c.mu.Unlock()
	if waits {
		c.pool.released()
	}
}

// rank is the order in which connections are closed for others.
type rank int

const (
	// silent: the client has not sent the head of a request.
	silent rank = iota
	// slow: the client has not sent a body whole, or not read an error.
	slow
	// busy: a call is in progress. It is never closed.
	busy
)

// standing returns the rank and the turn of the last change.
func (c *conn) standing() (rank, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.gone || c.working > 0:
		return busy, c.since
	case c.waiting:
		return silent, c.since
	}
	return slow, c.since
}

// evict closes the connection unless a call is in progress. Another one takes its place
// when net/http has let go of it.
func (c *conn) evict() bool {
	c.mu.Lock()
	ends := !c.gone && !c.closed && c.working == 0
	c.gone, c.evicted = c.gone || ends, c.evicted || ends
	c.mu.Unlock()
	if ends {
		_ = c.Conn.Close()
	}
	return ends
}

// isEvicted reports whether the pool has closed the connection for another one.
func (c *conn) isEvicted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.evicted
}

// endRequests ends what has not arrived whole. The client of a request whose head is
// there gets an answer.
func (c *conn) endRequests() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.arriving {
		a.cutLocked()
	}
	// Other answers of HTTP/2 may be on their way.
	if c.working == 0 && (len(c.arriving) == 0 || !c.http2) {
		c.gone = true
		_ = c.Conn.SetReadDeadline(past)
	}
}

// ErrCut is what the body of a request returns that the pool has ended, because the
// server stops or needs its memory. The request may be sent again.
var ErrCut = errors.New("the server does not wait for the rest of the body")

// arrival is the body of a request, until it has arrived whole.
type arrival struct {
	request http.Request
	body    io.ReadCloser
	conn    *conn
	answer  *http.ResponseController
	began   time.Time

	// whole and cut belong to the lock of the connection.
	whole, cut bool
}

// Read reads the body. At its end the call is in progress.
func (a *arrival) Read(b []byte) (int, error) {
	n, err := a.body.Read(b)
	if err == nil || a.conn.arrived(a, errors.Is(err, io.EOF)) {
		return n, err
	}
	return n, ErrCut
}

func (a *arrival) Close() error { return a.body.Close() }

// cutLocked ends the body: a read that waits returns.
func (a *arrival) cutLocked() {
	a.cut = true
	if a.conn.http2 {
		_ = a.answer.SetReadDeadline(past)
		return
	}
	_ = a.conn.Conn.SetReadDeadline(past)
}

// arrived notes the end of a body, and reports whether it came from the client.
func (c *conn) arrived(a *arrival, whole bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.whole {
		return true
	}
	if a.cut || c.gone {
		return false
	}
	if whole {
		a.whole = true
		c.forget(a)
		c.working++
	}
	return true
}

func (c *conn) forget(a *arrival) {
	c.arriving = slices.DeleteFunc(c.arriving, func(other *arrival) bool { return other == a })
}

// oldest returns the request whose body has been arriving longest, and since when.
func (c *conn) oldest() (*arrival, time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.arriving) == 0 {
		return nil, time.Time{}
	}
	return c.arriving[0], c.arriving[0].began
}

// cutArrival ends a body that is still arriving.
func (c *conn) cutArrival(a *arrival) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.cut || !slices.Contains(c.arriving, a) {
		return false
	}
	a.cutLocked()
	return true
}

// begin notes that the head of a request has arrived, with its body if it has none. It
// reports whether the connection may have calls.
func (c *conn) begin(a *arrival, http2 bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return false
	}
	c.http2 = http2
	if a == nil {
		c.working++
	} else {
		c.arriving = append(c.arriving, a)
	}
	return true
}

// end notes that a handler has returned, whose answer is sent by net/http.
func (c *conn) end(a *arrival, http2 bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a != nil {
		c.forget(a)
	}
	if http2 && (a == nil || a.whole) {
		c.working--
	}
	c.since = c.pool.turn()
}
