package graceful

import (
	"crypto/tls"
	"net"
	"net/http"
)

type connKey struct{}

// connOf returns the connection below TLS.
func connOf(c net.Conn) *conn {
	if t, is := c.(*tls.Conn); is {
		c = t.NetConn()
	}
	return c.(*conn)
}

// handler follows the requests of a server.
type handler struct{ next http.Handler }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(connKey{}).(*conn)
	http2 := r.ProtoMajor > 1
	if len(r.TransferEncoding) > 0 || !r.ProtoAtLeast(1, 1) {
		// net/http believes the chunks of a request that also has a length, and the length
		// of one of HTTP/1.0 that also has chunks. A proxy before it may have believed the
		// other. It does not show which requests had both. [RFC 9112, section 6.3]
		w.Header().Set("Connection", "close")
	}
	var a *arrival
	if r.ContentLength != 0 {
		a = newArrival(c, w, r)
		r = &a.request
	}
	if !c.begin(a) {
		panic(http.ErrAbortHandler)
	}
	var stream *streamed
	if http2 {
		stream = &streamed{ResponseWriter: w, conn: c, arrival: a}
		w = stream
	}
	defer func() {
		c.end(a, http2, http2 && stream.counted)
		if a != nil {
			a.release()
		}
	}()
	h.next.ServeHTTP(w, r)
	if c.evicted.Load() {
		// Otherwise net/http would keep the connection for half a second, so that the
		// client reads an answer that cannot be sent any more.
		panic(http.ErrAbortHandler)
	}
	if http2 {
		stream.begin()
		_ = http.NewResponseController(w).Flush()
	}
}

// streamed is the answer of a call of HTTP/2, which notes when it begins: a client can
// give it no window.
type streamed struct {
	http.ResponseWriter
	conn    *conn
	arrival *arrival

	// counted is set when the connection has counted the answer.
	begun, counted bool
}

// Unwrap is for http.ResponseController.
func (s *streamed) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *streamed) WriteHeader(status int) {
	s.begin()
	s.ResponseWriter.WriteHeader(status)
}

func (s *streamed) Write(b []byte) (int, error) {
	s.begin()
	return s.ResponseWriter.Write(b)
}

func (s *streamed) begin() {
	if !s.begun {
		s.begun = true
		s.counted = s.conn.beginAnswer(s.arrival)
	}
}
