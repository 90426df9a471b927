package protocol

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
)

// Answer is an answer under construction: its bytes are complete before the
// first of them is sent, so that an encoding error can still be answered and the
// length is known.
type Answer struct{ *bytes.Buffer }

// NewAnswer returns an empty answer. Its caller releases it.
func NewAnswer() Answer { return Answer{buffers.Get().(*bytes.Buffer)} }

// Release gives the memory of the answer back.
func (a Answer) Release() { release(a.Buffer) }

// Send writes the answer with the headers that each answer has.
func (a Answer) Send(w http.ResponseWriter, status int, contentType, requestID string) {
	Send(w, status, contentType, requestID, a.Bytes())
}

// Send writes an answer with the headers that each answer has. An error means that the
// connection is gone, so that it cannot be reported to the client.
func Send(w http.ResponseWriter, status int, contentType, requestID string, body []byte) {
	h := w.Header()
	// One allocation for all values, and the names as the service spells them: Set would
	// allocate for each, and change their case.
	values := []string{contentType, strconv.Itoa(len(body)), requestID}
	h["Content-Type"], h["Content-Length"], h["X-Amzn-RequestId"] = values[0:1:1], values[1:2:2], values[2:3:3]
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// maxPooled bounds the buffers that are kept for the next request, so that one large
// body does not hold its memory forever.
const maxPooled = 64 << 10

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func release(b *bytes.Buffer) {
	if b.Cap() <= maxPooled {
		b.Reset()
		buffers.Put(b)
	}
}
