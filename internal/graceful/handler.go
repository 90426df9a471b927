package graceful

import (
	"net/http"
	"time"
)

// handler follows the requests of a server.
type handler struct {
	next http.Handler
	now  func() time.Time
}

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
		a = &arrival{request: *r, body: r.Body, conn: c, answer: http.NewResponseController(w), began: h.now()}
		// net/http reads its own request, whose body it knows.
		a.request.Body = a
		r = &a.request
	}
	if !c.begin(a, http2) {
		panic(http.ErrAbortHandler)
	}
	defer c.end(a, http2)
	h.next.ServeHTTP(w, r)
	if c.isEvicted() {
		// Otherwise net/http would keep the connection for half a second, so that the
		// client reads an answer that cannot be sent any more.
		panic(http.ErrAbortHandler)
	}
	if http2 {
		_ = http.NewResponseController(w).Flush()
	}
}
