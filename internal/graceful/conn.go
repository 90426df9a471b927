package graceful

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// owner has the connections of a pool.
type owner interface {
	// turn returns a number that grows.
	turn() uint64
	// elapsed is the time since some instant.
	elapsed() time.Duration
	// remove forgets a connection that is closed.
	remove(c *conn)
	// weigh changes whether a connection counts as a large one.
	weigh(c *conn, large bool)
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
	// closed is set when net/http has closed the connection.
	closed bool
	// http2 is set when the client has chosen HTTP/2.
	http2 bool
	// waiting is set while the head of the next request has not arrived.
	waiting bool
	// arriving are the requests whose bodies have not arrived whole, the oldest first: one
	// at most with HTTP/1.
	arriving []*arrival
	// working counts the calls in progress. With HTTP/1 a call is in progress until its
	// answer is sent, with HTTP/2 until its handler returns.
	working int
	// answering counts the calls of HTTP/2 that send their answers, which working leaves
	// out. progress is when the first of them began, or the last one was sent.
	answering int
	progress  time.Duration
	// since orders connections by their last change.
	since uint64

	// evicted is set when the pool has closed the connection for another one.
	evicted atomic.Bool
	// writing is when the present write began; 0 while there is none.
	writing atomic.Int64

	heads
	// greeted is set with the first request, and belongs to net/http's calls of enter.
	greeted bool
	// counts and leaving belong to the lock of the pool: as how many connections this one
	// counts, and whether it is being closed for others.
	counts  int
	leaving bool
}

// Close closes the connection, in whose place another may be opened.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.mu.Lock()
		c.closed = true
		c.mu.Unlock()
		c.pool.remove(c)
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

// Write notes since when it waits for the client.
func (c *conn) Write(b []byte) (int, error) {
	c.writing.Store(int64(c.pool.elapsed()))
	defer c.writing.Store(0)
	return c.Conn.Write(b)
}

// Read counts the bytes of heads.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.received(n) {
		c.pool.weigh(c, true)
	}
	return n, err
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

// enter follows the state of the connection, which is idle when all answers are sent. top is
// the connection as net/http sees it, above TLS.
func (c *conn) enter(top net.Conn, s http.ConnState) {
	waits := s == http.StateNew || s == http.StateIdle
	secure, _ := top.(*tls.Conn)
	greets := s == http.StateActive && !c.greeted && secure != nil && secure.ConnectionState().NegotiatedProtocol == "h2"
	c.greeted = c.greeted || s == http.StateActive
	c.mu.Lock()
	c.http2 = c.http2 || greets
	http2 := c.http2
	c.waiting = waits
	if s == http.StateIdle && !http2 {
		c.working = 0
	}
	c.since = c.pool.turn()
	c.mu.Unlock()
	switch {
	case greets:
		c.whole()
		c.pool.weigh(c, true)
	case http2:
	case s == http.StateActive:
		c.whole()
	case s == http.StateIdle && c.next():
		c.pool.weigh(c, false)
	}
	if waits {
		c.pool.released()
	}
}

// standing returns the rank and the turn of the last change.
func (c *conn) standing() (rank, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rankLocked(), c.since
}

func (c *conn) rankLocked() rank {
	switch {
	case c.gone:
		return busy
	case c.isUnreadLocked():
		return unread
	case c.working+c.answering > 0 || c.isSendingLocked():
		return busy
	case c.waiting:
		return silent
	}
	return slow
}

// lastFrame is how long net/http may take to send the end of a stream when its handler has
// returned. It calls the connection idle before.
const lastFrame = 100 * time.Millisecond

// isSendingLocked reports whether the end of an answer of HTTP/2 may be on its way.
func (c *conn) isSendingLocked() bool {
	return c.http2 && c.progress > 0 && c.pool.elapsed()-c.progress <= lastFrame
}

func (c *conn) isUnreadLocked() bool {
	began := time.Duration(c.writing.Load())
	if c.http2 {
		// A client can also give the server no window for an answer.
		began = c.progress
		if c.working > 0 || c.answering == 0 {
			return false
		}
	}
	return began > 0 && c.pool.elapsed()-began > patience
}

// evict closes the connection unless a call is in progress. Another one takes its place
// when net/http has let go of it.
func (c *conn) evict() bool {
	c.mu.Lock()
	ends := !c.closed && c.rankLocked() != busy
	c.gone = c.gone || ends
	c.mu.Unlock()
	if ends {
		c.evicted.Store(true)
		_ = c.Conn.Close()
	}
	return ends
}

// closeUnread closes the connection if its client does not read, and if it is late also
// one without a call in progress.
func (c *conn) closeUnread(late bool) {
	c.mu.Lock()
	ends := !c.closed && (c.isUnreadLocked() || late && c.rankLocked() == slow)
	c.mu.Unlock()
	if ends {
		_ = c.Conn.Close()
	}
}

// endRequests ends what has not arrived whole. The client of a request whose head is
// there gets an answer.
func (c *conn) endRequests() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.arriving {
		a.cutLocked()
	}
	// Other answers of HTTP/2 may be on their way until the connection is idle.
	if c.working+c.answering == 0 && (c.waiting || !c.http2) && !c.isSendingLocked() {
		c.gone = true
		_ = c.Conn.SetReadDeadline(past)
	}
}

// ErrCut is what the body of a request returns that the pool has ended, because the
// server stops or needs its memory. The request may be sent again.
var ErrCut = errors.New("the server does not wait for the rest of the body")

// arrival is the body of a request, until it has arrived whole.
type arrival struct {
	// request is the one of net/http with this body: net/http knows its own body.
	request http.Request
	body    io.ReadCloser
	conn    *conn
	answer  http.ResponseWriter
	began   time.Duration

	// whole and cut belong to the lock of the connection.
	whole, cut bool
}

var arrivals = sync.Pool{New: func() any { return new(arrival) }}

// newArrival returns the arrival of the body of a request. Its caller releases it.
func newArrival(c *conn, w http.ResponseWriter, r *http.Request) *arrival {
	a := arrivals.Get().(*arrival)
	a.request, a.body, a.conn, a.answer, a.began = *r, r.Body, c, w, c.pool.elapsed()
	a.request.Body = a
	return a
}

// release gives the memory of the arrival back, when its handler has returned.
func (a *arrival) release() {
	*a = arrival{}
	arrivals.Put(a)
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
		_ = http.NewResponseController(a.answer).SetReadDeadline(past)
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
	if len(c.arriving) == 1 && c.arriving[0] == a { // as always with HTTP/1
		c.arriving[0], c.arriving = nil, c.arriving[:0]
		return
	}
	c.arriving = slices.DeleteFunc(c.arriving, func(other *arrival) bool { return other == a })
}

// oldest returns the request whose body has been arriving longest, and since when.
func (c *conn) oldest() (*arrival, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.arriving) == 0 {
		return nil, 0
	}
	return c.arriving[0], c.arriving[0].began
}

// cutArrival ends a body that is still arriving since an instant.
func (c *conn) cutArrival(a *arrival, began time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.arriving, a) || a.cut || a.began != began {
		return false
	}
	a.cutLocked()
	return true
}

// begin notes that the head of a request has arrived, with its body if it has none. It
// reports whether the connection may have calls.
func (c *conn) begin(a *arrival) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return false
	}
	if a == nil {
		c.working++
	} else {
		c.arriving = append(c.arriving, a)
	}
	return true
}

// beginAnswer notes that a call of HTTP/2 sends its answer, and reports whether the call
// was in progress.
func (c *conn) beginAnswer(a *arrival) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a != nil && !a.whole {
		return false
	}
	c.working--
	if c.answering++; c.answering == 1 {
		c.progress = c.pool.elapsed()
	}
	return true
}

// end notes that a handler has returned, whose answer is sent by net/http: then the
// connection is idle. With HTTP/2 it is sent, and answered reports whether beginAnswer has
// counted it.
func (c *conn) end(a *arrival, http2, answered bool) {
	if !http2 && (a == nil || a.whole) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if a != nil && !a.whole {
		c.forget(a)
	}
	switch {
	case answered:
		c.answering--
		c.progress = c.pool.elapsed()
	case http2 && (a == nil || a.whole):
		c.working--
	}
	c.since = c.pool.turn()
}
